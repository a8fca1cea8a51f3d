/* Record, one call: the tallies of one sample -> the counts of one operation. */
#ifndef SQ_RECORD_FILL_H
#define SQ_RECORD_FILL_H

#include "sim/account/count/counters.h"
#include "sim/nodes/outcome.h"

/* Sources of one operation's counts in one sample. */
struct sq_record_view {
    const struct sq_network *network;
    const struct sq_outcome *outcome;
    const struct sq_op *op;
    const struct sq_node *node;                          /* whose tallies describe the operation */
    const struct sq_tally *own, *source[SQ_MAX_SOURCES]; /* [T] of the node and its sources */
};

/* Set every member, `source` as far as the node has sources: this is done for every operation of
 * every sample, and zeroing structs takes as long as counting. */
void sq_record_look(struct sq_record_view *view, const struct sq_network *network,
                    const struct sq_op *op, const struct sq_node *node,
                    const struct sq_outcome *outcome);

/* Fill the steps of a call and what sq_call_classify() expects of its properties.
 *   call   n_calls, n_steps (T; the head's becomes 1) and step set; all else 0; in its steps the
 *          frames set, and 0 what the operation's kind does not count */
void sq_record_fill(const struct sq_record_view *view, struct sq_op_group *call);

#endif
