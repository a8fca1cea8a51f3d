/* spikeq_run(): open the files, run, and make the report. */
#include "sim/api/context.h"
#include "sim/api/file_run.h"
#include "sim/report/frames_request.h"
#include "sim/report/input_identity.h"
#include "sim/report/input_want.h"

#include <stdio.h>
#include <string.h>

/* How recordings are binned, for the trace too; nothing to do for other inputs. */
static int request_frames(struct sq_file_run *run, const struct sq_run_choices *options)
{
    struct sq_error *err = run->job.err;
    struct sq_frames_choices frames = options->frames;
    const int status = sq_frames_request_of(err, &frames, &run->frame_request);
    if (status != SQ_OK || frames.rule == NULL)
        return status;
    frames.stream = sq_stream_feed_is(options->input, &frames);
    return sq_frames_note(err, &frames, &run->job.report->input_frames);
}

/* A stream has no file to digest and no known length. */
static int open_stream(struct sq_file_run *run, const struct sq_run_choices *options)
{
    struct spikeq_report *report = run->job.report;
    struct sq_error *err = run->job.err;
    char description[256] = "stream";
    run->job.is_stream = 1;
    if (options->input_digest != NULL)
        return sq_fail(err, SQ_EUSAGE,
                       SQ_OPT "input-digest %s: a stream is not known again by anything",
                       options->input_digest);
    const int status = sq_stream_feed_open(err, run->job.network, options->input,
                                           &run->frame_request, options, &run->stream);
    if (status == SQ_OK)
        sq_frame_stream_describe(run->stream.frames, description, sizeof description);
    snprintf(report->input_path, sizeof report->input_path, "%s", options->input);
    report->n_planned = SQ_FEED_ENDLESS; /* it may end before any limit */
    report->totals.isa = options->isa != NULL ? options->isa : "auto"; /* until it runs */
    report->input_description = strdup(description);
    return report->input_description != NULL ? status : sq_fail(err, SQ_ENOMEM, "out of memory");
}

/* What a shard cannot be combined with. */
static int check_shard(struct sq_file_run *run, const struct sq_run_choices *options,
                       struct sq_shard *shard)
{
    struct sq_error *err = run->job.err;
    if (options->input == NULL)
        return sq_fail(err, SQ_EUSAGE, "no input given");
    const int status = sq_shard_parse(err, options->shard, shard);
    if (status != SQ_OK || shard->of == 0)
        return status;
    if (sq_stream_feed_is(options->input, &options->frames))
        return sq_fail(err, SQ_EUSAGE,
                       SQ_OPT "shard %s: a stream cannot be divided: leave it out, or give a file",
                       options->shard);
    if (options->dump_dir != NULL)
        return sq_fail(err, SQ_EUSAGE,
                       SQ_OPT "shard cannot be combined with " SQ_OPT
                              "dump, whose arrays have no room for the numbers of samples; record "
                              "a " SQ_OPT "trace");
    return SQ_OK;
}

int sq_file_run_open(struct sq_file_run *run, const struct sq_run_choices *options,
                     const struct sq_shard *shard)
{
    struct sq_input_want want = sq_input_want_of(run->job.network);
    struct sq_error *err = run->job.err;
    struct spikeq_report *report = run->job.report;
    want.frame_request = options->frames.rule != NULL ? &run->frame_request : NULL;
    if (options->dump_reals && options->dump_dir == NULL)
        return sq_fail(err, SQ_EUSAGE,
                       SQ_OPT "dump-reals adds to what " SQ_OPT "dump writes: give that too");
    int status = sq_run_job_check(&run->job, options);
    if (status == SQ_OK)
        status = request_frames(run, options);
    if (status == SQ_OK && sq_stream_feed_is(options->input, &options->frames))
        return open_stream(run, options);
    if (status == SQ_OK)
        status =
            sq_input_open(err, options->input, options->labels, &want, options->limit, &run->input);
    if (status != SQ_OK)
        return status;
    snprintf(report->input_path, sizeof report->input_path, "%s", options->input);
    report->input_description = strdup(sq_input_description(run->input));
    return report->input_description != NULL
               ? sq_run_share_take(&run->job, shard, sq_input_count(run->input), &run->share)
               : sq_fail(err, SQ_ENOMEM, "out of memory");
}

static int open_trace(struct sq_file_run *run, const struct sq_run_choices *options)
{
    struct sq_recorder_options recorder;
    int status = sq_run_job_ask(&run->job, options, &recorder);
    if (status == SQ_OK && recorder.resume)
        status = sq_run_share_resume(&run->job, &recorder, &run->share);
    return status == SQ_OK ? sq_run_job_record(&run->job, &recorder) : status;
}

