/* spikeq_run(): open the files, run, and make the report. */
#include "sim/api/context.h"
#include "sim/json/warnings_json.h"
#include "sim/record/recorder.h"
#include "sim/replay/report_from_trace.h"
#include "sim/report/dump.h"
#include "sim/report/frame_counts_json.h"
#include "sim/report/frames_request.h"
#include "sim/report/input_want.h"
#include "sim/report/report.h"
#include "sim/report/stream_feed.h"
#include "sim/report/trace_request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum { MAX_THREADS = 1024, MAX_BATCH = 65536 };

/* What one call keeps open. */
struct session {
    spikeq_ctx *ctx;
    const struct sq_network *network;
    struct sq_input *input;
    struct sq_frame_request frame_request; /* of recordings; used by the input */
    struct sq_stream_feed stream;          /* instead of an input */
    int is_stream;
    int lacks_counts; /* recordings binned by an earlier run */
    struct sq_dump *dump;
    struct sq_recorder *recorder;
    struct spikeq_report *report;
};

static int on_finished(struct sq_error *err, void *data, const struct sq_outcome *outcome)
{
    struct session *session = data;
    int status = sq_report_add(err, session->report, outcome);
    if (status == SQ_OK && session->dump != NULL)
        status = sq_dump_outcome(err, session->dump, outcome);
    if (status == SQ_OK && session->recorder != NULL)
        status = sq_recorder_finished(err, session->recorder, outcome);
    return status;
}

/* How recordings are binned, for the trace too; nothing to do for other inputs. */
static int request_frames(struct session *session, const struct spikeq_run_options *options)
{
    struct sq_error *err = &session->ctx->error;
    struct spikeq_frames_options frames = options->frames;
    const int status = sq_frames_request_of(err, &frames, &session->frame_request);
    if (status != SQ_OK || frames.rule == NULL)
        return status;
    frames.stream = sq_stream_feed_is(options->input, &frames);
    return sq_frames_note(err, &frames, &session->report->input_frames);
}

/* A stream has no file to digest and no known length. */
static int open_stream(struct session *session, const struct spikeq_run_options *options)
{
    struct spikeq_report *report = session->report;
    struct sq_error *err = &session->ctx->error;
    char description[256] = "stream";
    session->is_stream = 1;
    const int status = sq_stream_feed_open(err, session->network, options->input,
                                           &session->frame_request, options, &session->stream);
    if (status == SQ_OK)
        sq_frame_stream_describe(session->stream.frames, description, sizeof description);
    snprintf(report->input_path, sizeof report->input_path, "%s", options->input);
    report->n_planned = SQ_FEED_ENDLESS; /* it may end before any limit */
    report->totals.isa = options->isa != NULL ? options->isa : "auto"; /* until it runs */
    report->input_description = strdup(description);
    return report->input_description != NULL ? status : sq_fail(err, SQ_ENOMEM, "out of memory");
}

/* Batches of samples exist where some neurons take them, and of inputs that have samples. */
static int check_coupling(struct session *session, const struct spikeq_run_options *options)
{
    const int couples = sq_run_couples(session->network);
    session->report->couple_batch = !couples                    ? 0
                                    : options->couple_batch > 0 ? options->couple_batch
                                                                : 1;
    if (options->couple_batch > MAX_BATCH)
        return sq_fail(&session->ctx->error, SQ_EUSAGE, SQ_OPT "couple-batch: at most %d",
                       MAX_BATCH);
    if (options->couple_batch == 0 || couples)
        return SQ_OK;
    return sq_fail(&session->ctx->error, SQ_EUSAGE,
                   SQ_OPT "couple-batch: architecture %s has no neurons whose state runs over the "
                          "samples of a batch; leave it out",
                   session->network->graph.architecture);
}

static int open_input(struct session *session, const struct spikeq_run_options *options)
{
    struct sq_input_want want = sq_input_want_of(session->network);
    struct sq_error *err = &session->ctx->error;
    struct spikeq_report *report = session->report;
    want.frame_request = options->frames.rule != NULL ? &session->frame_request : NULL;
    if (options->input == NULL)
        return sq_fail(err, SQ_EUSAGE, "no input given");
    if (options->dump_reals && options->dump_dir == NULL)
        return sq_fail(err, SQ_EUSAGE,
                       SQ_OPT "dump-reals adds to what " SQ_OPT "dump writes: give that too");
    if (options->threads > MAX_THREADS || options->batch > MAX_BATCH)
        return sq_fail(err, SQ_EUSAGE, "at most %d threads and a batch of %d", MAX_THREADS,
                       MAX_BATCH);
    int status = check_coupling(session, options);
    if (status == SQ_OK)
        status = request_frames(session, options);
    if (status == SQ_OK && sq_stream_feed_is(options->input, &options->frames))
        return open_stream(session, options);
    if (status == SQ_OK)
        status = sq_input_open(err, options->input, options->labels, &want, options->limit,
                               &session->input);
    if (status == SQ_OK)
        status = sq_input_digest(err, session->input, report->input_digest);
    if (status != SQ_OK)
        return status;
    snprintf(report->input_path, sizeof report->input_path, "%s", options->input);
    report->n_planned = sq_input_count(session->input);
    report->input_description = strdup(sq_input_description(session->input));
    return report->input_description != NULL ? SQ_OK : sq_fail(err, SQ_ENOMEM, "out of memory");
}

