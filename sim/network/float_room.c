#include "sim/network/float_room.h"

#include "kernels/accumulate/accumulate.h"
#include "sim/network/fold.h"

#include <stdlib.h>

int sq_float_room_open(struct sq_weights_loader *loader,
                       int (*fill)(void *, const struct sq_node *), void *data,
                       struct sq_float_room *room)
{
    const struct sq_network *network = loader->network;
    size_t most = SQ_LANES;
    *room = (struct sq_float_room){.loader = loader, .fill = fill, .data = data};
    for (size_t i = 0; i < network->n_synapses; i++)
        most = sq_packed_count(&network->synapse[i]) > most ? sq_packed_count(&network->synapse[i])
                                                            : most;
    room->floats = aligned_alloc(SQ_ALIGN, most * sizeof *room->floats);
    room->seen = calloc(network->n_synapses + 1, 1);
    return room->floats != NULL && room->seen != NULL
               ? SQ_OK
               : sq_fail(loader->err, SQ_ENOMEM, "%s: out of memory for the weights of a layer",
                         network->model_path);
}

static void empty(struct sq_float_room *room)
{
    if (room->holder != NULL)
        room->holder->weight = NULL;
    room->holder = NULL;
}

void sq_float_room_close(struct sq_float_room *room)
{
    empty(room);
    free(room->floats);
    free(room->seen);
}

/* A layer that gave way to another is filled anew, and counts once. */
static int load(void *data, const struct sq_node *node)
{
    struct sq_float_room *room = data;
    struct sq_synapse *synapse = node->synapse;
    struct sq_network *network = room->loader->network;
    unsigned char *seen = &room->seen[synapse - network->synapse];
    const uint64_t n_factors = room->loader->n_factors;
    if (room->holder == synapse)
        return SQ_OK;
    empty(room);
    room->holder = synapse;
    synapse->weight = room->floats;
    const int status = room->fill(room->data, node);
    if (*seen)
        room->loader->n_factors = n_factors;
    else
        network->weight_zeros += synapse->weight_zeros;
    *seen = 1;
    return status;
}

static void drop(void *data, const struct sq_node *node)
{
    (void)node;
    empty(data);
}

struct sq_fixed_floats sq_float_room_floats(struct sq_float_room *room)
{
    return (struct sq_fixed_floats){load, drop, room};
}
