#include "sim/cluster/cluster.h"

#include <stdlib.h>
#include <string.h>

void sq_cluster_free(struct sq_cluster *cluster)
{
    if (cluster != NULL)
        cluster->form->free(cluster);
}

int sq_cluster_meet(struct sq_error *err, struct sq_cluster *cluster)
{
    return cluster->form->meet(err, cluster);
}

int sq_cluster_meet_machine(struct sq_error *err, struct sq_cluster *cluster)
{
    return cluster->form->meet_machine(err, cluster);
}

int sq_cluster_sum(struct sq_error *err, struct sq_cluster *cluster, uint64_t *value, size_t n)
{
    return cluster->form->sum(err, cluster, value, n);
}

int sq_cluster_share(struct sq_error *err, struct sq_cluster *cluster, void *bytes, size_t n)
{
    return cluster->form->share(err, cluster, bytes, n);
}

int sq_cluster_gather(struct sq_error *err, struct sq_cluster *cluster, const void *bytes, size_t n,
                      struct sq_gathered *all)
{
    *all = (struct sq_gathered){.bytes = NULL};
    return cluster->form->gather(err, cluster, bytes, n, all);
}

int sq_gathered_begin(struct sq_error *err, unsigned size, size_t bytes, struct sq_gathered *all)
{
    const size_t ends = size * sizeof *all->end;
    all->end = calloc(1, ends + bytes);
    if (all->end == NULL)
        return sq_fail(err, SQ_ENOMEM, "out of memory for what %u ranks give", size);
    all->bytes = (unsigned char *)all->end + ends;
    return SQ_OK;
}

void sq_gathered_add(unsigned rank, const void *bytes, size_t n, struct sq_gathered *all)
{
    const size_t begin = rank > 0 ? all->end[rank - 1] : 0;
    if (n > 0)
        memcpy(all->bytes + begin, bytes, n);
    all->end[rank] = begin + n;
}

void sq_gathered_free(struct sq_gathered *all)
{
    free(all->end);
    *all = (struct sq_gathered){.bytes = NULL};
}

const unsigned char *sq_gathered_of(const struct sq_gathered *all, unsigned rank, size_t *n)
{
    const size_t begin = rank > 0 ? all->end[rank - 1] : 0;
    *n = all->end[rank] - begin;
    return all->bytes + begin;
}

int sq_cluster_open_desk(struct sq_error *err, struct sq_cluster *cluster,
                         const struct sq_desk *desk)
{
    return cluster->form->open_desk(err, cluster, desk);
}

int sq_cluster_ask(struct sq_error *err, struct sq_cluster *cluster,
                   const struct sq_question *question)
{
    return cluster->form->ask(err, cluster, question);
}

int sq_cluster_hear(struct sq_error *err, struct sq_cluster *cluster, struct sq_block *block)
{
    return cluster->form->hear(err, cluster, block);
}

int sq_cluster_close_desk(struct sq_error *err, struct sq_cluster *cluster,
                          const struct sq_question *last)
{
    return cluster->form->close_desk(err, cluster, last);
}

int sq_cluster_take_machine_memory(struct sq_error *err, struct sq_cluster *cluster, size_t bytes,
                                   struct sq_machine_memory *memory)
{
    *memory = (struct sq_machine_memory){.base = NULL, .is_filler = 1};
    return cluster->machine_size > 1
               ? cluster->form->take_machine_memory(err, cluster, bytes, memory)
               : SQ_OK;
}

void sq_cluster_abort(struct sq_cluster *cluster)
{
    cluster->form->abort(cluster);
}

/* A rank's status and its sentence, as it travels. */
struct verdict {
    int status;
    int is_common; /* all ranks say so */
    unsigned rank;
    struct sq_error error;
};

static int is_worse(int status, int than)
{
    return status != SQ_OK && (than == SQ_OK || (than == SQ_EINTERRUPTED && status != than));
}

/* The verdict on all ranks: the first failure, or else the first that was interrupted. */
static struct verdict judge(const struct sq_gathered *all, unsigned size)
{
    struct verdict worst = {.status = SQ_OK};
    unsigned n_alike = 0;
    for (unsigned rank = 0; rank < size; rank++) {
        size_t n;
        struct verdict one;
        memcpy(&one, sq_gathered_of(all, rank, &n), sizeof one);
        n_alike += one.status == worst.status && strcmp(one.error.text, worst.error.text) == 0;
        if (is_worse(one.status, worst.status)) {
            worst = one;
            n_alike = 1;
        }
    }
    worst.is_common = n_alike == size;
    return worst;
}

/* Rank 0 has no memory for the verdicts: that is the verdict. */
static struct verdict cannot_judge(const struct sq_error *err, int status)
{
    struct verdict verdict = {.status = status, .is_common = 1};
    if (err != NULL)
        memcpy(verdict.error.text, err->text, sizeof verdict.error.text);
    return verdict;
}

int sq_cluster_agree(struct sq_error *err, struct sq_cluster *cluster, int status)
{
    struct verdict verdict = {.status = status, .rank = cluster->rank};
    struct sq_gathered all;
    if (cluster->size == 1)
        return status;
    if (status != SQ_OK && err != NULL)
        memcpy(verdict.error.text, err->text, sizeof verdict.error.text);
    int failed = sq_cluster_gather(err, cluster, &verdict, sizeof verdict, &all);
    if (cluster->rank == 0)
        verdict = failed == SQ_OK ? judge(&all, cluster->size) : cannot_judge(err, failed);
    sq_gathered_free(&all);
    failed =
        sq_cluster_share(err, cluster, &verdict, sizeof verdict); /* whatever failed: others wait */
    if (failed != SQ_OK || verdict.status == SQ_OK)
        return failed;
    return verdict.status == SQ_EINTERRUPTED || verdict.is_common
               ? sq_fail(err, verdict.status, "%s", verdict.error.text)
               : sq_fail(err, verdict.status, "rank %u: %s", verdict.rank, verdict.error.text);
}
