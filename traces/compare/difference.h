/* Differences: one place where two traces of the same network are not equal, in words. */
#ifndef SQ_DIFFERENCE_H
#define SQ_DIFFERENCE_H

#include "traces/format/trace.h"

enum sq_difference_kind {
    SQ_DIFFERS_SPIKE,    /* a neuron fires in one of them only */
    SQ_DIFFERS_VALUE,    /* an element of kind `input` has another value */
    SQ_DIFFERS_COUNT,    /* another number of spikes, where one of them holds counts only */
    SQ_DIFFERS_PRESENCE, /* one of them has no such frame */
};

struct sq_difference {
    enum sq_difference_kind kind;
    uint64_t sample;
    uint32_t timestep;
    uint64_t element; /* row * n_channels + channel; of the kinds SPIKE and VALUE */
    uint64_t a, b;    /* what each holds: 0 or 1, the value, the count, 0 or 1 */
};

/* Coordinates of an element in the array that the PyTorch module returns, behind [T,B].
 *   coordinate   [n_dims], written */
void sq_coordinates(const struct sq_trace_population *population, uint64_t element,
                    uint64_t coordinate[SQ_TRACE_MAX_DIMS]);

enum { SQ_DIFFERENCE_TEXT = 512 };

/* "sample 3, timestep 1, block.0.attn.q_lif[5,12]: fires in A, not in B", where A and B are what
 * the two traces are called ("a.db", "the recording"); cut off where they are very long. */
void sq_difference_text(const struct sq_trace_population *population,
                        const struct sq_difference *difference, const char *a, const char *b,
                        char text[SQ_DIFFERENCE_TEXT]);

#endif
