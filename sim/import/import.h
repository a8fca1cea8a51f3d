/* Import: a recording of another tool becomes a trace. The steps of spikeq_import(). */
#ifndef SQ_IMPORT_H
#define SQ_IMPORT_H

#include "sim/import/import_choices.h"
#include "sim/network/network.h"
#include "sim/nodes/outcome.h"
#include "traces/files/array.h"
#include "traces/import/recording.h"
#include "traces/write/trace_writer.h"

struct sq_import {
    struct sq_error *err;
    const struct sq_import_choices *options;
    struct sq_network *network;     /* without weights; NULL: no configuration */
    struct sq_recording *recording; /* NULL until it is opened */
    struct sq_array_file *labels;   /* NULL: only those of the recording */
    struct sq_arena arena;
    struct sq_trace_plan plan;
    size_t *source;  /* [plan.n_populations] number of each in the recording */
    uint64_t spikes; /* so far */
};

/* Open the recording in the options' format, with the sizes that the configuration or --neurons
 * give. */
int sq_import_open(struct sq_import *import);

/* Fill import->plan and source: the network's populations in the order of the data's way, each
 * checked against the recording; without a network those of the recording unchanged. SQ_ESHAPE
 * names the array, what was expected and found. */
int sq_import_plan(struct sq_import *import);

/* Its last step: synapses and meta. SQ_ENOMEM. */
int sq_import_describe(struct sq_import *import);

/* Read, encode and put every sample. Where the whole network was recorded, what its synapses would
 * have done is counted from the spikes, so that the trace can be priced. */
int sq_import_write(struct sq_import *import, struct sq_trace_writer *writer);

/* Does the recording have every population of the network? */
int sq_import_is_whole(const struct sq_import *import);

#endif
