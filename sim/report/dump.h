/* The dump: every population of a run as <module path>.npy, uint8, in exactly the shape that the
 * official module returns ([T,B,C,H,W], [T,B,N,D] or [T,B,D,N]); head_in.npy float32, what the
 * classifier reads ([B,D], or [T,B,D] where it reads neurons, or means, of each timestep); logits.npy float32 [B,classes]; and
 * where reals are wanted preact/<module path>.npy float32, what each population integrates, in the
 * shape of its spikes. */
#ifndef SQ_DUMP_H
#define SQ_DUMP_H

#include "sim/engine/observer.h"
#include "sim/nodes/outcome.h"

struct sq_dump;

/* Prepare a dump of `n_samples` samples into folder `dir`. *out is written only on success.
 *   reals   the currents, too; SQ_EUNSUPPORTED in fixed point */
int sq_dump_open(struct sq_error *err, const struct sq_network *network, const char *dir, int reals,
                 uint64_t n_samples, struct sq_dump **out);

/* The observer that writes populations; it lives as long as the dump. */
const struct sq_observer *sq_dump_observer(const struct sq_dump *dump);

/* Write what one sample's classifier read, and its logits. */
int sq_dump_outcome(struct sq_error *err, struct sq_dump *dump, const struct sq_outcome *outcome);

/* Samples 0 .. n_done - 1 are complete: give the files their names. */
int sq_dump_finish(struct sq_error *err, struct sq_dump *dump, uint64_t n_done);

/* Close; what is unfinished is removed. Accepts NULL. */
void sq_dump_free(struct sq_dump *dump);

#endif
