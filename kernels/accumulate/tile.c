#include "kernels/accumulate/tile.h"

enum {
    MIN_EVENTS = 8, /* of a row in a tile, to pay for the accumulators' way there and back */
    WORD_BITS = 64,
};

/* From test/bench/bench_accumulate.c on Zen 4 (32 KiB): half as much again as the cache holds is
 * fastest or nearly so at 5 to 20 % and loses 3 % at 40 %, because a tile's rows are not all
 * touched between two uses; twice the cache loses up to 16 %. Below MIN_EVENTS no tile pays. */
size_t sq_accumulate_tile(const struct sq_cpu *cpu, size_t n_in, size_t width, double rate)
{
    const size_t most = (cpu->l1_bytes + cpu->l1_bytes / 2) / (width * sizeof(float));
    if (n_in <= most || (double)most * rate < MIN_EVENTS)
        return n_in;
    const size_t n_tiles = (n_in + most - 1) / most;
    const size_t even = (n_in + n_tiles - 1) / n_tiles; /* no small last tile */
    const size_t words = (even + WORD_BITS - 1) / WORD_BITS;
    return words * WORD_BITS < n_in ? words * WORD_BITS : n_in;
}
