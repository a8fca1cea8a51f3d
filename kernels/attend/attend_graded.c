#include "kernels/attend/attend_graded.h"

#include "kernels/attend/graded_rows.h"

#include <string.h>

/* Sizes that the loops below step by. */
struct steps {
    size_t key_words, value_words; /* of a token, of q and k; of v */
    size_t key_plane, value_plane; /* words of a bit plane */
    size_t head_dim, value_dim;
    uint32_t n_tokens;
    const uint32_t *n_planes;
};

/* Each unit of k_jc adds v_j to row c of k^T v. */
static void scatter(int32_t *product, const int32_t *row, const struct graded_row *key,
                    const struct steps *steps, size_t first)
{
    for (size_t c = first; c < first + steps->head_dim; c++, product += steps->value_dim) {
        const uint64_t *word = key->word + (c >> 6);
        for (uint32_t p = 0; p < steps->n_planes[1]; p++, word += key->plane_words)
            if (*word >> (c & 63) & 1)
                graded_add(product, row, p, steps->value_dim);
    }
}

/* Each unit of q_ic adds row c of k^T v. */
static void gather(int32_t *sum, const int32_t *product, const struct graded_row *query,
                   const struct steps *steps, size_t first)
{
    memset(sum, 0, steps->value_dim * sizeof *sum);
    for (size_t c = first; c < first + steps->head_dim; c++, product += steps->value_dim) {
        const uint64_t *word = query->word + (c >> 6);
        for (uint32_t p = 0; p < steps->n_planes[0]; p++, word += query->plane_words)
            if (*word >> (c & 63) & 1)
                graded_add(sum, product, p, steps->value_dim);
    }
}

/* k^T v of the head whose first channels are `first` of k and `first_v` of v: [head_dim][value_dim]. */
static void multiply_kv(int32_t *product, int32_t *row, const uint64_t *k, const uint64_t *v,
                        const struct steps *steps, size_t first, size_t first_v)
{
    struct graded_row key = {k, steps->key_plane}, values = {v, steps->value_plane};
    for (uint32_t j = 0; j < steps->n_tokens; j++) {
        if (graded_unpack(row, &values, steps->n_planes[2], first_v, steps->value_dim) != 0)
            scatter(product, row, &key, steps, first);
        key.word += steps->key_words;
        values.word += steps->value_words;
    }
}

/* From whole numbers to currents, one multiplication a neuron. */
static __attribute__((noinline)) void scale_row(float *y, const int32_t *sum, size_t n,
                                                float factor)
{
    for (size_t e = 0; e < n; e++)
        y[e] = (float)sum[e] * factor;
}

size_t sq_graded_scratch_bytes(const struct sq_graded_shape *shape)
{
    const size_t rows = shape->keys.head_dim + (size_t)1;
    return (rows * shape->value_dim * sizeof(int32_t) + 63) & ~(size_t)63;
}

/* Currents of four bytes each: the whole numbers, or times a factor. */
static __attribute__((noinline)) void attend(unsigned char *y, size_t y_stride, const uint64_t *q,
                                             const uint64_t *k, const uint64_t *v,
                                             const struct sq_graded_shape *shape,
                                             const float *factor, void *scratch)
{
    const struct sq_attend_shape *keys = &shape->keys;
    const size_t n = keys->n_tokens, product_size = keys->head_dim * (size_t)shape->value_dim;
    const struct steps steps = {keys->n_words,          shape->value_words, n * keys->n_words,
                                n * shape->value_words, keys->head_dim,     shape->value_dim,
                                keys->n_tokens,         shape->n_planes};
    int32_t *const product = scratch, *const row = product + product_size;
    size_t first = 0, first_v = 0;
    memset(y, 0, n * y_stride * sizeof(int32_t));
    for (uint32_t head = 0; head < keys->n_heads; head++) {
        struct graded_row query = {q, steps.key_plane};
        unsigned char *out = y + first_v * sizeof(int32_t);
        memset(product, 0, product_size * sizeof *product);
        multiply_kv(product, row, k, v, &steps, first, first_v);
        for (uint32_t i = 0; i < keys->n_tokens; i++) {
            gather(row, product, &query, &steps, first);
            if (factor != NULL)
                scale_row((float *)(void *)out, row, steps.value_dim, *factor);
            else
                memcpy(out, row, steps.value_dim * sizeof(int32_t));
            out += y_stride * sizeof(int32_t);
            query.word += steps.key_words;
        }
        first += steps.head_dim;
        first_v += steps.value_dim;
    }
}

void sq_attend_graded(float *y, size_t y_stride, const uint64_t *q, const uint64_t *k,
                      const uint64_t *v, const struct sq_graded_shape *shape, float factor,
                      void *scratch)
{
    attend((unsigned char *)y, y_stride, q, k, v, shape, &factor, scratch);
}

void sq_attend_graded_i32(int32_t *y, size_t y_stride, const uint64_t *q, const uint64_t *k,
                          const uint64_t *v, const struct sq_graded_shape *shape, void *scratch)
{
    attend((unsigned char *)y, y_stride, q, k, v, shape, NULL, scratch);
}
