/* A network and a run as the description of a trace (docs/trace-format.md, sections 2 to 4). */
#ifndef SQ_TRACE_PLAN_H
#define SQ_TRACE_PLAN_H

#include "kernels/base/arena.h"
#include "sim/network/network.h"
#include "traces/format/select.h"
#include "traces/format/trace.h"

/* What is to be recorded, and what of. Texts may be NULL: then the key is left out. */
struct sq_trace_request {
    const char *populations;        /* comma-separated patterns; NULL: all */
    struct sq_range samples;        /* of these */
    uint64_t n_planned;             /* samples of the run, or SQ_TRACE_SAMPLES_UNKNOWN */
    const char *shard;              /* which part of them runs, a line of JSON; NULL: all */
    const char *shard_from;         /* who said so; NULL: the user */
    struct sq_range share;          /* that part; end 0: it shows as the run goes on */
    const unsigned char *is_silent; /* [n_nodes] 1: sends no packets in this run, and so cannot be
                                     * recorded; NULL: all send */
    enum sq_trace_detail detail;
    enum sq_trace_codec codec;
    unsigned
        couple_batch;  /* of a network with batch-coupled neurons: samples whose state ran on; 0:
                              the key is left out */
    const char *arith; /* "f32", or the settings of fixed point */
    const char *command, *input_path, *input_description;
    const char *input_sha256, *input_names_sha256; /* one of them: of content, of names and sizes */
    const char *input_frames;                      /* how recordings were binned, a line of JSON */
    const char *warnings;                          /* of the run so far, a line of JSON */
    const char *parent,
        *parent_path;   /* digest and path of the trace that this one was made from, */
    const char *change; /* and what was changed */
};

/* Can a trace have frames of this node? Populations of neurons; and the input where it is frames of
 * events: whole numbers. */
int sq_trace_may_hold(const struct sq_network *network, const struct sq_node *node);

/* Fill *plan; everything that it points to lies in the arena.
 *   population_of   [n_nodes], filled: a node's number in the trace, or -1
 * SQ_EUSAGE: the patterns match no population, the range no sample; SQ_ENOMEM. */
int sq_trace_plan_make(struct sq_error *err, struct sq_arena *arena,
                       const struct sq_network *network, const struct sq_trace_request *request,
                       struct sq_trace_plan *plan, int32_t *population_of);

/* Its parts, for other descriptions of a network.
 * The population that the frames of a node are. */
struct sq_trace_population sq_trace_population_of(const struct sq_node *node);

/* Fill plan->synapse; SQ_ENOMEM. */
int sq_trace_plan_synapses(struct sq_error *err, struct sq_arena *arena,
                           const struct sq_network *network, struct sq_trace_plan *plan);

/* The configuration as one line of JSON, freed by the caller; NULL: out of memory. */
char *sq_trace_plan_config(const struct sq_network *network);

/* Append a meta entry with a copy of `value` on one line, as the description wants it. SQ_ENOMEM.
 */
int sq_trace_plan_meta(struct sq_error *err, struct sq_arena *arena, struct sq_trace_meta *meta,
                       size_t *n, const char *key, const char *value);

#endif
