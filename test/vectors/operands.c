/* Operations without weights, from their operands' digits. */
#include "sim/account/count/shapes.h"
#include "test/vectors/expect.h"

#include <stdlib.h>

static int read_tensor(const cJSON *item, const char *key, struct digits *out)
{
    const cJSON *tensor = member(item, key);
    return read_digits(member(tensor, "shape"), member(tensor, "data"), out);
}

static unsigned char *bytes_of(const struct digits *tensor)
{
    unsigned char *byte = malloc(tensor->n + 1);
    for (uint64_t i = 0; byte != NULL && i < tensor->n; i++)
        byte[i] = digit(tensor, i) != 0;
    return byte;
}

int read_ssa(const cJSON *item, enum sq_ssa_order order, double scale, struct single *single)
{
    struct digits q, k, v;
    if (!read_tensor(item, "q", &q) || !read_tensor(item, "k", &k) || !read_tensor(item, "v", &v) ||
        q.n_dims < 3 || q.n != k.n || q.n != v.n)
        return 0;
    const int last = q.n_dims - 1;
    const uint32_t d = (uint32_t)q.shape[last], n = (uint32_t)q.shape[last - 1];
    const uint32_t heads = (uint32_t)q.shape[last - 2];
    unsigned char *byte[3] = {bytes_of(&q), bytes_of(&k), bytes_of(&v)};
    *single = (struct single){.op = {.kind = SQ_OP_SSA,
                                     .name = "ssa",
                                     .heads = heads,
                                     .tokens = n,
                                     .dim = heads * d,
                                     .order = order,
                                     .scale = scale,
                                     .n_in = (uint64_t)heads * n * d,
                                     .n_out = (uint64_t)heads * n * d}};
    single->call.is = SQ_IS_BINARY_QK | SQ_IS_BINARY_KV;
    single->step[0].frames = span(&q, 0, last - 2);
    const int ok = byte[0] != NULL && byte[1] != NULL && byte[2] != NULL;
    for (uint64_t at = 0; ok && at < q.n; at += (uint64_t)n * d)
        sq_ssa_counts(&single->step[0], &single->call.is, byte[0] + at, byte[1] + at, byte[2] + at,
                      n, d, scale);
    for (int i = 0; i < 3; i++)
        free(byte[i]);
    single_finish(single);
    return ok;
}

int read_add(const cJSON *item, struct single *single)
{
    struct digits a, b;
    if (!read_tensor(item, "a", &a) || !read_tensor(item, "b", &b) || a.n != b.n)
        return 0;
    *single = (struct single){.op = {.kind = SQ_OP_ADD, .name = "add"}};
    struct sq_op_count *count = &single->step[0];
    single->call.is = SQ_IS_BINARY | SQ_IS_BINARY_B;
    single->op.n_in = single->op.n_out = a.n;
    count->frames = 1;
    for (uint64_t i = 0; i < a.n; i++) {
        const unsigned x = digit(&a, i), y = digit(&b, i);
        count->nonzeros += x != 0;
        count->units += x;
        count->nonzeros_b += y != 0;
        count->both += x != 0 && y != 0;
        if (x > 1)
            single->call.is &= ~(unsigned)SQ_IS_BINARY;
        if (y > 1)
            single->call.is &= ~(unsigned)SQ_IS_BINARY_B;
    }
    single_finish(single);
    return 1;
}
