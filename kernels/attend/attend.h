/* SSA: spiking self-attention on bit rows, in integers, with AND, popcount and additions only.
 *
 *   y_i = sum over tokens j of (q_i . k_j) v_j           for each head, token i
 *
 * Zhou et al., Spikformer, ICLR 2023, eq. 6, without the scale: it is a power of two and is folded
 * into the threshold of attn_lif. Matrix products of integers associate exactly, so (q k^T) v and
 * q (k^T v) give the same y and the cheaper one is taken by size. */
#ifndef SQ_ATTEND_H
#define SQ_ATTEND_H

#include <stddef.h>
#include <stdint.h>

struct sq_attend_shape {
    uint32_t n_tokens;
    uint32_t n_heads;
    uint32_t head_dim; /* head g owns the channels g * head_dim .. (g + 1) * head_dim - 1 */
    uint32_t n_words;  /* of a token's bit row: ceil(n_heads * head_dim / 64) */
};

enum sq_attend_order {
    SQ_ATTEND_QK_FIRST, /* (q k^T) v: n_tokens^2 popcounts, then masked additions of integers */
    SQ_ATTEND_KV_FIRST, /* q (k^T v): head_dim x head_dim counts, their rows added by events */
};

/* The faster order for this shape: KV first where 4 * n_tokens >= head_dim. Measured on Zen 4 at
 * rates of 5 to 40 %: counts are added for set bits only, so that (q k^T) v, which meets every pair
 * of tokens, wins for few tokens of large heads alone. */
enum sq_attend_order sq_attend_choose(const struct sq_attend_shape *shape);

/* Bytes of scratch that sq_attend_*() needs for this shape; a multiple of 64. */
size_t sq_attend_scratch_bytes(const struct sq_attend_shape *shape);

/* One timestep.
 *   y        [n_tokens][y_stride] float32 currents, every entry a whole number, exact as long as
 *            n_tokens * head_dim < 2^24 (the caller checks this at load); columns past
 *            n_heads * head_dim are set to zero. 64-byte aligned, y_stride a multiple of 16
 *   q, k, v  bit rows [n_tokens][n_words]
 *   scratch  sq_attend_scratch_bytes(), 64-byte aligned; contents do not matter
 * Cannot fail, allocates nothing. */
typedef void sq_attend_fn(float *y, size_t y_stride, const uint64_t *q, const uint64_t *k,
                          const uint64_t *v, const struct sq_attend_shape *shape,
                          enum sq_attend_order order, void *scratch);

/* The same with the whole numbers left as they are: y [n_tokens][y_stride] int32. */
typedef void sq_attend_i32_fn(int32_t *y, size_t y_stride, const uint64_t *q, const uint64_t *k,
                              const uint64_t *v, const struct sq_attend_shape *shape,
                              enum sq_attend_order order, void *scratch);

#define SQ_VARIANT(isa, needs)    \
    sq_attend_fn sq_attend_##isa; \
    sq_attend_i32_fn sq_attend_i32_##isa;
#include "kernels/attend/attend.inc"
#undef SQ_VARIANT

#endif
