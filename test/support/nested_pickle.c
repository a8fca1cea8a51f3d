#include "test/support/nested_pickle.h"

#include <string.h>

void nested_pickle_file(struct bytes *out, const struct pickle_tensor *tensor, const void *data,
                        size_t size)
{
    pickle_legacy_start(out);
    pickle_start(out);
    pickle_storage(out, tensor);
    pickle_end(out);
    pickle_start(out);
    pickle_op(out, "]");
    pickle_text(out, tensor->key);
    pickle_op(out, "a.");
    bytes_put_u64(out, (uint64_t)tensor->storage_elements);
    bytes_put(out, data, size);
}

void nested_pickle_tensor(struct bytes *out, const struct pickle_tensor *tensor, const void *data,
                          size_t size)
{
    struct bytes file = {0};
    nested_pickle_file(&file, tensor, data, size);
    pickle_global(out, "torch._utils", "_rebuild_tensor_v2");
    pickle_op(out, "(");
    pickle_global(out, "torch.storage", "_load_from_bytes");
    bytes_put_u8(out, 'B');
    bytes_put_u32(out, (uint32_t)file.n);
    bytes_put(out, file.data, file.n);
    pickle_op(out, "\x85R");
    pickle_int(out, tensor->offset);
    pickle_ints(out, tensor->dim, tensor->n_dims);
    pickle_ints(out, tensor->stride, tensor->n_dims);
    pickle_op(out, "\x89}tR"); /* requires_grad = False, no hooks */
    bytes_free(&file);
}

void nested_pickle_bools(struct bytes *out, unsigned n_dims, const int64_t *dim,
                         const unsigned char *data)
{
    struct pickle_tensor tensor = {.storage = "BoolStorage", .key = "94", .n_dims = n_dims};
    int64_t n = 1;
    for (unsigned d = n_dims; d-- > 0; n *= dim[d]) {
        tensor.dim[d] = dim[d];
        tensor.stride[d] = n;
    }
    tensor.storage_elements = n;
    nested_pickle_tensor(out, &tensor, data, (size_t)n);
}
