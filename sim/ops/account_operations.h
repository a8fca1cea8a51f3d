/* The operations of a graph for the account, in the order in which the official module registers
 * them, with empty counts. */
#ifndef SQ_ACCOUNT_OPERATIONS_H
#define SQ_ACCOUNT_OPERATIONS_H

#include "sim/account/count/counters.h"
#include "sim/graph/graph.h"

/* Fill *out (zeroed; sq_counters_free() frees it) for a graph that was checked.
 *   name   of the network, for tables
 * SQ_EFORMAT: a node is registered behind one that is not there; SQ_ENOMEM. */
int sq_counters_from_graph(struct sq_error *err, const char *name, const struct sq_graph *graph,
                           uint32_t timesteps, struct sq_counters *out);

#endif
