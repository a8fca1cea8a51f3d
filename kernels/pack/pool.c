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

/* Add a word of ones, each worth 2^plane, to a count of n_planes planes. */
static void carry_in(uint64_t *count, uint32_t n_planes, size_t plane_words, uint32_t plane,
                     uint64_t ones)
{
    for (uint32_t p = plane; ones != 0 && p < n_planes; p++) {
        uint64_t *word = count + p * plane_words;
        const uint64_t carry = *word & ones;
        *word ^= ones;
        ones = carry;
    }
}

void sq_pool_sum(uint64_t *out, uint32_t n_out, const uint64_t *in, uint32_t n_in, uint32_t height,
                 uint32_t width, uint32_t n_words, uint32_t kernel, uint32_t stride)
{
    const size_t line = (size_t)width * n_words, in_words = height * line;
    const uint32_t n_down = (height - kernel) / stride + 1,
                   n_across = (width - kernel) / stride + 1;
    const size_t out_words = (size_t)n_down * n_across * n_words;
    memset(out, 0, n_out * out_words * sizeof *out);
    for (uint32_t y = 0; y < n_down; y++)
        for (uint32_t x = 0; x < n_across; x++, out += n_words)
            for (uint32_t tap = 0; tap < kernel * kernel; tap++) {
                const uint64_t *cell = in + (y * stride + tap / kernel) * line +
                                       (size_t)(x * stride + tap % kernel) * n_words;
                for (uint32_t p = 0; p < n_in; p++)
                    for (uint32_t w = 0; w < n_words; w++)
                        carry_in(out + w, n_out, out_words, p, cell[p * in_words + w]);
            }
}
