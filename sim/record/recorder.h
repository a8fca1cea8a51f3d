/* The recorder: from the packets of a run to a trace, off the compute path.
 *
 * Worker threads encode each packet as it is sent, into the buffer of its sample; the loop thread
 * hands whole samples over in their order; a thread of the recorder's own compresses and writes
 * them. Buffers are taken at set-up and go round: when the writer is behind, handing over waits,
 * and with it the run. */
#ifndef SQ_RECORDER_H
#define SQ_RECORDER_H

#include "sim/engine/observer.h"
#include "sim/nodes/outcome.h"
#include "sim/record/trace_plan.h"
#include "traces/read/trace_reader.h"

struct sq_recorder;

struct sq_recorder_options {
    const char *path;
    struct sq_trace_request request;
    int replace, resume;
    uint64_t in_flight; /* sq_run_in_flight() */
    const char *isa;    /* of the run: "auto", "scalar", ...; the bytes are the same */
};

/* What can be resumed: *trace is the file that holds it, open for reading (the caller
 * closes it before sq_recorder_open()), or NULL; `held`, which is empty before, gets the samples in it: they
 * need not run again. What sq_trace_peek() and sq_trace_plan_make() refuse. */
int sq_recorder_peek(struct sq_error *err, const struct sq_network *network,
                     const struct sq_recorder_options *options, struct sq_trace **trace,
                     struct sq_sample_set *held);

/* Create or resume the trace, and start the writer. Samples that a resumed trace holds are left out.
 * What sq_trace_create(), sq_trace_resume() and sq_trace_plan_make() refuse; SQ_ENOMEM. */
int sq_recorder_open(struct sq_error *err, const struct sq_network *network,
                     const struct sq_recorder_options *options, struct sq_recorder **out);

/* The observer that encodes; it lives as long as the recorder. */
const struct sq_observer *sq_recorder_observer(const struct sq_recorder *recorder);

/* A sample is finished: write it, soon. Loop thread, in ascending order of samples, of which some may
 * be left out. Fails with what writing an earlier one failed with. */
int sq_recorder_finished(struct sq_error *err, struct sq_recorder *recorder,
                         const struct sq_outcome *outcome);

/* No more samples: wait for the writer, then give a key of meta the value that shows only now, as
 * sq_trace_amend() does. */
int sq_recorder_amend(struct sq_error *err, struct sq_recorder *recorder, const char *key,
                      const char *value);

/* No more samples for now: wait for the writer; all are written down, in a trace that stays incomplete. */
int sq_recorder_keep(struct sq_error *err, struct sq_recorder *recorder);

/* No more samples: wait for the writer; the trace is complete. */
int sq_recorder_finish(struct sq_error *err, struct sq_recorder *recorder);

/* Stop; without a successful finish whole samples stay in an incomplete trace. Accepts NULL. */
void sq_recorder_free(struct sq_recorder *recorder);

#endif
