/* spikeq: an event-driven sparse spike simulator for Spikformer networks. Public interface.
 *
 *   spikeq_ctx *ctx;
 *   spikeq_network *net;
 *   spikeq_report *report;
 *   spikeq_ctx_new(&ctx);
 *   if (spikeq_network_load(ctx, "model.pth", "spikformer-4-384-cifar10", NULL, 0, &net) ||
 *       spikeq_run(ctx, net, &(struct spikeq_run_options){.input = "test.npy"}, &report))
 *       fprintf(stderr, "%s\n", spikeq_error_text(ctx));
 *
 * Every function that can fail returns SPIKEQ_OK or one of the negative codes below;
 * spikeq_error_text() then gives one line: what, where, what to do. The library never prints and
 * never exits. Contexts share nothing: different threads may use different contexts. */
#ifndef SPIKEQ_H
#define SPIKEQ_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Marks what the shared library exports. */
#define SPIKEQ_API __attribute__((visibility("default")))

/* What functions return. */
enum spikeq_status {
    SPIKEQ_OK = 0,            /* success */
    SPIKEQ_EUSAGE = -1,       /* the call is wrong */
    SPIKEQ_EFORMAT = -2,      /* a file is not what its format says */
    SPIKEQ_ESHAPE = -3,       /* sizes do not fit together */
    SPIKEQ_EVALUE = -4,       /* a value is out of range or not a number */
    SPIKEQ_EUNSUPPORTED = -5, /* well formed, but refused or not known */
    SPIKEQ_ENOMEM = -6,       /* out of memory */
    SPIKEQ_EIO = -7,          /* the system could not open, read or write a file */
    SPIKEQ_EINTERRUPTED = -8, /* a signal; the report is valid but partial */
    SPIKEQ_EAGAIN = -9,       /* not now: the queue is full, or no sample is under way */
    SPIKEQ_EBUSY = -10,       /* another thread is in a call with the same handle */
};

/* The last error, warnings, and where configurations are: one a thread. */
typedef struct spikeq_ctx spikeq_ctx;

/* An immutable network: weights, packed, and what runs in which order. */
typedef struct spikeq_network spikeq_network;

/* What a run counted. */
typedef struct spikeq_report spikeq_report;

/* Options of a command or session, set by name. */
typedef struct spikeq_options spikeq_options;

/* A network that stays set up: samples in, results out. */
typedef struct spikeq_session spikeq_session;

/* A trace that is being made of spikes from elsewhere. */
typedef struct spikeq_recorder spikeq_recorder;

/* A trace that is open for reading. */
typedef struct spikeq_trace spikeq_trace;

/* The general meaning of a status code, a static text: safe from any thread. */
SPIKEQ_API const char *spikeq_status_text(int status);

/* Version of the library, "0.1.0". */
SPIKEQ_API const char *spikeq_version(void);

/* A context holds the last error and where configurations are looked for: the folders of the
 * environment variable SPIKEQ_CONFIGS (colon-separated), then share/spikeq/configs of the prefix
 * that the library (or the program that it is linked into) is installed in, wherever that is; or
 * configs/ of the source tree that it was built in, or of the Python package that it is part of. */
SPIKEQ_API int spikeq_ctx_new(spikeq_ctx **out);

/* Free it; accepts NULL. */
SPIKEQ_API void spikeq_ctx_free(spikeq_ctx *ctx);

/* The last error's sentence, "" if there was none; valid until the next call with this context. */
SPIKEQ_API const char *spikeq_error_text(const spikeq_ctx *ctx);

/* What makes a figure doubtful without making it wrong: pixels that were not normalised, a
 * checkpoint of two networks. docs/warnings.md lists every name with its remedy. */
struct spikeq_warning {
    const char *name; /* stable: "pixels-not-normalised" */
    const char *text; /* one line: what, where, what to do */
};

/* Call `on_warning` for each warning of later calls with this context, on the calling thread and at
 * once; the same warning comes once. NULL: no callback (reports still list them). */
SPIKEQ_API void spikeq_ctx_on_warning(spikeq_ctx *ctx,
                                      void (*on_warning)(void *data,
                                                         const struct spikeq_warning *warning),
                                      void *data);

/* 1: later calls fail with EVALUE where they would warn. */
SPIKEQ_API void spikeq_ctx_strict(spikeq_ctx *ctx, int is_strict);

/* How the sentences of later errors and warnings name an option: 0, the default, as a member of the
 * options ("resume continues it"); 1, as the command line does ("--resume continues it"). */
SPIKEQ_API void spikeq_ctx_dashes(spikeq_ctx *ctx, int has_dashes);

/* This process among those that a launcher started together. */
struct spikeq_rank {
    unsigned rank, size; /* 0 .. size - 1; alone: 0 of 1 */
};

/* Join the other processes of the MPI job that mpirun or srun started this one as part of; alone, nothing changes.
 * With this context, spikeq_network_open(), spikeq_network_arith() and spikeq_run(), also by their forms of named
 * options, are collective from then on: every rank calls them in the same order with the same options. Weights are
 * kept once on each machine; samples are dealt to ranks as they finish them; rank 0 gets the report of all samples,
 * which equals a single run's, other ranks that of their own. With a trace, each rank records its part beside it,
 * and rank 0 merges them. A failure of one rank is a failure of all. Free the context last: that ends MPI.
 *   rank   written also on failure
 * EUSAGE: several processes, and the library was built without MPI (docs/cluster.md); or none of them knows of the
 * others. */
SPIKEQ_API int spikeq_ctx_join(spikeq_ctx *ctx, struct spikeq_rank *rank);

/* How the library was built, a line a fact: version, compiler, instruction sets that kernels exist
 * for and those that run here, libraries it was built with. Freed with spikeq_free(). ENOMEM. */
SPIKEQ_API int spikeq_facts(spikeq_ctx *ctx, char **text);

/* The one of n known names that is nearest to a mistyped word; NULL where none is near. */
SPIKEQ_API const char *spikeq_nearest(const char *word, const char *const *known, size_t n);

/* Load a trained checkpoint into an immutable network.
 *   model       .safetensors, or PyTorch .pth / .pt / .pth.tar (zip or legacy); never executed
 *   config      a published name, a path, or NULL: the published size with these weights' sizes
 *   set, n_set  "key=value" overrides of single keys, may be NULL, 0
 *   out         written only on success; the caller frees it with spikeq_network_free()
 * EFORMAT, EUNSUPPORTED (layout or pickle content unknown), ESHAPE (weights and configuration
 * disagree: names the tensor, what was expected, what was found), EVALUE (NaN or infinite
 * weights), ENOMEM, EIO. */
SPIKEQ_API int spikeq_network_load(spikeq_ctx *ctx, const char *model, const char *config,
                                   const char *const *set, size_t n_set, spikeq_network **out);

/* The arithmetic of a network. Zero and NULL mean the default of each member. */
struct spikeq_fixed_options {
    const char *arith;      /* "f32", "fixed"; NULL: f32, or what the file holds */
    unsigned weight_bits;   /* 4 to 16, sign included; default 8 */
    unsigned membrane_bits; /* 8 to 31, sign included; default 31 */
    unsigned pixel_bits;    /* 4 to 16, sign included; default 12, or what the first layer allows */
    double pixel_max;       /* largest magnitude of a pixel; default by the configuration */
    const char *scale;      /* of weights, a power of two per "channel" (default) or "layer" */
    const char *rounding;   /* of what is shifted right: "nearest" (even; default), "down" */
};

/* What a network is loaded from. NULL and 0 mean the default of each member. */
struct spikeq_network_options {
    const char *model, *config; /* as above */
    const char *const *set;     /* "key=value" each */
    size_t n_set;
    /* Which network, of a file that holds several (an average of the weights, student and teacher):
     * "state_dict_ema", "teacher", "." for the file's top. NULL: plain weights before averages,
     * with a warning (several-networks) where two would fit. */
    const char *weights;
    const char *input; /* gives the image's size where neither weights nor configuration do */
    /* A name of configs/architectures/ or the path of a file of that form: what the network is made
     * of. NULL: the one that the configuration names, or else that the weights fit. */
    const char *architecture;
    /* As spikeq_network_arith() right after it; but integers are made layer by layer, so that the float32
     * weights of all layers are never in memory at a time. NULL: f32, or what the file holds. */
    const struct spikeq_fixed_options *arith;
};

/* The same with all options. EUSAGE also: the file has no network of this name. Also what spikeq_network_arith()
 * refuses. */
SPIKEQ_API int spikeq_network_open(spikeq_ctx *ctx, const struct spikeq_network_options *options,
                                   spikeq_network **out);

