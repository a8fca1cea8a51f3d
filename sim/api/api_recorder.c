/* spikeq_recorder_...(): a trace of a network that runs elsewhere. The handle, and the thread that imports. */
#include "sim/api/handle.h"
#include "sim/api/import_network.h"
#include "sim/import/pushed_recording.h"
#include "sim/session/array_view.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

struct spikeq_recorder {
    struct sq_handle handle;
    struct sq_import_choices options; /* texts lie in the arena */
    struct sq_arena arena;
    struct sq_import import;
    struct sq_trace_writer *writer;
    int was_there; /* a trace of that name */
    int is_closed;
    int is_running; /* the thread was started and not joined */
    uv_thread_t thread;
    struct sq_error error; /* of the thread, */
    int status;            /* with this status */
};

static struct sq_error *error_of(const spikeq_recorder *recorder)
{
    return &recorder->handle.ctx->error;
}

static void import_all(void *data)
{
    spikeq_recorder *recorder = data;
    recorder->status = sq_import_write(&recorder->import, recorder->writer);
    sq_pushed_ended(recorder->import.recording, recorder->status);
}

/* A copy that lives as long as the recorder; NULL stays NULL. */
static int copy(struct sq_error *err, spikeq_recorder *recorder, const char *text, const char **out)
{
    *out = text != NULL ? sq_arena_strdup(&recorder->arena, text) : NULL;
    return text == NULL || *out != NULL ? SQ_OK
                                        : sq_fail(err, SQ_ENOMEM, "out of memory for a recorder");
}

static int copy_options(struct sq_error *err, spikeq_recorder *recorder,
                        const struct spikeq_recorder_options *from)
{
    struct sq_import_choices *to = &recorder->options;
    const struct {
        const char *text, **to;
    } texts[] = {{from->path, &to->trace},       {from->model, &to->source},
                 {from->config, &to->config},    {from->architecture, &to->architecture},
                 {from->checkpoint, &to->model}, {from->weights, &to->weights},
                 {from->codec, &to->codec}};
    int status = SQ_OK;
    for (size_t i = 0; status == SQ_OK && i < sizeof texts / sizeof texts[0]; i++)
        status = copy(err, recorder, texts[i].text, texts[i].to);
    if (to->source == NULL)
        to->source = "the recording";
    to->set = from->set; /* used in spikeq_recorder_open() only */
    to->n_set = from->n_set;
    to->partial = from->partial;
    to->force = from->force;
    return status;
}

static int check_options(struct sq_error *err, const struct spikeq_recorder_options *options)
{
    if (options == NULL || options->size < sizeof *options)
        return sq_fail(err, SQ_EUSAGE,
                       "a recorder needs a struct spikeq_recorder_options, with its member size "
                       "set");
    if (options->path == NULL || options->path[0] == '\0')
        return sq_fail(err, SQ_EUSAGE, "a recorder needs the path of a trace");
    if (options->n_populations == 0 || options->population == NULL)
        return sq_fail(err, SQ_EUSAGE, "%s: which populations are recorded? None is given",
                       options->path);
    if (options->timesteps == 0 || options->timesteps > SQ_TRACE_MAX_TIMESTEPS)
        return sq_fail(err, SQ_EUSAGE, "%s: %" PRIu32 " timesteps; 1 to %d are recorded",
                       options->path, options->timesteps, SQ_TRACE_MAX_TIMESTEPS);
    return options->n_logits <= 1 << 20 ? SQ_OK
                                        : sq_fail(err, SQ_EUSAGE, "%s: %zu logits of a sample",
                                                  options->path, options->n_logits);
}

/* Elements lie as far apart as the caller's struct is large. */
static const struct spikeq_recorder_population *population_at(
    const struct spikeq_recorder_options *options, size_t index)
{
    const char *first = (const char *)options->population;
    return (const void *)(first + index * options->population->size);
}

