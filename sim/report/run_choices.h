/* What a caller chooses for a run: how recordings become frames, what is recorded, how it runs. Options by name
 * (sim/api/options_run.c) fill it. */
#ifndef SQ_RUN_CHOICES_H
#define SQ_RUN_CHOICES_H

#include "sim/queue/queue.h"
#include "sim/spikeq.h"

/* How recordings of event cameras become frames (docs/events.md). Zero and NULL mean the default of
 * each member. */
struct sq_frames_choices {
    const char *rule;       /* "number:16": the input is recordings; NULL: it is not */
    unsigned bin;           /* bin x bin pixels make one; default 1 */
    const char *crop, *pad; /* "center" or "corner": frames of another size than the network's */
    const char *view;       /* orientation and polarity; the format's canonical one */
    const char *camera;     /* of AEDAT 2.0 recordings that do not name it: "DVS128" */
    unsigned width, height; /* of the sensor, where a recording does not give it */
    int tolerate;           /* 1: use the events before damage, which is counted */
    /* 1: the input is one recording that is still being made. Its rule is "duration:US", every T
     * frames are a sample, and each frame is propagated when it is complete, under the step
     * schedule. Implied where the input is "-", "tcp://HOST:PORT" (to connect to),
     * "tcp-listen://HOST:PORT" (to wait for a connection), a FIFO or a device. */
    int stream;
    int carry; /* 1: a stream's membranes keep their values from one sample to the next */
};

/* How to record a trace: a file that answers any later question
 * (docs/trace-format.md). Zero and NULL mean the default of each member. */
struct sq_trace_choices {
    const char *path;        /* NULL: no trace */
    const char *populations; /* comma-separated patterns, "block.*.attn.q_lif"; all */
    const char *samples;     /* "10:20", "7", "10:", ":20"; all */
    const char *detail;      /* "spikes" (default) or "counts" */
    const char *codec;       /* "none" (default), "zlib", "zstd" */
    int force;               /* 1: replace an existing file, once the new one is whole */
    int resume;              /* 1: resume a trace that was cut short */
    const char *command;     /* noted in the trace */
};

_Static_assert(SQ_SCHEDULE_LAYER == 0, "zero means the default of each member");

/* How to run. Zero and NULL mean the default of each member. Only `input`, `frames`, `labels`, `limit`,
 * `couple_batch` and `shard` change results. */
struct sq_run_choices {
    /* .npy, IDX, IDX.gz, PNG, JPEG or CIFAR batch file, one sample's frames (.npz, .npy), a folder,
     * list or tar archive of images or of such frames, several archives as "val-{0..9}.tar", or a
     * folder or list of recordings if frames.rule is given; required */
    const char *input;
    struct sq_frames_choices frames; /* where the input is recordings */
    const char *labels;              /* IDX, IDX.gz or .npy file of one class number a sample */
    uint64_t limit;                  /* at most this many samples; 0: all */
    unsigned batch;   /* samples in the network at a time; 0: eight a thread, within 48 MiB */
    unsigned threads; /* 0: one per core */
    /* Samples of a batch through which the state of batch-coupled neurons runs, as the official code
     * of QKFormer has it; 0: each sample alone. EUSAGE where the network has no such neurons. It
     * changes results. */
    unsigned couple_batch;
    enum sq_schedule schedule; /* same results */
    const char *isa;           /* "auto", "scalar", "avx2", "avx512"; NULL: auto */
    const char
        *dump_dir;  /* write every population, head_in and the logits as .npy in this folder, or
                             NULL; of a stream only with a limit */
    int dump_reals; /* 1: also what every population integrates, in its folder preact */
    struct sq_trace_choices trace; /* whether and how to record it */
    int profile; /* 1: measure the processor time of every node; it changes times alone. Not with
                    trace.resume, as only samples that run are measured */
    int stop_on_sigint; /* 1: SIGINT ends the run after the samples in flight; of a stream, at once:
                         * a sample that lacks frames does not count */
    /* Streams: called on a thread of the run after each timestep; may be NULL. The run waits. */
    void (*step)(void *data, const struct spikeq_step *step);
    void *step_data;
    /* Called on the calling thread after each sample; may be NULL. */
    void (*progress)(void *data, uint64_t n_done, uint64_t n_total);
    void *progress_data;
    /* Looked at after each call of progress: not 0 ends the run as SIGINT does. May be NULL. */
    const int *stop;
    /* By what the input is known again, in report and trace: "content", a digest of every byte, for which
     * all of the input is read before the run begins; "names", one of names, sizes and labels, for which no
     * sample is read: changed bytes then leave no sign. NULL: content. Not of streams. */
    const char *input_digest;
    /* Run only part I of N equal parts of the samples, "I/N", 1 to N; "auto" or "auto/N": the part that the
     * launcher of a cluster gave this process (docs/cluster.md). NULL: all. What spikeq_merge() makes of all
     * parts equals one run of all samples. Not of streams, and not with dump_dir. */
    const char *shard;
    const char
        *plan; /* file of tilings that replace the engine's choice, as spikeq_graph() writes them;
                         NULL: none. It changes times alone */
    /* Run as so many ranks in this process, as spikeq_ctx_join() lets processes of an MPI job: a dry run, to try
     * and test what a job does. 0: not so. */
    unsigned dry_run_ranks;
};

#endif
