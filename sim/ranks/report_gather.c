#include "sim/ranks/report_gather.h"

#include <stdlib.h>
#include <string.h>

/* Counts of a report that lie in no array: labels, samples, additions, events of recordings. */
enum { N_FRAME_COUNTS = sizeof(struct sq_frame_counts) / sizeof(uint64_t) };

_Static_assert(sizeof(struct sq_frame_counts) == N_FRAME_COUNTS * sizeof(uint64_t),
               "counts of events are an array of 64-bit integers");

struct totals {
    uint64_t n_labelled, n_correct, n_samples,
        not_counts;                           /* ranks with pixels that are no counts */
    uint64_t n_recorded, recorded_not_counts; /* the same of what is priced */
    uint64_t sops[3], has_frames, frames[N_FRAME_COUNTS];
};

enum { N_TOTALS = sizeof(struct totals) / sizeof(uint64_t) };

static struct totals totals_of(const struct spikeq_report *report)
{
    const struct sq_counters *counters = sq_record_counters_of(report->record);
    struct totals totals = {.n_labelled = report->n_labelled,
                            .n_correct = report->n_correct,
                            .n_samples = report->totals.n_samples,
                            .not_counts = !report->totals.pixels_are_counts,
                            .n_recorded = counters->n_samples,
                            .recorded_not_counts = !counters->pixels_are_counts,
                            .sops = {report->sops.all, report->sops.first, report->sops.n_counts},
                            .has_frames = report->has_frames != 0};
    memcpy(totals.frames, &report->frames, sizeof totals.frames);
    return totals;
}

static void set_totals(const struct totals *totals, struct spikeq_report *report)
{
    struct sq_counters *counters = sq_record_counters_of(report->record);
    report->n_labelled = totals->n_labelled;
    report->n_correct = totals->n_correct;
    report->totals.n_samples = totals->n_samples;
    report->totals.pixels_are_counts = totals->not_counts == 0;
    counters->n_samples = totals->n_recorded;
    counters->pixels_are_counts = totals->recorded_not_counts == 0;
    report->sops = (struct sq_sops){totals->sops[0], totals->sops[1], totals->sops[2]};
    report->has_frames = totals->has_frames > 0;
    memcpy(&report->frames, totals->frames, sizeof totals->frames);
}

static int sum_totals(struct sq_error *err, struct sq_cluster *cluster,
                      struct spikeq_report *report)
{
    const struct sq_network *network = report->network;
    struct totals totals = totals_of(report);
    int status = sq_cluster_sum(err, cluster, (uint64_t *)&totals, N_TOTALS);
    if (status == SQ_OK)
        status = sq_cluster_sum(err, cluster, (uint64_t *)report->totals.tally,
                                network->n_nodes * network->config.timesteps *
                                    (sizeof *report->totals.tally / sizeof(uint64_t)));
    if (status == SQ_OK && cluster->rank == 0)
        set_totals(&totals, report);
    return status;
}

/* Times of nodes: each rank has as many rows as threads, and adds them up in the first. */
static int sum_profile(struct sq_error *err, struct sq_cluster *cluster,
                       struct spikeq_report *report)
{
    const struct sq_profile *profile = &report->profile;
    const size_t n = profile->n_nodes;
    if (profile->ns == NULL)
        return SQ_OK;
    for (size_t i = n; i < n * report->threads; i++) {
        profile->ns[i % n] += profile->ns[i];
        profile->ns[i] = 0;
    }
    return sq_cluster_sum(err, cluster, profile->ns, n);
}

/* A group of calls of operation number `op`, without its steps. */
struct group_head {
    size_t op;
    struct sq_op_group group; /* without the arrays of its rank */
    int has_exact;
    struct sq_exact_sum exact;
};

static size_t count_groups(const struct sq_counters *counters)
{
    size_t n = 0;
    for (size_t i = 0; i < counters->n_ops; i++)
        n += counters->op[i].n_groups;
    return n;
}

