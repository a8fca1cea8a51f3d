/* Cluster: the ranks that share a run, behind one interface in three forms:
 *
 *   local     one rank, this process
 *   dry run   N ranks in one process, a thread each: what a job does, tried without one
 *   MPI       N processes of an MPI job (sim/cluster/mpi, only in builds with MPI=1)
 *
 * Each rank has a struct sq_cluster of its own, its end of the cluster. Functions called "collective"
 * are called by every rank in the same order, with the same sizes; each returns when this rank's part
 * is done. They fail with SQ_EIO where the other ranks cannot be reached, SQ_ENOMEM.
 *
 * Only whole numbers are added across ranks, so that no sum depends on how many there are. */
#ifndef SQ_CLUSTER_H
#define SQ_CLUSTER_H

#include "kernels/base/status.h"

#include <stddef.h>
#include <stdint.h>

struct sq_cluster;

/* What each rank gave, one behind the other in the order of the ranks. */
struct sq_gathered {
    unsigned char *bytes;
    size_t *end; /* [size] where what a rank gave ends */
};

/* A question to the desk of rank 0, and its answer: samples first .. end - 1; first == end: no more. */
struct sq_question {
    uint64_t n_done; /* samples that the rank has finished */
    uint64_t leaves; /* 1: it will ask no more */
    uint64_t failed; /* 1: because of a failure: nobody else need begin anything */
};
struct sq_block {
    uint64_t first, end;
};

/* The desk: rank 0 answers the other ranks while all of them, rank 0 too, compute. */
struct sq_desk {
    /* Any thread of rank 0, one call at a time. */
    struct sq_block (*answer)(void *data, unsigned rank, const struct sq_question *question);
    void *data;
};

/* Memory that all ranks of a machine see. */
struct sq_machine_memory {
    void *base;    /* 64-byte aligned, zeroed; NULL: each rank takes its own */
    int is_filler; /* 1: this rank writes it, the others wait for sq_cluster_meet_machine() */
};

struct sq_cluster_form {
    const char *name; /* "local", "dry run", "MPI" */
    int (*meet)(struct sq_error *err, struct sq_cluster *cluster);
    int (*meet_machine)(struct sq_error *err, struct sq_cluster *cluster);
    int (*sum)(struct sq_error *err, struct sq_cluster *cluster, uint64_t *value, size_t n);
    int (*share)(struct sq_error *err, struct sq_cluster *cluster, void *bytes, size_t n);
    int (*gather)(struct sq_error *err, struct sq_cluster *cluster, const void *bytes, size_t n,
                  struct sq_gathered *all);
    int (*open_desk)(struct sq_error *err, struct sq_cluster *cluster, const struct sq_desk *desk);
    int (*ask)(struct sq_error *err, struct sq_cluster *cluster,
               const struct sq_question *question);
    int (*hear)(struct sq_error *err, struct sq_cluster *cluster, struct sq_block *block);
    int (*close_desk)(struct sq_error *err, struct sq_cluster *cluster,
                      const struct sq_question *last);
    int (*take_machine_memory)(struct sq_error *err, struct sq_cluster *cluster, size_t bytes,
                               struct sq_machine_memory *memory);
    void (*abort)(struct sq_cluster *cluster);
    void (*free)(struct sq_cluster *cluster);
};

/* The first member of each form's own struct. */
struct sq_cluster {
    const struct sq_cluster_form *form;
    unsigned rank, size;                 /* this one, 0 .. size - 1 */
    unsigned machine_rank, machine_size; /* the same among the ranks of this rank's machine */
};

/* The only rank of a cluster of one; SQ_ENOMEM. */
int sq_cluster_local(struct sq_error *err, struct sq_cluster **out);

/* Run `body` as each of `size` ranks, on threads of its own but for rank 0, which is the caller's; the
 * statuses that they return must be sq_cluster_agree()'s, so that they are one. SQ_ENOMEM. */
