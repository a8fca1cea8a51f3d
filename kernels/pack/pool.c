#include "kernels/pack/pool.h"

#include <string.h>

#include "kernels/base/pooling.h"

static void or_cells(uint64_t *restrict out, const uint64_t *restrict in, uint32_t n_words)
{
    for (uint32_t w = 0; w < n_words; w++)
        out[w] |= in[w];
}

/* out[x] |= the cells 2x - 1, 2x and 2x + 1 of one line of in, where they exist. */
static void or_line(uint64_t *out, const uint64_t *in, uint32_t width, uint32_t n_words)
{
    for (uint32_t x = 0; x < width; x += 2, in += 2 * n_words, out += n_words) {
        if (x > 0)
            or_cells(out, in - n_words, n_words);
        or_cells(out, in, n_words);
        if (x + 1 < width)
            or_cells(out, in + n_words, n_words);
    }
}

void sq_pool_spikes(uint64_t *out, const uint64_t *in, uint32_t height, uint32_t width,
                    uint32_t n_words)
{
    const size_t in_line = (size_t)width * n_words;
    const size_t out_line = (size_t)(width / 2 + width % 2) * n_words;
    for (uint32_t y = 0; y < height; y += 2, in += 2 * in_line, out += out_line) {
        for (size_t w = 0; w < out_line; w++)
            out[w] = 0;
        if (y > 0)
            or_line(out, in - in_line, width, n_words);
        or_line(out, in, width, n_words);
        if (y + 1 < height)
            or_line(out, in + in_line, width, n_words);
    }
}

static inline void or_bytes(void *out, const void *cell, size_t n, const void *data)
{
    (void)data;
    or_cells(out, cell, (uint32_t)(n / sizeof(uint64_t)));
}

void sq_pool_any(uint64_t *out, const uint64_t *in, uint32_t height, uint32_t width,
                 uint32_t n_words, uint32_t kernel, uint32_t stride, uint32_t padding)
{
    const struct sq_pooling pool = {kernel, stride, padding};
    sq_pool_image(out, in, height, width, n_words * sizeof *in, &pool, or_bytes, NULL);
}

/* Add a word of ones to a count of bit planes, from the plane of their worth on. */
static inline void carry_in(uint64_t *word, const uint64_t *end, size_t plane_words, uint64_t ones)
{
    for (; ones != 0 && word < end; word += plane_words) {
        const uint64_t carry = *word & ones;
        *word ^= ones;
        ones = carry;
    }
}

/* One plane of a window, n_words at a time; lines and cells lie line and n_words apart. */
struct window {
    uint64_t *to; /* the output's word of the same plane */
    const uint64_t *end;
    size_t plane_words, line;
    uint32_t kernel, n_words;
};

static void add_window(const struct window *window, const uint64_t *cell)
{
    for (uint32_t y = 0; y < window->kernel; y++, cell += window->line) {
        const uint64_t *at = cell;
        for (uint32_t x = 0; x < window->kernel; x++)
            for (uint32_t w = 0; w < window->n_words; w++)
                carry_in(window->to + w, window->end, window->plane_words, *at++);
    }
}

void sq_pool_sum(uint64_t *out, uint32_t n_out, const uint64_t *in, uint32_t n_in, uint32_t height,
                 uint32_t width, uint32_t n_words, uint32_t kernel, uint32_t stride)
{
    const size_t line = (size_t)width * n_words, in_words = height * line;
    const uint32_t n_down = (height - kernel) / stride + 1,
                   n_across = (width - kernel) / stride + 1;
    const size_t out_words = (size_t)n_down * n_across * n_words;
    const size_t down = stride * line, across = (size_t)stride * n_words;
    struct window window = {NULL, out + n_out * out_words, out_words, line, kernel, n_words};
    memset(out, 0, n_out * out_words * sizeof *out);
    for (uint32_t p = 0; p < n_in; p++, in += in_words, out += out_words) {
        const uint64_t *row = in;
        window.to = out;
        for (uint32_t y = 0; y < n_down; y++, row += down) {
            const uint64_t *cell = row;
            for (uint32_t x = 0; x < n_across; x++, cell += across, window.to += n_words)
                add_window(&window, cell);
        }
    }
}