/* Free it; accepts NULL. Sessions that hold it go on. */
SPIKEQ_API void spikeq_network_free(spikeq_network *network);

/* Make a network run in fixed point: integers, shifts and additions between the first convolution
 * and the head (docs/fixed-point.md). Call it once, before spikeq_run().
 * EUSAGE (options), EVALUE (a file that was quantised with other settings; weights or bounds that
 * integers of these widths cannot hold: names the layer and the figures), EUNSUPPORTED (f32 of a
 * file of integers), ENOMEM. After a failure the network can only be freed. */
SPIKEQ_API int spikeq_network_arith(spikeq_ctx *ctx, spikeq_network *network,
                                    const struct spikeq_fixed_options *options);

/* The order in which ready nodes fire; no result depends on it. */
enum spikeq_schedule {
    SPIKEQ_SCHEDULE_LAYER, /* all timesteps of a layer before the next: weights are loaded once */
    SPIKEQ_SCHEDULE_STEP,  /* all of timestep t before t + 1, as hardware would: least memory */
};

/* How to record a trace: a file that answers any later question
 * (docs/trace-format.md). Zero and NULL mean the default of each member. */
struct spikeq_trace_options {
    const char *path;        /* NULL: no trace */
    const char *populations; /* comma-separated patterns, "block.*.attn.q_lif"; all */
    const char *samples;     /* "10:20", "7", "10:", ":20"; all */
    const char *detail;      /* "spikes" (default) or "counts" */
    const char *codec;       /* "none" (default), "zlib", "zstd" */
    int force;               /* 1: replace an existing file, once the new one is whole */
    int resume;              /* 1: resume a trace that was cut short */
    const char *command;     /* noted in the trace */
};

/* How recordings of event cameras become frames (docs/events.md). Zero and NULL mean the default of
 * each member. */