/* What is known of each group but its steps; SQ_ENOMEM. */
static int list_groups(struct sq_error *err, const struct sq_counters *counters,
                       struct group_head **out, size_t *n)
{
    struct group_head *head = calloc(count_groups(counters) + 1, sizeof *head);
    *n = 0;
    if (head == NULL)
        return sq_fail(err, SQ_ENOMEM, "out of memory for the counters of all ranks");
    for (size_t i = 0; i < counters->n_ops; i++)
        for (size_t g = 0; g < counters->op[i].n_groups; g++) {
            const struct sq_op_group *group = &counters->op[i].group[g];
            struct group_head *one = &head[(*n)++];
            *one = (struct group_head){.op = i, .group = *group, .has_exact = group->exact != NULL};
            if (one->has_exact)
                one->exact = *group->exact;
            one->group.step = NULL;
            one->group.exact = NULL;
        }
    *out = head;
    return SQ_OK;
}

/* Rank 0 takes a group of another rank: all but the steps, which are added later. */
static int take_group(struct sq_error *err, struct sq_counters *counters, struct group_head *head,
                      struct sq_op_count *no_steps)
{
    struct sq_op_group call = head->group;
    if (head->op >= counters->n_ops || call.n_steps > counters->timesteps)
        return sq_fail(err, SQ_ESHAPE, "another rank runs another network");
    call.step = no_steps;
    call.exact = head->has_exact ? &head->exact : NULL;
    return sq_op_add_call(err, counters, &counters->op[head->op], &call);
}

static int take_groups(struct sq_error *err, const struct sq_cluster *cluster,
                       const struct sq_gathered *all, struct sq_counters *counters)
{
    struct sq_op_count *no_steps = calloc(counters->timesteps + 1, sizeof *no_steps);
    int status = no_steps != NULL
                     ? SQ_OK
                     : sq_fail(err, SQ_ENOMEM, "out of memory for the counters of all ranks");
    for (unsigned rank = 1; rank < cluster->size; rank++) {
        size_t bytes;
        const unsigned char *from = sq_gathered_of(all, rank, &bytes);
        for (size_t at = 0; status == SQ_OK && at < bytes; at += sizeof(struct group_head)) {
            struct group_head head;
            memcpy(&head, from + at, sizeof head);
            status = take_group(err, counters, &head, no_steps);
        }
    }
    free(no_steps);
    return status;
}

/* Rank 0 learns of every group that any rank has, and every rank of them all: *head, of *n. */
static int unite_groups(struct sq_error *err, struct sq_cluster *cluster,
                        struct sq_counters *counters, struct group_head **head, size_t *n)
{
    struct sq_gathered all = {.bytes = NULL};
    uint64_t n_all = 0;
    int status = sq_cluster_agree(err, cluster, list_groups(err, counters, head, n));
    if (status == SQ_OK)
        status = sq_cluster_gather(err, cluster, *head, *n * sizeof **head, &all);
    if (status == SQ_OK && cluster->rank == 0) {
        status = take_groups(err, cluster, &all, counters);
        free(*head);
        *head = NULL;
        if (status == SQ_OK)
            status = list_groups(err, counters, head, n);
        n_all = *n;
    }
    sq_gathered_free(&all);
    status = sq_cluster_agree(err, cluster, status);
    if (status == SQ_OK)
        status = sq_cluster_share(err, cluster, &n_all, sizeof n_all);
    if (status == SQ_OK && cluster->rank > 0) {
        free(*head);
        *head = calloc(n_all + 1, sizeof **head);
        status = *head != NULL ? SQ_OK : sq_fail(err, SQ_ENOMEM, "out of memory for counters");
    }
    *n = n_all;
    status = sq_cluster_agree(err, cluster, status);
    return status == SQ_OK ? sq_cluster_share(err, cluster, *head, n_all * sizeof **head) : status;
}

/* The rank's own steps of a group; NULL: it has no such calls. */
static struct sq_op_count *steps_of(const struct sq_counters *counters,
                                    const struct group_head *head)
{
    const struct sq_op_group *own = sq_op_group_like(&counters->op[head->op], &head->group);
    return own != NULL ? own->step : NULL;
}

/* Between the steps of a rank's groups and one array of those of all groups, into it or out of it; where the rank has
 * no such group, nothing. */
static void copy_steps(const struct sq_counters *counters, const struct group_head *head, size_t n,
                       struct sq_op_count *step, int into)
{
    for (size_t i = 0; i < n; i++) {
        struct sq_op_count *own = steps_of(counters, &head[i]);
        const size_t bytes = head[i].group.n_steps * sizeof *own;
        if (own != NULL)
            memcpy(into ? step : own, into ? own : step, bytes);
        step += head[i].group.n_steps;
    }
}

