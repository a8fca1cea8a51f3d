/* Random numbers of a synthetic checkpoint: splitmix64, one stream for each seed and name. Whole
 * numbers and exact floats alone, so that every machine draws the same. */
#ifndef SQ_DRAW_H
#define SQ_DRAW_H

#include "kernels/base/random.h"

struct sq_draw {
    uint64_t state;
};

/* The stream of a name. */
struct sq_draw sq_draw_of(uint64_t seed, const char *name);

/* The next 64 bits. */
static inline uint64_t sq_draw_bits(struct sq_draw *draw)
{
    return sq_splitmix64(&draw->state);
}

/* A number of -1 .. 1, uniform: an odd multiple of 2^-24, so never 0. */
float sq_draw_uniform(struct sq_draw *draw);

#endif
