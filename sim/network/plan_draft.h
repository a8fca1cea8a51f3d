/* The steps of sq_plan_make(): fusion (plan_fuse.c), packets and edges (plan_packets.c). */
#ifndef SQ_PLAN_DRAFT_H
#define SQ_PLAN_DRAFT_H

#include "sim/network/plan.h"

/* Under construction: which node of the network sends what a node of the graph sends. */
struct sq_plan_draft {
    struct sq_error *err;
    struct sq_network *network;
    uint16_t *sender;       /* [graph nodes], SQ_NO_SENDER: what it sends stays inside a node */
    unsigned char *is_used; /* [graph nodes] it is part of some node */
};

static inline const struct sq_graph_node *sq_plan_input(const struct sq_plan_draft *draft,
                                                        const struct sq_graph_node *node,
                                                        uint32_t i)
{
    return &draft->network->graph.node[node->input[i]];
}

static inline uint32_t sq_plan_index(const struct sq_plan_draft *draft,
                                     const struct sq_graph_node *node)
{
    return (uint32_t)(node - draft->network->graph.node);
}

/* "architecture NAME: node "x" (conv): WHAT", SQ_EUNSUPPORTED. */
int sq_plan_refuse(const struct sq_plan_draft *draft, const struct sq_graph_node *node,
                   const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Append a node that sends what `from` sends: its packet has a bit plane of spikes, or those of the
 * largest count. */
struct sq_node *sq_plan_add_node(struct sq_plan_draft *draft, const struct sq_graph_node *from,
                                 enum sq_node_kind kind);

/* Connect the sender of input number i of a node of the graph to `to`. SQ_EUNSUPPORTED: its values
 * stay inside another node. */
int sq_plan_connect(struct sq_plan_draft *draft, const struct sq_graph_node *node, uint32_t i,
                    struct sq_node *to);

/* How the event lists of each packet are kept: by lines of the grid where a kernel wider than one tap
 * reads it, else by rows. A linear layer that reads lines runs as a kernel of one tap. */
void sq_plan_choose_lists(struct sq_network *network);

/* List the targets of all nodes, in the order of the readers. SQ_ENOMEM. */
int sq_plan_list_targets(struct sq_plan_draft *draft);

/* Append the node that is a population, with the synapse, the attention, the sum or the mean in front of
 * it whose current nobody else reads. SQ_EUNSUPPORTED: the engine runs no such chain. */
int sq_plan_add_population(struct sq_plan_draft *draft, const struct sq_graph_node *neuron);

/* Does a node fold into the layer that it reads? */
static inline bool sq_plan_folds(const struct sq_graph_node *node)
{
    return node->operation == SQ_OPERATION_BN || node->operation == SQ_OPERATION_SCALE_CHANNELS ||
           (node->operation == SQ_OPERATION_CONV && node->folds);
}

/* Append the node that sends the current of a layer, or of the batch norm behind it, as reals. */
int sq_plan_add_current(struct sq_plan_draft *draft, const struct sq_graph_node *layer);

#endif
