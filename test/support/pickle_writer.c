#include "test/support/pickle_writer.h"

#include <string.h>

void pickle_start(struct bytes *out)
{
    bytes_put(out, "\x80\2", 2);
}

void pickle_end(struct bytes *out)
{
    bytes_put_u8(out, '.');
}

void pickle_op(struct bytes *out, const char *opcodes)
{
    bytes_put_text(out, opcodes);
}

void pickle_text(struct bytes *out, const char *text)
{
    bytes_put_u8(out, 'X');
    bytes_put_u32(out, (uint32_t)strlen(text));
    bytes_put_text(out, text);
}

void pickle_int(struct bytes *out, int64_t value)
{
    if (value >= 0 && value < 256) {
        bytes_put_u8(out, 'K');
        bytes_put_u8(out, (unsigned)value);
    } else if (value >= 0 && value < 65536) {
        bytes_put_u8(out, 'M');
        bytes_put_u16(out, (unsigned)value);
    } else if (value >= INT32_MIN && value <= INT32_MAX) {
        bytes_put_u8(out, 'J');
        bytes_put_u32(out, (uint32_t)value);
    } else {
        bytes_put(out, "\x8a\x08", 2);
        bytes_put_u64(out, (uint64_t)value);
    }
}

void pickle_global(struct bytes *out, const char *module, const char *name)
{
    bytes_put_u8(out, 'c');
    bytes_put_text(out, module);
    bytes_put_u8(out, '\n');
    bytes_put_text(out, name);
    bytes_put_u8(out, '\n');
}

void pickle_ints(struct bytes *out, const int64_t *value, unsigned n)
{
    pickle_op(out, "(");
    for (unsigned i = 0; i < n; i++)
        pickle_int(out, value[i]);
    pickle_op(out, "t");
}

void pickle_storage(struct bytes *out, const struct pickle_tensor *tensor)
{
    pickle_op(out, "(");
    pickle_text(out, "storage");
    pickle_global(out, "torch", tensor->storage);
    pickle_text(out, tensor->key);
    pickle_text(out, "cuda:0");
    pickle_int(out, tensor->storage_elements);
    pickle_op(out, "tQ");
}

void pickle_put_tensor(struct bytes *out, const struct pickle_tensor *tensor)
{
    pickle_global(out, "torch._utils", "_rebuild_tensor_v2");
    pickle_op(out, "(");
    pickle_storage(out, tensor);
    pickle_int(out, tensor->offset);
    pickle_ints(out, tensor->dim, tensor->n_dims);
    pickle_ints(out, tensor->stride, tensor->n_dims);
    bytes_put_u8(out, 0x89); /* requires_grad = False */
    pickle_global(out, "collections", "OrderedDict");
    pickle_op(out, ")RtR");
}

void pickle_legacy_start(struct bytes *out)
{
    bytes_put(out, "\x80\2\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.", 15);
    bytes_put(out, "\x80\2M\xe9\3.", 6);
    pickle_start(out);
    pickle_op(out, "}(");
    pickle_text(out, "protocol_version");
    pickle_int(out, 1001);
    pickle_text(out, "little_endian");
    bytes_put_u8(out, 0x88);
    pickle_op(out, "u.");
}
