/* Float room: memory for the float32 weights of one layer, which the layers of a network take in turn while their integers
 * are made. */
#ifndef SQ_FLOAT_ROOM_H
#define SQ_FLOAT_ROOM_H

#include "sim/network/weights_loader.h"

struct sq_float_room {
    struct sq_weights_loader *loader;
    int (*fill)(void *data, const struct sq_node *node);
    void *data;
    float *floats;             /* as many as the largest layer has, packed */
    struct sq_synapse *holder; /* whose weights they are now; or NULL */
    unsigned char *seen;       /* [n_synapses] was filled once */
};

/* Open it for all layers of the loader's network.
 *   fill   weight and bias of a node's synapse, whose memory for weights is there, not zeroed
 * SQ_ENOMEM. sq_float_room_close() frees it, also after a failure. */
int sq_float_room_open(struct sq_weights_loader *loader,
                       int (*fill)(void *, const struct sq_node *), void *data,
                       struct sq_float_room *room);
void sq_float_room_close(struct sq_float_room *room);

/* For sq_fixed_make_from(). Weights of the file that are 0 are counted in the network, once a layer. The room
 * outlives what is made of it. */
struct sq_fixed_floats sq_float_room_floats(struct sq_float_room *room);

#endif