/* Threads, batch and schedule, given or by default. */
static void choose_sizes(struct session *session, const struct spikeq_run_options *options)
{
    struct spikeq_report *report = session->report;
    const enum sq_schedule schedule = sq_schedule_of(options->schedule);
    report->schedule = session->is_stream ? SPIKEQ_SCHEDULE_STEP : options->schedule;
    report->threads = options->threads > 0 ? options->threads : uv_available_parallelism();
    report->batch = session->is_stream   ? 1
                    : options->batch > 0 ? options->batch
                                         : sq_run_default_batch(session->network, report->threads,
                                                                schedule, options->dump_reals);
    if (report->n_planned > 0 && report->batch > report->n_planned)
        report->batch = (unsigned)report->n_planned;
    report->batch = sq_run_whole_batches(report->batch, report->couple_batch);
}

/* Samples that the trace of an earlier run holds already are read from there; what became of their
 * events is not known where that run was killed. */
static int report_done(struct session *session, const struct sq_recorder_options *options)
{
    struct sq_error *err = &session->ctx->error;
    struct sq_trace *trace = NULL;
    struct sq_range done = {0, 0};
    int status = sq_recorder_peek(err, session->network, options, &trace, &done.end);
    const char *recordings = trace != NULL ? sq_trace_meta(trace, SQ_META_RECORDINGS) : NULL;
    session->lacks_counts = done.end > 0 && recordings == NULL;
    if (status == SQ_OK && session->report->couple_batch > 1 &&
        done.end % session->report->couple_batch > 0)
        status =
            sq_fail(err, SQ_EUNSUPPORTED,
                    "%s: ends after %llu samples, within a batch of %u whose state ran on; "
                    "record it again",
                    options->path, (unsigned long long)done.end, session->report->couple_batch);
    if (status == SQ_OK && done.end > 0)
        status = sq_report_add_trace(err, trace, &done, session->report);
    if (status == SQ_OK && done.end > 0)
        status = sq_frame_counts_read(err, options->path, recordings, session->report);
    sq_trace_close(trace);
    sq_input_seek(session->input, done.end);
    return status;
}

static int open_trace(struct session *session, const struct spikeq_run_options *options)
{
    struct sq_error *err = &session->ctx->error;
    struct sq_recorder_options inner = {.path = options->trace.path,
                                        .replace = options->trace.force,
                                        .resume = options->trace.resume,
                                        .in_flight = sq_run_in_flight(session->report->batch),
                                        .isa = options->isa != NULL ? options->isa : "auto"};
    if (inner.resume && (options->dump_dir != NULL || inner.replace))
        return sq_fail(err, SQ_EUSAGE,
                       SQ_OPT "resume goes with neither " SQ_OPT "dump nor " SQ_OPT "force");
    int status = sq_warnings_note(err, &session->report->warnings, &session->report->warnings_text);
    if (status == SQ_OK)
        status = sq_trace_request_of(err, &options->trace, session->report, &inner.request);
    if (status == SQ_OK && inner.resume)
        status = report_done(session, &inner);
    if (status == SQ_OK)
        status = sq_recorder_open(err, session->network, &inner, &session->recorder);
    return status;
}

/* A stream is reported step by step. */
static int on_stepped(struct sq_error *err, void *data, const struct sq_step *step)
{
    struct session *session = data;
    (void)err;
    return sq_stream_feed_stepped(&session->stream, step);
}

