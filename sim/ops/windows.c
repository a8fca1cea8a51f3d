#include "sim/ops/windows.h"

#include <stddef.h>

uint32_t sq_windows_holding(const struct sq_window_axis *axis, uint32_t at)
{
    const uint32_t n_out = (axis->n + 2 * axis->padding - axis->kernel) / axis->stride + 1;
    const uint32_t behind = at + axis->padding; /* the last window begins here at the latest */
    const uint32_t last = behind / axis->stride;
    const uint32_t first = behind < axis->kernel ? 0 : (behind - axis->kernel) / axis->stride + 1;
    const uint32_t end = last + 1 < n_out ? last + 1 : n_out;
    return end > first ? end - first : 0;
}

uint64_t sq_windows_count(const uint64_t *bits, const struct sq_window_axis *down,
                          const struct sq_window_axis *across, uint32_t n_words)
{
    uint64_t sum = 0;
    for (uint32_t y = 0; y < down->n; y++) {
        uint64_t in_line = 0;
        for (uint32_t x = 0; x < across->n; x++) {
            uint64_t n = 0;
            for (uint32_t w = 0; w < n_words; w++)
                n += (uint64_t)__builtin_popcountll(*bits++);
            in_line += n * sq_windows_holding(across, x);
        }
        sum += in_line * sq_windows_holding(down, y);
    }
    return sum;
}

uint64_t sq_windows_count_heads(const uint64_t *bits, const struct sq_window_axis *down,
                                const struct sq_window_axis *across, uint32_t n_channels)
{
    const uint32_t n_words = (n_channels + 63) / 64;
    uint64_t sum = 0;
    for (uint32_t y = 0; y < down->n; y++, bits += n_words) {
        uint64_t in_row = 0;
        for (uint32_t w = 0; w < n_words; w++)
            for (uint64_t left = bits[w]; left != 0; left &= left - 1) {
                const uint32_t c = 64 * w + (uint32_t)__builtin_ctzll(left);
                in_row += sq_windows_holding(across, c % across->n);
            }
        sum += in_row * sq_windows_holding(down, y);
    }
    return sum;
}
