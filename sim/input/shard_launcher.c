/* What launchers of clusters set for each of the processes that they start. In the order of precedence:
 *
 *   1. the rank of a process: OMPI_COMM_WORLD_RANK of _SIZE (Open MPI), else PMI_RANK of PMI_SIZE (MPICH and
 *      others), else SLURM_PROCID of SLURM_NTASKS (srun); all count from 0
 *   2. the task of an array: SLURM_ARRAY_TASK_ID, less SLURM_ARRAY_TASK_MIN, of SLURM_ARRAY_TASK_COUNT
 *   3. JOB_COMPLETION_INDEX (a Kubernetes indexed job), from 0, which does not say how many there are
 *
 * A rank that is alone (of 1) says nothing where an array or a job divides the work; where both divide it,
 * it is refused, as two processes would take the same samples. */
#include "sim/input/shard.h"

#include "kernels/base/option_names.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What one launcher said: from 0; of 0: it does not say. */
struct claim {
    uint64_t index, of;
    const char *index_name, *of_name; /* index_name NULL: it said nothing */
};

/* A variable that is set; 0: it is not. SQ_EUSAGE where it is no whole number. */
static int take(struct sq_error *err, const char *name, uint64_t *value, int *is_set)
{
    const char *text = getenv(name);
    char *end = NULL;
    *is_set = text != NULL && text[0] != '\0';
    if (!*is_set)
        return SQ_OK;
    errno = 0;
    *value = text[0] >= '0' && text[0] <= '9' ? strtoull(text, &end, 10) : 0;
    if (end != NULL && *end == '\0' && errno == 0 && *value <= INT64_MAX)
        return SQ_OK;
    return sq_fail(err, SQ_EUSAGE,
                   SQ_OPT "shard auto: %s is \"%.40s\", expected a whole number; give " SQ_OPT
                          "shard I/N",
                   name, text);
}

/* Two variables that belong together. */
static int take_pair(struct sq_error *err, const char *index, const char *of, struct claim *claim)
{
    int has_index, has_of = 0;
    int status = take(err, index, &claim->index, &has_index);
    if (status == SQ_OK)
        status = take(err, of, &claim->of, &has_of);
    if (status != SQ_OK || !has_index)
        return status;
    if (!has_of)
        return sq_fail(err, SQ_EUSAGE,
                       SQ_OPT "shard auto: %s is set, %s is not; give " SQ_OPT "shard I/N", index,
                       of);
    if (claim->index >= claim->of)
        return sq_fail(err, SQ_EUSAGE,
                       SQ_OPT "shard auto: %s is %" PRIu64 ", %s is %" PRIu64
                              ": there is no such process; give " SQ_OPT "shard I/N",
                       index, claim->index, of, claim->of);
    claim->index_name = index;
    claim->of_name = of;
    return SQ_OK;
}

static int differ(const struct claim *a, const struct claim *b)
{
    return a->index != b->index || a->of != b->of;
}

/* The rank of this process, by the innermost launcher. */
static int take_rank(struct sq_error *err, struct claim *rank)
{
    struct claim open = {0}, pmi = {0};
    int status = take_pair(err, "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", &open);
    if (status == SQ_OK)
        status = take_pair(err, "PMI_RANK", "PMI_SIZE", &pmi);
    if (status == SQ_OK && open.index_name != NULL && pmi.index_name != NULL && differ(&open, &pmi))
        return sq_fail(err, SQ_EUSAGE,
                       SQ_OPT "shard auto: %s of %s is %" PRIu64 " of %" PRIu64
                              ", but %s of %s is %" PRIu64 " of %" PRIu64 "; give " SQ_OPT
                              "shard I/N",
                       open.index_name, open.of_name, open.index, open.of, pmi.index_name,
                       pmi.of_name, pmi.index, pmi.of);
    if (status != SQ_OK)
        return status;
    *rank = open.index_name != NULL ? open : pmi;
    /* A batch script has SLURM_PROCID 0, and SLURM_NTASKS only where its job asked for tasks. */
    return rank->index_name != NULL || getenv("SLURM_NTASKS") == NULL
               ? SQ_OK
               : take_pair(err, "SLURM_PROCID", "SLURM_NTASKS", rank);
}

/* Ids of an array: MIN, MIN + STEP, ..., MAX; a list with holes has fewer than these. */
static int number_task(struct sq_error *err, struct claim *task)
{
    uint64_t least = 0, most = 0, step = 1;
    int has_least = 0, has_most = 0, has_step = 0;
    int status = take(err, "SLURM_ARRAY_TASK_MIN", &least, &has_least);
    if (status == SQ_OK)
        status = take(err, "SLURM_ARRAY_TASK_MAX", &most, &has_most);
    if (status == SQ_OK)
        status = take(err, "SLURM_ARRAY_TASK_STEP", &step, &has_step);
    if (status != SQ_OK)
        return status;
    step = has_step && step > 0 ? step : 1;
    const uint64_t id = task->index, off = id - least;
    if (!has_least)
        return sq_fail(err, SQ_EUSAGE,
                       SQ_OPT
                       "shard auto: SLURM_ARRAY_TASK_ID is set, SLURM_ARRAY_TASK_MIN is not; "
                       "give " SQ_OPT "shard I/N");
    if (id < least || off % step > 0 || off / step >= task->of ||
        (has_most && (most < least || (most - least) / step + 1 != task->of)))
        return sq_fail(err, SQ_EUSAGE,
                       SQ_OPT "shard auto: task %" PRIu64
                              " of the Slurm array is not one of %" PRIu64 " in a row from %" PRIu64
                              " (SLURM_ARRAY_TASK_ID, _COUNT, _MIN, _MAX, "
                              "_STEP); give " SQ_OPT "shard I/N",
                       id, task->of, least);
    task->index = off / step;
    return SQ_OK;
}

