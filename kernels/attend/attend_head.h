/* The body of every sq_attend variant, on integer vectors as wide as the including file says.
 *
 * The includer defines ATTEND_LANES, the 32-bit integers of one vector (a divisor of 16), and
 * ones_of(), the number of ones of a word, and calls attend().
 *
 * Heads are taken one after the other. A head's bits are cut out of the rows of q, k and v into
 * words of their own (a head may straddle two words); its output channels are taken 64 at a time,
 * a chunk, so that one token's sums stay in registers. Nothing is multiplied, addresses neither. */
#ifndef SQ_ATTEND_HEAD_H
#define SQ_ATTEND_HEAD_H

#include "kernels/attend/attend.h"
#include "kernels/attend/attend_scratch.h"
#include "kernels/base/block.h"

#include <string.h>

typedef int32_t vec __attribute__((vector_size(ATTEND_LANES * 4), may_alias));
typedef float float_vec __attribute__((vector_size(ATTEND_LANES * 4), may_alias, aligned(4)));

enum { VECS_PER_16 = 16 / ATTEND_LANES, MAX_VECS = 64 / ATTEND_LANES };

/* One head; a token has n_words words in each of q, k and v. */
struct head {
    const uint64_t *q, *k, *v;
    vec *counts; /* k^T v of one chunk: [head_dim][lanes16 * 16] */
    uint32_t n_tokens, n_words, head_dim;
};

/* Where one chunk's sums go: 16 * lanes16 columns of y, of which `room` exist. An entry of y is
 * four bytes either way: float32, or the int32 itself. */
struct chunk {
    char *y;
    size_t y_stride, room; /* in entries */
    uint32_t word;         /* of v */
    int keep_integers;
};

/* out = value in the lanes whose bit is set, 0 in the others: a mask, not a product. */
SQ_ALWAYS_INLINE void spread(vec out[MAX_VECS], uint64_t bits, int32_t value, size_t n_vecs)
{
    static const int32_t bit_of_lane[16] __attribute__((aligned(64))) = {
        1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768};
    const vec bit = *(const vec *)bit_of_lane;
    for (size_t i = 0; i < n_vecs; i++, bits >>= ATTEND_LANES)
        out[i] = (((int32_t)(bits & 0xffff) & bit) == bit) & value;
}

SQ_ALWAYS_INLINE void add_vecs(vec sum[MAX_VECS], const vec *add, size_t n_vecs)
{
    for (size_t i = 0; i < n_vecs; i++)
        sum[i] += add[i];
}

SQ_ALWAYS_INLINE vec *counts_row(vec *counts, size_t channel, size_t lanes16)
{
    return (vec *)((char *)counts + sq_block_bytes(channel, lanes16));
}

/* Lanes past the chunk's channels hold zero and lie over the next chunk, written later, over
 * padding, or past the row, where they are not stored. */
SQ_ALWAYS_INLINE void store_sums(const struct chunk *to, char *y, const vec sum[MAX_VECS],
                                 size_t n_vecs)
{
    float_vec out[MAX_VECS];
    for (size_t i = 0; i < n_vecs; i++)
        out[i] = to->keep_integers ? (float_vec)sum[i] : __builtin_convertvector(sum[i], float_vec);
    if (to->room >= n_vecs * ATTEND_LANES)
        for (size_t i = 0; i < n_vecs; i++)
            ((float_vec *)y)[i] = out[i];
    else
        memcpy(y, out, to->room << 2);
}

/* (q k^T) v: y_i = sum over j of popcount(q_i & k_j) in the lanes of v_j. */
SQ_ALWAYS_INLINE void attend_qk_first(const struct head *head, const struct chunk *to,
                                      size_t lanes16)
{
    const size_t n_vecs = lanes16 * VECS_PER_16;
    const uint32_t n_words = head->n_words;
    const uint64_t *q = head->q;
    char *y = to->y;
    for (uint32_t i = 0; i < head->n_tokens; i++, q += n_words, y += to->y_stride << 2) {
        vec sum[MAX_VECS] = {0}, add[MAX_VECS];
        const uint64_t *k = head->k, *v = head->v + to->word;
        for (uint32_t j = 0; j < head->n_tokens; j++, k += n_words, v += n_words) {
            int32_t together = 0;
            for (uint32_t w = 0; w < n_words; w++)
                together += ones_of(q[w] & k[w]);
            spread(add, *v, together, n_vecs);
            add_vecs(sum, add, n_vecs);
        }
        store_sums(to, y, sum, n_vecs);
    }
}

