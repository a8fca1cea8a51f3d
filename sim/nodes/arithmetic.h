/* Arithmetics: what a node's weights, sums and reals are made of, and the operations on them. One row each, bound to a
 * node when its weights are packed (enum sq_arithmetic, sim/network/network.h): no other file of a firing asks
 * whether it runs in floats or in integers. A new arithmetic is a value there, a row here and its kernels. */
#ifndef SQ_ARITHMETIC_ROWS_H
#define SQ_ARITHMETIC_ROWS_H

#include "kernels/accumulate/accumulate.h"
#include "sim/nodes/scratch.h"
#include "sim/nodes/task.h"

#include <string.h>

/* Packed weights of one block, from some row on, and its sums. */
struct sq_block_weights {
    const void *row; /* of weight_bytes each, */
    size_t width;    /* so many a row; of a synapse in strips, outputs of all its strips */
    void *acc;       /* of sum_bytes each */
    /* Of a synapse in strips: */
    size_t acc_width;     /* sums of a row of acc */
    size_t strip_weights; /* how far one strip's weights are from the next one's */
    const void *next;     /* the strip that is read behind the last one; NULL: none is */
    size_t n_next;        /* and how many of its weight rows */
};

/* Operations that an arithmetic's nodes do not have are NULL. What is scratch, and how far it is filled, says the
 * node's file. */
struct sq_arithmetic_row {
    size_t weight_bytes; /* of the synapse; pixels are as wide */
    size_t sum_bytes;
    size_t
        sum_multiple; /* of a synapse in strips: a row of its sums is a multiple of so many wide */
    const void *(*weights)(const struct sq_node *node);

    /* kernels/accumulate of a step; masked of n rows of scratch->mask; dense of n rows of scratch->dense; spread of a line
     * of scratch->frame. */
    void (*accumulate)(const struct sq_task *task, const struct sq_block_weights *w,
                       const struct sq_span_step *step, size_t n_rows);
    void (*masked)(const struct sq_task *task, const struct sq_block_weights *w, size_t n,
                   size_t n_taps, int twice);
    void (*multiply)(const struct sq_task *task, const struct sq_block_weights *w, size_t n,
                     size_t n_spans);
    void (*spread)(const struct sq_task *task, const struct sq_block_weights *w, size_t n_spans);

    /* SSA of one timestep, of spikes and of counts, into scratch->acc [n_tokens][stride]. */
    void (*attend)(const struct sq_task *task, const uint64_t *const qkv[3], size_t stride);
    void (*attend_counts)(const struct sq_task *task, const uint64_t *const qkv[3], size_t stride);

    /* n_rows rows of a block's currents: into neurons, or out as reals. */
    void (*integrate)(const struct sq_task *task, size_t block, uint64_t *word, void *membrane,
                      uint32_t n_rows, const void *acc, size_t acc_stride);
    void (*send)(const struct sq_task *task, size_t block, void *out, uint32_t n_rows,
                 const void *acc, size_t acc_stride);

    /* Currents of whole numbers; of the mean over tokens [columns]; of a head's sums, by its scale. */
    void (*of_counts)(void *current, const uint32_t *sum, size_t n);
    void (*of_mean)(const struct sq_task *task, uint32_t t, void *current);
    void (*of_head)(void *current, const void *sum, size_t n, float scale);

    /* Streams, four bytes each: a + b; a block's maxima and means over windows; its column sums of n_rows rows. */
    void (*add)(const struct sq_task *task, void *out, const void *a, const void *b, size_t n);
    void (*pool)(const struct sq_task *task, void *out, const void *in, size_t width);
    void (*average)(const struct sq_task *task, void *out, const void *in, size_t width);
    void (*sum_columns)(const struct sq_task *task, const struct sq_node *from, const void *in,
                        size_t width, double *sum);
};

/* arithmetic_f32.c and arithmetic_whole.c; and all of them, by enum sq_arithmetic. */
extern const struct sq_arithmetic_row sq_f32_row, sq_i8_row, sq_i8_tiles_row, sq_i16_row,
    sq_i64_row;
extern const struct sq_arithmetic_row *const sq_arithmetic_row[SQ_ARITHMETICS];

static inline const struct sq_arithmetic_row *sq_arithmetic_of(const struct sq_node *node)
{
    return sq_arithmetic_row[node->arithmetic];
}

/* The weight rows of a step of one strip, from `row` on, with one that adds nothing within reach: where they are, or of
 * a far step in scratch->tile.
 *   nothing   16 weights that add nothing */
static inline const void *sq_strip_rows(const struct sq_task *task, const void *row,
                                        const struct sq_span_step *step, const void *nothing)
{
    const size_t row_bytes = SQ_LANES * sq_arithmetic_of(task->node)->weight_bytes;
    char *const tile = task->scratch->tile;
    if (!step->is_far)
        return row;
    memcpy(tile, row, step->n_weight_rows * row_bytes);
    memcpy(tile + step->pad * row_bytes, nothing, row_bytes);
    return tile;
}

/* Sums of a row of one block of a synapse in strips. */
static inline size_t sq_sum_width(const struct sq_node *node, size_t block)
{
    const size_t columns = sq_arithmetic_of(node)->sum_multiple;
    return (sq_block_width(node->synapse->n_out, block) + columns - 1) & ~(columns - 1);
}

/* All weights of a block of the node's synapse, which is not in strips. */
static inline struct sq_block_weights sq_block_weights(const struct sq_node *node, size_t block,
                                                       void *acc)
{
    const struct sq_arithmetic_row *in = sq_arithmetic_of(node);
    const size_t at = block * SQ_BLOCK_WIDTH * node->synapse->n_in;
    return (struct sq_block_weights){.row = (const char *)in->weights(node) + at * in->weight_bytes,
                                     .width = sq_block_width(node->synapse->n_out, block),
                                     .acc = acc};
}

#endif
