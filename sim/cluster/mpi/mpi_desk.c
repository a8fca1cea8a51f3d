/* The desk of rank 0: a thread of its own, the clerk, answers the other ranks while rank 0 computes. Nobody waits
 * for it but for a moment: ranks ask for their next block when they begin one. */
#include "sim/cluster/mpi/mpi_cluster.h"

#include <time.h>

/* The clerk looks for questions so often: at once after one, more seldom where none come. */
enum { SHORTEST_PAUSE_NS = 50 * 1000, LONGEST_PAUSE_NS = 1000 * 1000 };

static struct sq_block answer(struct sq_mpi_cluster *mpi, unsigned rank,
                              const struct sq_question *question)
{
    uv_mutex_lock(&mpi->mutex);
    const struct sq_block block = mpi->desk.answer(mpi->desk.data, rank, question);
    uv_mutex_unlock(&mpi->mutex);
    return block;
}

/* Take the question that has come from `source`, and answer it; a rank that leaves awaits no answer. */
static int serve(struct sq_mpi_cluster *mpi, int source, unsigned *n_left)
{
    struct sq_question question;
    const int code = MPI_Recv(&question, sizeof question, MPI_BYTE, source, SQ_MPI_QUESTION,
                              mpi->world, MPI_STATUS_IGNORE);
    if (code != MPI_SUCCESS)
        return code;
    const struct sq_block block = answer(mpi, (unsigned)source, &question);
    *n_left -= question.leaves != 0;
    return question.leaves
               ? MPI_SUCCESS
               : MPI_Send(&block, sizeof block, MPI_BYTE, source, SQ_MPI_ANSWER, mpi->world);
}

static void work(void *data)
{
    struct sq_mpi_cluster *mpi = data;
    unsigned n_left = mpi->cluster.size - 1;
    long pause_ns = SHORTEST_PAUSE_NS;
    while (n_left > 0 && mpi->clerk_code == MPI_SUCCESS) {
        MPI_Status from;
        int has_come = 0;
        mpi->clerk_code = MPI_Iprobe(MPI_ANY_SOURCE, SQ_MPI_QUESTION, mpi->world, &has_come, &from);
        if (mpi->clerk_code == MPI_SUCCESS && has_come) {
            mpi->clerk_code = serve(mpi, from.MPI_SOURCE, &n_left);
            pause_ns = SHORTEST_PAUSE_NS;
            continue;
        }
        nanosleep(&(struct timespec){.tv_nsec = pause_ns}, NULL);
        pause_ns = pause_ns < LONGEST_PAUSE_NS ? pause_ns * 2 : pause_ns;
    }
}

int sq_mpi_open_desk(struct sq_error *err, struct sq_cluster *cluster, const struct sq_desk *desk)
{
    struct sq_mpi_cluster *mpi = sq_mpi_of(cluster);
    int status = SQ_OK;
    if (cluster->rank == 0) {
        mpi->desk = *desk;
        mpi->clerk_code = MPI_SUCCESS;
    }
    if ((status = sq_cluster_meet(err, cluster)) != SQ_OK || cluster->rank > 0)
        return status;
    mpi->has_clerk = uv_thread_create(&mpi->clerk, work, mpi) == 0;
    if (!mpi->has_clerk) /* the others will wait for answers */
        sq_cluster_abort(cluster);
    return SQ_OK;
}

int sq_mpi_ask(struct sq_error *err, struct sq_cluster *cluster, const struct sq_question *question)
{
    struct sq_mpi_cluster *mpi = sq_mpi_of(cluster);
    if (cluster->rank == 0) {
        mpi->answer = answer(mpi, 0, question);
        return SQ_OK;
    }
    mpi->question = *question;
    int code = MPI_Irecv(&mpi->answer, sizeof mpi->answer, MPI_BYTE, 0, SQ_MPI_ANSWER, mpi->world,
                         &mpi->request[0]);
    if (code == MPI_SUCCESS)
        code = MPI_Isend(&mpi->question, sizeof mpi->question, MPI_BYTE, 0, SQ_MPI_QUESTION,
                         mpi->world, &mpi->request[1]);
    mpi->is_asking = code == MPI_SUCCESS;
    return sq_mpi_check(err, code, "asking rank 0");
}

int sq_mpi_hear(struct sq_error *err, struct sq_cluster *cluster, struct sq_block *block)
{
    struct sq_mpi_cluster *mpi = sq_mpi_of(cluster);
    int code = MPI_SUCCESS;
    for (int i = 1; mpi->is_asking && i >= 0 && code == MPI_SUCCESS; i--)
        code = sq_mpi_wait(&mpi->request[i]);
    mpi->is_asking = 0;
    *block = mpi->answer;
    return sq_mpi_check(err, code, "the answer of rank 0");
}

int sq_mpi_close_desk(struct sq_error *err, struct sq_cluster *cluster,
                      const struct sq_question *last)
{
    struct sq_mpi_cluster *mpi = sq_mpi_of(cluster);
    struct sq_block unused;
    int status = sq_mpi_hear(err, cluster, &unused);
    if (cluster->rank > 0) {
        const int code = MPI_Send(last, sizeof *last, MPI_BYTE, 0, SQ_MPI_QUESTION, mpi->world);
        if (status == SQ_OK)
            status = sq_mpi_check(err, code, "leaving rank 0's desk");
    } else {
        answer(mpi, 0, last);
        uv_thread_join(&mpi->clerk);
        if (status == SQ_OK)
            status = sq_mpi_check(err, mpi->clerk_code, "answering the other ranks");
    }
    const int met = sq_cluster_meet(err, cluster);
    return status != SQ_OK ? status : met;
}