/* counts = k^T v: entry (c, e) is the number of tokens with bit c in k and bit e in v. */
SQ_ALWAYS_INLINE void count_kv(const struct head *head, const struct chunk *to, size_t lanes16)
{
    const size_t n_vecs = lanes16 * VECS_PER_16;
    const uint64_t *k = head->k, *v = head->v + to->word;
    vec ones[MAX_VECS];
    memset(head->counts, 0, sq_block_bytes(head->head_dim, lanes16));
    for (uint32_t j = 0; j < head->n_tokens; j++, v += head->n_words) {
        vec *counts = head->counts;
        spread(ones, *v, 1, n_vecs);
        for (uint32_t w = 0; w < head->n_words; w++, counts = counts_row(counts, 64, lanes16))
            for (uint64_t left = *k++; left != 0; left &= left - 1)
                add_vecs(counts_row(counts, (size_t)__builtin_ctzll(left), lanes16), ones, n_vecs);
    }
}

/* q (k^T v): y_i = sum of the rows of counts that q_i's bits name. */
SQ_ALWAYS_INLINE void attend_kv_first(const struct head *head, const struct chunk *to,
                                      size_t lanes16)
{
    const size_t n_vecs = lanes16 * VECS_PER_16;
    const uint64_t *q = head->q;
    char *y = to->y;
    count_kv(head, to, lanes16);
    for (uint32_t i = 0; i < head->n_tokens; i++, y += to->y_stride << 2) {
        vec sum[MAX_VECS] = {0};
        vec *counts = head->counts;
        for (uint32_t w = 0; w < head->n_words; w++, counts = counts_row(counts, 64, lanes16))
            for (uint64_t left = *q++; left != 0; left &= left - 1)
                add_vecs(sum, counts_row(counts, (size_t)__builtin_ctzll(left), lanes16), n_vecs);
        store_sums(to, y, sum, n_vecs);
    }
}

SQ_ALWAYS_INLINE void attend_chunk(const struct head *head, const struct chunk *to, size_t lanes16,
                                   enum sq_attend_order order)
{
    if (order == SQ_ATTEND_QK_FIRST)
        attend_qk_first(head, to, lanes16);
    else
        attend_kv_first(head, to, lanes16);
}

/* A copy of the body for each number of lanes, so that sums are registers. */
static void attend_channels(const struct head *head, const struct chunk *to, uint32_t n_channels,
                            enum sq_attend_order order)
{
    switch ((n_channels + 15) >> 4) {
    case 1:
        attend_chunk(head, to, 1, order);
        break;
    case 2:
        attend_chunk(head, to, 2, order);
        break;
    case 3:
        attend_chunk(head, to, 3, order);
        break;
    default:
        attend_chunk(head, to, 4, order);
    }
}

SQ_ALWAYS_INLINE void attend_head(const struct head *head, struct chunk to,
                                  enum sq_attend_order order)
{
    uint32_t left = head->head_dim;
    for (; left > 64; left -= 64, to.word++, to.y += 64 * 4, to.room -= 64)
        attend_channels(head, &to, 64, order);
    attend_channels(head, &to, left, order);
}

SQ_ALWAYS_INLINE void zero_padding(char *y, size_t y_stride, size_t from, uint32_t n_tokens)
{
    for (; n_tokens > 0 && from < y_stride; n_tokens--, y += y_stride << 2)
        memset(y + (from << 2), 0, (y_stride - from) << 2);
}

/* y is float32 or int32; scratch as in attend.h. A kernel of its own for each is the includer's. */
SQ_ALWAYS_INLINE void attend(void *y, int keep_integers, size_t y_stride, const uint64_t *q,
                             const uint64_t *k, const uint64_t *v,
                             const struct sq_attend_shape *shape, enum sq_attend_order order,
                             void *scratch)
{
    char *const out = y;
    uint64_t *const q_words = (uint64_t *)((char *)scratch + sq_attend_counts_bytes(shape));
    size_t at = 0; /* first channel of the head */
    for (uint32_t g = 0; g < shape->n_heads; g++, at += shape->head_dim) {
        uint64_t *const k_words = sq_attend_cut_head(q_words, q, at, shape);
        uint64_t *const v_words = sq_attend_cut_head(k_words, k, at, shape);
        sq_attend_cut_head(v_words, v, at, shape);
        const struct head head = {.q = q_words,
                                  .k = k_words,
                                  .v = v_words,
                                  .counts = scratch,
                                  .n_tokens = shape->n_tokens,
                                  .n_words = (uint32_t)sq_words_for(shape->head_dim),
                                  .head_dim = shape->head_dim};
        attend_head(&head,
                    (struct chunk){out + (at << 2), y_stride, y_stride - at, 0, keep_integers},
                    order);
    }
    zero_padding(out, y_stride, at, shape->n_tokens);
}

#endif
