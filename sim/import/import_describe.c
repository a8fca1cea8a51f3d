/* What is noted besides the populations: synapses, nodes and operations, the configuration,
 * where spikes come from. */
#include "sim/import/import.h"
#include "sim/record/describe_graph.h"
#include "sim/record/trace_plan.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { MAX_META = 8 };

/* A plan's meta under construction. */
struct notes {
    struct sq_import *import;
    struct sq_trace_meta *meta;
    int status;
};

static void note(struct notes *notes, const char *key, const char *value)
{
    struct sq_import *import = notes->import;
    if (notes->status == SQ_OK && value != NULL)
        notes->status = sq_trace_plan_meta(import->err, &import->arena, notes->meta,
                                           &import->plan.n_meta, key, value);
}

/* Takes over the text; NULL: out of memory. */
static void note_own(struct notes *notes, const char *key, char *value)
{
    if (notes->status == SQ_OK && value == NULL)
        notes->status = sq_fail(notes->import->err, SQ_ENOMEM, "%s: out of memory",
                                notes->import->options->source);
    note(notes, key, value);
    free(value);
}

int sq_import_describe(struct sq_import *import)
{
    const struct sq_recording *recording = import->recording;
    const struct sq_network *network = import->network;
    struct notes notes = {import, sq_arena_alloc(&import->arena, MAX_META, sizeof *notes.meta),
                          SQ_OK};
    char source[SQ_TRACE_NAME_BYTES];
    if (notes.meta == NULL)
        return sq_fail(import->err, SQ_ENOMEM, "%s: out of memory", import->options->source);
    import->plan.meta = notes.meta;
    snprintf(source, sizeof source, "%s, imported", recording->kind->description);
    note(&notes, "spikeq", SQ_VERSION);
    note(&notes, "arith", "recorded elsewhere");
    note(&notes, "source", source);
    note(&notes, "note", recording->note[0] != '\0' ? recording->note : NULL);
    if (notes.status != SQ_OK || network == NULL)
        return notes.status;
    note_own(&notes, "config", sq_trace_plan_config(network));
    note(&notes, "architecture", network->graph.architecture);
    snprintf(source, sizeof source, "%" PRIu64, network->graph.unused_parameters);
    note(&notes, "unused_parameters", source);
    if (notes.status == SQ_OK)
        notes.status = sq_trace_plan_synapses(import->err, &import->arena, network, &import->plan);
    return notes.status == SQ_OK
               ? sq_trace_describe(import->err, &import->arena, network, &import->plan)
               : notes.status;
}
