#include "sim/analysis/measures/turn.h"

#include "kernels/base/bits.h"

static void turn_square(uint64_t square[64])
{
    uint64_t mask = 0x00000000ffffffffu;
    for (unsigned width = 32; width != 0; width >>= 1, mask ^= mask << width)
        for (unsigned i = 0; i < 64; i = (i + width + 1) & ~width) {
            const uint64_t swap = (square[i] >> width ^ square[i + width]) & mask;
            square[i] ^= swap << width;
            square[i + width] ^= swap;
        }
}

/* Turn n_packed blocks of 64 rows at once, side by side in one square of `width` channels each. */
static void turn_blocks(uint64_t *columns, size_t stride, const uint64_t *rows, size_t n_rows,
                        size_t n_words, size_t n_channels, size_t n_packed)
{
    const size_t width = 64 / n_packed;
    uint64_t square[64] = {0};
    for (size_t r = 0; r < n_rows; r++)
        square[r & 63] |= rows[r * n_words] << (r >> 6) * width;
    turn_square(square);
    for (size_t k = 0; k * 64 < n_rows; k++)
        for (size_t c = 0; c < n_channels; c++)
            columns[c * stride + k] = square[k * width + c];
}

void sq_turn_columns(uint64_t *columns, size_t stride, const uint64_t *rows, uint32_t n_rows,
                     uint32_t n_channels)
{
    const size_t n_words = sq_words_for(n_channels);
    size_t n_packed = 1; /* how many blocks of narrow rows fit in a square */
    while (2 * n_packed * n_channels <= 64)
        n_packed *= 2;
    for (size_t first = 0; first < n_rows; first += 64 * n_packed)
        for (size_t word = 0; word < n_words; word++) {
            const size_t left = n_rows - first, room = 64 * n_packed;
            const size_t n_out = n_channels - word * 64 < 64 ? n_channels - word * 64 : 64;
            turn_blocks(columns + word * 64 * stride + first / 64, stride,
                        rows + first * n_words + word, left < room ? left : room, n_words, n_out,
                        n_packed);
        }
}