static int add_population(struct sq_error *err, struct sq_recording *recording,
                          const struct spikeq_recorder_population *from)
{
    struct sq_recorded_population *to;
    uint64_t neurons = 1;
    if (from->size < sizeof *from || from->name == NULL)
        return sq_fail(err, SQ_EUSAGE, "%s: a population without %s", recording->path,
                       from->size < sizeof *from ? "its member size" : "a name");
    for (uint32_t d = 0; d < from->n_dims && d < SQ_TRACE_MAX_DIMS; d++)
        neurons = from->dim[d] > 0 && neurons <= SQ_TRACE_MAX_NEURONS / from->dim[d]
                      ? neurons * from->dim[d]
                      : SQ_TRACE_MAX_NEURONS + (uint64_t)1;
    if (from->n_dims == 0 || from->n_dims > SQ_TRACE_MAX_DIMS || neurons > SQ_TRACE_MAX_NEURONS)
        return sq_fail(err, SQ_ESHAPE,
                       "%s: %.128s: a population has 1 to %d axes and 1 to %d neurons",
                       recording->path, from->name, SQ_TRACE_MAX_DIMS, SQ_TRACE_MAX_NEURONS);
    const int status = sq_recording_add(err, recording, from->name, &to);
    if (status != SQ_OK)
        return status;
    to->n_dims = from->n_dims;
    memcpy(to->dim, from->dim, from->n_dims * sizeof to->dim[0]);
    return SQ_OK;
}

static int open_recording(struct sq_error *err, spikeq_recorder *recorder,
                          const struct spikeq_recorder_options *options)
{
    struct sq_import *import = &recorder->import;
    int status = sq_pushed_new(err, recorder->options.source, options->timesteps, options->n_logits,
                               &import->recording);
    for (size_t p = 0; status == SQ_OK && p < options->n_populations; p++)
        status = add_population(err, import->recording, population_at(options, p));
    if (status == SQ_OK && options->model != NULL)
        snprintf(import->recording->note, sizeof import->recording->note,
                 "recorded while %.200s ran", recorder->options.source);
    if (status == SQ_OK)
        status = sq_import_plan(import);
    return status == SQ_OK ? sq_pushed_begin(err, import->recording, &import->plan, import->source)
                           : status;
}

static int start(struct sq_error *err, spikeq_recorder *recorder)
{
    const char *path = recorder->options.trace;
    recorder->was_there = access(path, F_OK) == 0;
    const int status = sq_trace_create(err, path, &recorder->import.plan, recorder->options.force,
                                       &recorder->writer);
    if (status != SQ_OK)
        return status;
    recorder->import.err = &recorder->error;
    if (uv_thread_create(&recorder->thread, import_all, recorder) != 0) {
        recorder->import.err = err;
        sq_trace_writer_free(recorder->writer);
        recorder->writer = NULL;
        sq_trace_discard(path, recorder->was_there);
        return sq_fail(err, SQ_ENOMEM, "cannot start the thread of a recorder");
    }
    recorder->is_running = 1;
    return SQ_OK;
}

static void join(spikeq_recorder *recorder)
{
    if (recorder->is_running)
        uv_thread_join(&recorder->thread);
    recorder->is_running = 0;
}

static void free_all(spikeq_recorder *recorder)
{
    sq_recording_close(recorder->import.recording);
    sq_network_free(recorder->import.network);
    sq_arena_free(&recorder->import.arena);
    sq_arena_free(&recorder->arena);
    free(recorder);
}

int spikeq_recorder_open(spikeq_ctx *ctx, const struct spikeq_recorder_options *options,
                         spikeq_recorder **out)
{
    struct sq_error *err = &ctx->error;
    int status = check_options(err, options);
    if (status != SQ_OK)
        return status;
    spikeq_recorder *recorder = calloc(1, sizeof *recorder);
    if (recorder == NULL)
        return sq_fail(err, SQ_ENOMEM, "out of memory for a recorder");
    recorder->import.err = err;
    recorder->import.options = &recorder->options;
    status = copy_options(err, recorder, options);
    if (status == SQ_OK)
        status = sq_import_load_network(ctx, &recorder->import);
    if (status == SQ_OK)
        status = open_recording(err, recorder, options);
    if (status == SQ_OK)
        status = start(err, recorder);
    if (status != SQ_OK) {
        free_all(recorder);
        return status;
    }
    sq_handle_open(&recorder->handle, ctx, "recorder");
    *out = recorder;
    return SQ_OK;
}