static int run(struct session *session, const struct spikeq_run_options *options)
{
    struct spikeq_report *report = session->report;
    const struct sq_feed feed =
        session->is_stream
            ? sq_stream_feed_of(&session->stream, options->limit, options->frames.carry)
            : sq_feed_of_input(session->input);
    struct sq_run_options inner = {
        .threads = report->threads,
        .batch = report->batch,
        .couple = report->couple_batch,
        .schedule = sq_schedule_of(report->schedule),
        .isa = options->isa != NULL ? options->isa : "auto",
        .stop_on_sigint = options->stop_on_sigint,
        .profile = options->profile ? &report->profile : NULL,
        .stepped = session->is_stream ? on_stepped : NULL,
        .finished = on_finished,
        .data = session,
        .progress = session->is_stream ? NULL : options->progress,
        .progress_data = options->progress_data,
    };
    if (session->dump != NULL)
        sq_observers_add(&inner.observers, sq_dump_observer(session->dump));
    if (session->recorder != NULL)
        sq_observers_add(&inner.observers, sq_recorder_observer(session->recorder));
    return sq_run(&session->ctx->error, session->network, &feed, &inner, &report->totals);
}

/* Times are of the samples that run: beside the counts of others they would be wrong. */
static int open_profile(struct session *session, const struct spikeq_run_options *options)
{
    struct spikeq_report *report = session->report;
    struct sq_error *err = &session->ctx->error;
    if (options->trace.resume)
        return sq_fail(err, SQ_EUSAGE,
                       SQ_OPT "profile measures the samples that run, and goes not with " SQ_OPT
                              "resume");
    return sq_profile_open(err, &report->arena, session->network->n_nodes, report->threads,
                           &report->profile);
}

/* Give the files their names. */
static int finish_files(struct session *session, int status)
{
    struct sq_error *err = &session->ctx->error;
    int finished = SQ_OK;
    if (status != SQ_OK && status != SQ_EINTERRUPTED)
        return status;
    if (session->dump != NULL)
        finished = sq_dump_finish(err, session->dump, session->report->totals.n_samples);
    if (finished == SQ_OK && session->recorder != NULL)
        finished = sq_trace_end(err, session->recorder, session->report, session->is_stream,
                                status == SQ_EINTERRUPTED);
    return finished != SQ_OK ? finished : status;
}

/* Recordings in the report, before the input is closed. */
static void keep_frame_counts(struct session *session, int status)
{
    struct spikeq_report *report = session->report;
    const struct sq_frame_counts *counts = NULL;
    if (session->input != NULL)
        counts = sq_input_frame_counts(session->input);
    if (session->stream.frames != NULL)
        counts = sq_frame_stream_counts(session->stream.frames);
    if (counts == NULL || session->lacks_counts)
        return;
    report->has_frames = 1;
    sq_frame_counts_sum(&report->frames, counts);
    if (!session->is_stream)
        return;
    sq_frame_stream_is_cut(session->stream.frames, report->input_end, sizeof report->input_end);
    report->n_stream_frames = session->stream.n_frames;
    report->n_left_frames =
        report->n_stream_frames - report->totals.n_samples * session->stream.timesteps;
    if (status == SQ_OK)
        report->n_planned = report->totals.n_samples; /* a stream's length is known now */
}

/* The whole run, into the report made before. */
static int run_all(struct session *session, const struct spikeq_run_options *options)
{
    struct sq_error *err = &session->ctx->error;
    int status = open_input(session, options);
    if (status == SQ_OK || status == SQ_EINTERRUPTED)
        choose_sizes(session, options);
    if (status == SQ_OK && options->trace.path != NULL)
        status = open_trace(session, options);
    if (status == SQ_OK && options->dump_dir != NULL)
        status = sq_dump_open(err, session->network, options->dump_dir, options->dump_reals,
                              session->is_stream ? options->limit : session->report->n_planned,
                              &session->dump);
    if (status == SQ_OK && options->profile)
        status = open_profile(session, options);
    if (status == SQ_OK)
        status = run(session, options);
    keep_frame_counts(session, status);
    return finish_files(session, status);
}

int spikeq_run(spikeq_ctx *ctx, const spikeq_network *network,
               const struct spikeq_run_options *options, spikeq_report **out)
{
    struct session session = {.ctx = ctx, .network = sq_network_of(network)};
    int status = sq_report_new(&ctx->error, session.network, &session.report);
    if (status != SQ_OK)
        return status;
    sq_warnings_begin(&ctx->error, &session.report->warnings);
    status = run_all(&session, options);
    sq_dump_free(session.dump);
    sq_recorder_free(session.recorder);
    sq_input_free(session.input);
    sq_stream_feed_close(&session.stream);
    sq_warnings_end(&ctx->error, &session.report->warnings);
    if (status != SQ_OK && status != SQ_EINTERRUPTED) {
        sq_report_free(session.report);
        return status;
    }
    sq_report_finish(session.report);
    *out = session.report;
    return status;
}
