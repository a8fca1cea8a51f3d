/* A replay is run. */
#include "sim/replay/session.h"

#include "kernels/base/bits.h"
#include "kernels/pack/levels.h"
#include "sim/json/warnings_json.h"
#include "sim/report/trace_request.h"
#include "traces/compare/trace_digest.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Loop thread. */
static int enter(struct sq_error *err, void *data, uint32_t lane, uint64_t number, float *raw,
                 int32_t *label)
{
    struct sq_replay *replay = data;
    int32_t ignored;
    replay->sample_of_lane[lane] = number;
    int status = sq_playback_enter(err, &replay->playback, lane, number, raw);
    if (status == SQ_OK && replay->input != NULL)
        status = sq_input_next(err, replay->input, raw, &ignored);
    *label = status == SQ_OK ? sq_playback_outcome(&replay->playback, number)->label : -1;
    return status;
}

/* Worker threads. */
static int inject(struct sq_error *err, void *data, unsigned worker, uint32_t lane, uint32_t t,
                  size_t node, uint64_t *bits)
{
    const struct sq_replay *replay = data;
    const struct sq_spike_shape *shape = &replay->network->node[node].shape;
    const int is_from = replay->cut.is_from[node];
    const int64_t was = (int64_t)t - (is_from ? replay->change.shift : 0);
    const uint64_t sample = replay->sample_of_lane[lane];
    if (was < 0 || was >= (int64_t)replay->network->config.timesteps) {
        memset(bits, 0, sq_plane_words(shape) * shape->n_planes * sizeof *bits);
        return SQ_OK;
    }
    const uint32_t n_levels = sq_node_levels(&replay->network->node[node]);
    uint64_t *spikes = n_levels > 1 ? replay->playback.level[worker] : bits;
    struct sq_spike_shape virtual = *shape;
    virtual.n_rows *= n_levels;
    const int status = sq_playback_packet(err, &replay->playback, worker, lane, sample,
                                          (uint32_t)was, node, spikes);
    if (status == SQ_OK && is_from && replay->change.drop > 0)
        sq_change_drop(&replay->change, &virtual, sample, t, node, spikes);
    if (status == SQ_OK && n_levels > 1)
        sq_levels_to_planes(bits, shape->n_planes, spikes, n_levels, sq_plane_words(shape));
    return status;
}

static void revise(void *data, uint32_t lane, uint32_t t, size_t node, uint64_t *bits)
{
    const struct sq_replay *replay = data;
    (void)lane;
    (void)t;
    sq_change_apply_silence(&replay->change, &replay->network->node[node].shape, node, bits);
}

/* The sample's operations: counted for computed nodes, as recorded for others. What an injected
 * population received is as recorded, what it sends may be changed. */
static void merge(const struct sq_replay *replay, const struct sq_outcome *was,
                  struct sq_outcome *now)
{
    const uint32_t timesteps = replay->network->config.timesteps;
    for (size_t i = 0; i < replay->network->n_nodes; i++) {
        struct sq_tally *tally = &now->tally[i * timesteps];
        const struct sq_tally *old = &was->tally[i * timesteps];
        if (replay->cut.role[i] == SQ_COMPUTE)
            continue;
        for (uint32_t t = 0; t < timesteps; t++) {
            const struct sq_tally own = tally[t];
            tally[t] = old[t];
            if (replay->cut.role[i] == SQ_INJECT) {
                tally[t].spikes = own.spikes;
                tally[t].units = own.units;
            }
        }
    }
    if (!replay->cut.needs_input) {
        now->pixels_are_counts = was->pixels_are_counts;
        now->input_unseen = was->input_unseen;
    }
}

static void compare_logits(struct sq_replay *replay, const struct sq_outcome *was,
                           const struct sq_outcome *now)
{
    const uint32_t classes = replay->network->head.n_out;
    replay->n_logits += memcmp(was->logits, now->logits, classes * sizeof *now->logits) != 0;
    if (sq_outcome_class(was, classes) == sq_outcome_class(now, classes))
        return;
    if (replay->n_changed++ == 0)
        replay->first_changed = now->sample;
}

static int on_finished(struct sq_error *err, void *data, const struct sq_outcome *outcome)
{
    struct sq_replay *replay = data;
    const struct sq_outcome *was = sq_playback_outcome(&replay->playback, outcome->sample);
    struct sq_outcome now = *outcome;
    int status = SQ_OK;
    replay->n_samples++;
    compare_logits(replay, was, outcome);
    if (!replay->playback.has_operations[outcome->sample % replay->playback.in_flight]) {
        replay->has_operations = 0;
        return replay->recorder == NULL
                   ? SQ_OK
                   : sq_fail(err, SQ_EUNSUPPORTED,
                             "%s: sample %" PRIu64 " was recorded without operations: a new trace "
                             "could not be priced; replay without " SQ_OPT "trace",
                             sq_trace_path(replay->trace), outcome->sample);
    }
    merge(replay, was, &now);
    sq_report_add_totals(replay->before, was);
    sq_report_add_totals(replay->after, &now);
    if (replay->recorder != NULL)
        status = sq_recorder_finished(err, replay->recorder, &now);
    return status;
}

/* Recordings may have been binned differently for this replay. */
static int describe_frames(struct sq_replay *replay, struct sq_trace_request *request)
{
    char *note;
    if (replay->input == NULL || replay->frames.rule == NULL)
        return SQ_OK;
    const int status = sq_frames_note(replay->err, &replay->frames, &note);
    if (status != SQ_OK)
        return status;
    if (request->input_frames == NULL || strcmp(request->input_frames, note) != 0) {
        request->input_frames = sq_arena_strdup(&replay->arena, note);
        request->input_description = sq_input_description(replay->input);
    }
    free(note);
    return request->input_frames != NULL
               ? SQ_OK
               : sq_fail(replay->err, SQ_ENOMEM, "out of memory for a replay");
}