/* Begin a call with a recorder that must be open. */
static int enter(spikeq_recorder *recorder)
{
    const int status = sq_handle_enter(&recorder->handle);
    if (status != SQ_OK || !recorder->is_closed)
        return status;
    return sq_handle_leave(&recorder->handle,
                           sq_fail(error_of(recorder), SQ_EUSAGE, "the recorder is closed"));
}

static int find_population(const spikeq_recorder *recorder, const char *name, size_t *p)
{
    const struct sq_trace_plan *plan = &recorder->import.plan;
    for (*p = 0; name != NULL && *p < plan->n_populations; ++*p)
        if (strcmp(plan->population[*p].name, name) == 0)
            return SQ_OK;
    return sq_fail(error_of(recorder), SQ_EUSAGE, "%s: %.128s is not one of the %zu populations",
                   recorder->options.source, name != NULL ? name : "NULL", plan->n_populations);
}

/* Timesteps first .. first + n - 1 of an array that has them in front if they are all. */
static int write_timesteps(const spikeq_recorder *recorder, uint64_t sample, size_t p,
                           uint32_t timestep, const struct spikeq_array *spikes)
{
    const struct sq_trace_plan *plan = &recorder->import.plan;
    const struct sq_trace_population *of = &plan->population[p];
    const int is_all = timestep == SPIKEQ_ALL_TIMESTEPS;
    const uint64_t neurons = sq_trace_neurons(of);
    struct sq_array_view view;
    char is[192], should[192];
    int status = sq_array_view_of(error_of(recorder), of->name, spikes, &view);
    if (status != SQ_OK)
        return status;
    if (!is_all && timestep >= plan->timesteps)
        return sq_fail(error_of(recorder), SQ_EUSAGE,
                       "%s: %s: timestep %" PRIu32 "; the recorder has 0 to %" PRIu32,
                       recorder->options.source, of->name, timestep, plan->timesteps - 1);
    if ((is_all && view.type.dim[0] != plan->timesteps) ||
        !sq_array_view_is(&view, is_all ? 1 : 0, of->dim, of->n_dims)) {
        struct sq_array want = {.n_dims = 0};
        if (is_all)
            want.dim[want.n_dims++] = plan->timesteps;
        memcpy(want.dim + want.n_dims, of->dim, of->n_dims * sizeof of->dim[0]);
        want.n_dims += of->n_dims;
        sq_array_shape_text(&view.type, is, sizeof is);
        sq_array_shape_text(&want, should, sizeof should);
        return sq_fail(error_of(recorder), SQ_ESHAPE, "%s: %s: spikes of shape %s, expected %s%s",
                       recorder->options.source, of->name, is, should,
                       view.is_bits ? " as bits" : "");
    }
    const size_t row = view.is_bits ? (neurons + 7) / 8 : neurons * view.type.item_bytes;
    const uint32_t first = is_all ? 0 : timestep, n = is_all ? plan->timesteps : 1;
    for (uint32_t t = 0; status == SQ_OK && t < n; t++)
        status = sq_pushed_write(error_of(recorder), recorder->import.recording, sample, p,
                                 first + t, view.is_bits ? NULL : &view.type, view.data + t * row);
    return status;
}

int spikeq_recorder_write(spikeq_recorder *recorder, uint64_t sample, const char *population,
                          uint32_t timestep, const struct spikeq_array *spikes)
{
    size_t p = 0;
    int status = enter(recorder);
    if (status != SQ_OK)
        return status;
    status = find_population(recorder, population, &p);
    if (status == SQ_OK)
        status = write_timesteps(recorder, sample, p, timestep, spikes);
    return sq_handle_leave(&recorder->handle, status);
}

