/* The body of every sq_ssa_count variant, on vectors of words as wide as the including file says.
 *
 * The includer includes a words_<isa>.h first (words.h) and calls count_ssa().
 *
 * Everything is in terms of columns (columns.h), the sets of tokens of one channel: entry (c, e) of
 * k^T v is the number of ones of k_c & v_e, and the tokens i that meet token j are the OR of the
 * q_c of the channels c in k_j. Counts of eight channels, or of four times eight tokens, are made
 * at a time. */
#ifndef SQ_SSA_COUNT_HEAD_H
#define SQ_SSA_COUNT_HEAD_H

#include "kernels/attend/attend_scratch.h"
#include "kernels/count/columns.h"
#include "kernels/count/ssa_count.h"

#include <assert.h>

/* One head. */
struct columns {
    const uint64_t *q, *k, *v; /* of its first channel: [n_groups][stride] */
    size_t stride;
    uint64_t *ones_of_v; /* [n_groups * 64] ones of v_j in this head */
    uint32_t n_groups, n_tokens, head_dim;
};

/* Lane by lane, the members of struct sq_ssa_count. */
struct sums {
    words coincidences[2], events2[2], unary2, nonzeros[2];
};

/* Row c of k^T v, lane by lane from channel c on: the entries that are not 0, and *sum of all. */
SQ_ALWAYS_INLINE words row_nonzeros(const struct columns *head, size_t c, uint32_t n_groups,
                                    words *sum)
{
    words nonzeros = {0}, all = {0};
    for (size_t e = 0; e < head->head_dim; e++) {
        words entry = {0};
        for (size_t g = 0; g < n_groups; g++)
            entry += ones_of(load(head->k + g * head->stride + c) & head->v[g * head->stride + e]);
        nonzeros = add_in(nonzeros, lanes_meeting(entry, ~(uint64_t)0), 1);
        all += entry;
    }
    *sum = all;
    return nonzeros;
}

SQ_ALWAYS_INLINE words ones_of_columns(const uint64_t *column, size_t stride, uint32_t n_groups)
{
    words ones = {0};
    for (size_t g = 0; g < n_groups; g++)
        ones += ones_of(load(column + g * stride));
    return ones;
}

SQ_ALWAYS_INLINE void count_channels(const struct columns *head, struct sums *sums,
                                     uint32_t n_groups)
{
    for (size_t c = 0; c < head->head_dim; c += COUNT_LANES) {
        const words here = first_lanes(head->head_dim - c); /* others belong to the next head */
        words entries;
        const words nonzeros = row_nonzeros(head, c, n_groups, &entries) & here;
        const words in_q = ones_of_columns(head->q + c, head->stride, n_groups) & here;
        const words in_k = ones_of_columns(head->k + c, head->stride, n_groups);
        sums->coincidences[SQ_ATTEND_QK_FIRST] += in_q * in_k;
        sums->coincidences[SQ_ATTEND_KV_FIRST] += entries & here;
        sums->nonzeros[SQ_ATTEND_KV_FIRST] += nonzeros;
        sums->events2[SQ_ATTEND_KV_FIRST] += in_q * nonzeros;
        sums->unary2 += in_q * entries;
    }
}

enum { N_SETS = 4 }; /* of tokens i, a vector of sets each, that stay in registers */

/* Tokens j lane by lane in n_vectors vectors from bit `at` of the columns k on, tokens i in
 * n_groups groups from q on: n_meeting += how many i they meet. One of the two is 1, the other at
 * most 4. */
SQ_ALWAYS_INLINE void count_meeting(words n_meeting[N_SETS], const struct columns *head,
                                    const uint64_t *k, size_t at, const uint64_t *q,
                                    size_t n_vectors, size_t n_groups)
{
    words meeting[N_SETS] = {{0}};
    for (size_t c = 0; c < head->head_dim; c++)
        for (size_t i = 0; i < n_vectors; i++) {
            const lanes has_c = lanes_with(k + c, at + i * COUNT_LANES);
            for (size_t g = 0; g < n_groups; g++)
                meeting[i + g] = join_in(meeting[i + g], has_c, q[g * head->stride + c]);
        }
    for (size_t i = 0; i < n_vectors; i++)
        for (size_t g = 0; g < n_groups; g++)
            n_meeting[i] += ones_of(meeting[i + g]);
}

/* Past the last token the columns and ones_of_v are 0. */
SQ_ALWAYS_INLINE void count_tokens(const struct columns *head, struct sums *sums, size_t n_groups)
{
    const size_t n_vectors = n_groups == 1 ? N_SETS : 1;
    for (size_t at = 0; at < head->n_tokens; at += n_vectors * COUNT_LANES) {
        const uint64_t *k = head->k + (at >> 6) * head->stride, *q = head->q;
        words n_meeting[N_SETS] = {{0}};
        size_t g = 0;
        for (; g + N_SETS <= n_groups; g += N_SETS, q += N_SETS * head->stride)
            count_meeting(n_meeting, head, k, at & 63, q, 1, N_SETS);
        for (; g < n_groups; g++, q += head->stride)
            count_meeting(n_meeting, head, k, at & 63, q, n_vectors, 1);
        for (size_t i = 0; i < n_vectors; i++) {
            sums->nonzeros[SQ_ATTEND_QK_FIRST] += n_meeting[i];
            sums->events2[SQ_ATTEND_QK_FIRST] +=
                n_meeting[i] * load(head->ones_of_v + at + i * COUNT_LANES);
        }
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

/* Has the head from `at` on, the last that was counted, a score that is neither 0 nor `unit`? Those
 * before it have none. */
static inline int leaves_unit(const struct sums *sums, const uint64_t *q, const uint64_t *k,
                              size_t at, uint64_t unit, const struct sq_attend_shape *shape)
{
    const uint64_t sum = sum_of(sums->coincidences[SQ_ATTEND_QK_FIRST]);
    const uint64_t nonzeros = sum_of(sums->nonzeros[SQ_ATTEND_QK_FIRST]);
    return sum != nonzeros * unit ||
           (sum != 0 && unit != 1 && has_other_score(q, k, at, unit, shape));
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
    assert(shape->head_dim > 0);
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
    const uint64_t unit = (uint64_t)1 << unit_shift, *const packet[3] = {q, k, v};
    struct columns head = columns_in(scratch, shape);
    uint64_t *const column = scratch;
    const size_t n_columns = head.n_groups * head.stride;
    struct sums sums = {0};
    for (size_t i = 0; i < 3; i++)
        turn_into_columns(column + i * n_columns, head.stride, packet[i], shape->n_tokens,
                          shape->n_words);
    for (size_t j = shape->n_tokens; j < 64 * (size_t)head.n_groups; j++)
        head.ones_of_v[j] = 0;
    count->not_unit = 0;
    for (uint32_t h = 0; h < shape->n_heads; h++) {
        const size_t at = (size_t)h * shape->head_dim;
        count_ones(head.ones_of_v, v, at, shape);
        count_head(&head, &sums);
        if (!count->not_unit)
            count->not_unit = leaves_unit(&sums, q, k, at, unit, shape);
        head.q += shape->head_dim;
        head.k += shape->head_dim;
        head.v += shape->head_dim;
    }
    write_count(count, &sums);
}

#endif