struct spikeq_frames_options {
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

/* The result after a timestep of a stream. */
struct spikeq_step {
    uint64_t sample;     /* its number, from 0 */
    uint32_t timestep;   /* 0 .. T - 1 of the sample */
    uint32_t prediction; /* class of the largest logit */
    size_t n_classes;
    const float *logits;    /* [n_classes]: of the mean over the timesteps so far */
    uint64_t spikes;        /* of all populations, in the sample so far */
    uint64_t events;        /* in this timestep's frame */
    double latency_seconds; /* since the frame was complete */
};

/* How to run. Zero and NULL mean the default of each member. Only `input`, `frames`, `labels`, `limit`,
 * `couple_batch` and `shard` change results. */
struct spikeq_run_options {
    /* .npy, IDX, IDX.gz, PNG, JPEG or CIFAR batch file, one sample's frames (.npz, .npy), a folder,
     * list or tar archive of images or of such frames, several archives as "val-{0..9}.tar", or a
     * folder or list of recordings if frames.rule is given; required */
    const char *input;
    struct spikeq_frames_options frames; /* where the input is recordings */
    const char *labels;                  /* IDX, IDX.gz or .npy file of one class number a sample */
    uint64_t limit;                      /* at most this many samples; 0: all */
    unsigned batch;   /* samples in the network at a time; 0: eight a thread, within 48 MiB */
    unsigned threads; /* 0: one per core */
    /* Samples of a batch through which the state of batch-coupled neurons runs, as the official code
     * of QKFormer has it; 0: each sample alone. EUSAGE where the network has no such neurons. It
     * changes results. */
    unsigned couple_batch;
    enum spikeq_schedule schedule; /* same results */
    const char *isa;               /* "auto", "scalar", "avx2", "avx512"; NULL: auto */
    const char
        *dump_dir;  /* write every population, head_in and the logits as .npy in this folder, or
                             NULL; of a stream only with a limit */
    int dump_reals; /* 1: also what every population integrates, in its folder preact */
    struct spikeq_trace_options trace; /* whether and how to record it */
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

/* Run every sample of the input through the event queue.
 *   out   written on success, and with EINTERRUPTED (then it covers the samples that were
 *         finished); the caller frees it with spikeq_report_free(), also after the network.
 * ESHAPE, EVALUE, EFORMAT, EIO for the input; EIO for the dump; EUSAGE for unknown options (an
 * instruction set that this processor lacks too); of a plan EIO, EFORMAT, and EVALUE where it does not fit the network;
 * ENOMEM. */
SPIKEQ_API int spikeq_run(spikeq_ctx *ctx, const spikeq_network *network,
                          const struct spikeq_run_options *options, spikeq_report **out);

/* Free it; accepts NULL. */
SPIKEQ_API void spikeq_report_free(spikeq_report *report);

/* The report of a recorded run, from its trace alone: the same figures to the last digit, for the
 * samples that the trace holds. EFORMAT, EUNSUPPORTED (it was recorded without operations, or
 * elsewhere without a configuration), EIO, ENOMEM. */
SPIKEQ_API int spikeq_report_of_trace(spikeq_ctx *ctx, const char *path, spikeq_report **out);

/* What a run was of, and its sums. */
struct spikeq_summary {
    const char *model, *config, *input; /* paths and one-line descriptions; owned by the report */
    /* Which network of the file ran, why, and all networks in it; networks is "" for only one. */
    const char *weights, *weights_why, *networks;
    const char *input_end; /* where and why a stream ended within a record, or "" */
    uint32_t most_spikes;  /* that a neuron can send at once: 1; of multispike neurons their virtual
                              timesteps. Dense additions take an input as one spike */
    const char *assumed;   /* configuration keys whose values the source does not state, or "" */
    uint64_t n_samples, n_labelled,
        n_correct;      /* that ran; with a label; with the right prediction */
    double accuracy;    /* n_correct / n_labelled, or -1 without labels */
    uint32_t timesteps; /* T */
    size_t n_populations, n_synapses, n_attentions; /* for the functions below */
    uint64_t additions;       /* SOPs: of all events in synapses, and both products of attention */
    uint64_t dense_additions; /* the same if no input were zero; padding taps do not exist */
    uint64_t macs; /* multiply-accumulates done: first convolution (none where event counts enter as
                      events), head */
    double seconds, samples_per_second; /* from the first sample to the last result */
    unsigned threads, batch;            /* as it ran */
    unsigned
        couple_batch; /* of a network with batch-coupled neurons: samples whose state ran on, 1:
                              each sample alone; 0: it has no such neurons */
    const char *isa, *schedule; /* as it ran: "avx512", "layer" */
    const char *arith;   /* "f32", or "fixed weights=8 ...": all settings (docs/fixed-point.md) */
    size_t n_node_times; /* of a profile: nodes; 0: it was not asked for */
    double
        additions_limit; /* of a profile: float32 additions a second that one thread makes of weights
                               in the first-level cache, measured before the run */
    size_t n_warnings;   /* of loading the network and of the run */
    const char
        *shard; /* "3 of 10: samples 20:30 of 100 (SLURM_ARRAY_TASK_ID=3, ...)"; "": all ran */
    const char *plan;     /* file whose tilings were forced, or "" */
    unsigned plan_layers; /* whose tilings it forced */
    unsigned
        ranks; /* processes, or threads of a dry run, that shared the run; 0: it ran alone. Then
                     * `threads` and `batch` are those of rank 0 */
};

/* The summary; its texts are the report's. */
SPIKEQ_API void spikeq_report_summary(const spikeq_report *report, struct spikeq_summary *summary);

/* Warning `index` of n_warnings, in order of occurrence; owned by the report. */
SPIKEQ_API void spikeq_report_warning(const spikeq_report *report, size_t index,
                                      struct spikeq_warning *warning);

/* A node's part of the time, over all samples and timesteps: processor time of all threads for events
 * delivered, neurons, event lists, counts and recording. It differs from run to run. */
struct spikeq_node_time {
    const char *name;   /* of the population, pooling, residual sum or head */
    const char *layer;  /* module path of its weights, name of its attention, or "" */
    double seconds;     /* of all threads */
    uint64_t additions; /* that were made: SOPs */
};

/* Node `index` of n_node_times, in the order of the data's way. */
SPIKEQ_API void spikeq_report_node_time(const spikeq_report *report, size_t index,
                                        struct spikeq_node_time *time);

/* One LIF population over all samples and timesteps. */
struct spikeq_population {
    const char *name;                /* module path, "block.0.attn.q_lif" */
    uint64_t neurons, spikes;        /* spikes of all samples and timesteps */
    double rate;                     /* spikes / (neurons * timesteps * samples) */
    const double *rate_per_timestep; /* [timesteps], owned by the report */
};

/* The population `index`, of n_populations, in the order of the data's way. */
SPIKEQ_API void spikeq_report_population(const spikeq_report *report, size_t index,
                                         struct spikeq_population *population);

/* One synapse (weights between two nodes) over all samples and timesteps. */
struct spikeq_synapse {
    const char *name;            /* module path of the weight, "block.0.attn.q_linear" */
    const char *kind;            /* "conv3x3_analog", "conv3x3", "linear", "conv1x1", "head" */
    const char *source, *target; /* nodes: "block.0.in", "block.0.attn.q_lif" */
    uint64_t events;             /* nonzero inputs delivered */
    uint64_t additions;          /* sum of their fan-outs, padding taps excluded */
    uint64_t sops;               /* additions that were made; 0 where pixels or features multiply */
    uint64_t unit_additions;     /* additions, each times its integer value */
    int has_units;               /* 0: the inputs are analog, unit_additions has no meaning */
    uint64_t dense_additions;    /* the fan-outs of all inputs, zero or not */
    uint64_t macs;               /* multiply-accumulates done */
};

/* The synapse `index`, of n_synapses, in the order of the data's way. */
SPIKEQ_API void spikeq_report_synapse(const spikeq_report *report, size_t index,
                                      struct spikeq_synapse *synapse);

/* The attention of one block over all samples and timesteps: a matrix product of q, k and v, which
 * has no weights, in the order of the network's definition; or a sum of spikes that gates
 * others; or one product of DSSA, whose spikes add rows of reals. */
struct spikeq_attention {
    const char *name;                           /* "block.0.attn.ssa" */
    const char *order;                          /* "(q k^T) v", "q (k^T v)"; "sum of tokens",
                                                   "sum of heads"; "y s", "y a" */
    const char *target;                         /* population: "block.0.attn.attn_lif" */
    uint64_t events;                            /* spikes of q, k and v; that are summed, or select
                                                   rows */
    uint64_t first_additions, second_additions; /* of each product, one a nonzero pair; a sum or
                                                   a product of DSSA has only the first */
    uint64_t additions;                         /* of both */
    uint64_t unit_additions;  /* of both, the second with each entry as many times as its value */
    uint64_t dense_additions; /* if every q, k and v fired */
};

/* The attention `index`, of n_attentions, in the order of the data's way. */
SPIKEQ_API void spikeq_report_attention(const spikeq_report *report, size_t index,
                                        struct spikeq_attention *attention);

/* Shards of a run, to be made one. Zero and NULL mean the default of each member. */
struct spikeq_merge_options {
    const char *const
        *shards; /* n_shards paths, in any order: the traces of all shards, or the reports */
    size_t n_shards;
    const char *out;     /* the file to be made; required */
    int force;           /* 1: an existing file may be replaced, once the new one is whole */
    const char *command; /* noted in a trace */
    /* Called on the calling thread as samples are copied; may be NULL. */
    void (*progress)(void *data, uint64_t n_done, uint64_t n_total);
    void *progress_data;
};

/* What a merge made. */
struct spikeq_merge_summary {
    uint64_t n_samples; /* of the whole */
    size_t n_shards;    /* that it was made of */
    int is_trace;       /* 0: a report */
};

/* Make the trace, or the report, that one run of all samples would have made, of those of runs with the option
 * `shard`: equal to the last digit, but for the report's member "timing" and the command that a trace notes. A
 * trace lies at OUT.partial until it is whole; memory is bounded, whatever its size.
 *   summary   may be NULL; written on success
 * EVALUE (a shard is missing or given twice: names it), ESHAPE (it is of another model, configuration,
 * arithmetic, input, detail or other populations: names the first difference), EUNSUPPORTED (it is unfinished,
 * or no shard), EUSAGE (an existing file; traces and reports), EFORMAT (damaged: names the place), EIO, ENOMEM. */
SPIKEQ_API int spikeq_merge(spikeq_ctx *ctx, const struct spikeq_merge_options *options,
                            struct spikeq_merge_summary *summary);

/* How to quantise a trained checkpoint. Zero and NULL mean the default of each member. */
struct spikeq_quantise_options {
    const char *model, *config; /* as for spikeq_network_load() */
    const char *const *set;     /* "key=value" overrides of the configuration */
    size_t n_set;
    const char *weights;  /* which network of the file, as for spikeq_network_open() */
    const unsigned *bits; /* weight bits, 4 to 16 each; several make a sweep */
    size_t n_bits;
    struct spikeq_fixed_options fixed; /* all but arith and weight_bits */
    const char *choose;    /* scales by "range" (default) or by "error" on `calibrate` */
    const char *calibrate; /* samples to compare with float32 on, as for a run, or NULL */
    struct spikeq_frames_options frames; /* of recordings; stream and carry play no part */
    const char *labels;                  /* of `calibrate`: accuracies */
    uint64_t limit;                      /* samples of `calibrate`; 0: all */
    unsigned threads;                    /* 0: one per core */
    const char *architecture;            /* as for spikeq_network_open() */
    const char *out;    /* where the model of integers goes (one width only), or NULL */
    int force;          /* 1: an existing file may be replaced */
    const char *format; /* "table" (default), "markdown", "json" */
};

/* Choose scales, compare with float32, write the model: spikeq_network_load() reads it.
 *   text   for each width: accuracy, spikes and predictions that differ from float32, size,
 *          energy; for a single width every layer; freed with spikeq_free()
 * Text and file are written on success only. EUSAGE, EIO, and what spikeq_network_load(),
 * spikeq_network_arith() and spikeq_run() refuse. */
SPIKEQ_API int spikeq_quantise(spikeq_ctx *ctx, const struct spikeq_quantise_options *options,
                               char **text);

/* What to make a synthetic checkpoint of. Zero and NULL mean the default of each member. */
struct spikeq_synthesise_options {
    const char *config;       /* a published name or a path; required */
    const char *architecture; /* as for spikeq_network_open() */
    const char *const *set;   /* "key=value" overrides of the configuration */
    size_t n_set;
    const char *const *rate; /* "0.1": of every population; "GLOB=0.1": of those that match */
    size_t n_rate;
    const char *rates; /* CSV "name,rate", or NULL */
    uint64_t seed;     /* of weights and noise */
    const char *input; /* samples to calibrate on, as for a run; NULL: uniform noise */
    struct spikeq_frames_options frames; /* of recordings; stream and carry play no part */
    uint64_t limit;         /* samples; 0: four, or as many as 1 GiB holds, at least one */
    const char *save_input; /* write the noise here, .npy, float32; or NULL */
    const char *isa;        /* as for a run; same results */
    const char *out;        /* .safetensors; required */
    int force;              /* 1: existing files may be replaced */
    int as_json;            /* 1: the text as JSON */
    /* Called on the calling thread after each node; may be NULL. */
    void (*progress)(void *data, uint64_t n_done, uint64_t n_total);
    void *progress_data;
};

/* Draw the weights of a network, set its biases layer by layer so that populations fire at wanted
 * rates, and write the checkpoint, float32 with the official module's names and shapes. A file that
 * is made so says it: loading it warns (synthetic-weights).
 *   text   the wanted and the reached rate of every population; freed with spikeq_free()
 * Text and files are written on success only; a rate that cannot be reached is a warning
 * (rate-not-reached). The same for every instruction set. EUSAGE (options, rates, an unknown
 * population), EVALUE, EFORMAT (table, input), ESHAPE, EIO, ENOMEM. */
SPIKEQ_API int spikeq_synthesise(spikeq_ctx *ctx, const struct spikeq_synthesise_options *options,
                                 char **text);

/* How to replay a trace. Zero and NULL mean the default of each member. */
struct spikeq_replay_options {
    const char *trace, *model; /* paths; the model is the recorded one, or one of its shape */
    const char *config;        /* NULL, with n_set 0: the configuration that was recorded */
    const char *const *set;    /* "key=value" overrides of the configuration */
    size_t n_set;
    const char *weights;      /* as for spikeq_network_open(); NULL: those that were recorded */
    const char *architecture; /* the same; NULL: the configuration's */
    /* Where it begins: populations by module path, "block.N" (the residual stream that enters block
     * N, rebuilt from recorded spikes), "input". Everything downstream is computed, what it also
     * reads is taken from the trace, nothing upstream runs. */
    const char *const *from;
    size_t n_from;
    const char *input; /* for "input": the recorded input, unless the trace holds its events */
    /* Recordings: what is not set is taken from the trace; stream and carry play no part. */
    struct spikeq_frames_options frames;
    const char *samples; /* "10:20"; all */
    int verify;          /* 1: compare every computed packet with the recorded one */
    /* What if: */
    double drop;                /* each injected spike is lost with this probability */
    uint64_t seed;              /* which ones */
    int64_t shift;              /* injected spikes come this many timesteps later */
    const char *const *silence; /* "GLOB", "GLOB[head=2]", "GLOB[channel=0:16]": never send */
    size_t n_silence;
    struct spikeq_trace_options record; /* the replay as a new trace; no resume */
    unsigned batch, threads;            /* as for spikeq_run() */
    enum spikeq_schedule schedule;      /* same results */
    const char *isa;                    /* as for spikeq_run() */
    int stop_on_sigint;                 /* 1: SIGINT ends it after the samples in flight */
    int as_json;                        /* 1: the text as JSON */
    /* Called on the calling thread after each sample; may be NULL. */
    void (*progress)(void *data, uint64_t n_done, uint64_t n_total);
    void *progress_data;
    const int *stop; /* as for spikeq_run() */
};

/* Inject recorded packets and compute what follows.
 *   text       the result: the comparison if verify is set, and the change of predictions,
 *              rates and operations against the trace; freed with spikeq_free()
 *   is_equal   1: every compared packet, all logits and predictions equal the trace
 * EUSAGE, ESHAPE (model and trace disagree), EVALUE (another input), EUNSUPPORTED (what the cut
 * needs was not recorded, or membranes were carried from sample to sample), EFORMAT (damaged: names
 * sample, timestep, population), EIO, ENOMEM; EINTERRUPTED with a text about the samples that were
 * finished. */
SPIKEQ_API int spikeq_replay(spikeq_ctx *ctx, const struct spikeq_replay_options *options,
                             char **text, int *is_equal);

/* The whole report as JSON text (docs/man/spikeq.1.in describes it): the caller frees it with
 * spikeq_free(). Apart from the member "timing" it depends on model, configuration and input
 * only. */
SPIKEQ_API int spikeq_report_json(spikeq_ctx *ctx, const spikeq_report *report, char **text);

/* Describe any file that spikeq reads: tensors, layout recognised, sizes, unused entries and why;
 * arrays and images; traces, with firing rates as the run reported them; recordings of event
 * cameras, as spikeq_events() with `tolerate` does. as_json 0: text for people. The caller
 * frees *text with spikeq_free(). */
SPIKEQ_API int spikeq_inspect(spikeq_ctx *ctx, const char *path, int as_json, char **text);

/* What to show of a file. NULL and 0 mean the default of each member. */
struct spikeq_inspect_options {
    const char *path;         /* required */
    const char *weights;      /* of a checkpoint: which network, as for spikeq_network_open() */
    const char *architecture; /* of a checkpoint: the same */
    int as_json;              /* 1: the text as JSON */
    int as_config; /* of a checkpoint: its configuration as JSON, "?" where the weights do not say;
                      it is refused as a configuration until they are filled in */
};

/* The same with all options. EUSAGE also: the file has no network of this name. */
SPIKEQ_API int spikeq_inspect_as(spikeq_ctx *ctx, const struct spikeq_inspect_options *options,
                                 char **text);

/* Whose graph to show, and how. NULL and 0 mean the default of each member. */
struct spikeq_graph_options {
    const char *source; /* a checkpoint, a configuration (name or path), a trace, a report, or the
                           file of an architecture; required */
    const char *config; /* of a checkpoint or an architecture; the others have their own */
    const char *const *set; /* "key=value" overrides of the configuration */
    size_t n_set;
    const char *weights;      /* of a checkpoint: which network, as for spikeq_network_open() */
    const char *architecture; /* of a checkpoint or a configuration: the same */
    const char *format;       /* "text" (default), "json", "dot" (Graphviz), "mermaid" */
    /* 1: instead of the nodes, how the engine would tile every layer's weights, and what it knows of the caches: of a
     * checkpoint, a configuration or an architecture, as text or json, which spikeq_run_options.plan takes. */
    int plan;
    const char *
        rates; /* of a plan: firing rates, ascending, comma-separated, above 0 and at most 1; NULL: "0.05,0.1,0.2" */
    const char *isa; /* of a plan: as for a run */
    struct spikeq_fixed_options
        arith; /* of a plan: as for spikeq_network_arith(); fixed of a checkpoint alone */
};

/* What will be executed, node by node: operation, type and shape of what it sends, weights, dense
 * cost, and which nodes run as one. JSON is an architecture, to be given back as such. The caller
 * frees *text with spikeq_free(). EUSAGE (options that the source does not take), and what
 * spikeq_network_open() refuses. */
SPIKEQ_API int spikeq_graph(spikeq_ctx *ctx, const struct spikeq_graph_options *options,
                            char **text);

/* The digest of a trace's content: 64 hexadecimal digits, equal for equal content, in whatever
 * codec or file it is. Reads the whole trace and verifies it. The caller frees *text with
 * spikeq_free(). EFORMAT names the place that is damaged; EUNSUPPORTED, EIO, ENOMEM. */
SPIKEQ_API int spikeq_trace_digest(spikeq_ctx *ctx, const char *path, char **text);

/* What to compare of two traces; NULL and 0 mean the default of each member. */
struct spikeq_diff_options {
    const char *populations; /* shell patterns, comma-separated: only these; NULL: all */
    const char *samples;     /* "7", "10:20", "10:", ":20": only these; NULL: all */
    int as_json;             /* 0: text for people */
    double logits_tolerance; /* logits at most this far apart are equal; 0: bit for bit */
};

/* Compare two traces spike by spike.
 *   options    may be NULL
 *   is_equal   1: all that was compared is equal, and both hold the same samples
 *   text       the verdict on spikes, logits, predictions; the first difference; rates, accuracy
 *              and energy of both; mismatches per population and timestep; the caller frees it
 *              with spikeq_free()
 * Both are written on success only. Traces of other populations or timesteps differ; that is not an
 * error. EUSAGE (no such range, no such population, a negative tolerance), EFORMAT (names the
 * damaged place), EUNSUPPORTED, EIO, ENOMEM. */
SPIKEQ_API int spikeq_diff(spikeq_ctx *ctx, const char *a, const char *b,
                           const struct spikeq_diff_options *options, int *is_equal, char **text);

/* Published configurations, "name  architecture  source" a line. Freed with spikeq_free(). EIO: there are
 * none (names the folders); ENOMEM. */
SPIKEQ_API int spikeq_config_list(spikeq_ctx *ctx, char **text);

/* The architectures of configs/architectures/, "name  family  source" a line: what the member
 * `architecture` of options takes. Freed with spikeq_free(). EIO, EFORMAT (names the file), ENOMEM. */
SPIKEQ_API int spikeq_architecture_list(spikeq_ctx *ctx, char **text);

/* What to price and how. Exactly one of report, rates, table. NULL means the default. */
struct spikeq_energy_options {
    const char *report;       /* a report's path, or its name if report_text is given */
    const char *report_text;  /* the report itself, as spikeq_report_json() makes it */
    const char *rates;        /* CSV "name,rate": firing rates as published; needs config */
    const char *table;        /* CSV "name,kind,flops,rate": any network */
    const char *config;       /* of rates: the network */
    const char *architecture; /* of rates: as for spikeq_network_open() */
    const char *compare;      /* CSV "name" with "rate", "flops" or "ops": another tool's figures */
    const char *convention;   /* "exact", "paper", ... or "all" (default) */
    const char *hardware;     /* profile name or path; default "fp32_45nm" */
    const char *const *switches; /* "key=value" each */
    size_t n_switches;
    const char *format; /* "table" (default), "json", "csv", "markdown", "latex" */
    const char *per;    /* "layer", "block", "timestep", "sample", "class" */
    /* Further reports and traces: one table with `report`, one row per model. */
    const char *const *more;
    size_t n_more;
    int digits;                /* significant digits; 0: 5, in JSON and CSV all; -1: all */
    const char *unit;          /* of energies: "pJ", "nJ", "uJ", "mJ", "J"; each column's own */
    const char *columns;       /* "convention,energy": only these, in this order */
    unsigned width;            /* of tables, in characters; default 80 */
    int verbose;               /* 1: all columns and notes in tables for people, too */
    const char *csv_directory; /* write every table as a CSV file here instead of a text */
    int csv_replaces;          /* 1: existing files may be replaced */
};

/* Price a network: the caller frees *text with spikeq_free(). EUSAGE (unknown names), EFORMAT,
 * EVALUE, ESHAPE (a file: names file, key, value, expected), EUNSUPPORTED (the convention needs
 * counts that the source lacks), EIO, ENOMEM. */
SPIKEQ_API int spikeq_energy(spikeq_ctx *ctx, const struct spikeq_energy_options *options,
                             char **text);

/* Conventions, switches and hardware profiles, with definitions and sources. Only the options of
 * format apply. */
SPIKEQ_API int spikeq_energy_list(spikeq_ctx *ctx, const struct spikeq_energy_options *options,
                                  char **text);

/* What to measure. NULL and 0 mean the default of each member. */
struct spikeq_analyze_options {
    const char *const *traces; /* n_traces paths, 1 .. 16; the others are compared with the first */
    size_t n_traces;
    const char *populations;   /* comma-separated patterns "block.*.attn.?_lif"; NULL: all */
    const char *samples;       /* "10:20", ":100", "7"; NULL: all */
    const char *model;         /* the traces' checkpoint: decisions after each timestep */
    const char *config;        /* of the model, as for spikeq_network_load() */
    const char *weights;       /* of the model, as for spikeq_network_open() */
    const char *architecture;  /* the same */
    const char *hardware;      /* prices operations: profile name or path; default "fp32_45nm" */
    unsigned threads;          /* 0: one per core; no figure depends on it */
    const char *class_names;   /* a text file, one name a line, class 0 first; NULL: no names */
    const char *raster_sample; /* number of the sample whose raster is kept; NULL: the first */
};

/* Where the spikes of traces are, measured in one pass over each; the caller frees *json with
 * spikeq_free(). docs/analysis.md defines every member. What a trace does not allow is left out and
 * named, with the reason, in the member "notes". EUSAGE (patterns or range choose nothing), EFORMAT
 * (not a trace, damaged: names the place), ESHAPE (not the traces' model), EIO, ENOMEM. */
SPIKEQ_API int spikeq_analyze(spikeq_ctx *ctx, const struct spikeq_analyze_options *options,
                              char **json);

/* How to print an analysis. */
struct spikeq_table_options {
    unsigned top;  /* rows of layers by cost; 0: all */
    int is_colour; /* 1: escape codes for colours, and bars of Unicode blocks; 0: plain ASCII */
};

/* The essentials of an analysis, as spikeq_analyze() made it, as tables with bars for a terminal;
 * the caller frees *text with spikeq_free(). EFORMAT: not an analysis; ENOMEM. */
SPIKEQ_API int spikeq_analysis_table(spikeq_ctx *ctx, const char *json,
                                     const struct spikeq_table_options *options, char **text);

/* Every table of an analysis as its own CSV file in the folder `directory`, which is made if
 * it is missing. Files take their names when they are whole. EFORMAT, EIO, ENOMEM. */
SPIKEQ_API int spikeq_analysis_csv(spikeq_ctx *ctx, const char *json, const char *directory);

/* An analysis as a page: one HTML file that needs nothing else and holds the analysis itself; the
 * caller frees *text with spikeq_free(). EFORMAT: not an analysis; ENOMEM. */
SPIKEQ_API int spikeq_analysis_html(spikeq_ctx *ctx, const char *json, char **text);

/* What to export, where and in which format. NULL and zero mean the default of each member. */
struct spikeq_export_options {
    const char *trace;       /* a trace file; required */
    const char *to;          /* "npz", "csv", "hdf5", "aer", "prosperity"; required */
    const char *out;         /* a path; "-" or NULL: standard output, for csv and aer */
    const char *populations; /* comma-separated shell patterns; NULL: all */
    const char *samples;     /* "7", "10:20" (20 is out), "10:", ":20"; NULL: all */
    int force;               /* 1: an existing file may be replaced */
};

/* Write a trace in another format; docs/export.md says what each holds. The file appears when it
 * is whole. EUSAGE (options, an existing file), EFORMAT (damaged, or not a trace),
 * EUNSUPPORTED (the trace lacks what the format needs), EVALUE (nothing selected), EIO, ENOMEM.
 */
SPIKEQ_API int spikeq_export(spikeq_ctx *ctx, const struct spikeq_export_options *options);

/* Where the events of a trace are sent, and how fast. */
struct spikeq_stream_options {
    const char *trace;  /* a trace file; required */
    const char *target; /* "-": standard output; a path: a FIFO, a device, or a file to be made;
                           "tcp://HOST:PORT" (IPv6: "tcp://[::1]:PORT"); "unix:PATH"; required */
    const char *form;   /* "text" (default) or "binary", docs/address-events.md */
    const char *pace;   /* "max" (default), or milliseconds from one timestep to the next */
    const char *populations, *samples; /* as for spikeq_export() */
    int force;                         /* 1: replace a file that exists */
};

/* What the reader received. */
struct spikeq_stream_result {
    uint64_t frames, events; /* that were sent */
    int reader_left;         /* 1: it closed its end before all was sent */
};

/* Send events in the order of time, all populations of a timestep before the next. At most 1 MiB
 * is under way. A reader that goes away ends the stream with SPIKEQ_OK. Blocks until the end;
 * SIGPIPE is blocked meanwhile.
 *   result   may be NULL; written on success
 * EUSAGE (options, an existing file), EIO (no such host, no listener, a full disk), and as for
 * spikeq_export(). */
SPIKEQ_API int spikeq_stream(spikeq_ctx *ctx, const struct spikeq_stream_options *options,
                             struct spikeq_stream_result *result);

/* What an import wrote. */
struct spikeq_import_summary {
    uint64_t n_samples, n_populations, spikes; /* in the trace */
    uint32_t timesteps;                        /* T of each sample */
    const char *format;                        /* "NumPy arrays [T,B,...]"; static */
    char note[256];                            /* a remark on the figures, or "" */
};

/* Spikes that were recorded elsewhere. Zero and NULL mean the default of each member. */
struct spikeq_import_options {
    const char *source; /* .npz, folder of .npy, one .npy, SONATA .h5, CSV, SLAYER .bs1, pickle
                         * of tensors; required */
    const char *trace;  /* the file to make; required */
    const char *format; /* "npz", "npy", "sonata", "csv", "bs1", "prosperity"; NULL: by content */
    const char *config; /* a published name or a path: names and shapes must agree with it */
    const char *model, *weights; /* a checkpoint that gives the sizes, and which of its networks;
                                     what it does not say must be set */
    const char *const *set;      /* "key=value" overrides of single keys */
    size_t n_set;
    const char *architecture; /* of config or model, as for spikeq_network_open() */
    int partial;              /* 1: populations of the configuration may be missing */
    const char *labels;       /* IDX, IDX.gz or .npy file of one class number a sample, in order */
    double dt_ms;             /* SONATA, SLAYER: length of a timestep; 0: 1 ms */
    const char *population;   /* name of the neurons of one .npy (required) or .bs1 ("spikes") */
    int transpose;            /* 1: one .npy is [N,T] or [B,N,T] */
    const char *const *neurons; /* "NAME=N": sizes of populations of event lists */
    size_t n_neurons;
    const char *codec;                     /* "none" (default), "zlib", "zstd" */
    int force;                             /* 1: a trace of that name is replaced, at the end */
    struct spikeq_import_summary *summary; /* written on success; may be NULL */
};

/* Make a trace of a recording (docs/import.md). After a failure no trace is left, and an older one
 * of that name is kept. EUSAGE, EIO, EFORMAT, EUNSUPPORTED, ESHAPE (names the array, what was
 * expected and found), EVALUE (names value and place), ENOMEM. */
SPIKEQ_API int spikeq_import(spikeq_ctx *ctx, const struct spikeq_import_options *options);

/* What to do with a recording of an event camera. Zero and NULL mean the default of each member. */
struct spikeq_events_options {
    const char *path; /* a file, FIFO, "-", "tcp://HOST:PORT", "tcp-listen://HOST:PORT"; required */
    const char *view; /* orientation and polarity, docs/events.md; the format's canonical one */
    const char *format;     /* "nmnist", "dat", ...; NULL: by content */
    const char *camera;     /* of an AEDAT 2.0 recording that does not name it: "DVS128" */
    unsigned width, height; /* of the sensor, where the recording does not give it */
    int tolerate;           /* 1: use what is before damage, keep time that runs backwards */
    const char *dump;       /* write the events here, 13 bytes each (docs/events.md) */
    const char *frames;     /* bin by this rule, "number:16" (docs/events.md) */
    unsigned bin;           /* bin x bin pixels make one */
    const char *frames_out; /* write the frames here, .npy, int32 [T,2,H,W] */
    int force;              /* 1: existing files may be replaced, once the new ones are whole */
    int as_json;            /* 1: the text as JSON */
};

/* Read a recording: format, camera, size, counts, duration and what was dropped, as text that the
 * caller frees with spikeq_free(); writes the files requested. EFORMAT and EVALUE name the byte
 * where the recording is damaged, time runs backwards or a pixel lies outside the sensor; EVALUE
 * where the binning rule's own tool raises an error; EUNSUPPORTED, EUSAGE, EIO, ENOMEM. */
SPIKEQ_API int spikeq_events(spikeq_ctx *ctx, const struct spikeq_events_options *options,
                             char **text);

/* ---- Options by name -------------------------------------------------------------------------
 * What a command takes as "--threads 4", a program sets by the same name. Names, types, ranges,
 * defaults and what goes with what are one table for the library, the command and its help. */

/* A row of the table. The caller sets `size`; what it does not cover is not written. */
struct spikeq_option {
    size_t size;      /* sizeof(struct spikeq_option) */
    const char *name; /* "threads"; all texts are static */
    /* "flag", "count", "counts" ("4,6,8"), "integer", "number", "text", "path", "choice", "list", "size" */
    const char *type;
    const char *metavar; /* "N"; "" of a flag */
    /* Of numbers "1..1024", "1..", "above 0..65536", "1..17|full", and in brackets how errors name it; of
     * a choice "layer|step"; of a text words that it may be or begin with, or "@config",
     * "@architecture", "@hardware": a name that the program lists, or a file; of a list "1..64", how
     * often it may be given; of a path "-" where standard input or output is taken, "folder". "" where
     * anything is taken. */
    const char *range;
    const char *initial; /* the value without it, as text or in words: "one per core" */
    const char *help;    /* one sentence or two */
    const char *value;   /* as set, of a list the last one; NULL: not set. Until the next call. */
    const char *letter;  /* its short form on the command line, "o"; "" */
};

/* The options of "session" or of a command, "run", "energy", ...; of "spikeq run", "spikeq energy", ...
 * also those that the program of that name acts on itself, such as "report"; SIGINT then ends a run as
 * it ends the program's. The caller frees *out with spikeq_options_free(). EUSAGE (no such command),
 * ENOMEM. */
SPIKEQ_API int spikeq_options_new(spikeq_ctx *ctx, const char *command, spikeq_options **out);

/* Free them; accepts NULL. */
SPIKEQ_API void spikeq_options_free(spikeq_options *options);

/* Set an option; `value` is copied. A flag takes "1" or "0"; a list ("set") grows by each call;
 * NULL takes the option back. EUSAGE: an unknown name (the nearest is given), a value out of range;
 * then nothing is changed. ENOMEM. */
SPIKEQ_API int spikeq_options_set(spikeq_options *options, const char *name, const char *value);

/* The value as it was set, of a list the last one; NULL: not set, or no such option. Valid until the
 * next call with these options. */
SPIKEQ_API const char *spikeq_options_get(const spikeq_options *options, const char *name);

/* Row `index` of the options that the command takes, in the order of its help. EUSAGE: there are
 * not so many. */
SPIKEQ_API int spikeq_options_list(const spikeq_options *options, size_t index,
                                   struct spikeq_option *option);

/* Do the options go together, and is every option there that is needed? The calls below check it too.
 * EUSAGE: names the option, and what it goes with. */
SPIKEQ_API int spikeq_options_check(const spikeq_options *options);

/* The command line, or whatever else made these options, to be noted in a trace that is recorded; it is
 * copied. NULL: nothing. ENOMEM. */
SPIKEQ_API int spikeq_options_note(spikeq_options *options, const char *command_line);

/* Called on the calling thread after each sample of spikeq_run_with(), spikeq_energy_with() and
 * spikeq_replay_with(), as samples are copied by spikeq_merge_with(), and after each node of spikeq_synthesise_with(); NULL: not called. */
SPIKEQ_API void spikeq_options_on_progress(spikeq_options *options,
                                           void (*progress)(void *data, uint64_t n_done,
                                                            uint64_t n_total),
                                           void *data);

/* Looked at after each call of progress: not 0 ends the run as SIGINT does; it must outlive the call. NULL:
 * nothing is. */
SPIKEQ_API void spikeq_options_watch(spikeq_options *options, const int *stop);

/* Of streams: called on a thread of the run after each timestep; NULL: not called. */
SPIKEQ_API void spikeq_options_on_step(spikeq_options *options,
                                       void (*step)(void *data, const struct spikeq_step *step),
                                       void *data);

/* The calls above with the options of their command: what the command line takes as arguments is given
 * here as such, everything else by name. Errors and what is written are those of the call without
 * "_with"; EUSAGE also: options of another command, or that do not go together. NULL stands for options of which none
 * is set. */

/* spikeq_network_open() and spikeq_network_arith() with the options of "run". */
SPIKEQ_API int spikeq_network_with(spikeq_ctx *ctx, const spikeq_options *options,
                                   spikeq_network **out);

/* spikeq_run() with the options of "run". */
SPIKEQ_API int spikeq_run_with(spikeq_ctx *ctx, const spikeq_network *network,
                               const spikeq_options *options, spikeq_report **out);

/* spikeq_merge() with the options of "merge"; "out" is required. */
SPIKEQ_API int spikeq_merge_with(spikeq_ctx *ctx, const char *const *shards, size_t n_shards,
                                 const spikeq_options *options,
                                 struct spikeq_merge_summary *summary);

/* spikeq_quantise() with the options of "quantize". */
SPIKEQ_API int spikeq_quantise_with(spikeq_ctx *ctx, const spikeq_options *options, char **text);

/* spikeq_synthesise() with the options of "synthesize". */
SPIKEQ_API int spikeq_synthesise_with(spikeq_ctx *ctx, const spikeq_options *options, char **text);

/* spikeq_energy() with the options of "energy".
 *   sources, n_sources   paths of reports and traces; NULL, 0 with the option model, rates or table.
 *                        A model is run first; EINTERRUPTED: *text prices the samples that were finished
 *   width                of tables, in characters; 0: 80 */
SPIKEQ_API int spikeq_energy_with(spikeq_ctx *ctx, const char *const *sources, size_t n_sources,
                                  const spikeq_options *options, unsigned width, char **text);

/* spikeq_energy_list() with the options of "energy". */
SPIKEQ_API int spikeq_energy_list_with(spikeq_ctx *ctx, const spikeq_options *options,
                                       unsigned width, char **text);

/* spikeq_analyze() with the options of "analyze". */
SPIKEQ_API int spikeq_analyze_with(spikeq_ctx *ctx, const char *const *traces, size_t n_traces,
                                   const spikeq_options *options, char **json);

/* spikeq_replay() with the options of "replay"; "model" is required. */
SPIKEQ_API int spikeq_replay_with(spikeq_ctx *ctx, const char *trace, const spikeq_options *options,
                                  char **text, int *is_equal);

/* spikeq_stream() with the options of "replay"; "stream", where events are sent, is required. */
SPIKEQ_API int spikeq_stream_with(spikeq_ctx *ctx, const char *trace, const spikeq_options *options,
                                  struct spikeq_stream_result *result);

/* spikeq_import() with the options of "import".
 *   summary   written on success; may be NULL */
SPIKEQ_API int spikeq_import_with(spikeq_ctx *ctx, const char *source,
                                  const spikeq_options *options,
                                  struct spikeq_import_summary *summary);

/* spikeq_export() with the options of "export". */
SPIKEQ_API int spikeq_export_with(spikeq_ctx *ctx, const char *trace,
                                  const spikeq_options *options);

/* spikeq_events() with the options of "events". */
SPIKEQ_API int spikeq_events_with(spikeq_ctx *ctx, const char *path, const spikeq_options *options,
                                  char **text);

/* spikeq_inspect_as() with the options of "inspect". */
SPIKEQ_API int spikeq_inspect_with(spikeq_ctx *ctx, const char *path, const spikeq_options *options,
                                   char **text);

/* spikeq_graph() with the options of "graph". */
SPIKEQ_API int spikeq_graph_with(spikeq_ctx *ctx, const char *source, const spikeq_options *options,
                                 char **text);

/* spikeq_diff() with the options of "diff". */
SPIKEQ_API int spikeq_diff_with(spikeq_ctx *ctx, const char *a, const char *b,
                                const spikeq_options *options, int *is_equal, char **text);

/* ---- What a network is -----------------------------------------------------------------------
 * Structs of this and the following parts begin with `size`: the caller sets it to sizeof of the
 * struct that it was compiled with, and members that it does not cover are left alone. */

/* What a network is, and what it takes. */
struct spikeq_network_info {
    size_t size;
    const char *architecture, *config, *model, *arith;    /* texts of the network */
    uint32_t timesteps, channels, height, width, classes; /* T, C, H, W of a sample; logits */
    int takes_frames; /* 1: a sample is frames [T,C,H,W]; 0: an image [C,H,W] */
    size_t n_populations;
    uint64_t n_parameters; /* as the file holds them: weights and biases, no running statistics */
};

/* Describe it. The texts are the network's. EUSAGE, without a sentence: *info has no size. */
SPIKEQ_API int spikeq_network_describe(const spikeq_network *network,
                                       struct spikeq_network_info *info);

/* A population of neurons, in the order of the data's way, which is that of reports. */
struct spikeq_population_info {
    size_t size;
    const char *name; /* module path, "block.0.attn.q_lif"; of the network */
    uint64_t neurons; /* the product of dim */
    uint32_t n_dims;
    uint64_t dim[8]; /* axes as the PyTorch module returns them behind [T,B]: [C,H,W], [N,C], ... */
    uint32_t levels; /* spikes that a neuron can send at a timestep: 1; of multispike more */
};

/* Population `index`. EUSAGE, without a sentence: there are not so many, or *info has no size. */
SPIKEQ_API int spikeq_network_population(const spikeq_network *network, size_t index,
                                         struct spikeq_population_info *info);

/* ---- Arrays ----------------------------------------------------------------------------------*/

/* What the elements of an array are. Of pixels U8 alone is scaled; spikes are 0 and 1 in any. */
enum spikeq_dtype {
    SPIKEQ_U8 =
        1,       /* pixels as bytes: scaled to 0..1, brought to size and normalised, as of a file */
    SPIKEQ_F32,  /* taken as they are; so are all below, where float32 holds each value exactly */
    SPIKEQ_I32,  /* int32 */
    SPIKEQ_I64,  /* int64 */
    SPIKEQ_BOOL, /* a byte each, 0 or 1 */
    SPIKEQ_I8,   /* int8 */
    SPIKEQ_I16,  /* int16 */
    SPIKEQ_U16,  /* uint16 */
    SPIKEQ_U32,  /* uint32 */
    SPIKEQ_U64,  /* uint64 */
    SPIKEQ_F16,  /* IEEE binary16 */
    SPIKEQ_F64,  /* double */
    SPIKEQ_BITS, /* spikes only: 8 neurons a byte, the first in the lowest bit, as
                  * numpy.packbits(bitorder="little"); every timestep begins a byte */
};

/* An array in memory: C order, contiguous, the machine's byte order, not changed by the library. */
struct spikeq_array {
    size_t size;             /* sizeof(struct spikeq_array) */
    const void *data;        /* the first element; the caller's */
    enum spikeq_dtype dtype; /* of the elements */
    uint32_t n_dims;         /* at most 8 */
    uint64_t dim[8];         /* the last one is contiguous */
};

/* ---- Sessions --------------------------------------------------------------------------------
 * Arrays in, results out, while the network stays set up: threads wait between samples.
 *
 *   spikeq_session *session;
 *   struct spikeq_array pixels = {sizeof pixels, images, SPIKEQ_U8, 4, {n, 3, 32, 32}};
 *   struct spikeq_samples samples = {.size = sizeof samples, .array = &pixels, .n_arrays = 1};
 *   struct spikeq_result result = {.size = sizeof result};
 *   spikeq_session_open(ctx, network, NULL, &session);
 *   for (samples.first = 0; samples.first < n; samples.first += n_taken) {
 *       spikeq_session_push(session, &samples, &n_taken);
 *       while (spikeq_session_next(session, &result) == SPIKEQ_OK)
 *           printf("%llu: class %u\n", (unsigned long long)result.sample, result.prediction);
 *   }
 *   spikeq_session_close(session, &report);
 *   spikeq_session_free(session);
 *
 * Results come in the order of the samples and depend on neither threads, batch nor queue: they are
 * those of spikeq_run() on a file of the same samples. Memory is bounded: at most `queue` samples
 * are under way, from push to the call of next that follows their own. One thread at a time uses a
 * session; a second one gets EBUSY (and no sentence: the first may be reading its own). After
 * fork() the child may not use it (EUSAGE); its memory there is freed with the process.
 * Sentences of a session are its context's: the context serves one thread at a time. A session
 * holds context and network: both may be freed before it. Unless said otherwise, functions return
 * EUSAGE for a session that is closed, and, for ever after, the status of a failure of the run. */

/* Options of "session", all optional:
 *   threads, batch, schedule, isa, couple-batch   as for a run
 *   queue       samples under way at most; default twice the batch, at least 16
 *   keep        populations whose spikes results have: patterns, "block.*.attn.?_lif,head_lif";
 *               default: none, and nothing is copied
 *   from        populations, or the residual streams "block.N", that are given instead of pixels,
 *               comma-separated: everything downstream is computed, nothing upstream runs
 *   trace, trace-populations, trace-samples, trace-detail, trace-codec, force
 *               record alongside: the content of `run --trace` of the same samples
 * `options` may be NULL, is copied, and may be freed. EUSAGE, EUNSUPPORTED (`from` needs further
 * populations: named), EIO, ENOMEM. */
SPIKEQ_API int spikeq_session_open(spikeq_ctx *ctx, const spikeq_network *network,
                                   const spikeq_options *options, spikeq_session **out);

/* Populations that `from` wants to be given, in the order of the arrays; without `from` 0. EUSAGE:
 * there are not so many. */
SPIKEQ_API int spikeq_session_wanted(spikeq_session *session, size_t index,
                                     struct spikeq_population_info *info);

/* Samples to run. */
struct spikeq_samples {
    size_t size;
    /* Without `from` one array of pixels [n,C,H,W] (of one channel also [n,H,W]), or of frames
     * [n,T,C,H,W]: as an .npy file of the same type and shape is read, with its warnings. With `from`
     * one for each wanted population, [T,n,...] as PyTorch has it (with SPIKEQ_BITS: [T,n,bytes]);
     * values 0 and 1, of multispike up to its levels; and, first, the pixels, if they are
     * needed (`from` names "input"). */
    const struct spikeq_array *array;
    size_t n_arrays;
    const int64_t *labels; /* [n], below the classes, -1: none; or NULL */
    uint64_t first;        /* samples of the arrays before this one are left out: push again with
                            * what was taken added to it */
};

/* Give samples to the network: as many as there is room for, from samples->first on. Everything is
 * copied; it does not wait for results.
 *   n_taken   how many; may be less than there are, 0 with an error
 * EAGAIN: no room; call spikeq_session_next() first. ESHAPE, EVALUE (NaN, infinity, no spikes;
 * names sample and place), EUNSUPPORTED (dtype), EUSAGE (finished, closed): no sample was taken, and
 * the session goes on. */
SPIKEQ_API int spikeq_session_push(spikeq_session *session, const struct spikeq_samples *samples,
                                   uint64_t *n_taken);

/* What one sample gave. Pointers are the session's, valid until the next call of
 * spikeq_session_next() or _close(). */
struct spikeq_result {
    size_t size;
    uint64_t sample;     /* its number: samples are counted from 0 in the order of push */
    int64_t label;       /* -1: none */
    uint32_t prediction; /* class of the largest logit, the first of equal ones */
    uint32_t timesteps;  /* T */
    size_t n_classes, n_populations; /* of the arrays below */
    const float *logits;             /* [n_classes] */
    const uint64_t *spikes;    /* [n_populations][timesteps]; 0 of populations that did not run */
    const uint64_t *additions; /* [n_populations][timesteps]: SOPs of the synapse or the attention
                                * in front of the population */
    uint64_t all_spikes, all_additions; /* all_additions: SOPs as reports count them, also of
                                         * synapses and products without neurons behind them */
};

/* The next result, in the order of the samples; waits for it. EAGAIN: no sample is under way; or
 * those that are wait for the rest of a coupled batch: push more, or finish. */
SPIKEQ_API int spikeq_session_next(spikeq_session *session, struct spikeq_result *result);

/* How a session stands; does not wait. */
struct spikeq_session_state {
    size_t size;
    uint64_t n_pushed, n_ready; /* ready: results that next gives without waiting */
    uint64_t n_fetched;         /* results that were given */
    uint64_t room;              /* samples that a push would take now */
    uint64_t queue;             /* samples under way at most */
    unsigned threads, batch;    /* as they are */
    int is_finished;            /* 1: no more samples are taken */
};

/* Fill in *state. EUSAGE: it has no size. */
SPIKEQ_API int spikeq_session_state(spikeq_session *session, struct spikeq_session_state *state);

/* Spikes of a kept population in the result that spikeq_session_next() gave last.
 *   dtype   SPIKEQ_U8: [T, ...] as PyTorch has it, a byte a neuron (of multispike: how many);
 *           SPIKEQ_BITS: [T, ceil(neurons / 8)], of single spikes only
 *   out, n  where to, and how many bytes there are; NULL, 0: only *needed is written
 *   needed  bytes of the array; may be NULL
 * EUSAGE (no result yet, no such population, not kept), ESHAPE (n is too small), EUNSUPPORTED. */
SPIKEQ_API int spikeq_session_spikes(spikeq_session *session, const char *population,
                                     enum spikeq_dtype dtype, void *out, size_t n, size_t *needed);

/* No more samples will come; a coupled batch that lacks some runs as it is. Results can still be
 * fetched. */
SPIKEQ_API int spikeq_session_finish(spikeq_session *session);

/* Finish, run what is under way, give the trace its name.
 *   report   of all samples, also of those whose results were not fetched; may be NULL; freed with
 *            spikeq_report_free(), also after the network
 * The session can only be freed afterwards. A failure of the run, of the trace: its status; the
 * session is closed all the same. */
SPIKEQ_API int spikeq_session_close(spikeq_session *session, spikeq_report **report);

/* Free it; accepts NULL. Without a close before, samples under way are abandoned, and a trace stays
 * as one that was interrupted: incomplete, and saying so. Not while another thread is in a call. */
SPIKEQ_API void spikeq_session_free(spikeq_session *session);

/* ---- Recorders -------------------------------------------------------------------------------
 * A trace of a network that runs elsewhere, such as a PyTorch module's spikes as its hooks see
 * them: the trace that spikeq_import() makes of the same spikes. One thread at a time (EBUSY); not
 * after fork() (EUSAGE). */

/* A population to be recorded. */
struct spikeq_recorder_population {
    size_t size;
    const char *name; /* module path; of a configuration its own name, "input" for event counts */
    uint32_t n_dims;
    uint64_t dim[6]; /* behind [T,B]; at most 6 axes */
};

/* What to record, and where. */
struct spikeq_recorder_options {
    size_t size;
    const char *path;   /* the trace; required */
    const char *model;  /* begins sentences, noted in the trace: "MyNet"; NULL: "the recording" */
    uint32_t timesteps; /* T of each sample */
    const struct spikeq_recorder_population *population; /* in the order of the data's way */
    size_t n_populations;
    /* The graph, where it is known: as for spikeq_import(). Names and shapes must agree with it. A
     * whole network's operations are then counted, so that the trace can be priced. */
    const char *config, *architecture, *checkpoint, *weights;
    const char *const *set; /* "key=value" overrides of the configuration */
    size_t n_set;
    int partial;       /* 1: populations of the configuration may be missing */
    size_t n_logits;   /* of every sample; 0: none are recorded */
    const char *codec; /* "none" (default), "zlib", "zstd" */
    int force;         /* 1: an existing trace is replaced, once the new one is whole */
};

/* EUSAGE, ESHAPE (names the population, what was expected and found), EUNSUPPORTED, EIO, ENOMEM. */
SPIKEQ_API int spikeq_recorder_open(spikeq_ctx *ctx, const struct spikeq_recorder_options *options,
                                    spikeq_recorder **out);

/* Samples of a recorder that are written at a time, at most. */
enum { SPIKEQ_MAX_OPEN_SAMPLES = 4096 };
/* In place of a timestep: the array has all of them, [T,...]. */
#define SPIKEQ_ALL_TIMESTEPS UINT32_MAX

/* Spikes of a population at a timestep of a sample: an array of its shape, or of as many elements;
 * SPIKEQ_BITS: [ceil(neurons / 8)]; at SPIKEQ_ALL_TIMESTEPS with [T] in front. Several samples may
 * be open, as a batch has them: up to SPIKEQ_MAX_OPEN_SAMPLES. What is written twice holds as
 * written last. ESHAPE, EVALUE (neither 0 nor 1, with its place), EUSAGE (no such population or
 * timestep; a sample not behind the last finished one), ENOMEM: the recorder goes on; of
 * SPIKEQ_ALL_TIMESTEPS those before the refused one were written. */
SPIKEQ_API int spikeq_recorder_write(spikeq_recorder *recorder, uint64_t sample,
                                     const char *population, uint32_t timestep,
                                     const struct spikeq_array *spikes);

/* The sample is whole, every population at every timestep written: it goes to the trace. In ascending
 * order of sample. Waits only while an earlier one is being written.
 *   label, prediction   -1: none; without a prediction it is the class of the largest logit
 *   logits              [n_logits], or NULL where none are recorded
 * EUSAGE, EVALUE; EIO and other failures of writing, also of earlier samples: then the recorder can
 * only be aborted. */
SPIKEQ_API int spikeq_recorder_finish_sample(spikeq_recorder *recorder, uint64_t sample,
                                             int64_t label, int64_t prediction,
                                             const float *logits);

/* All samples were finished: the trace is whole and takes its name. EUSAGE: samples are open, or
 * there was none; EIO. After a failure no trace is left, and an older one of that name is kept. The
 * recorder can only be freed afterwards.
 *   summary   may be NULL */
SPIKEQ_API int spikeq_recorder_close(spikeq_recorder *recorder,
                                     struct spikeq_import_summary *summary);

/* Free it; accepts NULL. Without a close before the recording is aborted: no file is left. */
SPIKEQ_API void spikeq_recorder_free(spikeq_recorder *recorder);

/* ---- Reading traces --------------------------------------------------------------------------
 * Samples and spikes of a trace by number. What is read is verified when it is read; memory is
 * bounded by one frame, whatever the trace's size. One thread at a time uses a trace. */

/* What a trace holds. */
struct spikeq_trace_info {
    size_t size;
    uint32_t version, timesteps; /* of the format; T */
    uint64_t n_samples;          /* in the file */
    size_t n_populations;
    int has_spikes;  /* 0: it was recorded with detail "counts" */
    int is_complete; /* 0: it was cut short */
};

/* Open a trace for reading.
 *   out   written only on success; the caller closes it
 * EFORMAT (damaged, or not a trace),
 * EUNSUPPORTED (newer), EIO, ENOMEM. */
SPIKEQ_API int spikeq_trace_open(spikeq_ctx *ctx, const char *path, spikeq_trace **out);

/* Close it; accepts NULL. */
SPIKEQ_API void spikeq_trace_close(spikeq_trace *trace);

/* Fill in *info. EUSAGE: it has no size. */
SPIKEQ_API int spikeq_trace_describe(const spikeq_trace *trace, struct spikeq_trace_info *info);

/* Population `index`, in the trace's order; the name is the trace's. `levels` is 65535 of event
 * counts that enter the network. EUSAGE: there are not so many. */
SPIKEQ_API int spikeq_trace_population(const spikeq_trace *trace, size_t index,
                                       struct spikeq_population_info *info);

/* A sample of a trace. */
struct spikeq_trace_sample {
    size_t size;
    uint64_t number;           /* in the input, from 0 */
    int64_t label, prediction; /* -1: none */
    size_t n_logits;           /* 0: none */
    const float *logits;       /* [n_logits], until the next call with this trace */
};

/* Go to the first sample whose number is at least `number`. EIO, EFORMAT. */
SPIKEQ_API int spikeq_trace_seek(spikeq_ctx *ctx, spikeq_trace *trace, uint64_t number);

/* The next sample in ascending order of number. EAGAIN: there are no more; EFORMAT (names the
 * sample that is damaged), EIO, ENOMEM. */
SPIKEQ_API int spikeq_trace_next(spikeq_ctx *ctx, spikeq_trace *trace,
                                 struct spikeq_trace_sample *sample);

/* Spikes of population `index` in a sample, at all timesteps.
 *   dtype   SPIKEQ_U8: [T, ...] as PyTorch has it; SPIKEQ_U16: the same, also of event counts;
 *           SPIKEQ_BITS: [T, ceil(neurons / 8)]
 *   out, n  where to, and how many bytes there are; NULL, 0: only *needed is written
 *   needed  bytes of the array; may be NULL
 * EUSAGE (no such population), ESHAPE (n is too small), EUNSUPPORTED (counts only, or event counts
 * as U8 or BITS, or not recorded), EVALUE (no such sample), EFORMAT (names the damaged place, the
 * frame that is missing), EIO, ENOMEM. */
SPIKEQ_API int spikeq_trace_spikes(spikeq_ctx *ctx, spikeq_trace *trace, uint64_t number,
                                   size_t index, enum spikeq_dtype dtype, void *out, size_t n,
                                   size_t *needed);

/* Free a text that the library gave; accepts NULL. */
SPIKEQ_API void spikeq_free(void *text);

#ifdef __cplusplus
}
#endif

#endif