/* Steps of all groups added over the ranks, and back into rank 0's groups. */
static int sum_steps(struct sq_error *err, struct sq_cluster *cluster,
                     const struct sq_counters *counters, const struct group_head *head, size_t n)
{
    size_t n_steps = 0;
    for (size_t i = 0; i < n; i++)
        n_steps += head[i].group.n_steps;
    struct sq_op_count *step = calloc(n_steps + 1, sizeof *step);
    int status = step != NULL
                     ? SQ_OK
                     : sq_fail(err, SQ_ENOMEM, "out of memory for the counters of all ranks");
    status = sq_cluster_agree(err, cluster, status);
    if (status == SQ_OK && step != NULL) {
        copy_steps(counters, head, n, step, 1);
        status = sq_cluster_sum(err, cluster, (uint64_t *)step,
                                n_steps * (sizeof *step / sizeof(uint64_t)));
        if (status == SQ_OK && cluster->rank == 0)
            copy_steps(counters, head, n, step, 0);
    }
    free(step);
    return status;
}

static int sum_counters(struct sq_error *err, struct sq_cluster *cluster,
                        struct sq_counters *counters)
{
    struct group_head *head = NULL;
    size_t n;
    int status = unite_groups(err, cluster, counters, &head, &n);
    if (status == SQ_OK)
        status = sum_steps(err, cluster, counters, head, n);
    free(head);
    return status;
}

/* What each sample cost, of the other ranks behind those of rank 0; in any order. */
static int gather_samples(struct sq_error *err, struct sq_cluster *cluster,
                          struct sq_samples *samples)
{
    struct sq_gathered all;
    int status = sq_cluster_gather(err, cluster, samples->sample,
                                   samples->n * sizeof *samples->sample, &all);
    for (unsigned rank = 1; cluster->rank == 0 && rank < cluster->size; rank++) {
        size_t bytes = 0;
        const unsigned char *from =
            status == SQ_OK ? sq_gathered_of(&all, rank, &bytes) : all.bytes;
        for (size_t at = 0; status == SQ_OK && at < bytes; at += sizeof(struct sq_sample)) {
            struct sq_sample sample;
            memcpy(&sample, from + at, sizeof sample);
            status = sq_samples_add(err, samples, &sample);
        }
    }
    sq_gathered_free(&all);
    return status;
}

/* Rank 0 warns of what other ranks found, once for each name that it did not warn of itself. */
static int take_warnings(struct sq_error *err, const struct sq_warnings *list,
                         const struct sq_warning *item, size_t n)
{
    struct sq_warnings found = {.n = 0};
    for (size_t i = 0; i < n && found.n < SQ_MAX_WARNINGS; i++) {
        struct sq_warning *one = &found.item[found.n];
        int is_known = 0;
        memcpy(one, &item[i], sizeof *one);
        for (unsigned k = 0; k < list->n; k++)
            is_known |= strcmp(list->item[k].name, one->name) == 0;
        found.n += !is_known;
    }
    return sq_warnings_repeat(err, &found);
}

static int gather_warnings(struct sq_error *err, struct sq_cluster *cluster,
                           const struct sq_warnings *list)
{
    struct sq_gathered all;
    int status = sq_cluster_gather(err, cluster, list->item, list->n * sizeof list->item[0], &all);
    for (unsigned rank = 1; status == SQ_OK && cluster->rank == 0 && rank < cluster->size; rank++) {
        size_t bytes;
        const unsigned char *from = sq_gathered_of(&all, rank, &bytes);
        status = take_warnings(err, list, (const void *)from, bytes / sizeof list->item[0]);
    }
    sq_gathered_free(&all);
    return status;
}

int sq_report_gather(struct sq_error *err, struct sq_cluster *cluster, struct spikeq_report *report)
{
    if (cluster->size == 1)
        return SQ_OK;
    int status = sum_totals(err, cluster, report);
    if (status == SQ_OK)
        status = sum_profile(err, cluster, report);
    if (status == SQ_OK)
        status = sum_counters(err, cluster, sq_record_counters_of(report->record));
    if (status == SQ_OK)
        status = gather_samples(err, cluster, sq_record_samples_of(report->record));
    status = sq_cluster_agree(err, cluster, status);
    if (status == SQ_OK)
        status = gather_warnings(err, cluster, &report->warnings);
    return sq_cluster_agree(err, cluster, status);
}
