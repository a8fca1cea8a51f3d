/* Pickles, opcode by opcode, and the pieces that torch.save() makes of them. */
#ifndef SQ_TEST_PICKLE_WRITER_H
#define SQ_TEST_PICKLE_WRITER_H

#include "test/support/bytes.h"

/* A tensor as torch._utils._rebuild_tensor_v2 takes it. */
struct pickle_tensor {
    const char *storage; /* "FloatStorage"; of module torch */
    const char *key;
    int64_t storage_elements;
    int64_t offset;
    unsigned n_dims;
    int64_t dim[10], stride[10];
};

void pickle_start(struct bytes *out); /* PROTO 2 */
void pickle_end(struct bytes *out);   /* STOP */
void pickle_op(struct bytes *out, const char *opcodes);
void pickle_text(struct bytes *out, const char *text); /* BINUNICODE */
void pickle_int(struct bytes *out, int64_t value);     /* the shortest opcode for it */
void pickle_global(struct bytes *out, const char *module, const char *name);
void pickle_ints(struct bytes *out, const int64_t *value, unsigned n); /* a tuple */
void pickle_storage(struct bytes *out, const struct pickle_tensor *tensor);
void pickle_put_tensor(struct bytes *out, const struct pickle_tensor *tensor);

/* Magic number, protocol version and system dict of a legacy file. */
void pickle_legacy_start(struct bytes *out);

#endif
