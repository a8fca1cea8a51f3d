#include "sim/cluster/launcher.h"

#include <stdlib.h>
#include <string.h>

/* A launcher's variables. PMI's are set by mpiexec of MPICH and by srun --mpi=pmi2; srun sets its own in any
 * case. */
static const struct launcher {
    const char *by, *rank, *size, *marks_mpi;
} launcher[] = {
    {"mpirun", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_SIZE"},
    {"mpiexec", "PMI_RANK", "PMI_SIZE", "PMI_SIZE"},
    {"srun", "SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "PMIX_RANK"},
};

/* A whole number below a million; 0 where it is not one. */
static unsigned number_of(const char *text)
{
    const size_t digits = text != NULL ? strspn(text, "0123456789") : 0;
    return digits > 0 && digits < 7 && text[digits] == '\0' ? (unsigned)strtoul(text, NULL, 10) : 0;
}

struct sq_launched sq_launched_find(void)
{
    for (size_t i = 0; i < sizeof launcher / sizeof launcher[0]; i++) {
        const char *rank = getenv(launcher[i].rank), *size = getenv(launcher[i].size);
        const struct sq_launched found = {.by = launcher[i].by,
                                          .rank = number_of(rank),
                                          .size = number_of(size),
                                          .has_mpi = getenv(launcher[i].marks_mpi) != NULL};
        if (rank != NULL && found.size > 0 && found.rank < found.size)
            return found;
    }
    return (struct sq_launched){.size = 1};
}
