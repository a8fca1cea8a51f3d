/* Tensors of a NIR graph (sim/nir), whose elements the HDF5 library reads when they are first needed. */
#include "sim/checkpoint/checkpoint_reader.h"

#include "sim/nir/nir.h"

#include <stdio.h>
#include <string.h>

/* The tensor that a source is of: each has its own. */
static const struct sq_tensor *tensor_of(const struct sq_checkpoint *checkpoint,
                                         const struct sq_checkpoint_source *source)
{
    size_t i = 0;
    while (checkpoint->tensor[i].source != source)
        i++;
    return &checkpoint->tensor[i];
}

static int fetch(struct sq_checkpoint_reader *reader, struct sq_checkpoint_source *source)
{
    const struct sq_tensor *is = tensor_of(reader->checkpoint, source);
    struct sq_nir_tensor tensor = {.is_double = is->dtype == SQ_DTYPE_F64,
                                   .n_elements = is->n_elements};
    unsigned char *data = sq_checkpoint_new_buffer(reader, (size_t)source->bytes);
    if (data == NULL)
        return SQ_ENOMEM;
    snprintf(tensor.name, sizeof tensor.name, "%s", is->name);
    const int status = sq_nir_read(reader->err, reader->path, &tensor, data);
    source->data = status == SQ_OK ? data : NULL;
    return status;
}

/* HDF5 may pack what it holds: whole tensors only. */
static const struct sq_checkpoint_access access = {.fetch = fetch};

static int add(struct sq_checkpoint_reader *reader, const struct sq_nir_tensor *is)
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
    tensor.source->bytes = is->n_elements * sq_dtype_bytes(tensor.dtype);
    return sq_checkpoint_add(reader, is->name, strlen(is->name), &tensor);
}

int sq_nir_tensors_read(struct sq_checkpoint_reader *reader)
{
    struct sq_nir *nir = NULL;
    const struct sq_nir_tensor *tensor;
    int status = sq_nir_open(reader->err, reader->path, &nir);
    reader->checkpoint->container = SQ_CONTAINER_NIR;
    reader->checkpoint->access = &access;
    for (size_t i = 0; status == SQ_OK && (tensor = sq_nir_tensor(nir, i)) != NULL; i++)
        status = add(reader, tensor);
    sq_nir_close(nir);
    return status;
}
