/* Tensors of a NIR graph (sim/nir), whose elements the HDF5 library reads when they are first needed. */
#include "sim/checkpoint/checkpoint_reader.h"

#include "sim/nir/nir.h"

#include <string.h>

static int fetch(struct sq_checkpoint_reader *reader, struct sq_checkpoint_source *source)
{
    struct sq_nir *nir = NULL;
    unsigned char *data = NULL;
    int status = sq_nir_open(reader->err, reader->path, &nir);
    const struct sq_nir_tensor *tensor =
        status == SQ_OK ? sq_nir_tensor(nir, (size_t)source->at) : NULL;
    if (status == SQ_OK &&
        (tensor == NULL || tensor->n_elements * (tensor->is_double ? 8u : 4u) != source->bytes))
        status = sq_fail(reader->err, SQ_EFORMAT, "%s: changed while it was read", reader->path);
    if (status == SQ_OK) {
        data = sq_checkpoint_new_buffer(reader, (size_t)source->bytes);
        status = data != NULL ? sq_nir_read(reader->err, reader->path, tensor, data) : SQ_ENOMEM;
    }
    source->data = status == SQ_OK ? data : NULL;
    sq_nir_close(nir);
    return status;
}

static int add(struct sq_checkpoint_reader *reader, const struct sq_nir_tensor *is, size_t number)
{
    struct sq_tensor tensor = {.dtype = is->is_double ? SQ_DTYPE_F64 : SQ_DTYPE_F32,
                               .n_dims = is->n_dims,
                               .n_elements = is->n_elements};
    int64_t stride = 1;
    for (uint32_t d = is->n_dims; d-- > 0;) {
        tensor.dim[d] = is->dim[d];
        tensor.stride[d] = stride;
        stride *= (int64_t)is->dim[d];
    }
    tensor.source = sq_checkpoint_new_sources(reader, 1);
    if (tensor.source == NULL)
        return SQ_ENOMEM;
    tensor.source->at = number;
    tensor.source->bytes = is->n_elements * sq_dtype_bytes(tensor.dtype);
    return sq_checkpoint_add(reader, is->name, strlen(is->name), &tensor);
}

int sq_nir_tensors_read(struct sq_checkpoint_reader *reader)
{
    struct sq_nir *nir = NULL;
    const struct sq_nir_tensor *tensor;
    int status = sq_nir_open(reader->err, reader->path, &nir);
    reader->checkpoint->container = SQ_CONTAINER_NIR;
    reader->checkpoint->fetch = fetch;
    for (size_t i = 0; status == SQ_OK && (tensor = sq_nir_tensor(nir, i)) != NULL; i++)
        status = add(reader, tensor, i);
    sq_nir_close(nir);
    return status;
}