/* A stream is reported step by step. */
static int on_stepped(struct sq_error *err, void *data, const struct sq_step *step)
{
    struct sq_file_run *run = data;
    (void)err;
    return sq_stream_feed_stepped(&run->stream, step);
}

static int go(struct sq_file_run *run, const struct sq_run_choices *options)
{
    struct sq_run_choices inner = *options;
    struct sq_feed feed;
    int status = SQ_OK;
    if (run->job.is_stream) {
        feed = sq_stream_feed_of(&run->stream, options->limit, options->frames.carry);
        inner.progress = NULL;
        run->job.stepped = on_stepped;
        run->job.data = run;
    } else {
        feed = sq_feed_of_input(run->input);
        status = sq_run_share_feed(run->job.err, &run->share, &feed);
    }
    if (status != SQ_OK)
        return status;
    return sq_run_job_run(run->job.err, &run->job, &inner, &feed);
}

void sq_file_run_keep_counts(struct sq_file_run *run, int status)
{
    struct spikeq_report *report = run->job.report;
    const struct sq_frame_counts *counts = NULL;
    if (run->input != NULL)
        counts = sq_input_frame_counts(run->input);
    if (run->stream.frames != NULL)
        counts = sq_frame_stream_counts(run->stream.frames);
    if (counts == NULL || run->share.lacks_counts || run->rank.lacks_counts)
        return;
    report->has_frames = 1;
    sq_frame_counts_sum(&report->frames, counts);
    if (!run->job.is_stream)
        return;
    sq_frame_stream_is_cut(run->stream.frames, report->input_end, sizeof report->input_end);
    report->n_stream_frames = run->stream.n_frames;
    report->n_left_frames =
        report->n_stream_frames - report->totals.n_samples * run->stream.timesteps;
    if (status == SQ_OK)
        report->n_planned = report->totals.n_samples; /* a stream's length is known now */
}

/* The whole run, into the report made before. */
static int run_all(struct sq_file_run *run, const struct sq_run_choices *options)
{
    struct sq_run_job *job = &run->job;
    struct sq_shard shard;
    int status = check_shard(run, options, &shard);
    if (status == SQ_OK)
        status = sq_file_run_open(run, options, &shard);
    if (status == SQ_OK && run->input != NULL)
        status = sq_report_identify_input(job->err, options->input_digest, run->input, job->report);
    if (status == SQ_OK || status == SQ_EINTERRUPTED)
        sq_run_job_size(job, options);
    if (status == SQ_OK && options->trace.path != NULL)
        status = open_trace(run, options);
    if (status == SQ_OK && options->dump_dir != NULL)
        status = sq_dump_open(job->err, job->network, options->dump_dir, options->dump_reals,
                              job->is_stream ? options->limit : job->report->n_planned, &job->dump);
    if (status == SQ_OK && options->profile)
        status = sq_run_job_profile(job, options);
    if (status == SQ_OK)
        status = go(run, options);
    sq_file_run_keep_counts(run, status);
    return sq_run_job_finish(job, status);
}

void sq_file_run_close(struct sq_file_run *run)
{
    sq_run_share_free(&run->share);
    sq_rank_share_free(&run->rank);
    sq_input_free(run->input);
    sq_stream_feed_close(&run->stream);
}

static int run_alone(struct sq_error *err, const struct sq_network *network,
                     const struct sq_run_choices *options, struct spikeq_report **out)
{
    struct sq_file_run run = {.input = NULL};
    int status = sq_run_job_begin(err, network, &run.job);
    if (status != SQ_OK)
        return status;
    status = run_all(&run, options);
    struct spikeq_report *report = sq_run_job_end(&run.job, status);
    sq_file_run_close(&run);
    if (report != NULL)
        *out = report;
    return status;
}

int sq_api_run(spikeq_ctx *ctx, const spikeq_network *network, const struct sq_run_choices *options,
               spikeq_report **out)
{
    struct sq_error *err = &ctx->error;
    const struct sq_network *of = sq_network_of(network);
    if (options->dry_run_ranks > 0 && ctx->cluster != NULL)
        return sq_fail(err, SQ_EUSAGE,
                       SQ_OPT
                       "dry-run-ranks cannot be combined with mpirun, whose processes are ranks");
    if (options->dry_run_ranks > 0)
        return sq_run_dry_ranks(err, of, options, out);
    if (ctx->cluster != NULL)
        return sq_run_ranks(err, of, options, ctx->cluster, out);
    return sq_run_resumes_ranks(options) ? sq_run_only_rank(err, of, options, out)
                                         : run_alone(err, of, options, out);
}
