#include "sim/session/run_job.h"

#include "sim/json/warnings_json.h"
#include "sim/report/trace_request.h"
#include "sim/tilings/tilings.h"

#include <uv.h>

enum { MAX_THREADS = 1024, MAX_BATCH = 65536 };

int sq_run_job_begin(struct sq_error *err, const struct sq_network *network, struct sq_run_job *job)
{
    *job = (struct sq_run_job){.err = err, .network = network};
    const int status = sq_report_new(err, network, &job->report);
    if (status == SQ_OK)
        sq_warnings_begin(err, &job->report->warnings);
    return status;
}

/* Batches of samples exist where some neurons take them, and of inputs that have samples. */
static int check_coupling(struct sq_run_job *job, const struct sq_run_choices *options)
{
    const int couples = sq_run_couples(job->network);
    job->report->couple_batch = !couples                    ? 0
                                : options->couple_batch > 0 ? options->couple_batch
                                                            : 1;
    if (options->couple_batch > MAX_BATCH)
        return sq_fail(job->err, SQ_EUSAGE, SQ_OPT "couple-batch: at most %d", MAX_BATCH);
    if (options->couple_batch == 0 || couples)
        return SQ_OK;
    return sq_fail(job->err, SQ_EUSAGE,
                   SQ_OPT "couple-batch: architecture %s has no neurons whose state runs over the "
                          "samples of a batch; leave it out",
                   job->network->graph.architecture);
}

/* The report says what was forced: nothing but times can show it. */
static int take_plan(struct sq_run_job *job, const char *path)
{
    struct spikeq_report *report = job->report;
    report->plan_path = sq_arena_strdup(&report->arena, path);
    if (report->plan_path == NULL)
        return sq_fail(job->err, SQ_ENOMEM, "out of memory for a plan");
    return sq_tilings_read(job->err, path, job->network, &report->arena, &job->forced,
                           &report->plan_layers);
}

int sq_run_job_check(struct sq_run_job *job, const struct sq_run_choices *options)
{
    if (options->threads > MAX_THREADS || options->batch > MAX_BATCH)
        return sq_fail(job->err, SQ_EUSAGE, "at most %d threads and a batch of %d", MAX_THREADS,
                       MAX_BATCH);
    const int status = check_coupling(job, options);
    return status == SQ_OK && options->plan != NULL ? take_plan(job, options->plan) : status;
}

void sq_run_job_size(struct sq_run_job *job, const struct sq_run_choices *options)
{
    struct spikeq_report *report = job->report;
    const enum sq_schedule schedule = options->schedule;
    report->schedule = job->is_stream ? SQ_SCHEDULE_STEP : options->schedule;
    report->threads = options->threads > 0 ? options->threads : uv_available_parallelism();
    report->batch = job->is_stream       ? 1
                    : options->batch > 0 ? options->batch
                                         : sq_run_default_batch(job->network, report->threads,
                                                                schedule, options->dump_reals);
    if (report->n_planned > 0 && report->batch > report->n_planned)
        report->batch = (unsigned)report->n_planned;
    report->batch = sq_run_whole_batches(report->batch, report->couple_batch);
}

int sq_run_job_ask(struct sq_run_job *job, const struct sq_run_choices *options,
                   struct sq_recorder_options *recorder)
{
    *recorder = (struct sq_recorder_options){.path = options->trace.path,
                                             .replace = options->trace.force,
                                             .resume = options->trace.resume,
                                             .in_flight = sq_run_in_flight(job->report->batch),
                                             .isa = options->isa != NULL ? options->isa : "auto"};
    if (recorder->resume && (options->dump_dir != NULL || recorder->replace))
        return sq_fail(job->err, SQ_EUSAGE,
                       SQ_OPT "resume goes with neither " SQ_OPT "dump nor " SQ_OPT "force");
    const int status =
        sq_warnings_note(job->err, &job->report->warnings, &job->report->warnings_text);
    return status == SQ_OK
               ? sq_trace_request_of(job->err, &options->trace, job->report, &recorder->request)
               : status;
}

int sq_run_job_record(struct sq_run_job *job, const struct sq_recorder_options *recorder)
{
    return sq_recorder_open(job->err, job->network, recorder, &job->recorder);
}

/* Times are of the samples that run: beside the counts of others they would be wrong. */
int sq_run_job_profile(struct sq_run_job *job, const struct sq_run_choices *options)
{
    struct spikeq_report *report = job->report;
    if (options->trace.resume)
        return sq_fail(job->err, SQ_EUSAGE,
                       SQ_OPT
                       "profile measures the samples that run, and cannot be combined with " SQ_OPT
                       "resume");
    return sq_profile_open(job->err, &report->arena, job->network->n_nodes, report->threads,
                           &report->profile);
}

static int on_finished(struct sq_error *err, void *data, const struct sq_outcome *outcome)
{
    const struct sq_run_job *job = data;
    int status = sq_report_add(err, job->report, outcome);
    if (status == SQ_OK && job->dump != NULL)
        status = sq_dump_outcome(err, job->dump, outcome);
    if (status == SQ_OK && job->recorder != NULL)
        status = sq_recorder_finished(err, job->recorder, outcome);
    if (status == SQ_OK && job->finished != NULL)
        status = job->finished(err, job->data, outcome);
    return status;
}

static int on_stepped(struct sq_error *err, void *data, const struct sq_step *step)
{
    const struct sq_run_job *job = data;
    return job->stepped(err, job->data, step);
}

int sq_run_job_run(struct sq_error *err, struct sq_run_job *job,
                   const struct sq_run_choices *options, const struct sq_feed *feed)
{
    const struct spikeq_report *report = job->report;
    struct sq_run_options inner = {
        .threads = report->threads,
        .batch = report->batch,
        .couple = report->couple_batch,
        .schedule = report->schedule,
        .isa = options->isa != NULL ? options->isa : "auto",
        .stop_on_sigint = options->stop_on_sigint,
        .forced = job->forced,
        .profile = options->profile ? &job->report->profile : NULL,
        .stepped = job->stepped != NULL ? on_stepped : NULL,
        .finished = on_finished,
        .data = job,
        .progress = options->progress,
        .progress_data = options->progress_data,
        .stop = options->stop,
    };
    if (job->dump != NULL)
        sq_observers_add(&inner.observers, sq_dump_observer(job->dump));
    if (job->recorder != NULL)
        sq_observers_add(&inner.observers, sq_recorder_observer(job->recorder));
    sq_observers_add(&inner.observers, job->observer);
    return sq_run(err, job->network, feed, &inner, &job->report->totals);
}

int sq_run_job_finish(struct sq_run_job *job, int status)
{
    int finished = SQ_OK;
    if (status != SQ_OK && status != SQ_EINTERRUPTED)
        return status;
    if (job->dump != NULL)
        finished = sq_dump_finish(job->err, job->dump, job->report->totals.n_samples);
    if (finished == SQ_OK && job->recorder != NULL)
        finished = sq_trace_end(job->err, job->recorder, job->report,
                                job->is_stream || job->is_open_ended, status == SQ_EINTERRUPTED);
    return finished != SQ_OK ? finished : status;
}

struct spikeq_report *sq_run_job_end(struct sq_run_job *job, int status)
{
    struct spikeq_report *report = job->report;
    sq_dump_free(job->dump);
    sq_recorder_free(job->recorder);
    if (report == NULL)
        return NULL;
    sq_warnings_end(job->err, &report->warnings);
    if (status == SQ_OK || status == SQ_EINTERRUPTED) {
        sq_report_finish(report);
        return report;
    }
    sq_report_free(report);
    return NULL;
}
