/* The dense forward pass of a Spikformer, by brute force: nested loops straight from the equations
 * (Zhou et al., ICLR 2023; docs/numerics.md), in double, batch norm unfolded, spikes as numbers.
 * Shares no code with the simulator. Every addition that a nonzero input causes is counted where
 * it is done. */
#ifndef SQ_TEST_DENSE_REFERENCE_H
#define SQ_TEST_DENSE_REFERENCE_H

#include "test/support/tiny_network.h"

struct dense_population {
    char name[64];   /* "block.0.attn.q_lif" */
    uint32_t n_dims; /* behind [T][B]: as the official module returns it */
    uint64_t dim[3];
    size_t n_neurons;      /* product of dim */
    unsigned char *spikes; /* [T][B][dim...], 0 or 1 */
};

struct dense_synapse {
    char name[64];
    uint64_t events, additions, unit_additions, dense;
    uint64_t live; /* additions whose weight is not 0 */
    uint64_t macs; /* first convolution and head */
};

struct dense_result {
    struct dense_population *population;
    struct dense_synapse *synapse; /* layers in file order, then the head */
    size_t n_populations, n_synapses;
    double *logits;        /* [B][classes] */
    double *head_in;       /* [B][dim] what the classifier reads */
    double *magnitude;     /* [B][classes] sum of |terms| of a logit, for rounding bounds */
    int pixels_are_counts; /* every pixel is a whole number >= 0 */
};

/* What a population sends in the place of what it fires. */
struct dense_force {
    const char *population;
    const unsigned char *spikes; /* [T][B][dim...]: these; NULL: what it fires, */
    const unsigned char *mask;   /* [dim...]: but never where this is 0; NULL: all of it */
};

void dense_run(const struct tiny_network *net, struct dense_result *result);

/* The same with populations that are forced; arrays of the result hold what was sent. */
void dense_run_forced(const struct tiny_network *net, const struct dense_force *force,
                      size_t n_force, struct dense_result *result);
void dense_free(struct dense_result *result);

#endif
