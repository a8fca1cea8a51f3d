/* Deliver: what a node computes at its turn; one file a kind of node, node_<kind>.c. */
#ifndef SQ_NODES_H
#define SQ_NODES_H

#include "sim/nodes/task.h"

/* Each writes the bit rows of the node's packets for the task's timesteps and the synapse's part
 * of its tallies. */
void sq_deliver_analog(struct sq_task *task); /* first convolution: MAC, or events of a camera */
void sq_deliver_kernel(struct sq_task *task); /* 3x3 convolution of spikes */
void sq_deliver_linear(struct sq_task *task); /* linear layer of spikes or integers */
void sq_deliver_attend(struct sq_task *task); /* SSA */
void sq_deliver_pool(struct sq_task *task);   /* 3x3 stride 2 OR */
void sq_deliver_add(struct sq_task *task);    /* sum of two streams */

/* The input: its frames as the first convolution reads them. */
void sq_deliver_input(struct sq_task *task);

/* The classifier: sums the last residual stream, and at the last timestep writes the logits. */
void sq_deliver_head(struct sq_task *task);

/* What each of them counts, without delivering anything: of nodes whose spikes were recorded
 * elsewhere. The head then only describes its input. */
void sq_tally_analog(struct sq_task *task); /* where no pixels enter all are taken as nonzero */
void sq_tally_kernel(struct sq_task *task);
void sq_tally_linear(struct sq_task *task);
void sq_tally_attend(struct sq_task *task);

/* The head: logits = W m + b into the lane's outcome, m the mean over the first n timesteps and
 * over tokens, which stays in the thread's scratch. */
void sq_head_read_out(struct sq_task *task, uint32_t n);

#endif