int sq_cluster_dry_run(struct sq_error *err, unsigned size,
                       int (*body)(struct sq_error *err, void *data, struct sq_cluster *cluster),
                       void *data);

/* Join the MPI job that this process is part of: MPI is initialised, once in a process.
 * SQ_EUNSUPPORTED: built without MPI, or an MPI without threads. */
int sq_cluster_mpi(struct sq_error *err, struct sq_cluster **out);

/* Was it built with MPI? And with which library: "Open MPI 4.1.4", or "no"; static. */
int sq_cluster_has_mpi(void);
const char *sq_cluster_mpi_library(void);

/* Leave the cluster. Node memory is gone afterwards. Collective; accepts NULL. */
void sq_cluster_free(struct sq_cluster *cluster);

/* Wait for all ranks; for all ranks of the machine. Collective; waiting ranks use no processor time. */
int sq_cluster_meet(struct sq_error *err, struct sq_cluster *cluster);
int sq_cluster_meet_machine(struct sq_error *err, struct sq_cluster *cluster);

/* value[i] of rank 0 becomes the sum over all ranks; those of others are undefined. Collective. */
int sq_cluster_sum(struct sq_error *err, struct sq_cluster *cluster, uint64_t *value, size_t n);

/* The n bytes of rank 0 become those of all. Collective. */
int sq_cluster_share(struct sq_error *err, struct sq_cluster *cluster, void *bytes, size_t n);

/* The bytes of all ranks, as many as each has, at rank 0; {NULL} at others. The caller frees it with
 * sq_gathered_free(), also after a failure. Collective. */
int sq_cluster_gather(struct sq_error *err, struct sq_cluster *cluster, const void *bytes, size_t n,
                      struct sq_gathered *all);

/* For the forms: room for what `size` ranks give, added in the order of the ranks. SQ_ENOMEM. */
int sq_gathered_begin(struct sq_error *err, unsigned size, size_t bytes, struct sq_gathered *all);
void sq_gathered_add(unsigned rank, const void *bytes, size_t n, struct sq_gathered *all);

void sq_gathered_free(struct sq_gathered *all);

/* What rank `rank` gave: *n bytes. */
const unsigned char *sq_gathered_of(const struct sq_gathered *all, unsigned rank, size_t *n);

/* One status for all ranks: the first rank's, in their order, that is a failure, with its sentence, which
 * names the rank unless all say the same; SQ_EINTERRUPTED only where nothing else failed. Collective, and what
 * keeps ranks together where one of them may fail. */
int sq_cluster_agree(struct sq_error *err, struct sq_cluster *cluster, int status);

/* Between open and close, ranks ask for blocks: sq_cluster_ask() sends a question and returns at once,
 * sq_cluster_hear() waits for its answer. Nothing collective is called meanwhile. `desk` counts at rank 0 alone.
 * Closing is collective, waits until all ranks have left, and tells the desk: `last` is this rank's. */
int sq_cluster_open_desk(struct sq_error *err, struct sq_cluster *cluster,
                         const struct sq_desk *desk);
int sq_cluster_ask(struct sq_error *err, struct sq_cluster *cluster,
                   const struct sq_question *question);
int sq_cluster_hear(struct sq_error *err, struct sq_cluster *cluster, struct sq_block *block);
int sq_cluster_close_desk(struct sq_error *err, struct sq_cluster *cluster,
                          const struct sq_question *last);

/* `bytes` of memory that all ranks of the machine see, until sq_cluster_free(); where the machine has none, or this
 * rank is alone on it, memory->base is NULL. Collective. */
int sq_cluster_take_machine_memory(struct sq_error *err, struct sq_cluster *cluster, size_t bytes,
                                   struct sq_machine_memory *memory);

/* End every rank's process at once, after a failure that the others cannot be asked about. Of a dry run: does
 * nothing. */
void sq_cluster_abort(struct sq_cluster *cluster);

#endif
