/* Synthesis: a checkpoint whose populations fire at given rates, for networks whose weights nobody
 * publishes.
 *
 * Node by node in the order of the data's way, on samples that stay:
 *   1. A layer in front of a batch norm fires with the norm open; mean and variance of each of its
 *      outputs become the norm's running statistics, gamma 1. Of several norms that fold into one
 *      layer the last is measured, the others stay at mean 0 and variance 1. A layer without norm
 *      but with a bias is scaled and shifted so itself.
 *   2. A population fires with one bias after another in its knob's channels (knob.h), until its rate
 *      is the wanted one: membranes, their reset and every timestep are the engine's own.
 *   3. Behind a product of spikes (SSA, or a sum over tokens of k AND v) no bias acts. There the rates
 *      of the two factors stay, but their spikes move: into every fourth channel of both, or into these
 *      of the one and the others of the other, until the product's population fires as wanted.
 *   4. Any other population follows from its inputs, and is only measured. */
#ifndef SQ_SYNTHESIS_H
#define SQ_SYNTHESIS_H

#include "sim/synthesis/knob.h"
#include "sim/synthesis/stage.h"

enum sq_rate_setter {
    SQ_SET_BY_NOTHING, /* it follows from its inputs */
    SQ_SET_BY_BIAS,    /* of `stem` */
    SQ_SET_BY_OVERLAP, /* of two populations' channels, whose biases stem and other are */
};

/* What became of one population. */
struct sq_synthetic_rate {
    double wanted, reached;
    enum sq_rate_setter setter;
    const char *stem, *other;
};

struct sq_synthesis {
    struct sq_network *network;    /* its weights are what is drawn; the caller's */
    struct sq_drawn_tensors drawn; /* with graph and seed */
    struct sq_stage stage;         /* open, with pixels */
    struct sq_knobs knobs;
    struct sq_knob *knob;           /* [n_nodes] of each population */
    double *level;                  /* [n_nodes] that it is set to, */
    double *spread;                 /* and how far its channels are from it */
    struct sq_synthetic_rate *rate; /* [n_nodes] of populations; `wanted` is the caller's */
    struct sq_arena arena;
    void (*progress)(void *data, uint64_t n_done, uint64_t n_total); /* nodes; may be NULL */
    void *progress_data;
};

/* The tables above, empty, and the weights of the network drawn. network, and graph and seed of
 * drawn are set. SQ_ENOMEM, and what reading the architecture refuses; sq_synthesis_close() also after a
 * failure. */
int sq_synthesis_open(struct sq_error *err, struct sq_synthesis *synthesis);

/* All of the above but the network is freed. */
void sq_synthesis_close(struct sq_synthesis *synthesis);

/* Calibrate every population. SQ_ENOMEM, and what loading weights refuses. */
int sq_synthesis_calibrate(struct sq_error *err, struct sq_synthesis *synthesis);

/* Is its reached rate the wanted one, to a hundredth of it, or to one spike? */
int sq_synthesis_is_reached(const struct sq_synthesis *synthesis, size_t node);

#endif
