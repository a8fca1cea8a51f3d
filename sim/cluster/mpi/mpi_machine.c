/* Memory that the ranks of a machine share: a window of MPI, the whole of which belongs to its first rank. */
#include "sim/cluster/mpi/mpi_cluster.h"

#include "kernels/base/arena.h"

#include <stdint.h>
#include <string.h>

/* Did it work for all ranks of the machine? */
static int all_have(MPI_Comm machine, int has_it)
{
    int all = 0;
    const int code = MPI_Allreduce(&has_it, &all, 1, MPI_INT, MPI_MIN, machine);
    return code == MPI_SUCCESS && all;
}

/* Each rank maps the window where it likes: whole pages apart, so that alignment is the same for all. */
static void *align(void *base)
{
    return (char *)base + (-(uintptr_t)base & (SQ_ALIGN - 1));
}

int sq_mpi_take_machine_memory(struct sq_error *err, struct sq_cluster *cluster, size_t bytes,
                               struct sq_machine_memory *memory)
{
    struct sq_mpi_cluster *mpi = sq_mpi_of(cluster);
    const MPI_Aint own = cluster->machine_rank == 0 ? (MPI_Aint)(bytes + SQ_ALIGN) : 0;
    MPI_Win *window = &mpi->window[mpi->n_windows];
    MPI_Aint size;
    void *base = NULL;
    int unit;
    const int status = sq_cluster_meet_machine(err, cluster);
    if (status != SQ_OK || mpi->n_windows == SQ_MPI_WINDOWS)
        return status;
    int code = MPI_Win_allocate_shared(own, 1, MPI_INFO_NULL, mpi->machine, &base, window);
    if (!all_have(mpi->machine, code == MPI_SUCCESS))
        return SQ_OK; /* too little of such memory: each rank takes its own */
    mpi->n_windows++;
    code = MPI_Win_shared_query(*window, 0, &size, &unit, &base);
    memory->base = code == MPI_SUCCESS ? align(base) : NULL;
    memory->is_filler = cluster->machine_rank == 0;
    if (memory->base != NULL && memory->is_filler)
        memset(memory->base, 0, bytes);
    return sq_mpi_check(err, code, "sharing memory");
}

void sq_mpi_free_machine_memory(struct sq_mpi_cluster *mpi)
{
    while (mpi->n_windows > 0)
        MPI_Win_free(&mpi->window[--mpi->n_windows]);
}
