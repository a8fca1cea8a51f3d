/* Reading all that a checkpoint holds, within bounds of time. */
#ifndef SQ_FUZZ_TENSORS_H
#define SQ_FUZZ_TENSORS_H

#include "sim/checkpoint/checkpoint_reader.h"
#include "test/fuzz/fuzz_file.h"

#include <string.h>

enum { FUZZ_MAX_ELEMENTS = 1 << 14 };

static inline uint64_t fuzz_elements(const struct sq_tensor *tensor, uint64_t hash)
{
    float *values = malloc((size_t)tensor->n_elements * sizeof *values + 1);
    struct sq_error err = {0};
    if (values == NULL)
        abort();
    if (sq_tensor_read_f32(&err, tensor, values) == SQ_OK)
        hash = fuzz_digest(hash, values, (size_t)tensor->n_elements * sizeof *values);
    free(values);
    return fuzz_digest(hash, err.text, strlen(err.text));
}

/* The farthest element alone, for tensors too large to read in every run. */
static inline uint64_t fuzz_last_element(const struct sq_tensor *tensor, uint64_t hash)
{
    struct sq_tensor last = *tensor;
    for (uint32_t d = 0; d < tensor->n_dims; d++)
        if (tensor->dim[d] > 1)
            last.byte += (uint64_t)((int64_t)(tensor->dim[d] - 1) * tensor->stride[d] *
                                    (int64_t)sq_dtype_bytes(tensor->dtype));
    last.n_dims = 0;
    last.n_elements = 1;
    return fuzz_elements(&last, hash);
}

static inline uint64_t fuzz_tensors(struct sq_checkpoint *checkpoint, uint64_t hash)
{
    uint64_t left = FUZZ_MAX_ELEMENTS;
    for (size_t i = 0; i < sq_checkpoint_count(checkpoint); i++) {
        const struct sq_tensor *tensor = sq_checkpoint_tensor(checkpoint, i);
        if (sq_checkpoint_find(checkpoint, "", tensor->name) != tensor)
            abort();
        hash = fuzz_digest(hash, tensor->name, strlen(tensor->name));
        hash = fuzz_digest(hash, tensor->dim, tensor->n_dims * sizeof *tensor->dim);
        if (tensor->n_elements <= left) {
            hash = fuzz_elements(tensor, hash);
            left -= tensor->n_elements;
        } else {
            hash = fuzz_last_element(tensor, hash);
        }
    }
    const char *root = sq_checkpoint_root(checkpoint, "weight");
    return root != NULL ? fuzz_digest(hash, root, strlen(root)) : hash;
}

#endif
