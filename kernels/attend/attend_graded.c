#include "kernels/attend/attend_graded.h"

#include "kernels/attend/graded_rows.h"

#include <string.h>

/* k^T v of a head: [head_dim][value_dim]. */
static void multiply_kv(int32_t *product, int32_t *row, const uint64_t *k, const uint64_t *v,
                        const struct sq_graded_shape *shape, uint32_t head)
{
    const struct sq_attend_shape *keys = &shape->keys;
    const size_t dim = shape->value_dim;
    memset(product, 0, keys->head_dim * dim * sizeof *product);
    for (uint32_t j = 0; j < keys->n_tokens; j++) {
        const struct graded_row values = {v, shape->value_words, keys->n_tokens, j};
        const struct graded_row key = {k, keys->n_words, keys->n_tokens, j};
        if (graded_unpack(row, &values, shape->n_planes[2], (size_t)head * dim, dim) == 0)
            continue;
        for (uint32_t c = 0; c < keys->head_dim; c++)
            for (uint32_t p = 0; p < shape->n_planes[1]; p++)
                if (graded_bit(&key, p, (size_t)head * keys->head_dim + c))
                    graded_add(product + c * dim, row, p, dim);
    }
}

/* One head of one token. */
static void gather(int32_t *sum, const int32_t *product, const struct graded_row *query,
                   const struct sq_graded_shape *shape, uint32_t head)
{
    const size_t dim = shape->value_dim;
    memset(sum, 0, dim * sizeof *sum);
    for (uint32_t c = 0; c < shape->keys.head_dim; c++)
        for (uint32_t p = 0; p < shape->n_planes[0]; p++)
            if (graded_bit(query, p, (size_t)head * shape->keys.head_dim + c))
                graded_add(sum, product + c * dim, p, dim);
}

size_t sq_graded_scratch_bytes(const struct sq_graded_shape *shape)
{
    const size_t rows = shape->keys.head_dim + (size_t)1;
    return (rows * shape->value_dim * sizeof(int32_t) + 63) & ~(size_t)63;
}

void sq_attend_graded(float *y, size_t y_stride, const uint64_t *q, const uint64_t *k,
                      const uint64_t *v, const struct sq_graded_shape *shape, float factor,
                      void *scratch)
{
    const struct sq_attend_shape *keys = &shape->keys;
    const size_t dim = shape->value_dim;
    int32_t *const product = scratch, *const row = product + keys->head_dim * dim;
    memset(y, 0, keys->n_tokens * y_stride * sizeof *y);
    for (uint32_t head = 0; head < keys->n_heads; head++) {
        multiply_kv(product, row, k, v, shape, head);
        for (uint32_t i = 0; i < keys->n_tokens; i++) {
            const struct graded_row query = {q, keys->n_words, keys->n_tokens, i};
            float *out = y + i * y_stride + head * dim;
            gather(row, product, &query, shape, head);
            for (size_t e = 0; e < dim; e++)
                out[e] = (float)row[e] * factor;
        }
    }
}
