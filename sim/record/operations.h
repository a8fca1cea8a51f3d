/* Operations: what one sample cost, as the bytes that a trace keeps (docs/trace-format.md, section
 * 6), so that it can be priced by any convention later, without model and without spikes.
 *
 *   1 byte    version, 2
 *   1 byte    flags: 1 every pixel is a whole number; 2 the input was not seen (import): every
 *             pixel of the first layer is taken as nonzero
 *   varint    different values of the classifier's input
 *   4 bytes   the largest of them, float32; 8 bytes their sum, float64; low byte first
 *   for each node that counts something, in the order of the table node:
 *     varint  its number - that of the one before it (-1 before the first)
 *     for each timestep a tally:
 *       varint  mask: bit i is set if member i of SQ_TALLY_FIELDS is not what is expected of it
 *       varint  each such member, in order
 *   1 byte    0: no node follows
 *   Expected are 0, but units = spikes, unit_additions = live_additions = additions.
 *
 * Version 1 has the tallies of all nodes, without numbers and without the last byte.
 *
 * A varint is a number in groups of 7 bits, low group first, the high bit set on all but the last
 * byte (LEB128). */
#ifndef SQ_OPERATIONS_H
#define SQ_OPERATIONS_H

#include "sim/nodes/outcome.h"
#include "traces/format/trace.h"

#define SQ_TALLY_FIELDS(XX) \
    XX(spikes)              \
    XX(units)               \
    XX(events)              \
    XX(additions)           \
    XX(unit_additions)      \
    XX(live_additions)      \
    XX(macs)                \
    XX(windows)             \
    XX(both)                \
    XX(coincidences_qk)     \
    XX(coincidences_kv)     \
    XX(events2_qk) XX(events2_kv) XX(unary2) XX(currents) XX(not_binary_qk) XX(not_binary_kv)

/* Most bytes that a sample of this network can need. */
size_t sq_operations_bytes(const struct sq_network *network);

/* Write, as of a trace whose node number i is network->graph.node[i] (describe_graph.h); returns the bytes
 * used. Cannot fail. */
size_t sq_operations_write(const struct sq_network *network, const struct sq_outcome *outcome,
                           unsigned char *out);

/* Read those of a sample into an outcome whose arrays are there; sample, label and logits of the
 * outcome are left alone. The bytes are untrusted.
 *   plan   of the trace: its version and nodes. Nodes that the network lacks are skipped; it has the
 *          network's timesteps
 * SQ_EUNSUPPORTED: not recorded; SQ_EFORMAT. The sentence begins with `where`. */
int sq_operations_read(struct sq_error *err, const char *where, const struct sq_network *network,
                       const struct sq_trace_plan *plan, const struct sq_trace_sample *sample,
                       struct sq_outcome *outcome);

#endif
