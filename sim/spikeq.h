/* spikeq: an event-driven sparse spike simulator for Spikformer networks. Public interface.
 *
 *   spikeq_ctx *ctx;
 *   spikeq_options *options;
 *   spikeq_network *network;
 *   spikeq_report *report;
 *   spikeq_ctx_new(&ctx);
 *   if (spikeq_options_new(ctx, "run", &options) ||
 *       spikeq_options_set(options, "model", "model.pth") ||
 *       spikeq_options_set(options, "config", "spikformer-4-384-cifar10") ||
 *       spikeq_options_set(options, "input", "test.npy") ||
 *       spikeq_network_open(ctx, options, &network) ||
 *       spikeq_run(ctx, network, options, &report))
 *       fprintf(stderr, "%s\n", spikeq_error_text(ctx));
 *
 * Every function that can fail returns SPIKEQ_OK or one of the negative codes below;
 * spikeq_error_text() then gives one line: what, where, what to do. The library never prints and
 * never exits. Contexts share nothing: different threads may use different contexts.
 *
 * Members are added at the end of structs, and a program that was compiled with an older header goes on. So
 * structs that the caller makes begin with `size`, which the caller sets to sizeof of the struct: members that
 * it does not cover are neither read nor written, and without it a call returns EUSAGE. Structs that the
 * library hands to a callback are its own and may grow too; a `size` of theirs is the library's. */
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
    size_t size;
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

/* How the sentences of later errors and warnings name an option: 0, the default, as
 * spikeq_options_set() takes it ("resume continues it"); 1, as the command line does ("--resume
 * continues it"). */
SPIKEQ_API void spikeq_ctx_dashes(spikeq_ctx *ctx, int has_dashes);

/* This process among those that a launcher started together. */
struct spikeq_rank {
    size_t size;
    unsigned rank, n_ranks; /* 0 .. n_ranks - 1; alone: 0 of 1 */
};

/* Join the other processes of the MPI job that mpirun or srun started this one as part of; alone, nothing changes.
 * With this context, spikeq_network_open() and spikeq_run() are collective from then on: every rank calls them in the
 * same order with the same options. Weights are kept once on each machine; samples are dealt to ranks as they finish
 * them; rank 0 gets the report of all samples, which equals a single run's, other ranks that of their own. With a
 * trace, each rank records its part beside it, and rank 0 merges them. A failure of one rank is a failure of all. Free
 * the context last: that ends MPI.
 *   rank   written also on failure
 * EUSAGE: *rank has no size; several processes, and the library was built without MPI (docs/cluster.md); or none of
 * them knows of the others. */
SPIKEQ_API int spikeq_ctx_join(spikeq_ctx *ctx, struct spikeq_rank *rank);

/* How the library was built, a line a fact: version, compiler, instruction sets that kernels exist
 * for and those that run here, libraries it was built with. Freed with spikeq_free(). ENOMEM. */
SPIKEQ_API int spikeq_facts(spikeq_ctx *ctx, char **text);

/* The one of n known names that is nearest to a mistyped word; NULL where none is near. */
SPIKEQ_API const char *spikeq_nearest(const char *word, const char *const *known, size_t n);

/* ---- Options by name -------------------------------------------------------------------------
 * What a command takes as "--threads 4", a program sets by the same name. Names, types, ranges,
 * defaults and what goes with what are one table for the library, the command and its help:
 * spikeq_options_list() and `spikeq run --help` show it. What the command takes as arguments, a call
 * takes as arguments. Where a call takes options, NULL means that no option is set; EUSAGE: options of
 * another command, that do not go together, or that lack one that is required. */

