/* spikeq_run() by several ranks, each of which runs this with its own end of the cluster. */
#include "sim/api/file_run.h"

#include "sim/report/frames_request.h"

#include <unistd.h>
#include <uv.h>

/* One call, of all ranks of a dry run or of this process. */
struct call {
    const struct sq_network *network;
    const struct sq_run_choices *options;
    struct spikeq_report **out;
    int out_of_all; /* 1: every rank has its own `out`; 0: it is rank 0's */
};

/* What is of one process alone. */
static int check_options(struct sq_error *err, const struct sq_run_choices *options)
{
    if (options->input == NULL)
        return sq_fail(err, SQ_EUSAGE, "no input given");
    if (options->shard != NULL)
        return sq_fail(err, SQ_EUSAGE,
                       SQ_OPT "shard cannot be combined with ranks, to which samples are dealt");
    if (sq_stream_feed_is(options->input, &options->frames))
        return sq_fail(err, SQ_EUSAGE, "a stream runs as one rank: it cannot be divided");
    if (options->dump_dir != NULL)
        return sq_fail(err, SQ_EUSAGE,
                       SQ_OPT "dump writes arrays of one process; record a " SQ_OPT
                              "trace with several ranks");
    return SQ_OK;
}

/* Compute threads of a rank, where nobody says: its share of the processors, unless the launcher bound it to
 * some of them. */
static unsigned threads_of(const struct sq_cluster *cluster)
{
    const long online = sysconf(_SC_NPROCESSORS_ONLN);
    const unsigned there = uv_available_parallelism();
    const unsigned share = there / cluster->machine_size;
    return online > 0 && there < (unsigned)online ? there : share > 0 ? share : 1;
}

static int open_all(struct sq_file_run *run, struct sq_cluster *cluster,
                    const struct sq_run_choices *options)
{
    static const struct sq_shard undivided = {.of = 0};
    struct sq_run_job *job = &run->job;
    int status = sq_file_run_open(run, options, &undivided);
    status = sq_cluster_agree(job->err, cluster, status);
    if (status == SQ_OK)
        status = sq_rank_share_take(&run->rank, cluster, job, options, run->input);
    if (status != SQ_OK)
        return status;
    sq_run_job_size(job, options);
    job->report->totals.isa = options->isa != NULL ? options->isa : "auto"; /* until it runs */
    if (options->profile)
        status = sq_cluster_agree(job->err, cluster, sq_run_job_profile(job, options));
    return status == SQ_OK && options->trace.path != NULL
               ? sq_rank_share_record(&run->rank, options)
               : status;
}

static int run_all(struct sq_file_run *run, struct sq_cluster *cluster,
                   const struct sq_run_choices *options)
{
    struct sq_run_choices inner = *options;
    if (inner.threads == 0)
        inner.threads = threads_of(cluster);
    int status = open_all(run, cluster, &inner);
    if (status != SQ_OK)
        return status;
    struct sq_feed feed = sq_feed_of_input(run->input);
    status = sq_rank_share_run(&run->rank, &inner, &feed);
    if (status != SQ_OK && status != SQ_EINTERRUPTED)
        return status;
    sq_file_run_keep_counts(run, status);
    return sq_rank_share_finish(&run->rank, &inner, status);
}

static int run_rank(struct sq_error *err, void *data, struct sq_cluster *cluster)
{
    const struct call *call = data;
    struct sq_file_run run = {.input = NULL};
    int status = check_options(err, call->options);
    if (status == SQ_OK)
        status = sq_run_job_begin(err, call->network, &run.job);
    const int began = status == SQ_OK;
    status = sq_cluster_agree(err, cluster, status);
    if (status == SQ_OK)
        status = run_all(&run, cluster, call->options);
    struct spikeq_report *report = began ? sq_run_job_end(&run.job, status) : NULL;
    sq_file_run_close(&run);
    if (report != NULL && (cluster->rank == 0 || call->out_of_all))
        *call->out = report;
    else
        sq_report_free(report);
    return status;
}

int sq_run_ranks(struct sq_error *err, const struct sq_network *network,
                 const struct sq_run_choices *options, struct sq_cluster *cluster,
                 struct spikeq_report **out)
{
    struct call call = {network, options, out, 1};
    return run_rank(err, &call, cluster);
}

int sq_run_dry_ranks(struct sq_error *err, const struct sq_network *network,
                     const struct sq_run_choices *options, struct spikeq_report **out)
{
    struct call call = {network, options, out, 0};
    return sq_cluster_dry_run(err, options->dry_run_ranks, run_rank, &call);
}

int sq_run_only_rank(struct sq_error *err, const struct sq_network *network,
                     const struct sq_run_choices *options, struct spikeq_report **out)
{
    struct sq_cluster *cluster = NULL;
    int status = sq_cluster_local(err, &cluster);
    if (status == SQ_OK)
        status = sq_run_ranks(err, network, options, cluster, out);
    sq_cluster_free(cluster);
    return status;
}

int sq_run_resumes_ranks(const struct sq_run_choices *options)
{
    struct sq_parts parts = {.n = 0};
    const int is_asked = options->trace.resume && options->trace.path != NULL;
    const int are_there =
        is_asked && sq_parts_find(NULL, options->trace.path, &parts) == SQ_OK && parts.n > 0;
    sq_parts_free(&parts);
    return are_there;
}
