/* Pooling windows over an image of cells: what bits and reals share. A cell is some bytes; the cells
 * of a window are folded into one, by OR or by maximum. */
#ifndef SQ_BASE_POOLING_H
#define SQ_BASE_POOLING_H

#include "kernels/base/block.h"

#include <stdint.h>
#include <string.h>

/* out = fold(out, cell), `n` bytes each. Folding a cell twice must change nothing. */
typedef void sq_fold_fn(void *out, const void *cell, size_t n, const void *data);

/* A window of kernel x kernel cells, moved by `stride`; `padding` cells around the image may lie in
 * it, but do not exist. padding < kernel, so that every window holds a cell that does. */
struct sq_pooling {
    uint32_t kernel, stride, padding;
};

/* The cells of an axis that a window covers: how many, and how far the first is from the axis's
 * begin. */
struct sq_covered {
    uint32_t n;
    size_t offset;
};

/* One axis of the image: `n` cells, in bytes `step` apart; the way of a stride and of the padding. */
struct sq_pool_axis {
    uint32_t n;
    size_t step, stride, padding;
};

struct sq_pool_axes {
    struct sq_pool_axis lines, cells;
};

/* All that is multiplied, before the first window; apart, so that a proof can name it. */
static __attribute__((noinline)) void sq_pool_measure(struct sq_pool_axes *axes, uint32_t height,
                                                      uint32_t width, size_t cell,
                                                      const struct sq_pooling *pool)
{
    const size_t line = width * cell;
    axes->lines = (struct sq_pool_axis){height, line, pool->stride * line, pool->padding * line};
    axes->cells = (struct sq_pool_axis){width, cell, pool->stride * cell, pool->padding * cell};
}

/* Windows along an axis of n cells start at 0, stride, 2 stride ... of the padded axis, as long as
 * they end within it. */
static inline int sq_pool_fits(uint32_t at, const struct sq_pool_axis *axis,
                               const struct sq_pooling *pool)
{
    return (uint64_t)at + pool->kernel <= (uint64_t)axis->n + pool->padding + pool->padding;
}

/* Of the window at `at` of the padded axis, which lies `way` bytes from its begin. */
static inline struct sq_covered sq_pool_covers(uint32_t at, size_t way,
                                               const struct sq_pool_axis *axis,
                                               const struct sq_pooling *pool)
{
    const uint32_t begin = at > pool->padding ? at - pool->padding : 0;
    const uint32_t end = at + pool->kernel - pool->padding;
    return (struct sq_covered){(end < axis->n ? end : axis->n) - begin,
                               way > axis->padding ? way - axis->padding : 0};
}

/* One window: its first cell, and then every cell folded into it, line by line. */
SQ_ALWAYS_INLINE void sq_pool_window(char *out, const char *first, uint32_t n_lines, size_t line,
                                     uint32_t n_cells, size_t cell, sq_fold_fn *fold,
                                     const void *data)
{
    memcpy(out, first, cell);
    for (; n_lines > 0; n_lines--, first += line) {
        const char *at = first;
        for (uint32_t i = 0; i < n_cells; i++, at += cell)
            fold(out, at, cell, data);
    }
}

/* out[y][x] = the cells of the window at (stride * y - padding, stride * x - padding) of in, folded
 * in row-major order.
 *   in    [height][width] cells of `cell` bytes
 *   out   [(height + 2 * padding - kernel) / stride + 1][likewise of width]; does not overlap in
 * Cost: at most kernel * kernel folds a cell of out. */
SQ_ALWAYS_INLINE void sq_pool_image(void *out, const void *in, uint32_t height, uint32_t width,
                                    size_t cell, const struct sq_pooling *pool, sq_fold_fn *fold,
                                    const void *data)
{
    struct sq_pool_axes axes;
    sq_pool_measure(&axes, height, width, cell, pool);
    const struct sq_pool_axis lines = axes.lines, cells = axes.cells;
    char *to = out;
    size_t down = 0;
    for (uint32_t y = 0; sq_pool_fits(y, &lines, pool); y += pool->stride, down += lines.stride) {
        const struct sq_covered rows = sq_pool_covers(y, down, &lines, pool);
        size_t right = 0;
        for (uint32_t x = 0; sq_pool_fits(x, &cells, pool);
             x += pool->stride, right += cells.stride, to += cell) {
            const struct sq_covered columns = sq_pool_covers(x, right, &cells, pool);
            sq_pool_window(to, (const char *)in + rows.offset + columns.offset, rows.n, lines.step,
                           columns.n, cell, fold, data);
        }
    }
}

#endif