/* A row of the table. */
struct spikeq_option {
    size_t size;
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

/* Called on the calling thread after each sample of spikeq_run(), spikeq_energy() and spikeq_replay(), as samples are
 * copied by spikeq_merge(), and after each node of spikeq_synthesise(); NULL: not called. */
SPIKEQ_API void spikeq_options_on_progress(spikeq_options *options,
                                           void (*progress)(void *data, uint64_t n_done,
                                                            uint64_t n_total),
                                           void *data);

/* Looked at after each call of progress: not 0 ends the run as SIGINT does; it must outlive the call. NULL:
 * nothing is. */
SPIKEQ_API void spikeq_options_watch(spikeq_options *options, const int *stop);

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

/* Of streams: called on a thread of the run after each timestep; NULL: not called. */
SPIKEQ_API void spikeq_options_on_step(spikeq_options *options,
                                       void (*step)(void *data, const struct spikeq_step *step),
                                       void *data);

/* ---- Commands as calls -----------------------------------------------------------------------
 * Of each command one call, which takes the command's options by name. */

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

/* The same with options of "run": model (required), config, set, architecture, weights (which network, of a file that
 * holds several), input (gives the image's size where neither weights nor configuration do), and arith with its
 * settings (fixed point: integers, shifts and additions between the first convolution and the head,
 * docs/fixed-point.md). Integers are made layer by layer: the float32 weights of all layers are never in memory at a
 * time. EUSAGE also: the file has no network of this name, settings of fixed point without it. EVALUE: a file that was
 * quantised with other settings; weights or bounds that integers of these widths cannot hold (names the layer and the
 * figures). EUNSUPPORTED: f32 of a file of integers. */
SPIKEQ_API int spikeq_network_open(spikeq_ctx *ctx, const spikeq_options *options,
                                   spikeq_network **out);

/* Free it; accepts NULL. Sessions that hold it go on. */
SPIKEQ_API void spikeq_network_free(spikeq_network *network);

/* Run every sample of the input through the event queue, with the options of "run"; input is required. Options of
 * spikeq_network_open(), where they are set, must be those that the network was opened with. Only input, labels, limit,
 * shard, couple-batch and the options for recordings change results.
 *   out   written on success, and with EINTERRUPTED (then it covers the samples that were
 *         finished); the caller frees it with spikeq_report_free(), also after the network.
 * ESHAPE, EVALUE, EFORMAT, EIO for the input; EIO for the dump; EUSAGE for unknown values (an
 * instruction set that this processor lacks too), and for options of another network; of a plan EIO, EFORMAT, and EVALUE where it does not fit the network;
 * ENOMEM. */
SPIKEQ_API int spikeq_run(spikeq_ctx *ctx, const spikeq_network *network,
                          const spikeq_options *options, spikeq_report **out);

/* Free it; accepts NULL. */
SPIKEQ_API void spikeq_report_free(spikeq_report *report);

/* The report of a recorded run, from its trace alone: the same figures to the last digit, for the
 * samples that the trace holds. EFORMAT, EUNSUPPORTED (it was recorded without operations, or
 * elsewhere without a configuration), EIO, ENOMEM. */
SPIKEQ_API int spikeq_report_of_trace(spikeq_ctx *ctx, const char *path, spikeq_report **out);

/* What a run was of, and its sums. */
struct spikeq_summary {
    size_t size;
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

/* Fill in *summary; its texts are the report's. EUSAGE, without a sentence: it has no size. */
SPIKEQ_API int spikeq_report_summary(const spikeq_report *report, struct spikeq_summary *summary);

/* Warning `index` of n_warnings, in order of occurrence; its texts, as those of the structs below, are the report's.
 * EUSAGE, without a sentence, here and below: there are not so many, or the struct has no size. */
SPIKEQ_API int spikeq_report_warning(const spikeq_report *report, size_t index,
                                     struct spikeq_warning *warning);

/* A node's part of the time, over all samples and timesteps: processor time of all threads for events
 * delivered, neurons, event lists, counts and recording. It differs from run to run. */
struct spikeq_node_time {
    size_t size;
    const char *name;   /* of the population, pooling, residual sum or head */
    const char *layer;  /* module path of its weights, name of its attention, or "" */
    double seconds;     /* of all threads */
    uint64_t additions; /* that were made: SOPs */
};

/* Node `index` of n_node_times, in the order of the data's way. */
SPIKEQ_API int spikeq_report_node_time(const spikeq_report *report, size_t index,
                                       struct spikeq_node_time *time);

/* One LIF population over all samples and timesteps. */
struct spikeq_population {
    size_t size;
    const char *name;                /* module path, "block.0.attn.q_lif" */
    uint64_t neurons, spikes;        /* spikes of all samples and timesteps */
    double rate;                     /* spikes / (neurons * timesteps * samples) */
    const double *rate_per_timestep; /* [timesteps], owned by the report */
};

/* The population `index`, of n_populations, in the order of the data's way. */
SPIKEQ_API int spikeq_report_population(const spikeq_report *report, size_t index,
                                        struct spikeq_population *population);

/* One synapse (weights between two nodes) over all samples and timesteps. */
struct spikeq_synapse {
    size_t size;
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
SPIKEQ_API int spikeq_report_synapse(const spikeq_report *report, size_t index,
                                     struct spikeq_synapse *synapse);

/* The attention of one block over all samples and timesteps: a matrix product of q, k and v, which
 * has no weights, in the order of the network's definition; or a sum of spikes that gates
 * others; or one product of DSSA, whose spikes add rows of reals. */
struct spikeq_attention {
    size_t size;
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
SPIKEQ_API int spikeq_report_attention(const spikeq_report *report, size_t index,
                                       struct spikeq_attention *attention);

/* What a merge made. */
struct spikeq_merge_summary {
    size_t size;
    uint64_t n_samples; /* of the whole */
    size_t n_shards;    /* that it was made of */
    int is_trace;       /* 0: a report */
};

/* Make the trace, or the report, that one run of all samples would have made, of those of runs with the option
 * `shard`: equal to the last digit, but for the report's member "timing" and the command that a trace notes. A
 * trace lies at OUT.partial until it is whole; memory is bounded, whatever its size. Options of "merge": out is
 * required.
 *   shards, n_shards   paths in any order: the traces of all shards, or the reports
 *   summary            may be NULL; written on success; EUSAGE: it has no size
 * EVALUE (a shard is missing or given twice: names it), ESHAPE (it is of another model, configuration,
 * arithmetic, input, detail or other populations: names the first difference), EUNSUPPORTED (it is unfinished,
 * or no shard), EUSAGE (an existing file; traces and reports), EFORMAT (damaged: names the place), EIO, ENOMEM. */
SPIKEQ_API int spikeq_merge(spikeq_ctx *ctx, const char *const *shards, size_t n_shards,
                            const spikeq_options *options, struct spikeq_merge_summary *summary);

/* Choose scales, compare with float32, write the model: spikeq_network_load() reads it. Options of "quantize": model
 * and bits are required.
 *   text   for each width: accuracy, spikes and predictions that differ from float32, size,
 *          energy; for a single width every layer; freed with spikeq_free()
 * Text and file are written on success only. EUSAGE, EIO, and what spikeq_network_open() and spikeq_run() refuse. */
SPIKEQ_API int spikeq_quantise(spikeq_ctx *ctx, const spikeq_options *options, char **text);

/* Draw the weights of a network, set its biases layer by layer so that populations fire at wanted
 * rates, and write the checkpoint, float32 with the official module's names and shapes. A file that
 * is made so says it: loading it warns (synthetic-weights). Options of "synthesize": config, output and rate or rates
 * are required.
 *   text   the wanted and the reached rate of every population; freed with spikeq_free()
 * Text and files are written on success only; a rate that cannot be reached is a warning
 * (rate-not-reached). The same for every instruction set. EUSAGE (options, rates, an unknown
 * population), EVALUE, EFORMAT (table, input), ESHAPE, EIO, ENOMEM. */
SPIKEQ_API int spikeq_synthesise(spikeq_ctx *ctx, const spikeq_options *options, char **text);

/* Inject recorded packets and compute what follows. Options of "replay": model is required.
 *   trace      path of a trace
 *   text       the result: the comparison if verify is set, and the change of predictions,
 *              rates and operations against the trace; freed with spikeq_free()
 *   is_equal   1: every compared packet, all logits and predictions equal the trace
 * EUSAGE, ESHAPE (model and trace disagree), EVALUE (another input), EUNSUPPORTED (what the cut
 * needs was not recorded, or membranes were carried from sample to sample), EFORMAT (damaged: names
 * sample, timestep, population), EIO, ENOMEM; EINTERRUPTED with a text about the samples that were
 * finished. */
SPIKEQ_API int spikeq_replay(spikeq_ctx *ctx, const char *trace, const spikeq_options *options,
                             char **text, int *is_equal);

/* The whole report as JSON text (docs/man/spikeq.1.in describes it): the caller frees it with
 * spikeq_free(). Apart from the member "timing" it depends on model, configuration and input
 * only. */
SPIKEQ_API int spikeq_report_json(spikeq_ctx *ctx, const spikeq_report *report, char **text);

/* Describe any file that spikeq reads: tensors, layout recognised, sizes, unused entries and why;
 * arrays and images; traces, with firing rates as the run reported them; recordings of event
 * cameras, as spikeq_events() with `tolerate` does. Options of "inspect". The caller
 * frees *text with spikeq_free(). EUSAGE (the file has no network of this name), EFORMAT, EUNSUPPORTED, EIO, ENOMEM. */
SPIKEQ_API int spikeq_inspect(spikeq_ctx *ctx, const char *path, const spikeq_options *options,
                              char **text);

/* What will be executed, node by node: operation, type and shape of what it sends, weights, dense
 * cost, and which nodes run as one. JSON is an architecture, to be given back as such. Options of "graph".
 *   source   a checkpoint, a configuration (name or path), a trace, a report, or the file of an architecture
 * The caller frees *text with spikeq_free(). EUSAGE (options that the source does not take), and what
 * spikeq_network_open() refuses. */
SPIKEQ_API int spikeq_graph(spikeq_ctx *ctx, const char *source, const spikeq_options *options,
                            char **text);

/* The digest of a trace's content: 64 hexadecimal digits, equal for equal content, in whatever
 * codec or file it is. Reads the whole trace and verifies it. The caller frees *text with
 * spikeq_free(). EFORMAT names the place that is damaged; EUNSUPPORTED, EIO, ENOMEM. */
SPIKEQ_API int spikeq_trace_digest(spikeq_ctx *ctx, const char *path, char **text);

/* Compare two traces spike by spike. Options of "diff".
 *   a, b       paths of traces
 *   is_equal   1: all that was compared is equal, and both hold the same samples
 *   text       the verdict on spikes, logits, predictions; the first difference; rates, accuracy
 *              and energy of both; mismatches per population and timestep; the caller frees it
 *              with spikeq_free()
 * Both are written on success only. Traces of other populations or timesteps differ; that is not an
 * error. EUSAGE (no such range, no such population, a negative tolerance), EFORMAT (names the
 * damaged place), EUNSUPPORTED, EIO, ENOMEM. */
SPIKEQ_API int spikeq_diff(spikeq_ctx *ctx, const char *a, const char *b,
                           const spikeq_options *options, int *is_equal, char **text);

/* Published configurations, "name  architecture  source" a line. Freed with spikeq_free(). EIO: there are
 * none (names the folders); ENOMEM. */
SPIKEQ_API int spikeq_config_list(spikeq_ctx *ctx, char **text);

/* The architectures of configs/architectures/, "name  family  source" a line: what the option
 * `architecture` takes. Freed with spikeq_free(). EIO, EFORMAT (names the file), ENOMEM. */
SPIKEQ_API int spikeq_architecture_list(spikeq_ctx *ctx, char **text);

/* Price a network, with the options of "energy"; the caller frees *text with spikeq_free().
 *   sources, n_sources   paths of reports and traces, several make one table; NULL, 0 with the option model, rates or
 *                        table. A model is run first; EINTERRUPTED: *text prices the samples that were finished
 *   width                of tables, in characters; 0: 80
 * EUSAGE (unknown names), EFORMAT, EVALUE, ESHAPE (a file: names file, key, value, expected),
 * EUNSUPPORTED (the convention needs counts that the source lacks), EIO, ENOMEM. */
SPIKEQ_API int spikeq_energy(spikeq_ctx *ctx, const char *const *sources, size_t n_sources,
                             const spikeq_options *options, unsigned width, char **text);

/* The same of a report in memory, `json` as spikeq_report_json() makes it; titles and sentences call it "run". */
SPIKEQ_API int spikeq_energy_of_report(spikeq_ctx *ctx, const char *json,
                                       const spikeq_options *options, unsigned width, char **text);

/* Conventions, switches and hardware profiles, with definitions and sources. Of the options of "energy" those of
 * format apply; width and text are as for spikeq_energy(). */
SPIKEQ_API int spikeq_energy_list(spikeq_ctx *ctx, const spikeq_options *options, unsigned width,
                                  char **text);

/* Where the spikes of traces are, measured in one pass over each; the caller frees *json with
 * spikeq_free(). docs/analysis.md defines every member. What a trace does not allow is left out and
 * named, with the reason, in the member "notes". Options of "analyze".
 *   traces, n_traces   1 to 16 paths; the others are compared with the first
 * EUSAGE (patterns or range choose nothing), EFORMAT (not a trace, damaged: names the place),
 * ESHAPE (not the traces' model), EIO, ENOMEM. */
SPIKEQ_API int spikeq_analyze(spikeq_ctx *ctx, const char *const *traces, size_t n_traces,
                              const spikeq_options *options, char **json);

/* The essentials of an analysis, as spikeq_analyze() made it, as tables with bars for a terminal;
 * the caller frees *text with spikeq_free().
 *   top         rows of classes and of layers by cost; 0: all
 *   is_colour   1: escape codes for colours, and bars of Unicode blocks; 0: plain ASCII
 * EFORMAT: not an analysis; ENOMEM. */
SPIKEQ_API int spikeq_analysis_table(spikeq_ctx *ctx, const char *json, unsigned top, int is_colour,
                                     char **text);

/* Every table of an analysis as its own CSV file in the folder `directory`, which is made if
 * it is missing. Files take their names when they are whole. EFORMAT, EIO, ENOMEM. */
SPIKEQ_API int spikeq_analysis_csv(spikeq_ctx *ctx, const char *json, const char *directory);

/* An analysis as a page: one HTML file that needs nothing else and holds the analysis itself; the
 * caller frees *text with spikeq_free(). EFORMAT: not an analysis; ENOMEM. */
SPIKEQ_API int spikeq_analysis_html(spikeq_ctx *ctx, const char *json, char **text);

/* Write a trace in another format; docs/export.md says what each holds. The file appears when it
 * is whole. Options of "export": to is required. EUSAGE (options, an existing file), EFORMAT (damaged, or not a trace),
 * EUNSUPPORTED (the trace lacks what the format needs), EVALUE (nothing selected), EIO, ENOMEM. */
SPIKEQ_API int spikeq_export(spikeq_ctx *ctx, const char *trace, const spikeq_options *options);

/* What the reader received. */
struct spikeq_stream_result {
    size_t size;
    uint64_t frames, events; /* that were sent */
    int reader_left;         /* 1: it closed its end before all was sent */
};

/* Send events in the order of time, all populations of a timestep before the next. At most 1 MiB
 * is under way. A reader that goes away ends the stream with SPIKEQ_OK. Blocks until the end;
 * SIGPIPE is blocked meanwhile. Options of "replay": stream, where events are sent, is required.
 *   result   may be NULL; written on success; EUSAGE: it has no size
 * EUSAGE (options, an existing file), EIO (no such host, no listener, a full disk), and as for
 * spikeq_export(). */
SPIKEQ_API int spikeq_stream(spikeq_ctx *ctx, const char *trace, const spikeq_options *options,
                             struct spikeq_stream_result *result);

/* What an import wrote. */
struct spikeq_import_summary {
    size_t size;
    uint64_t n_samples, n_populations, spikes; /* in the trace */
    uint32_t timesteps;                        /* T of each sample */
    const char *format;                        /* "NumPy arrays [T,B,...]"; static */
    char note[256];                            /* a remark on the figures, or "" */
};

/* Make a trace of a recording (docs/import.md). After a failure no trace is left, and an older one
 * of that name is kept. Options of "import": output, the trace, is required.
 *   source    .npz, folder of .npy, one .npy, SONATA .h5, CSV, SLAYER .bs1, pickle of tensors
 *   summary   may be NULL; written on success; EUSAGE: it has no size
 * EUSAGE, EIO, EFORMAT, EUNSUPPORTED, ESHAPE (names the array, what was expected and found), EVALUE
 * (names value and place), ENOMEM. */
SPIKEQ_API int spikeq_import(spikeq_ctx *ctx, const char *source, const spikeq_options *options,
                             struct spikeq_import_summary *summary);

/* Read a recording: format, camera, size, counts, duration and what was dropped, as text that the
 * caller frees with spikeq_free(); writes the files requested. Options of "events".
 *   path   a file, FIFO, "-", "tcp://HOST:PORT", "tcp-listen://HOST:PORT"
 * EFORMAT and EVALUE name the byte where the recording is damaged, time runs backwards or a pixel
 * lies outside the sensor; EVALUE where the binning rule's own tool raises an error; EUNSUPPORTED,
 * EUSAGE, EIO, ENOMEM. */
SPIKEQ_API int spikeq_events(spikeq_ctx *ctx, const char *path, const spikeq_options *options,
                             char **text);

/* ---- What a network is ---------------------------------------------------------------------*/

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
 *   summary   may be NULL; EUSAGE: it has no size; the recorder goes on */
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
