/* Pushed recording: spikes of a network that runs elsewhere and hands them over while it runs. One thread writes
 * samples, any number of them at a time, and finishes them in order; another imports them like those of any
 * recording (traces/import/recording.h), sample by sample.
 *
 * Invariants
 *  1. A sample is the writing thread's until it is finished, then the importing thread's until that asks for the
 *     next one. Its memory goes round.
 *  2. At most one finished sample waits: finishing the next one waits for the importing thread. So memory is
 *     that of the open samples and two more.
 *  3. No deadlock: the importing thread takes a waiting sample, or says that it has ended. */
#ifndef SQ_PUSHED_RECORDING_H
#define SQ_PUSHED_RECORDING_H

#include "traces/files/npy.h"
#include "traces/import/recording.h"

/* A recording without samples yet: n_samples is SQ_TRACE_SAMPLES_UNKNOWN. `name` begins sentences and outlives it.
 * Populations are added with sq_recording_add(), before sq_pushed_begin(). SQ_ENOMEM. */
int sq_pushed_new(struct sq_error *err, const char *name, uint32_t timesteps, size_t n_logits,
                  struct sq_recording **out);

/* What each population is in the trace: `plan` outlives the recording, source[p] is the number in the recording
 * of its population p. SQ_ENOMEM. */
int sq_pushed_begin(struct sq_error *err, struct sq_recording *recording,
                    const struct sq_trace_plan *plan, const size_t *source);

/* Spikes of the trace's population p at timestep t of a sample, which is opened by the first of them.
 *   type   of the elements, C order; NULL: bits, the first neuron in the lowest
 * SQ_EVALUE, SQ_EUSAGE (a sample that was finished, too many open ones), SQ_ENOMEM. */
int sq_pushed_write(struct sq_error *err, struct sq_recording *recording, uint64_t sample, size_t p,
                    uint32_t t, const struct sq_array *type, const unsigned char *item);

/* Hand the sample over, all of which was written. SQ_EUSAGE: not so, or not the lowest of the open ones. Returns
 * what the importing thread ended with, if it has; *err is then its own to say. */
int sq_pushed_finish(struct sq_error *err, struct sq_recording *recording,
                     const struct sq_recorded_sample *about);

/* No more samples. SQ_EUSAGE: one is open, or none was finished. */
int sq_pushed_end(struct sq_error *err, struct sq_recording *recording);

/* Samples that were finished. */
uint64_t sq_pushed_n_samples(const struct sq_recording *recording);

/* The importing thread ends now, as if there were no more. */
void sq_pushed_abort(struct sq_recording *recording);

/* The importing thread has ended with this status: nobody waits for it any more. */
void sq_pushed_ended(struct sq_recording *recording, int status);

#endif