/* Label, prediction and logits of a sample. */
static int check_about(const spikeq_recorder *recorder, uint64_t sample, int64_t label,
                       int64_t prediction, const float *logits)
{
    const size_t n_logits = recorder->import.recording->n_logits;
    const struct sq_network *network = recorder->import.network;
    const int64_t classes = network != NULL ? (int64_t)network->head.n_out
                            : n_logits > 0  ? (int64_t)n_logits
                                            : INT32_MAX;
    struct sq_error *err = error_of(recorder);
    if ((logits != NULL) != (n_logits > 0))
        return sq_fail(err, SQ_EUSAGE, "%s: sample %" PRIu64 ": %s", recorder->options.source,
                       sample,
                       logits != NULL ? "logits, and the recorder was opened without"
                                      : "its logits are missing");
    for (size_t i = 0; i < n_logits; i++)
        if (!isfinite(logits[i]))
            return sq_fail(err, SQ_EVALUE, "%s: sample %" PRIu64 ": logit %zu is not a number",
                           recorder->options.source, sample, i);
    if (label < -1 || label >= classes || prediction < -1 || prediction >= classes)
        return sq_fail(err, SQ_EVALUE,
                       "%s: sample %" PRIu64 ": label %" PRId64 ", prediction %" PRId64
                       "; classes are 0 to %" PRId64 ", or -1 for unknown",
                       recorder->options.source, sample, label, prediction, classes - 1);
    return SQ_OK;
}

int spikeq_recorder_finish_sample(spikeq_recorder *recorder, uint64_t sample, int64_t label,
                                  int64_t prediction, const float *logits)
{
    const struct sq_recorded_sample about = {.id = sample,
                                             .label = label,
                                             .logits = logits,
                                             .has_prediction = prediction >= 0,
                                             .prediction = prediction};
    int status = enter(recorder);
    if (status != SQ_OK)
        return status;
    status = check_about(recorder, sample, label, prediction, logits);
    if (status == SQ_OK) {
        error_of(recorder)->text[0] = '\0';
        status = sq_pushed_finish(error_of(recorder), recorder->import.recording, &about);
        if (status != SQ_OK && error_of(recorder)->text[0] == '\0')
            sq_error_copy(error_of(recorder), &recorder->error);
    }
    return sq_handle_leave(&recorder->handle, status);
}

/* The thread ends; the trace is whole, or not there. */
static int end(spikeq_recorder *recorder, int status)
{
    sq_pushed_abort(recorder->import.recording);
    join(recorder);
    if (status == SQ_OK && (status = recorder->status) != SQ_OK)
        sq_error_copy(error_of(recorder), &recorder->error);
    if (status == SQ_OK)
        status = sq_trace_finish(error_of(recorder), recorder->writer);
    sq_trace_writer_free(recorder->writer);
    recorder->writer = NULL;
    recorder->is_closed = 1;
    if (status != SQ_OK)
        sq_trace_discard(recorder->options.trace, recorder->was_there);
    return status;
}

int spikeq_recorder_close(spikeq_recorder *recorder, struct spikeq_import_summary *summary)
{
    int status = enter(recorder);
    if (status != SQ_OK)
        return status;
    if (summary != NULL && (status = sq_sized_check(error_of(recorder), summary)) != SQ_OK)
        return sq_handle_leave(&recorder->handle, status);
    status = end(recorder, sq_pushed_end(error_of(recorder), recorder->import.recording));
    if (status == SQ_OK) {
        recorder->import.plan.n_samples = sq_pushed_n_samples(recorder->import.recording);
        status = sq_import_summarise(&recorder->import, summary);
    }
    return sq_handle_leave(&recorder->handle, status);
}

void spikeq_recorder_free(spikeq_recorder *recorder)
{
    if (recorder == NULL || getpid() != recorder->handle.process)
        return; /* of another process: its thread is not here */
    if (!recorder->is_closed)
        end(recorder, SQ_EUSAGE);
    spikeq_ctx_free(recorder->handle.ctx);
    free_all(recorder);
}