/* What the new trace says of itself, beyond its options: the texts lie in the arena. */
static int describe(struct sq_replay *replay, struct sq_trace_request *request)
{
    const struct sq_replay_choices *options = replay->options;
    struct sq_error *err = replay->err;
    char *parent = sq_arena_alloc(&replay->arena, SQ_DIGEST_TEXT, 1);
    char *change = sq_arena_alloc(&replay->arena, SQ_CHANGE_TEXT, 1);
    unsigned char *is_silent = sq_arena_alloc(&replay->arena, replay->network->n_nodes, 1);
    if (parent == NULL || change == NULL || is_silent == NULL)
        return sq_fail(err, SQ_ENOMEM, "out of memory for a replay");
    for (size_t i = 0; i < replay->network->n_nodes; i++)
        is_silent[i] = replay->cut.role[i] == SQ_SKIP;
    sq_change_text(&replay->change, options->silence, options->n_silence, change, SQ_CHANGE_TEXT);
    request->samples = replay->samples;
    request->n_planned = replay->samples.end;
    request->is_silent = is_silent;
    request->parent = parent;
    request->parent_path = sq_trace_path(replay->trace);
    request->change = change[0] != '\0' ? change : "none";
    request->input_path = sq_trace_meta(replay->trace, "input_path");
    request->input_sha256 = sq_trace_meta(replay->trace, "input_sha256");
    request->input_names_sha256 = sq_trace_meta(replay->trace, "input_names_sha256");
    request->input_description = sq_trace_meta(replay->trace, "input_description");
    request->input_frames = sq_trace_meta(replay->trace, "input_frames");
    const int status = describe_frames(replay, request);
    return status == SQ_OK ? sq_trace_digest(err, replay->trace, parent) : status;
}

/* The new trace: all samples of the replay, with the digest of the one that it was made from. */
static int open_recorder(struct sq_replay *replay)
{
    struct sq_error *err = replay->err;
    const struct sq_replay_choices *options = replay->options;
    struct sq_recorder_options inner = {.path = options->record.path,
                                        .replace = options->record.force,
                                        .in_flight = replay->playback.in_flight,
                                        .isa = options->isa != NULL ? options->isa : "auto"};
    struct spikeq_report *after = replay->after;
    int status = sq_warnings_note(err, &replay->warnings, &after->warnings_text);
    if (status == SQ_OK)
        status = sq_trace_request_of(err, &options->record, after, &inner.request);
    if (status == SQ_OK)
        status = describe(replay, &inner.request);
    if (status == SQ_OK)
        status = sq_trace_seek(err, replay->trace, replay->samples.first);
    return status == SQ_OK ? sq_recorder_open(err, replay->network, &inner, &replay->recorder)
                           : status;
}

static int run(struct sq_replay *replay)
{
    const struct sq_replay_choices *options = replay->options;
    const struct sq_feed feed = {.first = replay->samples.first,
                                 .end = replay->samples.end,
                                 .enter = enter,
                                 .inject = inject,
                                 .revise = options->n_silence > 0 ? revise : NULL,
                                 .role = replay->cut.role,
                                 .data = replay};
    struct sq_run_options inner = {.threads = replay->threads,
                                   .batch = replay->batch,
                                   .couple = replay->couple,
                                   .schedule = options->schedule,
                                   .isa = options->isa != NULL ? options->isa : "auto",
                                   .stop_on_sigint = options->stop_on_sigint,
                                   .finished = on_finished,
                                   .data = replay,
                                   .progress = options->progress,
                                   .progress_data = options->progress_data,
                                   .stop = options->stop};
    struct sq_totals totals = {
        .tally = sq_arena_alloc(&replay->arena,
                                replay->network->n_nodes * replay->network->config.timesteps,
                                sizeof *totals.tally)};
    if (totals.tally == NULL)
        return sq_fail(replay->err, SQ_ENOMEM, "out of memory for a replay");
    if (options->verify)
        sq_observers_add(&inner.observers, &replay->verify.observer);
    if (replay->recorder != NULL)
        sq_observers_add(&inner.observers, sq_recorder_observer(replay->recorder));
    const int status = sq_run(replay->err, replay->network, &feed, &inner, &totals);
    replay->after->totals.seconds = totals.seconds;
    replay->after->totals.isa = totals.isa;
    return status;
}

int sq_replay_run(struct sq_replay *replay)
{
    int status = SQ_OK;
    replay->has_operations = 1;
    if (replay->options->record.path != NULL)
        status = open_recorder(replay);
    if (status == SQ_OK)
        status = run(replay);
    if (status == SQ_OK && replay->recorder != NULL)
        status = sq_recorder_finish(replay->err, replay->recorder);
    if (status == SQ_OK || status == SQ_EINTERRUPTED) {
        sq_report_finish(replay->before);
        sq_report_finish(replay->after);
    }
    return status;
}

int sq_replay_is_equal(const struct sq_replay *replay)
{
    return !replay->verify.first.is_found && replay->n_changed == 0 && replay->n_logits == 0;
}

void sq_replay_close(struct sq_replay *replay)
{
    sq_recorder_free(replay->recorder);
    sq_verify_end(&replay->verify);
    sq_report_free(replay->before);
    sq_report_free(replay->after);
    sq_input_free(replay->input);
    sq_network_free(replay->network);
    sq_trace_close(replay->trace);
    sq_arena_free(&replay->arena);
}
