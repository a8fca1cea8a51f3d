/* A tiling: how the weight rows of one block are passed through, so that those in use stay in the
 * first-level cache while all rows of a group meet them. It changes the time, never the bits: parts
 * follow one another in the order of additions (spans.h). */
#ifndef SQ_TILING_H
#define SQ_TILING_H

#include "kernels/base/cpu.h"

#include <stddef.h>
#include <stdint.h>

/* Parts of a tap at most, unless they would have more than SQ_LARGE_PART weight rows; and weight rows of a
 * part at least. */
enum { SQ_MAX_PARTS = 16, SQ_MIN_PART = 64, SQ_LARGE_PART = 256 };

/* One part of a kernel's weight rows is a step of the plan. From coarse to fine: all kernel lines at once;
 * a line; some taps of a line; a part of a tap's channels. A linear layer is a kernel of one tap. */
struct sq_tiling {
    uint32_t lines;     /* kernel lines a step: all of them, or 1 */
    uint32_t taps;      /* of a line in a step: all, or fewer */
    uint32_t parts;     /* that a tap is cut into; above 1 only where taps is 1 */
    uint32_t part_rows; /* weight rows of such a part; the last may have fewer */
};

/* What a tiling is for. */
struct sq_tiling_case {
    uint32_t kernel, channels; /* channels of a tap: weight rows */
    size_t row_bytes;          /* of a weight row of one strip */
    double events;             /* that an output row meets, on average: on one bit plane */
    double step_cost;   /* of a row's sums, to be loaded, stored, added to others, in events */
    uint32_t most_rows; /* weight rows of a step at most; 0: no limit, else SQ_MIN_PART or more */
};

/* Steps that it makes of one bit plane. */
uint32_t sq_tiling_steps(const struct sq_tiling *cut, uint32_t kernel);

/* The most of any tiling of such a kernel: for the plan's buffers. */
uint32_t sq_tiling_max_steps(uint32_t kernel, uint32_t channels);

/* The tiling whose estimated time is the least. Cost: a few dozen operations. */
struct sq_tiling sq_tiling_choose(const struct sq_cpu *cpu, const struct sq_tiling_case *of);

/* The estimate: time of one output row and strip, in additions of an event whose weights lie in the
 * first-level cache. */
double sq_tiling_cost(const struct sq_cpu *cpu, const struct sq_tiling_case *of,
                      const struct sq_tiling *tiling);

/* Weight rows of a step at most. */
uint32_t sq_tiling_rows(const struct sq_tiling *tiling, uint32_t channels);

/* What a user forces for a layer, in place of the choice: n tilings by ascending rate. A bit plane takes that
 * of the highest rate that is not above its own, one below all of them the first. n 0: nothing is forced. */
struct sq_forced_tiling {
    double rate; /* of the ones on a bit plane of the input */
    struct sq_tiling tiling;
};
struct sq_forced_tilings {
    const struct sq_forced_tiling *by_rate;
    size_t n;
};
const struct sq_tiling *sq_tiling_forced(const struct sq_forced_tilings *forced, double rate);

#endif
