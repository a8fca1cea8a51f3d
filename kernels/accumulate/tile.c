#include "kernels/accumulate/accumulate.h"

enum {
    MIN_EVENTS = 8, /* of a row in a tile, to pay for the accumulators' way there and back */
    WORD_BITS = 64,
};

/* From test/bench/bench_accumulate.c on Zen 4 (32 KiB): half as much again as the cache holds is
 * fastest or within 2 % of it at 5 to 20 % with AVX-512, because a row does not touch every input;
 * at 40 % it loses 6 % to just the cache, and twice the cache loses 20 %. With AVX2 it loses 6 %
 * at 20 % and 13 % at 40 %. Below MIN_EVENTS no tile pays. */
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
