/* The body of every sq_ssa_count variant, on vectors of words as wide as the including file says.
 *
 * The includer includes a words_<isa>.h first (words.h) and calls count_ssa().
 *
 * Everything is said of columns (columns.h), the sets of tokens of one channel: entry (c, e) of
 * k^T v is the number of ones of k_c & v_e, and the tokens i that meet token j are the OR of the
 * q_c of the channels c in k_j. Counts of eight channels or tokens are made at a time. */
#ifndef SQ_SSA_COUNT_HEAD_H
#define SQ_SSA_COUNT_HEAD_H

#include "kernels/attend/attend_scratch.h"
#include "kernels/count/columns.h"
#include "kernels/count/ssa_count.h"

/* One head. */
struct columns {
    const uint64_t *q, *k, *v; /* of its first channel: [n_groups][stride] */
    size_t stride;
    uint64_t *ones_of_k, *ones_of_v; /* [n_groups * 64] ones of k_j and v_j in this head */
    uint64_t *in_q;                  /* [stride] tokens that have a channel in q */
    uint32_t n_groups, n_tokens, head_dim;
};

/* Lane by lane, the members of struct sq_ssa_count. */
struct sums {
    words coincidences[2], events2[2], unary2, nonzeros[2];
};

/* Row c of k^T v, lane by lane from channel c on: its entries that are not 0. */
SQ_ALWAYS_INLINE words row_nonzeros(const struct columns *head, size_t c, words here,
                                    uint32_t n_groups)
{
    words nonzeros = {0};
    for (size_t e = 0; e < head->head_dim; e++) {
        words any = {0};
        for (size_t g = 0; g < n_groups; g++)
            any |= load(head->k + g * head->stride + c) & head->v[g * head->stride + e];
        nonzeros = add_in(nonzeros, lanes_meeting(any & here, ~(uint64_t)0), 1);
    }
    return nonzeros;
}

SQ_ALWAYS_INLINE void count_channels(const struct columns *head, struct sums *sums,
                                     uint32_t n_groups)
{
    for (size_t c = 0; c < head->head_dim; c += COUNT_LANES) {
        const words here = first_lanes(head->head_dim - c);
        const words nonzeros = row_nonzeros(head, c, here, n_groups);
        words in_q = {0};
        for (size_t g = 0; g < n_groups; g++)
            in_q += ones_of(load(head->q + g * head->stride + c));
        store(head->in_q + c, in_q);
        sums->nonzeros[SQ_ATTEND_KV_FIRST] += nonzeros;
        sums->events2[SQ_ATTEND_KV_FIRST] += in_q * nonzeros;
    }
}

/* Tokens i of n_groups groups from `q` on, at most 4: how many tokens j meet; *score += the sizes
 * of the sets of k_j's channels. */
SQ_ALWAYS_INLINE words count_meeting(const struct columns *head, const uint64_t *k, size_t at,
                                     const uint64_t *q, uint32_t n_groups, words *score)
{
    words meeting[4] = {{0}}, n_meeting = {0};
    for (size_t c = 0; c < head->head_dim; c++) {
        const lanes has_c = lanes_with(k + c, at);
        for (uint32_t g = 0; g < n_groups; g++)
            meeting[g] = join_in(meeting[g], has_c, q[g * head->stride + c]);
        *score = add_in(*score, has_c, head->in_q[c]);
    }
    for (uint32_t g = 0; g < n_groups; g++)
        n_meeting += ones_of(meeting[g]);
    return n_meeting;
}

SQ_ALWAYS_INLINE void count_tokens(const struct columns *head, struct sums *sums, uint32_t n_groups)
{
    for (size_t at = 0; at < head->n_tokens; at += COUNT_LANES) {
        const uint64_t *k = head->k + (at >> 6) * head->stride;
        const words of_k = load(head->ones_of_k + at), of_v = load(head->ones_of_v + at);
        words score = {0}, again;
        words n_meeting = count_meeting(head, k, at & 63, head->q, n_groups < 4 ? 1 : 4, &score);
        for (uint32_t g = n_groups < 4 ? 1 : 4; g < n_groups; g += g + 4 <= n_groups ? 4 : 1)
            n_meeting += count_meeting(head, k, at & 63, head->q + g * head->stride,
                                       g + 4 <= n_groups ? 4 : 1, &again);
        sums->nonzeros[SQ_ATTEND_QK_FIRST] += n_meeting;
        sums->events2[SQ_ATTEND_QK_FIRST] += n_meeting * of_v;
        sums->coincidences[SQ_ATTEND_QK_FIRST] += score;
        sums->coincidences[SQ_ATTEND_KV_FIRST] += of_k * of_v;
        sums->unary2 += score * of_v;
    }
}

/* Is some score neither 0 nor `unit`? Only asked where the sums leave it open. */
static inline int has_other_score(const uint64_t *q, const uint64_t *k, size_t at, uint64_t unit,
                                  const struct sq_attend_shape *shape)
{
    const size_t end = at + shape->head_dim;
    for (uint32_t i = 0; i < shape->n_tokens; i++)
        for (uint32_t j = 0; j < shape->n_tokens; j++) {
            uint64_t score = 0;
            for (size_t c = at; c < end; c += 64) {
                const size_t n = end - c < 64 ? end - c : 64;
                score += sq_ones(sq_attend_cut_word(q + (size_t)i * shape->n_words, c, n) &
                                 sq_attend_cut_word(k + (size_t)j * shape->n_words, c, n));
            }
            if (score != 0 && score != unit)
                return 1;
        }
    return 0;
}

