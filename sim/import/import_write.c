/* The samples of a recording, one at a time: read, encoded, put into the trace. */
#include "sim/import/sample_room.h"
#include "sim/input/labels.h"

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

/* The first of the largest. */
static int64_t argmax(const float *value, size_t n)
{
    size_t best = 0;
    for (size_t i = 1; i < n; i++)
        if (value[i] > value[best])
            best = i;
    return n > 0 ? (int64_t)best : -1;
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
    if (import->network != NULL && found->label >= (int64_t)import->network->config.classes)
        return sq_fail(import->err, SQ_EVALUE,
                       "%s: sample %" PRIu64 " has label %" PRId64 ", config %s has %" PRIu32
                       " classes",
                       source, found->id, found->label, import->network->config.name,
                       import->network->config.classes);
    return SQ_OK;
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
                                            .prediction = argmax(found.logits, found.n_logits),
                                            .logits = found.logits,
                                            .n_logits = found.n_logits};
    return SQ_OK;
}

/* Hand one whole sample to the writer. Everything that is known of it is here: spikes as bit rows,
 * frames, label, logits; counts for pricing would be made of them here. */
static int put(struct sq_sample_room *room, struct sq_trace_writer *writer)
{
    struct sq_import *import = room->import;
    const struct sq_trace_plan *plan = &import->plan;
    return sq_trace_put(import->err, writer, &room->sample, room->frame,
                        plan->n_populations * plan->timesteps);
}

static int write_sample(struct sq_sample_room *room, struct sq_trace_writer *writer, uint64_t i)
{
    const struct sq_trace_plan *plan = &room->import->plan;
    int status = read_about(room, i);
    for (size_t p = 0; status == SQ_OK && p < plan->n_populations; p++) {
        status = read_population(room, i, p);
        if (status == SQ_OK)
            sq_sample_encode(room, p);
    }
    return status == SQ_OK ? put(room, writer) : status;
}

int sq_import_write(struct sq_import *import, struct sq_trace_writer *writer)
{
    struct sq_sample_room room = {.n_read = 0};
    int status = sq_sample_room_make(import, &room);
    for (uint64_t i = 0; status == SQ_OK && i < import->plan.n_samples; i++)
        status = write_sample(&room, writer, i);
    sq_packer_free(room.packer);
    return status;
}
