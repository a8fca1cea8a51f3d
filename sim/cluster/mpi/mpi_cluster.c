/* The ranks of an MPI job. Blocking calls of MPI wait by asking again and again, at the cost of what computes on
 * that core: so each rank sleeps until all others have come, and calls MPI then.
 *
 * One thread of a rank calls MPI at a time (MPI_THREAD_SERIALIZED): while the desk is open, at rank 0 its clerk
 * alone (mpi_desk.c), at other ranks the thread that asks. */
#include "sim/cluster/mpi/mpi_cluster.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Elements of one message, whose number is an int. */
enum { MOST_ELEMENTS = 1 << 24 };

int sq_mpi_check(struct sq_error *err, int code, const char *what)
{
    char text[MPI_MAX_ERROR_STRING] = "";
    int length;
    if (code == MPI_SUCCESS)
        return SQ_OK;
    MPI_Error_string(code, text, &length);
    return sq_fail(err, SQ_EIO, "MPI: %s failed: %s", what, text);
}

int sq_mpi_wait(MPI_Request *request)
{
    long pause_ns = 20 * 1000;
    int is_done = 0, code;
    while ((code = MPI_Test(request, &is_done, MPI_STATUS_IGNORE)) == MPI_SUCCESS && !is_done) {
        nanosleep(&(struct timespec){.tv_nsec = pause_ns}, NULL);
        pause_ns = pause_ns < 2 * 1000 * 1000 ? pause_ns * 5 / 4 : pause_ns;
    }
    return code;
}

static int meet_on(struct sq_error *err, MPI_Comm comm)
{
    MPI_Request request;
    int code = MPI_Ibarrier(comm, &request);
    if (code == MPI_SUCCESS)
        code = sq_mpi_wait(&request);
    return sq_mpi_check(err, code, "waiting for the other ranks");
}

static int meet(struct sq_error *err, struct sq_cluster *cluster)
{
    return meet_on(err, sq_mpi_of(cluster)->world);
}

static int meet_machine(struct sq_error *err, struct sq_cluster *cluster)
{
    return meet_on(err, sq_mpi_of(cluster)->machine);
}

static int sum(struct sq_error *err, struct sq_cluster *cluster, uint64_t *value, size_t n)
{
    int code = MPI_SUCCESS;
    const int status = meet(err, cluster);
    for (size_t at = 0; status == SQ_OK && code == MPI_SUCCESS && at < n; at += MOST_ELEMENTS) {
        const int part = n - at < MOST_ELEMENTS ? (int)(n - at) : MOST_ELEMENTS;
        code = cluster->rank == 0 ? MPI_Reduce(MPI_IN_PLACE, value + at, part, MPI_UINT64_T,
                                               MPI_SUM, 0, sq_mpi_of(cluster)->world)
                                  : MPI_Reduce(value + at, NULL, part, MPI_UINT64_T, MPI_SUM, 0,
                                               sq_mpi_of(cluster)->world);
    }
    return status == SQ_OK ? sq_mpi_check(err, code, "adding counters up") : status;
}

static int share(struct sq_error *err, struct sq_cluster *cluster, void *bytes, size_t n)
{
    int code = MPI_SUCCESS;
    const int status = meet(err, cluster);
    for (size_t at = 0; status == SQ_OK && code == MPI_SUCCESS && at < n; at += MOST_ELEMENTS)
        code = MPI_Bcast((unsigned char *)bytes + at,
                         n - at < MOST_ELEMENTS ? (int)(n - at) : MOST_ELEMENTS, MPI_BYTE, 0,
                         sq_mpi_of(cluster)->world);
    return status == SQ_OK ? sq_mpi_check(err, code, "sending to all ranks") : status;
}

/* Bytes from one rank to rank 0. */
static int move(struct sq_cluster *cluster, unsigned from, unsigned char *to, const void *bytes,
                size_t n)
{
    MPI_Comm world = sq_mpi_of(cluster)->world;
    int code = MPI_SUCCESS;
    for (size_t at = 0; code == MPI_SUCCESS && at < n; at += MOST_ELEMENTS) {
        const int part = n - at < MOST_ELEMENTS ? (int)(n - at) : MOST_ELEMENTS;
        code = cluster->rank == 0
                   ? MPI_Recv(to + at, part, MPI_BYTE, (int)from, 0, world, MPI_STATUS_IGNORE)
                   : MPI_Send((const unsigned char *)bytes + at, part, MPI_BYTE, 0, 0, world);
    }
    return code;
}

/* What every rank has, one after the other: sizes are those of 64 bits. */
static int receive(struct sq_error *err, struct sq_cluster *cluster, const void *bytes,
                   const uint64_t *n, struct sq_gathered *all)
{
    size_t total = 0;
    int code = MPI_SUCCESS;
    for (unsigned rank = 0; rank < cluster->size; rank++)
        total += n[rank];
    if (sq_gathered_begin(err, cluster->size, total, all) != SQ_OK)
        sq_cluster_abort(cluster); /* the others are sending */
    sq_gathered_add(0, bytes, n[0], all);
    for (unsigned rank = 1; rank < cluster->size; rank++) {
        unsigned char *to = all->bytes + all->end[rank - 1];
        if (code == MPI_SUCCESS)
            code = move(cluster, rank, to, NULL, n[rank]);
        all->end[rank] = all->end[rank - 1] + n[rank];
    }
    return sq_mpi_check(err, code, "receiving from all ranks");
}

