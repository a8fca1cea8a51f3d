#include "sim/analysis/turn.h"

#include "kernels/base/bits.h"

#include <string.h>

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

void sq_turn_columns(uint64_t *columns, size_t stride, const uint64_t *rows, uint32_t n_rows,
                     uint32_t n_channels)
{
    const size_t n_words = sq_words_for(n_channels), n_blocks = sq_words_for(n_rows);
    uint64_t square[64];
    for (size_t block = 0; block < n_blocks; block++)
        for (size_t word = 0; word < n_words; word++) {
            const size_t n = n_rows - block * 64 < 64 ? n_rows - block * 64 : 64;
            const size_t n_out = n_channels - word * 64 < 64 ? n_channels - word * 64 : 64;
            memset(square, 0, sizeof square);
            for (size_t r = 0; r < n; r++)
                square[r] = rows[(block * 64 + r) * n_words + word];
            turn_square(square);
            for (size_t c = 0; c < n_out; c++)
                columns[(word * 64 + c) * stride + block] = square[c];
        }
}
