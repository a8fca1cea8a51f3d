/* Fire: compute what one taken firing sends. Runs on a worker thread, touches only its lane's
 * packets, its node's state and the thread's scratch. */
#ifndef SQ_FIRE_H
#define SQ_FIRE_H

#include "sim/nodes/task.h"
#include "sim/queue/queue.h"

/* The processor, and its kernels within the instruction set `isa` ("auto", "scalar", ...). SQ_EUSAGE. */
int sq_fire_kernels(struct sq_error *err, const char *isa, struct sq_cpu *cpu,
                    struct sq_kernels *kernels);

/* Compute the firing on worker thread `worker`; fails only if the feed or an observer does. */
int sq_fire(struct sq_error *err, const struct sq_shared *shared, const struct sq_firing *firing,
            struct sq_lane *lane, struct sq_scratch *scratch, unsigned worker);

#endif
