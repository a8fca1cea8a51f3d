/* Deliver: what a node computes at its turn; one file a kind of node, node_<kind>.c. */
#ifndef SQ_NODES_H
#define SQ_NODES_H

#include "sim/nodes/task.h"

/* Each writes the bit rows of the node's packets for the task's timesteps and the synapse's part
 * of its tallies. */
void sq_deliver_analog(struct sq_task *task);    /* first convolution: MAC, or events of a camera */
void sq_deliver_kernel(struct sq_task *task);    /* convolution of spikes or integers */
void sq_deliver_linear(struct sq_task *task);    /* linear layer of spikes or integers */
void sq_deliver_masked(struct sq_task *task);    /* grouped convolution of spikes or integers */
void sq_deliver_real_conv(struct sq_task *task); /* convolution of a stream of reals: MAC */
void sq_deliver_sum_pool(struct sq_task *task);
void sq_deliver_attend(struct sq_task *task);    /* SSA */
void sq_deliver_sum(struct sq_task *task);       /* sum of spikes over tokens, or over a head */
void sq_deliver_score(struct sq_task *task);     /* first product of DSSA */
void sq_deliver_mix(struct sq_task *task);       /* second product of DSSA */
void sq_deliver_neurons(struct sq_task *task);   /* neurons of a stream of reals */
void sq_deliver_mean(struct sq_task *task);      /* neurons of a mean over tokens */
void sq_deliver_pool(struct sq_task *task);      /* OR over windows */
void sq_deliver_add(struct sq_task *task);       /* sum of two streams */
void sq_deliver_and(struct sq_task *task);       /* AND of two spike sets */
void sq_deliver_erode(struct sq_task *task);     /* 3x3 OR, stride 1 */
void sq_deliver_real_add(struct sq_task *task);  /* sum of two streams of reals */
void sq_deliver_real_pool(struct sq_task *task); /* maximum or mean of reals over windows */

/* The input: its frames as the first convolution reads them. */
void sq_deliver_input(struct sq_task *task);

/* Rows of a grouped convolution whose masks lie ready at a time. */
uint32_t sq_masked_rows(const struct sq_synapse *synapse);

/* Floats that a product of DSSA takes of scratch; 0 of nodes of other kinds. */
size_t sq_dssa_floats(const struct sq_network *network, const struct sq_node *node);

/* The mean over tokens, for each channel, of what the node's source sends at t. Sums of whole numbers are
 * exact, of reals they run in double precision, tokens ascending, and are rounded once; then
 * divided by the number of tokens.
 *   mean   [channels, rounded up to 16] */
void sq_mean_tokens(const struct sq_task *task, uint32_t t, float *mean);

/* The sums over tokens, for each channel, of the spikes or counts that the node's source sends at t: in scratch->whole,
 * zero past the channels. */
const uint32_t *sq_sum_tokens(const struct sq_task *task, uint32_t t);

/* The classifier: sums the last residual stream, and at the last timestep writes the logits. */
void sq_deliver_head(struct sq_task *task);

/* What each of them counts, without delivering anything: of nodes whose spikes were recorded
 * elsewhere. The head then only describes its input. */
void sq_tally_analog(struct sq_task *task); /* where no pixels enter all are taken as nonzero */
void sq_tally_kernel(struct sq_task *task);

/* Can a firing of all timesteps of a sample, which are so many, keep membranes for a group of rows and one block at a
 * time? They never leave the first-level cache then. */
int sq_membranes_can_be_near(const struct sq_node *node, uint32_t n_steps);
void sq_tally_linear(struct sq_task *task);
void sq_tally_real_conv(struct sq_task *task);
void sq_tally_attend(struct sq_task *task);
void sq_tally_sum(struct sq_task *task);
void sq_tally_score(struct sq_task *task);
void sq_tally_mix(struct sq_task *task);
void sq_tally_nothing(struct sq_task *task); /* of neurons without a synapse */

/* The head: logits = W m + b into the lane's outcome, m the mean over the first n timesteps and
 * over tokens, which stays in the thread's scratch; averaged with the mean of what a second classifier sends. */
void sq_head_read_out(struct sq_task *task, uint32_t n);

#endif
