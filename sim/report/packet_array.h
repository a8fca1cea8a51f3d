/* Packets and arrays: the bit rows of a population at one timestep, and the array of them that the PyTorch
 * module returns, C order. */
#ifndef SQ_PACKET_ARRAY_H
#define SQ_PACKET_ARRAY_H

#include "sim/network/network.h"
#include "traces/files/npy.h"

/* Words of a node's packet, all planes. */
size_t sq_packet_words(const struct sq_node *node);

/* Neurons of a node. */
static inline size_t sq_packet_neurons(const struct sq_node *node)
{
    return (size_t)node->shape.n_rows * node->shape.n_channels;
}

/* One byte a neuron: a spike 1, of multispike neurons how many. out [neurons] */
void sq_packet_to_bytes(const struct sq_node *node, const uint64_t *bits, unsigned char *out);

/* One bit a neuron, the first in the lowest bit; of single spikes. out [ceil(neurons / 8)] */
void sq_packet_to_bits(const struct sq_node *node, const uint64_t *bits, unsigned char *out);

/* Whose spikes they are, for the sentence. */
struct sq_packet_place {
    uint64_t sample;
    uint32_t timestep;
};

/* And back: elements of any type, whole numbers from 0 to the node's levels; or bits. SQ_EVALUE: another
 * value, with its place. */
int sq_packet_from_array(struct sq_error *err, const struct sq_packet_place *place,
                         const struct sq_node *node, const struct sq_array *type,
                         const unsigned char *item, uint64_t *bits);
int sq_packet_from_bits(struct sq_error *err, const struct sq_packet_place *place,
                        const struct sq_node *node, const unsigned char *item, uint64_t *bits);

#endif
