/* Ranks as threads of one process. What one gives lies in its slot while all wait at a barrier. */
#define _DEFAULT_SOURCE

#include "kernels/base/warnings.h"
#include "sim/cluster/cluster.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

struct slot {
    const void *bytes;
    size_t n;
};

/* What all ranks share. */
struct hall {
    uv_barrier_t barrier; /* of all ranks */
    uv_mutex_t mutex;     /* of the desk; and held until all threads run */
    int is_called_off;    /* some thread did not start */
    struct sq_desk desk;
    struct slot *slot; /* [size] */
};

/* One rank's end. */
struct dry_rank {
    struct sq_cluster cluster; /* first */
    struct hall *hall;
    struct sq_block answer; /* to the question that was asked */
    int owns_hall;          /* a cluster of one */
    /* Of its thread. */
    uv_thread_t thread;
    int (*body)(struct sq_error *err, void *data, struct sq_cluster *cluster);
    void *data;
    struct sq_error error;
    struct sq_warnings warnings;
};

static struct dry_rank *rank_of(struct sq_cluster *cluster)
{
    return (struct dry_rank *)cluster;
}

static int meet(struct sq_error *err, struct sq_cluster *cluster)
{
    (void)err;
    uv_barrier_wait(&rank_of(cluster)->hall->barrier);
    return SQ_OK;
}

/* Lay bytes into the rank's slot; the slots of all, once all are there. */
static struct slot *lay(struct sq_cluster *cluster, const void *bytes, size_t n)
{
    struct hall *hall = rank_of(cluster)->hall;
    hall->slot[cluster->rank] = (struct slot){bytes, n};
    uv_barrier_wait(&hall->barrier);
    return hall->slot;
}

static int sum(struct sq_error *err, struct sq_cluster *cluster, uint64_t *value, size_t n)
{
    const struct slot *slot = lay(cluster, value, n);
    for (unsigned rank = 1; cluster->rank == 0 && rank < cluster->size; rank++)
        for (size_t i = 0; i < n; i++)
            value[i] += ((const uint64_t *)slot[rank].bytes)[i];
    return meet(err, cluster);
}

static int share(struct sq_error *err, struct sq_cluster *cluster, void *bytes, size_t n)
{
    const struct slot *slot = lay(cluster, bytes, n);
    if (cluster->rank > 0)
        memcpy(bytes, slot[0].bytes, n);
    return meet(err, cluster);
}

/* All slots one behind the other. */
static int join(struct sq_error *err, const struct slot *slot, unsigned size,
                struct sq_gathered *all)
{
    size_t bytes = 0;
    for (unsigned rank = 0; rank < size; rank++)
        bytes += slot[rank].n;
    const int status = sq_gathered_begin(err, size, bytes, all);
    for (unsigned rank = 0; status == SQ_OK && rank < size; rank++)
        sq_gathered_add(rank, slot[rank].bytes, slot[rank].n, all);
    return status;
}

static int gather(struct sq_error *err, struct sq_cluster *cluster, const void *bytes, size_t n,
                  struct sq_gathered *all)
{
    const struct slot *slot = lay(cluster, bytes, n);
    const int status = cluster->rank == 0 ? join(err, slot, cluster->size, all) : SQ_OK;
    meet(err, cluster);
    return status;
}

static int open_desk(struct sq_error *err, struct sq_cluster *cluster, const struct sq_desk *desk)
{
    if (cluster->rank == 0)
        rank_of(cluster)->hall->desk = *desk;
    return meet(err, cluster);
}

/* The asking thread answers itself. */
static struct sq_block answer(struct sq_cluster *cluster, const struct sq_question *question)
{
    struct hall *hall = rank_of(cluster)->hall;
    uv_mutex_lock(&hall->mutex);
    const struct sq_block block = hall->desk.answer(hall->desk.data, cluster->rank, question);
    uv_mutex_unlock(&hall->mutex);
    return block;
}

static int ask(struct sq_error *err, struct sq_cluster *cluster, const struct sq_question *question)
{
    (void)err;
    rank_of(cluster)->answer = answer(cluster, question);
    return SQ_OK;
}

static int hear(struct sq_error *err, struct sq_cluster *cluster, struct sq_block *block)
{
    (void)err;
    *block = rank_of(cluster)->answer;
    return SQ_OK;
}

static int close_desk(struct sq_error *err, struct sq_cluster *cluster,
                      const struct sq_question *last)
{
    answer(cluster, last);
    return meet(err, cluster);
}

/* Its ranks share all memory anyway. */
static int take_machine_memory(struct sq_error *err, struct sq_cluster *cluster, size_t bytes,
                               struct sq_machine_memory *memory)
{
    (void)err, (void)cluster, (void)bytes, (void)memory;
    return SQ_OK;
}

static void abort_ranks(struct sq_cluster *cluster)
{
    (void)cluster;
}

