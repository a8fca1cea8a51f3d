/* Knobs: which layer's bias shifts the current of a population, and the setting of it.
 *
 * A layer has a knob where a batch norm is the last thing behind it, or it has a bias and no batch
 * norm. A population with a layer of its own is set by that; one that reads a stream of reals by the
 * last layer that the stream adds; a product of DSSA by those channels of its reals that it adds. A
 * knob that an earlier population's rate depends on is taken: what it would set follows from its
 * inputs, as populations behind products of spikes do. */
#ifndef SQ_KNOB_H
#define SQ_KNOB_H

#include "sim/synthesis/drawn_tensors.h"

enum { SQ_NO_KNOB = UINT16_MAX };

/* The channels c of a layer's outputs with c / `per` odd or even; per 0: all. */
struct sq_knob {
    size_t node;      /* that holds the layer; SQ_NO_KNOB: none */
    const char *stem; /* of the tensors: of the batch norm, or of the layer */
    uint32_t per, part;
};

/* Which layers' knobs are taken: a bit for each part. */
struct sq_knobs {
    const struct sq_network *network;
    unsigned char *taken; /* [n_nodes] */
    double **base;        /* [n_nodes] bias that centres a layer without batch norm; NULL: 0 */
    double **fixed;       /* [n_nodes] what a synapse's bias has beside that of the knob; NULL: 0 */
};

/* SQ_ENOMEM. */
int sq_knobs_open(struct sq_error *err, struct sq_arena *arena, const struct sq_network *network,
                  struct sq_knobs *knobs);

/* The batch norm that is last behind a node's layer; NULL: none, or not the last. */
const struct sq_graph_node *sq_knob_norm(const struct sq_node *node);

/* Has the node a layer whose current a bias shifts? */
int sq_knob_is_at(const struct sq_node *node);

/* The knob of population `node`, which is taken now, with those that the same current depends on. */
struct sq_knob sq_knobs_take(struct sq_knobs *knobs, size_t node);

/* Set its channels to `level`, each off by an amount of its own, drawn from -1/2 .. 1/2; every
 * fourth one to `spread` more and the others to as much less; rounded to float32: in the tensor and in the synapse's bias, there to within its last place, as the network
 * is loaded again only at the end. */
void sq_knob_set(const struct sq_knobs *knobs, const struct sq_drawn_tensors *drawn,
                 const struct sq_knob *knob, double level, double spread);

#endif
