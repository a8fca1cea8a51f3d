/* MPI: the struct of a rank, for the files of this folder alone. */
#ifndef SQ_MPI_CLUSTER_H
#define SQ_MPI_CLUSTER_H

#include "sim/cluster/cluster.h"

#include <mpi.h>
#include <uv.h>

enum { SQ_MPI_QUESTION = 1, SQ_MPI_ANSWER = 2, SQ_MPI_WINDOWS = 16 };

struct sq_mpi_cluster {
    struct sq_cluster cluster; /* first */
    MPI_Comm world, machine;   /* all ranks; those of this machine */
    /* The desk, of rank 0. */
    struct sq_desk desk;
    uv_mutex_t mutex; /* of its answers */
    uv_thread_t clerk;
    int has_clerk;
    int clerk_code; /* the first code of MPI that was a failure */
    /* A question under way. */
    struct sq_question question;
    struct sq_block answer;
    MPI_Request request[2];
    int is_asking;
    /* Memory of the machine. */
    MPI_Win window[SQ_MPI_WINDOWS];
    unsigned n_windows;
};

static inline struct sq_mpi_cluster *sq_mpi_of(struct sq_cluster *cluster)
{
    return (struct sq_mpi_cluster *)cluster;
}

/* SQ_OK, or SQ_EIO with what MPI says of the code. */
int sq_mpi_check(struct sq_error *err, int code, const char *what);

/* Wait for a request without using the processor: MPI's own waiting would. *code: MPI's. */
int sq_mpi_wait(MPI_Request *request);

int sq_mpi_open_desk(struct sq_error *err, struct sq_cluster *cluster, const struct sq_desk *desk);
int sq_mpi_ask(struct sq_error *err, struct sq_cluster *cluster,
               const struct sq_question *question);
int sq_mpi_hear(struct sq_error *err, struct sq_cluster *cluster, struct sq_block *block);
int sq_mpi_close_desk(struct sq_error *err, struct sq_cluster *cluster,
                      const struct sq_question *last);

int sq_mpi_take_machine_memory(struct sq_error *err, struct sq_cluster *cluster, size_t bytes,
                               struct sq_machine_memory *memory);
void sq_mpi_free_machine_memory(struct sq_mpi_cluster *mpi);

#endif
