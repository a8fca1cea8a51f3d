/* The body of every sq_ssa_count variant: plain C that the including file's flags vectorise. */
#ifndef SQ_SSA_COUNT_HEAD_H
#define SQ_SSA_COUNT_HEAD_H

#include "kernels/attend/attend_scratch.h"
#include "kernels/count/ssa_count.h"

#include <string.h>

/* One head: its own words, and a column of sums for each of its channels. */
struct columns {
    uint64_t *q, *k, *v; /* [n_tokens][n_words] */
    uint64_t *any_v;     /* [head_dim][n_words] OR of the v_j of the tokens with k_jc */
    uint32_t *q_sum, *k_sum, *kv_sum; /* [head_dim] */
    uint32_t n_tokens, n_words, head_dim;
};

static inline struct columns columns_in(void *scratch, const struct sq_attend_shape *shape)
{
    struct columns head = {.n_tokens = shape->n_tokens,
                           .n_words = (uint32_t)sq_words_for(shape->head_dim),
                           .head_dim = shape->head_dim};
    const size_t n_words = (size_t)head.n_tokens * head.n_words;
    head.q = scratch;
    head.k = head.q + n_words;
    head.v = head.k + n_words;
    head.any_v = head.v + n_words;
    head.q_sum = (uint32_t *)(head.any_v + (size_t)head.head_dim * head.n_words);
    head.k_sum = head.q_sum + head.head_dim;
    head.kv_sum = head.k_sum + head.head_dim;
    return head;
}

/* Token j: its spikes of k carry its spikes of v into their columns. */
SQ_ALWAYS_INLINE void add_token(const struct columns *head, uint32_t j, struct sq_ssa_count *count)
{
    const uint64_t *k = head->k + (size_t)j * head->n_words;
    const uint64_t *v = head->v + (size_t)j * head->n_words;
    const uint32_t z_k = (uint32_t)sq_popcount(k, head->n_words);
    const uint32_t z_v = (uint32_t)sq_popcount(v, head->n_words);
    count->coincidences[SQ_ATTEND_KV_FIRST] += (uint64_t)z_k * z_v;
    for (uint32_t w = 0; w < head->n_words; w++)
        for (uint64_t left = k[w]; left != 0; left &= left - 1) {
            const size_t c = 64 * (size_t)w + (size_t)__builtin_ctzll(left);
            head->k_sum[c]++;
            head->kv_sum[c] += z_v;
            for (uint32_t u = 0; u < head->n_words; u++)
                head->any_v[c * head->n_words + u] |= v[u];
        }
}

/* Tokens i with q_i . k_j != 0. */
SQ_ALWAYS_INLINE uint32_t count_meeting(const struct columns *head, const uint64_t *k)
{
    const uint64_t *q = head->q;
    uint64_t meeting = 0;
    if (head->n_words == 1) {
        const uint64_t word = *k;
        for (uint32_t i = 0; i < head->n_tokens; i++)
            meeting += (q[i] & word) != 0;
        return (uint32_t)meeting;
    }
    for (uint32_t i = 0; i < head->n_tokens; i++, q += head->n_words) {
        uint64_t together = 0;
        for (uint32_t w = 0; w < head->n_words; w++)
            together |= q[w] & k[w];
        meeting += together != 0;
    }
    return (uint32_t)meeting;
}

SQ_ALWAYS_INLINE void count_scores(const struct columns *head, struct sq_ssa_count *count)
{
    for (uint32_t j = 0; j < head->n_tokens; j++) {
        const uint64_t *k = head->k + (size_t)j * head->n_words;
        const uint64_t *v = head->v + (size_t)j * head->n_words;
        uint64_t any = 0;
        for (uint32_t w = 0; w < head->n_words; w++)
            any |= k[w];
        if (any == 0)
            continue;
        const uint32_t meeting = count_meeting(head, k);
        count->nonzeros[SQ_ATTEND_QK_FIRST] += meeting;
        count->events2[SQ_ATTEND_QK_FIRST] += (uint64_t)meeting * sq_popcount(v, head->n_words);
    }
}

SQ_ALWAYS_INLINE void count_columns(const struct columns *head, struct sq_ssa_count *count)
{
    for (uint32_t i = 0; i < head->n_tokens; i++)
        for (uint32_t w = 0; w < head->n_words; w++)
            for (uint64_t left = head->q[(size_t)i * head->n_words + w]; left != 0;
                 left &= left - 1)
                head->q_sum[64 * (size_t)w + (size_t)__builtin_ctzll(left)]++;
    for (uint32_t c = 0; c < head->head_dim; c++) {
        const uint64_t reached =
            sq_popcount(head->any_v + (size_t)c * head->n_words, head->n_words);
        count->coincidences[SQ_ATTEND_QK_FIRST] += (uint64_t)head->q_sum[c] * head->k_sum[c];
        count->unary2 += (uint64_t)head->q_sum[c] * head->kv_sum[c];
        count->events2[SQ_ATTEND_KV_FIRST] += head->q_sum[c] * reached;
        count->nonzeros[SQ_ATTEND_KV_FIRST] += reached;
    }
}

/* Is some score neither 0 nor `unit`? Only asked where the sums leave it open. */
static inline int has_other_score(const struct columns *head, uint64_t unit)
{
    for (uint32_t i = 0; i < head->n_tokens; i++)
        for (uint32_t j = 0; j < head->n_tokens; j++) {
            uint64_t score = 0;
            for (uint32_t w = 0; w < head->n_words; w++)
                score += sq_ones(head->q[(size_t)i * head->n_words + w] &
                                 head->k[(size_t)j * head->n_words + w]);
            if (score != 0 && score != unit)
                return 1;
        }
    return 0;
}

SQ_ALWAYS_INLINE void count_head(const struct columns *head, uint64_t unit,
                                 struct sq_ssa_count *count)
{
    const uint64_t sum = count->coincidences[SQ_ATTEND_QK_FIRST];
    const uint64_t nonzeros = count->nonzeros[SQ_ATTEND_QK_FIRST];
    memset(head->any_v, 0,
           (size_t)head->head_dim * (head->n_words * sizeof(uint64_t) + 3 * sizeof(uint32_t)));
    for (uint32_t j = 0; j < head->n_tokens; j++)
        add_token(head, j, count);
    count_scores(head, count);
    count_columns(head, count);
    const uint64_t own_sum = count->coincidences[SQ_ATTEND_QK_FIRST] - sum;
    const uint64_t own_nonzeros = count->nonzeros[SQ_ATTEND_QK_FIRST] - nonzeros;
    if (own_sum != own_nonzeros * unit || (own_sum != 0 && has_other_score(head, unit)))
        count->not_unit = 1;
}

static inline void count_ssa(struct sq_ssa_count *count, const uint64_t *q, const uint64_t *k,
                             const uint64_t *v, const struct sq_attend_shape *shape,
                             unsigned unit_shift, void *scratch)
{
    const struct columns head = columns_in(scratch, shape);
    memset(count, 0, sizeof *count);
    for (size_t at = 0; at < (size_t)shape->n_heads * shape->head_dim; at += shape->head_dim) {
        sq_attend_cut_head(head.q, q, at, shape);
        sq_attend_cut_head(head.k, k, at, shape);
        sq_attend_cut_head(head.v, v, at, shape);
        if (head.n_words == 1) { /* a copy of the body for heads of up to 64 channels */
            struct columns narrow = head;
            narrow.n_words = 1;
            count_head(&narrow, (uint64_t)1 << unit_shift, count);
        } else {
            count_head(&head, (uint64_t)1 << unit_shift, count);
        }
    }
}

#endif
