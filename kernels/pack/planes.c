#include "kernels/pack/planes.h"

#include <assert.h>

/* One plane of the sum. `out` comes in with the carries of the plane below and leaves with the
 * sum; the carries go to `carry_out`, the next plane of out. a and b are NULL past their last
 * plane, carry_out at the last of out. Returns the carries that found no plane. */
static uint64_t add_plane(uint64_t *restrict out, uint64_t *restrict carry_out,
                          const uint64_t *restrict a, const uint64_t *restrict b, size_t n_words)
{
    uint64_t lost = 0;
    for (size_t w = 0; w < n_words; w++) {
        const uint64_t x = a ? a[w] : 0;
        const uint64_t y = b ? b[w] : 0;
        const uint64_t carry = out[w];
        const uint64_t either = x ^ y;
        const uint64_t carried = (x & y) | (either & carry);
        out[w] = either ^ carry;
        if (carry_out)
            carry_out[w] = carried;
        else
            lost |= carried;
    }
    return lost;
}

void sq_planes_add(uint64_t *out, unsigned n_out, const uint64_t *a, unsigned n_a,
                   const uint64_t *b, unsigned n_b, size_t n_words)
{
    assert(1 <= n_b && n_b <= n_a && n_a <= n_out && n_out <= 8);
    uint64_t lost = 0;
    for (size_t w = 0; w < n_words; w++)
        out[w] = 0;
    for (size_t p = 0, at = 0; p < n_out; p++, at += n_words)
        lost = add_plane(out + at, p + 1 < n_out ? out + at + n_words : NULL,
                         p < n_a ? a + at : NULL, p < n_b ? b + at : NULL, n_words);
    assert(lost == 0);
    (void)lost; /* unused without asserts */
}

/* sum[c] += 2^plane for every bit c of the row. */
static void add_row(uint32_t *sum, const uint64_t *row, unsigned plane, uint32_t n_words)
{
    for (uint32_t w = 0; w < n_words; w++, sum += 64)
        for (uint64_t left = row[w]; left != 0; left &= left - 1)
            sum[__builtin_ctzll(left)] += (uint32_t)1 << plane;
}

void sq_planes_sum(uint32_t *sum, const uint64_t *bits, unsigned n_planes, uint32_t n_rows,
                   uint32_t n_words)
{
    for (unsigned p = 0; p < n_planes; p++)
        for (uint32_t r = 0; r < n_rows; r++, bits += n_words)
            add_row(sum, bits, p, n_words);
}
