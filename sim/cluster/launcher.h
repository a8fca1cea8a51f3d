/* Launchers: what mpirun and srun tell a process that they start, in its environment. */
#ifndef SQ_LAUNCHER_H
#define SQ_LAUNCHER_H

struct sq_launched {
    const char *by; /* "mpirun", "srun"; NULL: by neither */
    unsigned rank, size;
    int has_mpi; /* 0: a step of Slurm without an interface for MPI: its processes know nothing of each other */
};

/* How this process was started. A batch script's own commands were not: only what srun or mpirun starts. */
struct sq_launched sq_launched_find(void);

#endif