/* ones[j] = ones of row j in the head's channels, from `at` on. Neighbouring words make vectors;
 * most heads lie in one word of a row. */
static inline void count_ones(uint64_t *ones, const uint64_t *row, size_t at,
                              const struct sq_attend_shape *shape)
{
    const size_t end = at + shape->head_dim, shift = at & 63, n_words = shape->n_words;
    if (shift + shape->head_dim > 64) {
        for (uint32_t j = 0; j < shape->n_tokens; j++, row += n_words) {
            ones[j] = 0;
            for (size_t c = at; c < end; c += 64)
                ones[j] += sq_ones(sq_attend_cut_word(row, c, end - c < 64 ? end - c : 64));
        }
        return;
    }
    const uint64_t mask = ~(uint64_t)0 >> (64 - shape->head_dim);
    row += at >> 6;
    if (n_words == 1)
        for (uint32_t j = 0; j < shape->n_tokens; j++)
            ones[j] = sq_ones(row[j] >> shift & mask);
    else
        for (uint32_t j = 0; j < shape->n_tokens; j++, row += n_words)
            ones[j] = sq_ones(*row >> shift & mask);
}

SQ_ALWAYS_INLINE void count_head(const struct columns *head, struct sums *sums)
{
    if (head->n_groups == 1) { /* a copy of the body for up to 64 tokens */
        count_channels(head, sums, 1);
        count_tokens(head, sums, 1);
    } else {
        count_channels(head, sums, head->n_groups);
        count_tokens(head, sums, head->n_groups);
    }
}

static inline void write_count(struct sq_ssa_count *count, const struct sums *sums)
{
    for (int order = 0; order < 2; order++) {
        count->coincidences[order] = sum_of(sums->coincidences[order]);
        count->events2[order] = sum_of(sums->events2[order]);
        count->nonzeros[order] = sum_of(sums->nonzeros[order]);
    }
    count->unary2 = sum_of(sums->unary2);
}

/* The columns of q, k and v, then the counts. */
static inline struct columns columns_in(void *scratch, const struct sq_attend_shape *shape)
{
    const uint32_t n_groups = (uint32_t)sq_words_for(shape->n_tokens);
    const size_t stride = 64 * (size_t)shape->n_words;
    uint64_t *q = scratch, *k = q + n_groups * stride, *v = k + n_groups * stride;
    uint64_t *ones = v + n_groups * stride;
    return (struct columns){.q = q,
                            .k = k,
                            .v = v,
                            .stride = stride,
                            .ones_of_k = ones,
                            .ones_of_v = ones + n_groups * 64,
                            .in_q = ones + n_groups * 128,
                            .n_groups = n_groups,
                            .n_tokens = shape->n_tokens,
                            .head_dim = shape->head_dim};
}

static inline void count_ssa(struct sq_ssa_count *count, const uint64_t *q, const uint64_t *k,
                             const uint64_t *v, const struct sq_attend_shape *shape,
                             unsigned unit_shift, void *scratch)
{
    const uint64_t unit = (uint64_t)1 << unit_shift;
    struct columns head = columns_in(scratch, shape);
    uint64_t *const column = scratch;
    const size_t n_columns = head.n_groups * head.stride;
    struct sums sums = {0};
    uint64_t sum = 0, nonzeros = 0; /* of A, heads so far */
    turn_into_columns(column, head.stride, q, shape->n_tokens, shape->n_words);
    turn_into_columns(column + n_columns, head.stride, k, shape->n_tokens, shape->n_words);
    turn_into_columns(column + 2 * n_columns, head.stride, v, shape->n_tokens, shape->n_words);
    for (size_t j = shape->n_tokens; j < 64 * (size_t)head.n_groups; j++)
        head.ones_of_k[j] = head.ones_of_v[j] = 0;
    count->not_unit = 0;
    for (uint32_t h = 0; h < shape->n_heads; h++) {
        const size_t at = (size_t)h * shape->head_dim;
        count_ones(head.ones_of_k, k, at, shape);
        count_ones(head.ones_of_v, v, at, shape);
        count_head(&head, &sums);
        const uint64_t own_sum = sum_of(sums.coincidences[SQ_ATTEND_QK_FIRST]) - sum;
        const uint64_t own_nonzeros = sum_of(sums.nonzeros[SQ_ATTEND_QK_FIRST]) - nonzeros;
        if (own_sum != own_nonzeros * unit ||
            (own_sum != 0 && unit != 1 && has_other_score(q, k, at, unit, shape)))
            count->not_unit = 1;
        sum += own_sum;
        nonzeros += own_nonzeros;
        head.q += shape->head_dim;
        head.k += shape->head_dim;
        head.v += shape->head_dim;
    }
    write_count(count, &sums);
}

#endif