static int gather(struct sq_error *err, struct sq_cluster *cluster, const void *bytes, size_t n,
                  struct sq_gathered *all)
{
    uint64_t own = n;
    uint64_t *sizes = calloc(cluster->size, sizeof *sizes);
    if (sizes == NULL) /* the others wait: nothing but the end of the job is left */
        sq_cluster_abort(cluster);
    int status = meet(err, cluster);
    if (status == SQ_OK)
        status = sq_mpi_check(
            err,
            MPI_Gather(&own, 1, MPI_UINT64_T, sizes, 1, MPI_UINT64_T, 0, sq_mpi_of(cluster)->world),
            "gathering sizes");
    if (status == SQ_OK && cluster->rank == 0)
        status = receive(err, cluster, bytes, sizes, all);
    else if (status == SQ_OK)
        status = sq_mpi_check(err, move(cluster, 0, NULL, bytes, n), "sending to rank 0");
    free(sizes);
    return status;
}

static void abort_ranks(struct sq_cluster *cluster)
{
    MPI_Abort(sq_mpi_of(cluster)->world, EXIT_FAILURE);
}

static void free_rank(struct sq_cluster *cluster)
{
    struct sq_mpi_cluster *mpi = sq_mpi_of(cluster);
    meet(NULL, cluster);
    sq_mpi_free_machine_memory(mpi);
    MPI_Comm_free(&mpi->machine);
    MPI_Comm_free(&mpi->world);
    uv_mutex_destroy(&mpi->mutex);
    free(mpi);
    MPI_Finalize();
}

static const struct sq_cluster_form mpi_form = {
    .name = "MPI",
    .meet = meet,
    .meet_machine = meet_machine,
    .sum = sum,
    .share = share,
    .gather = gather,
    .open_desk = sq_mpi_open_desk,
    .ask = sq_mpi_ask,
    .hear = sq_mpi_hear,
    .close_desk = sq_mpi_close_desk,
    .take_machine_memory = sq_mpi_take_machine_memory,
    .abort = abort_ranks,
    .free = free_rank,
};

/* Communicators of our own, whose failures are codes; who we are in them. */
static int take_places(struct sq_error *err, struct sq_mpi_cluster *mpi)
{
    int rank, size, machine_rank, machine_size;
    int code = MPI_Comm_dup(MPI_COMM_WORLD, &mpi->world);
    if (code == MPI_SUCCESS)
        code = MPI_Comm_set_errhandler(mpi->world, MPI_ERRORS_RETURN);
    if (code == MPI_SUCCESS)
        code =
            MPI_Comm_split_type(mpi->world, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &mpi->machine);
    if (code == MPI_SUCCESS)
        code = MPI_Comm_set_errhandler(mpi->machine, MPI_ERRORS_RETURN);
    if (code != MPI_SUCCESS)
        return sq_mpi_check(err, code, "setting up the ranks");
    MPI_Comm_rank(mpi->world, &rank);
    MPI_Comm_size(mpi->world, &size);
    MPI_Comm_rank(mpi->machine, &machine_rank);
    MPI_Comm_size(mpi->machine, &machine_size);
    mpi->cluster = (struct sq_cluster){.form = &mpi_form,
                                       .rank = (unsigned)rank,
                                       .size = (unsigned)size,
                                       .machine_rank = (unsigned)machine_rank,
                                       .machine_size = (unsigned)machine_size};
    return SQ_OK;
}

static int initialise(struct sq_error *err)
{
    int is_ready = 0, threads = MPI_THREAD_SINGLE;
    MPI_Initialized(&is_ready);
    if (is_ready)
        return sq_fail(err, SQ_EUSAGE, "MPI was initialised in this process before");
    const int status = sq_mpi_check(
        err, MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &threads), "its start");
    if (status != SQ_OK)
        return status;
    if (threads >= MPI_THREAD_SERIALIZED)
        return SQ_OK;
    MPI_Finalize();
    return sq_fail(err, SQ_EUNSUPPORTED,
                   "this MPI serves one thread of a process alone; spikeq needs "
                   "MPI_THREAD_SERIALIZED");
}

int sq_cluster_mpi(struct sq_error *err, struct sq_cluster **out)
{
    struct sq_mpi_cluster *mpi = calloc(1, sizeof *mpi);
    if (mpi == NULL || uv_mutex_init(&mpi->mutex) != 0) {
        free(mpi);
        return sq_fail(err, SQ_ENOMEM, "out of memory for a rank");
    }
    int status = initialise(err);
    if (status == SQ_OK && (status = take_places(err, mpi)) != SQ_OK)
        MPI_Finalize();
    if (status == SQ_OK) {
        *out = &mpi->cluster;
        return SQ_OK;
    }
    uv_mutex_destroy(&mpi->mutex);
    free(mpi);
    return status;
}

int sq_cluster_has_mpi(void)
{
    return 1;
}

const char *sq_cluster_mpi_library(void)
{
#ifdef OMPI_MAJOR_VERSION
#define TEXT_OF(x) #x
#define NUMBER(x)  TEXT_OF(x)
    return "Open MPI " NUMBER(OMPI_MAJOR_VERSION) "." NUMBER(OMPI_MINOR_VERSION) "." NUMBER(
        OMPI_RELEASE_VERSION);
#elif defined MPICH_VERSION
    return "MPICH " MPICH_VERSION;
#else
    return "MPI";
#endif
}
