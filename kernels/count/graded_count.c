#include "kernels/count/graded_count.h"

#include "kernels/attend/graded_rows.h"

/* One head: counts as numbers. */
struct head {
    uint32_t n_tokens, head_dim, value_dim;
    int32_t *q, *k, *v;      /* [n_tokens][head_dim], ..., [n_tokens][value_dim] */
    uint64_t *q_sum, *v_sum; /* [head_dim] units of a channel; [n_tokens] units of a token */
};

static void unpack_all(int32_t *to, const uint64_t *bits, uint32_t n_planes, size_t n_words,
                       uint32_t n_tokens, size_t first, size_t n)
{
    for (uint32_t i = 0; i < n_tokens; i++) {
        const struct graded_row row = {bits + i * n_words, n_tokens * n_words};
        graded_unpack(to + i * n, &row, n_planes, first, n);
    }
}

static void sum_head(struct head *head)
{
    for (uint32_t c = 0; c < head->head_dim; c++) {
        head->q_sum[c] = 0;
        for (uint32_t i = 0; i < head->n_tokens; i++)
            head->q_sum[c] += (uint32_t)head->q[(size_t)i * head->head_dim + c];
    }
    for (uint32_t j = 0; j < head->n_tokens; j++) {
        head->v_sum[j] = 0;
        for (uint32_t e = 0; e < head->value_dim; e++)
            head->v_sum[j] += (uint32_t)head->v[(size_t)j * head->value_dim + e];
    }
}

/* A = q k^T, entry by entry. */
static void count_scores(const struct head *head, uint64_t unit, struct sq_ssa_count *count)
{
    for (uint32_t i = 0; i < head->n_tokens; i++)
        for (uint32_t j = 0; j < head->n_tokens; j++) {
            uint64_t a = 0;
            for (uint32_t c = 0; c < head->head_dim; c++)
                a += (uint64_t)((int64_t)head->q[(size_t)i * head->head_dim + c] *
                                head->k[(size_t)j * head->head_dim + c]);
            if (a == 0)
                continue;
            count->coincidences[SQ_ATTEND_QK_FIRST] += a;
            count->nonzeros[SQ_ATTEND_QK_FIRST]++;
            count->events2[SQ_ATTEND_QK_FIRST] += head->v_sum[j];
            count->unary2 += a * head->v_sum[j];
            count->not_unit |= a != unit;
        }
}

/* M = k^T v, entry by entry. */
static void count_values(const struct head *head, uint64_t unit, struct sq_ssa_count *count,
                         uint64_t *not_unit)
{
    for (uint32_t c = 0; c < head->head_dim; c++)
        for (uint32_t e = 0; e < head->value_dim; e++) {
            uint64_t m = 0;
            for (uint32_t j = 0; j < head->n_tokens; j++)
                m += (uint64_t)((int64_t)head->k[(size_t)j * head->head_dim + c] *
                                head->v[(size_t)j * head->value_dim + e]);
            if (m == 0)
                continue;
            count->coincidences[SQ_ATTEND_KV_FIRST] += m;
            count->nonzeros[SQ_ATTEND_KV_FIRST]++;
            count->events2[SQ_ATTEND_KV_FIRST] += head->q_sum[c];
            *not_unit |= m != unit;
        }
}

static size_t entries(const struct sq_graded_shape *shape)
{
    return (size_t)shape->keys.n_tokens * (2 * (size_t)shape->keys.head_dim + shape->value_dim);
}

size_t sq_graded_count_scratch_bytes(const struct sq_graded_shape *shape)
{
    const size_t sums = shape->keys.head_dim + (size_t)shape->keys.n_tokens;
    return (sums * sizeof(uint64_t) + entries(shape) * sizeof(int32_t) + 63) & ~(size_t)63;
}

void sq_graded_count(struct sq_ssa_count *count, uint64_t *not_unit_kv, const uint64_t *q,
                     const uint64_t *k, const uint64_t *v, const struct sq_graded_shape *shape,
                     uint64_t unit, void *scratch)
{
    const struct sq_attend_shape *keys = &shape->keys;
    const size_t n = keys->n_tokens;
    struct head head = {keys->n_tokens, keys->head_dim, shape->value_dim, NULL,
                        NULL,           NULL,           scratch,          NULL};
    head.v_sum = head.q_sum + keys->head_dim;
    head.q = (int32_t *)(void *)(head.v_sum + n);
    head.k = head.q + n * keys->head_dim;
    head.v = head.k + n * keys->head_dim;
    *count = (struct sq_ssa_count){.unary2 = 0};
    *not_unit_kv = 0;
    for (uint32_t h = 0; h < keys->n_heads; h++) {
        const size_t first = (size_t)h * keys->head_dim;
        unpack_all(head.q, q, shape->n_planes[0], keys->n_words, keys->n_tokens, first,
                   keys->head_dim);
        unpack_all(head.k, k, shape->n_planes[1], keys->n_words, keys->n_tokens, first,
                   keys->head_dim);
        unpack_all(head.v, v, shape->n_planes[2], shape->value_words, keys->n_tokens,
                   (size_t)h * shape->value_dim, shape->value_dim);
        sum_head(&head);
        count_scores(&head, unit, count);
        count_values(&head, unit, count, not_unit_kv);
    }
}
