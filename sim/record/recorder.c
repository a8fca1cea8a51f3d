#include "sim/record/recorder.h"

#include "kernels/base/cpu.h"
#include "sim/record/encode.h"
#include "sim/record/operations.h"
#include "sim/record/recorder_writer.h"
#include "traces/read/trace_reader.h"

#include <stdlib.h>
#include <string.h>

enum { SPARE_BYTES = 8 << 20, MAX_SPARE = 64 };

struct sq_recorder {
    const struct sq_network *network;
    struct sq_arena arena;
    struct sq_observer observer;
    struct sq_encode_plan encode;
    struct sq_range samples;
    struct sq_record_buffer *
        *slot; /* [in_flight] of the sample whose turn is this modulo in_flight */
    uint64_t in_flight;
    struct sq_sample_set held; /* in the file already */
    struct sq_record_writer *writer;
};

static struct sq_record_buffer *buffer_of(const struct sq_recorder *recorder, uint64_t turn)
{
    return recorder->slot[turn % recorder->in_flight];
}

static int is_recorded(const struct sq_recorder *recorder, uint64_t sample)
{
    return sample >= recorder->samples.first && sample < recorder->samples.end &&
           !sq_sample_set_has(&recorder->held, sample);
}

/* Worker threads: different packets go to different places. */
static int on_packet(struct sq_error *err, void *data, const struct sq_packet_view *view)
{
    const struct sq_recorder *recorder = data;
    (void)err;
    if (is_recorded(recorder, view->sample))
        sq_encode_packet(&recorder->encode, view, buffer_of(recorder, view->turn));
    return SQ_OK;
}

int sq_recorder_peek(struct sq_error *err, const struct sq_network *network,
                     const struct sq_recorder_options *options, struct sq_trace **trace,
                     struct sq_sample_set *held)
{
    struct sq_arena arena = {NULL, 0};
    struct sq_trace_plan plan;
    int32_t *population_of = sq_arena_alloc(&arena, network->n_nodes, sizeof *population_of);
    int status =
        population_of != NULL
            ? sq_trace_plan_make(err, &arena, network, &options->request, &plan, population_of)
            : sq_fail(err, SQ_ENOMEM, "%s: out of memory", options->path);
    *trace = NULL;
    if (status == SQ_OK)
        status = sq_trace_peek(err, options->path, &plan, trace);
    if (status == SQ_OK && *trace != NULL)
        status = sq_trace_samples(err, *trace, held);
    sq_arena_free(&arena);
    return status;
}

static int open_trace(struct sq_error *err, struct sq_recorder *recorder,
                      const struct sq_recorder_options *options, const struct sq_trace_plan *plan,
                      struct sq_trace_writer **trace)
{
    struct sq_trace *found = NULL;
    uint64_t n_next;
    if (!options->resume)
        return sq_trace_create(err, options->path, plan, options->replace, trace);
    int status = sq_trace_peek(err, options->path, plan, &found);
    if (status == SQ_OK && found != NULL)
        status = sq_trace_samples(err, found, &recorder->held);
    sq_trace_close(found);
    return status == SQ_OK ? sq_trace_resume(err, options->path, plan, trace, &n_next) : status;
}

/* An unknown or missing instruction set is the run's to refuse. */
static unsigned features_of(const char *isa)
{
    const int features = sq_cpu_restrict(sq_cpu_detect().features, isa);
    return features > 0 ? (unsigned)features : 0;
}

/* Buffers between run and writer: as many as are in flight, more of them if they are small. */
static uint64_t spare_buffers(const struct sq_recorder *recorder)
{
    const uint64_t fit = SPARE_BYTES / (recorder->encode.n_bytes + 1);
    const uint64_t most = fit < MAX_SPARE ? fit : MAX_SPARE;
    return most > recorder->in_flight ? most : recorder->in_flight;
}

static int open_all(struct sq_error *err, struct sq_recorder *recorder,
                    const struct sq_recorder_options *options)
{
    struct sq_trace_plan plan;
    struct sq_trace_writer *trace;
    int32_t *population_of =
        sq_arena_alloc(&recorder->arena, recorder->network->n_nodes, sizeof *population_of);
    recorder->slot =
        sq_arena_alloc(&recorder->arena, recorder->in_flight, sizeof(struct sq_record_buffer *));
    if (population_of == NULL || recorder->slot == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", options->path);
    int status = sq_trace_plan_make(err, &recorder->arena, recorder->network, &options->request,
                                    &plan, population_of);
    if (status == SQ_OK)
        status = sq_encode_plan_make(err, &recorder->arena, recorder->network, &plan, population_of,
                                     features_of(options->isa), &recorder->encode);
    for (uint64_t i = 0; status == SQ_OK && i < recorder->in_flight; i++)
        status = sq_record_buffer_new(err, &recorder->arena, &recorder->encode, &recorder->slot[i]);
    if (status == SQ_OK)
        status = open_trace(err, recorder, options, &plan, &trace);
    if (status == SQ_OK)
        status = sq_record_writer_start(err, trace, &recorder->encode, options->request.codec,
                                        spare_buffers(recorder), &recorder->writer);
    return status;
}

int sq_recorder_open(struct sq_error *err, const struct sq_network *network,
                     const struct sq_recorder_options *options, struct sq_recorder **out)
{
    struct sq_recorder *recorder = calloc(1, sizeof *recorder);
    if (recorder == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", options->path);
    recorder->network = network;
    recorder->observer =
        (struct sq_observer){.on_packet = on_packet, .data = recorder, .wants_input = 1};
    recorder->samples = options->request.samples;
    recorder->in_flight = options->in_flight;
    const int status = open_all(err, recorder, options);
    if (status != SQ_OK) {
        sq_recorder_free(recorder);
        return status;
    }
    *out = recorder;
    return SQ_OK;
}

const struct sq_observer *sq_recorder_observer(const struct sq_recorder *recorder)
{
    return &recorder->observer;
}

int sq_recorder_finished(struct sq_error *err, struct sq_recorder *recorder,
                         const struct sq_outcome *outcome)
{
    const uint32_t classes = recorder->network->head.n_out;
    if (!is_recorded(recorder, outcome->sample))
        return SQ_OK;
    struct sq_record_buffer **slot = &recorder->slot[outcome->turn % recorder->in_flight];
    struct sq_record_buffer *buffer = *slot;
    memcpy(buffer->logits, outcome->logits, classes * sizeof *buffer->logits);
    buffer->sample = (struct sq_trace_sample){
        .id = outcome->sample,
        .label = outcome->label,
        .prediction = sq_outcome_class(outcome, classes),
        .logits = buffer->logits,
        .n_logits = classes,
        .operations = buffer->operations,
        .operations_bytes = sq_operations_write(recorder->network, outcome, buffer->operations),
    };
    return sq_record_writer_give(err, recorder->writer, buffer, slot);
}

int sq_recorder_amend(struct sq_error *err, struct sq_recorder *recorder, const char *key,
                      const char *value)
{
    return sq_record_writer_amend(err, recorder->writer, key, value);
}

int sq_recorder_keep(struct sq_error *err, struct sq_recorder *recorder)
{
    return sq_record_writer_keep(err, recorder->writer);
}

int sq_recorder_finish(struct sq_error *err, struct sq_recorder *recorder)
{
    return sq_record_writer_finish(err, recorder->writer);
}

void sq_recorder_free(struct sq_recorder *recorder)
{
    if (recorder == NULL)
        return;
    sq_record_writer_free(recorder->writer);
    sq_sample_set_free(&recorder->held);
    sq_arena_free(&recorder->arena);
    free(recorder);
}
