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
    uint64_t *ones_of_v; /* [n_groups * 64] number of ones of v_j in this head */
    uint32_t n_groups, n_tokens, head_dim;
};

/* Lane by lane, the members of struct sq_ssa_count. */
struct sums {
    words coincidences[2], events2[2], unary2, nonzeros[2];
};

/* Channels c of k against every channel of v: c's row of k^T v, its sum and its entries not 0. */
SQ_ALWAYS_INLINE void count_row(const struct columns *head, size_t c, words *row_sum,
                                words *row_nonzeros, uint32_t n_groups)
{
    const words here = first_lanes(head->head_dim - c);
    words sum = {0}, zeros = {0};
    for (size_t e = 0; e < head->head_dim; e++) {
        words any = {0};
        for (size_t g = 0; g < n_groups; g++) {
            const words common =
                load(head->k + g * head->stride + c) & here & head->v[g * head->stride + e];
            sum += ones_of(common);
            any |= common;
        }
        zeros -= (words)(any == 0);
    }
    *row_sum = sum;
    *row_nonzeros = head->head_dim - zeros;
}

SQ_ALWAYS_INLINE void count_channels(const struct columns *head, struct sums *sums,
                                     uint32_t n_groups)
{
    for (size_t c = 0; c < head->head_dim; c += COUNT_LANES) {
        const words here = first_lanes(head->head_dim - c);
        words in_q = {0}, in_k = {0}, row_sum, row_nonzeros;
        for (size_t g = 0; g < n_groups; g++) {
            in_q += ones_of(load(head->q + g * head->stride + c) & here);
            in_k += ones_of(load(head->k + g * head->stride + c));
        }
        count_row(head, c, &row_sum, &row_nonzeros, n_groups);
        sums->coincidences[SQ_ATTEND_QK_FIRST] += in_q * in_k;
        sums->coincidences[SQ_ATTEND_KV_FIRST] += row_sum;
        sums->nonzeros[SQ_ATTEND_KV_FIRST] += row_nonzeros;
        sums->events2[SQ_ATTEND_KV_FIRST] += in_q * row_nonzeros;
        sums->unary2 += in_q * row_sum;
    }
}

/* Tokens j: how many tokens i they meet, and the ones of their v. */
SQ_ALWAYS_INLINE void count_tokens(const struct columns *head, struct sums *sums, uint32_t n_groups)
{
    for (size_t j = 0; j < head->n_tokens; j += COUNT_LANES) {
        const uint64_t *k = head->k + (j >> 6) * head->stride;
        words n_meeting = {0};
        for (size_t g = 0; g < n_groups; g++) {
            const uint64_t *q = head->q + g * head->stride;
            words meeting = {0};
            for (size_t c = 0; c < head->head_dim; c++)
                meeting = join(meeting, k[c] >> (j & 63), q[c]);
            n_meeting += ones_of(meeting);
        }
        sums->nonzeros[SQ_ATTEND_QK_FIRST] += n_meeting;
        sums->events2[SQ_ATTEND_QK_FIRST] += n_meeting * load(head->ones_of_v + j);
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

/* ones[j] = ones of v_j in the channels from `at` on. */
static inline void count_ones_of_v(uint64_t *ones, const uint64_t *v, size_t at,
                                   const struct sq_attend_shape *shape)
{
    const size_t end = at + shape->head_dim;
    if (shape->n_words == 1) { /* apart, as neighbouring words make vectors */
        const uint64_t mask = ~(uint64_t)0 >> (64 - shape->head_dim);
        for (uint32_t j = 0; j < shape->n_tokens; j++)
            ones[j] = sq_ones(v[j] >> at & mask);
        return;
    }
    for (uint32_t j = 0; j < shape->n_tokens; j++, v += shape->n_words) {
        ones[j] = 0;
        for (size_t c = at; c < end; c += 64)
            ones[j] += sq_ones(sq_attend_cut_word(v, c, end - c < 64 ? end - c : 64));
    }
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

/* The columns of q, k and v, then the ones of v. */
static inline struct columns columns_in(void *scratch, const struct sq_attend_shape *shape)
{
    const uint32_t n_groups = (uint32_t)sq_words_for(shape->n_tokens);
    const size_t stride = 64 * (size_t)shape->n_words;
    uint64_t *q = scratch, *k = q + n_groups * stride, *v = k + n_groups * stride;
    return (struct columns){.q = q,
                            .k = k,
                            .v = v,
                            .stride = stride,
                            .ones_of_v = v + n_groups * stride,
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
    count->not_unit = 0;
    for (uint32_t h = 0; h < shape->n_heads; h++) {
        const size_t at = (size_t)h * shape->head_dim;
        count_ones_of_v(head.ones_of_v, v, at, shape);
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
