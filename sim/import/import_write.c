/* The samples of a recording, one at a time: read, encoded, put into the trace. */
#include "sim/import/sample_room.h"
#include "sim/input/labels.h"
#include "sim/network/head.h"
#include "sim/record/operations.h"

#include <inttypes.h>

static int read_population(struct sq_sample_room *room, uint64_t i, size_t p)
{
    struct sq_import *import = room->import;
    struct sq_recording *recording = import->recording;
    const struct sq_trace_population *of = &import->plan.population[p];
    if (sq_holds_values(of))
        return recording->kind->values(import->err, recording, i, import->source[p], of,
                                       room->value[p]);
    return recording->kind->spikes(import->err, recording, i, import->source[p], of, room->bits[p]);
}

/* Ids ascend, and are small enough for the numbers of frames; labels are classes. */
static int check_about(const struct sq_sample_room *room, const struct sq_recorded_sample *found)
{
    const struct sq_import *import = room->import;
    const struct sq_trace_plan *plan = &import->plan;
    const char *source = import->options->source;
    const uint64_t most = INT64_MAX / plan->n_populations / plan->timesteps - 1;
    const uint64_t least = room->n_read > 0 ? room->sample.id + 1 : 0;
    if (found->id < least || found->id > most)
        return sq_fail(import->err, SQ_EVALUE,
                       "%s: sample %" PRIu64 ", expected a number from %" PRIu64 " to %" PRIu64,
                       source, found->id, least, most);
    if (import->network != NULL && found->label >= (int64_t)import->network->head.n_out)
        return sq_fail(import->err, SQ_EVALUE,
                       "%s: sample %" PRIu64 " has label %" PRId64 ", config %s has %" PRIu32
                       " classes",
                       source, found->id, found->label, import->network->config.name,
                       import->network->head.n_out);
    return SQ_OK;
}

static int64_t predicted(const struct sq_recorded_sample *found)
{
    if (found->has_prediction)
        return found->prediction;
    return found->n_logits > 0 ? (int64_t)sq_head_class(found->logits, (uint32_t)found->n_logits)
                               : -1;
}

/* Everything of sample i but its spikes. */
static int read_about(struct sq_sample_room *room, uint64_t i)
{
    struct sq_import *import = room->import;
    struct sq_recorded_sample found;
    int32_t label;
    int status = import->recording->kind->sample(import->err, import->recording, i, &found);
    if (status == SQ_OK && import->labels != NULL) {
        status = sq_labels_read(import->err, import->labels, i, &label);
        found.label = label;
    }
    if (status == SQ_OK)
        status = check_about(room, &found);
    if (status != SQ_OK)
        return status;
    room->n_read++;
    room->sample = (struct sq_trace_sample){.id = found.id,
                                            .label = found.label,
                                            .prediction = predicted(&found),
                                            .logits = found.logits,
                                            .n_logits = found.n_logits};
    return SQ_OK;
}

/* State of an import while samples are written. */
struct writing {
    struct sq_sample_room room;
    struct sq_trace_writer *writer;
    unsigned char *operations; /* NULL: nothing is counted */
};

/* Hand one whole sample to the writer. Everything that is known of it is here: spikes, frames,
 * label, logits, and what it cost where that was counted. */
static int put(struct writing *writing)
{
    const struct sq_import *import = writing->room.import;
    return sq_trace_put(import->err, writing->writer, &writing->room.sample, writing->room.frame,
                        import->plan.n_populations * import->plan.timesteps);
}

static int read_sample(void *data, uint64_t i)
{
    struct writing *writing = data;
    struct sq_sample_room *room = &writing->room;
    int status = read_about(room, i);
    for (size_t p = 0; status == SQ_OK && p < room->import->plan.n_populations; p++) {
        status = read_population(room, i, p);
        if (status == SQ_OK)
            sq_sample_encode(room, p);
    }
    return status;
}

static int put_counted(void *data, const struct sq_outcome *outcome)
{
    struct writing *writing = data;
    struct sq_trace_sample *sample = &writing->room.sample;
    sample->operations = writing->operations;
    sample->operations_bytes =
        sq_operations_write(writing->room.import->network, outcome, writing->operations);
    return put(writing);
}

/* Through the network's queue, which counts. */
static int write_counted(struct writing *writing)
{
    struct sq_import *import = writing->room.import;
    const struct sq_import_steps steps = {read_sample, put_counted, &writing->room, writing};
    writing->operations = sq_arena_alloc(&import->arena, sq_operations_bytes(import->network), 1);
    return writing->operations != NULL
               ? sq_import_count(import, &steps)
               : sq_fail(import->err, SQ_ENOMEM, "%s: out of memory", import->options->source);
}

static int write_uncounted(struct writing *writing)
{
    int status = SQ_OK;
    for (uint64_t i = 0; status == SQ_OK && i < writing->room.import->plan.n_samples; i++) {
        status = read_sample(writing, i);
        if (status == SQ_OK)
            status = put(writing);
    }
    return status == SQ_RECORDING_OVER ? SQ_OK : status;
}

int sq_import_write(struct sq_import *import, struct sq_trace_writer *writer)
{
    struct writing writing = {.writer = writer};
    int status = sq_sample_room_make(import, &writing.room);
    if (status == SQ_OK)
        status = sq_import_is_whole(import) ? write_counted(&writing) : write_uncounted(&writing);
    sq_packer_free(writing.room.packer);
    return status;
}
