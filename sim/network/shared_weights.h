/* Shared weights: packed once for all processes of a machine that load the same network, instead of once for each.
 *
 * Weights are packed in phases: of what a network is loaded with, floats or integers, and of integers that are made
 * afterwards of a network in floats. In each, one process of a
 * machine, the filler, packs; the others begin when it is done, do the same but for writing weights, and find them
 * packed. All processes agree on one status at each step, so that none waits for one that failed. */
#ifndef SQ_SHARED_WEIGHTS_H
#define SQ_SHARED_WEIGHTS_H

#include "kernels/base/status.h"

#include <stddef.h>

enum sq_weights_phase {
    SQ_WEIGHTS_IDLE,    /* none begun; a failure is the others' to learn */
    SQ_WEIGHTS_PACKING, /* all processes have begun it */
    SQ_WEIGHTS_FAILED   /* all know of a failure */
};

struct sq_shared_weights {
    /* Of the caller; both are called by all processes in the same order. One status for all of them; */
    int (*agree)(struct sq_error *err, void *data, int status);
    /* memory that all of a machine see, 64-byte aligned and zeroed: *memory, NULL where there is none; and whether
     * this process is the one that fills it. It lives longer than the network. */
    int (*take)(struct sq_error *err, void *data, size_t bytes, void **memory, int *is_filler);
    void *data;
    /* Of the phase under way. */
    unsigned char *memory; /* NULL: each process packs its own */
    size_t size, used;
    int is_filler;
    enum sq_weights_phase phase;
};

/* A phase begins, of this process with `status`; weights of `bytes` bytes will be packed. Of those that do not fill,
 * returns when the others have. Failures of any process; then the phase is over. `shared` may be NULL: returns
 * `status`, as the other functions do. */
int sq_shared_weights_begin(struct sq_error *err, struct sq_shared_weights *shared, int status,
                            size_t bytes);

/* This process has packed, with `status`; what was taken beyond that goes back. Where the phase did not begin for it, because of a failure before, the
 * others learn of it. */
int sq_shared_weights_end(struct sq_error *err, struct sq_shared_weights *shared, int status);

/* One status for all processes: OK, or of one that failed. */
int sq_shared_weights_agree(struct sq_error *err, struct sq_shared_weights *shared, int status);

/* Bytes as sq_shared_weights_alloc() takes them for `bytes`. */
size_t sq_shared_weights_room(size_t bytes);

/* Memory of the phase for one layer's weights, or NULL: the caller takes its own. */
void *sq_shared_weights_alloc(struct sq_shared_weights *shared, size_t bytes);

/* No process of the machine reads these weights any more: the filler gives their pages back. */
void sq_shared_weights_forget(const struct sq_shared_weights *shared, void *weights, size_t bytes);

/* Does this process write what it packs there: its own memory, or the machine's, which it fills? */
int sq_shared_weights_are_written(const struct sq_shared_weights *shared, const void *weights);

#endif