static void free_hall(struct hall *hall)
{
    uv_barrier_destroy(&hall->barrier);
    uv_mutex_destroy(&hall->mutex);
    free(hall->slot);
    free(hall);
}

static void free_rank(struct sq_cluster *cluster)
{
    struct dry_rank *rank = rank_of(cluster);
    if (!rank->owns_hall)
        return;
    free_hall(rank->hall);
    free(rank);
}

#define OF_THREADS                                                                    \
    .meet = meet, .meet_machine = meet, .sum = sum, .share = share, .gather = gather, \
    .open_desk = open_desk, .ask = ask, .hear = hear, .close_desk = close_desk,       \
    .take_machine_memory = take_machine_memory, .abort = abort_ranks, .free = free_rank

static const struct sq_cluster_form local_form = {.name = "local", OF_THREADS};
static const struct sq_cluster_form dry_form = {.name = "dry run", OF_THREADS};

static int new_hall(struct sq_error *err, unsigned size, struct hall **out)
{
    struct hall *hall = calloc(1, sizeof *hall);
    struct slot *slot = calloc(size, sizeof *slot);
    const int has_mutex = hall != NULL && slot != NULL && uv_mutex_init(&hall->mutex) == 0;
    if (has_mutex && uv_barrier_init(&hall->barrier, size) == 0) {
        hall->slot = slot;
        *out = hall;
        return SQ_OK;
    }
    if (has_mutex)
        uv_mutex_destroy(&hall->mutex);
    free(slot);
    free(hall);
    return sq_fail(err, SQ_ENOMEM, "out of memory for %u ranks", size);
}

int sq_cluster_local(struct sq_error *err, struct sq_cluster **out)
{
    struct dry_rank *rank = calloc(1, sizeof *rank);
    if (rank == NULL)
        return sq_fail(err, SQ_ENOMEM, "out of memory for a rank");
    const int status = new_hall(err, 1, &rank->hall);
    if (status != SQ_OK) {
        free(rank);
        return status;
    }
    rank->owns_hall = 1;
    rank->cluster = (struct sq_cluster){.form = &local_form, .size = 1, .machine_size = 1};
    *out = &rank->cluster;
    return SQ_OK;
}

static void run_rank(void *data)
{
    struct dry_rank *rank = data;
    uv_mutex_lock(&rank->hall->mutex);
    const int is_called_off = rank->hall->is_called_off;
    uv_mutex_unlock(&rank->hall->mutex);
    if (!is_called_off)
        rank->body(&rank->error, rank->data, &rank->cluster);
}

/* Warnings of other ranks than rank 0, the caller's, are errors where the caller's are; they are gathered by
 * who runs them. */
static void set_rank(struct dry_rank *rank, const struct sq_error *err, struct hall *hall,
                     unsigned number, unsigned size)
{
    rank->cluster = (struct sq_cluster){.form = &dry_form,
                                        .rank = number,
                                        .size = size,
                                        .machine_rank = number,
                                        .machine_size = size};
    rank->hall = hall;
    rank->warnings.names = sq_warnings_names(err->warnings);
    rank->warnings.is_strict = sq_warnings_are_strict(err->warnings);
    rank->error.warnings = &rank->warnings;
}

/* Start ranks 1 .. size - 1, all or none of which run their body; the number of threads. */
static unsigned start_ranks(struct dry_rank *rank, unsigned size)
{
    struct hall *hall = rank->hall;
    unsigned n = 1;
    uv_mutex_lock(&hall->mutex);
    while (n < size && uv_thread_create(&rank[n].thread, run_rank, &rank[n]) == 0)
        n++;
    hall->is_called_off = n < size;
    uv_mutex_unlock(&hall->mutex);
    return n;
}

static int run_ranks(struct sq_error *err, struct dry_rank *rank, unsigned size)
{
    const unsigned n = start_ranks(rank, size);
    const int status = n == size ? rank->body(err, rank->data, &rank->cluster)
                                 : sq_fail(err, SQ_ENOMEM, "cannot start %u ranks", size);
    for (unsigned i = 1; i < n; i++)
        uv_thread_join(&rank[i].thread);
    return status;
}

int sq_cluster_dry_run(struct sq_error *err, unsigned size,
                       int (*body)(struct sq_error *err, void *data, struct sq_cluster *cluster),
                       void *data)
{
    struct hall *hall;
    int status = new_hall(err, size, &hall);
    if (status != SQ_OK)
        return status;
    struct dry_rank *rank = calloc(size, sizeof *rank);
    for (unsigned i = 0; rank != NULL && i < size; i++) {
        set_rank(&rank[i], err, hall, i, size);
        rank[i].body = body;
        rank[i].data = data;
    }
    status = rank != NULL ? run_ranks(err, rank, size)
                          : sq_fail(err, SQ_ENOMEM, "out of memory for %u ranks", size);
    free(rank);
    free_hall(hall);
    return status;
}