static int take_array(struct sq_error *err, struct claim *task)
{
    int has_id, has_count = 0;
    int status = take(err, "SLURM_ARRAY_TASK_ID", &task->index, &has_id);
    if (status == SQ_OK)
        status = take(err, "SLURM_ARRAY_TASK_COUNT", &task->of, &has_count);
    if (status != SQ_OK || !has_id)
        return status;
    if (!has_count)
        return sq_fail(err, SQ_EUSAGE,
                       SQ_OPT "shard auto: SLURM_ARRAY_TASK_ID is set, SLURM_ARRAY_TASK_COUNT is "
                              "not; give " SQ_OPT "shard I/N");
    task->index_name = "SLURM_ARRAY_TASK_ID";
    task->of_name = "SLURM_ARRAY_TASK_COUNT";
    return number_task(err, task);
}

static int take_job(struct sq_error *err, struct claim *job)
{
    int is_set;
    const int status = take(err, "JOB_COMPLETION_INDEX", &job->index, &is_set);
    job->index_name = status == SQ_OK && is_set ? "JOB_COMPLETION_INDEX" : NULL;
    return status;
}

/* Of a rank and a task, the one that divides the work. */
static int choose(struct sq_error *err, const struct claim *rank, const struct claim *task,
                  struct claim *chosen)
{
    const int has_rank = rank->index_name != NULL, has_task = task->index_name != NULL;
    *chosen = has_rank && (!has_task || task->of == 1) ? *rank : *task;
    if (has_rank && has_task && rank->of > 1 && task->of != 1)
        return sq_fail(err, SQ_EUSAGE,
                       SQ_OPT "shard auto: %s and %s both divide the work; give " SQ_OPT
                              "shard I/N",
                       rank->of_name, task->index_name);
    if (has_rank || has_task)
        return SQ_OK;
    return sq_fail(err, SQ_EUSAGE,
                   SQ_OPT "shard auto: no launcher says which shard this is (OMPI_COMM_WORLD_RANK, "
                          "PMI_RANK, SLURM_PROCID, SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX); "
                          "give " SQ_OPT "shard I/N");
}

/* How many there are: as the launcher says, or as the user does. */
static int settle(struct sq_error *err, const struct claim *chosen, uint64_t of,
                  struct sq_shard *shard)
{
    if (chosen->of > 0 && of > 0 && chosen->of != of)
        return sq_fail(err, SQ_EUSAGE,
                       SQ_OPT "shard auto/%" PRIu64 ": but %s is %" PRIu64 "; give " SQ_OPT
                              "shard I/%" PRIu64,
                       of, chosen->of_name, chosen->of, of);
    shard->of = chosen->of > 0 ? chosen->of : of;
    shard->index = chosen->index + 1;
    if (shard->of == 0)
        return sq_fail(err, SQ_EUSAGE,
                       SQ_OPT "shard auto: %s does not say how many shards there are; give " SQ_OPT
                              "shard auto/N",
                       chosen->index_name);
    if (shard->index > shard->of || shard->of > SQ_MAX_SHARDS)
        return sq_fail(err, SQ_EUSAGE,
                       SQ_OPT "shard auto: %s makes this shard %" PRIu64 " of %" PRIu64
                              ", expected up to %d in all",
                       chosen->index_name, shard->index, shard->of, SQ_MAX_SHARDS);
    if (chosen->of_name != NULL)
        snprintf(shard->source, sizeof shard->source, "%s=%s, %s=%s", chosen->index_name,
                 getenv(chosen->index_name), chosen->of_name, getenv(chosen->of_name));
    else
        snprintf(shard->source, sizeof shard->source, "%s=%s", chosen->index_name,
                 getenv(chosen->index_name));
    return SQ_OK;
}

int sq_shard_of_launcher(struct sq_error *err, uint64_t of, struct sq_shard *shard)
{
    struct claim rank = {0}, task = {0}, chosen = {0};
    int status = take_rank(err, &rank);
    if (status == SQ_OK)
        status = take_array(err, &task);
    if (status == SQ_OK && task.index_name == NULL)
        status = take_job(err, &task);
    if (status == SQ_OK)
        status = choose(err, &rank, &task, &chosen);
    return status == SQ_OK ? settle(err, &chosen, of, shard) : status;
}
