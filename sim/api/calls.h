/* The calls of the library with what they do in structs, as options by name (sim/api/options.h) fill them. They are
 * of this library alone: members come and go. */
#ifndef SQ_CALLS_H
#define SQ_CALLS_H

#include "sim/import/import_choices.h"
#include "sim/replay/replay_choices.h"
#include "sim/report/run_choices.h"
#include "sim/spikeq.h"

/* The arithmetic of a network. Zero and NULL mean the default of each member. */
struct sq_fixed_choices {
    const char *arith;      /* "f32", "fixed"; NULL: f32, or what the file holds */
    unsigned weight_bits;   /* 4 to 16, sign included; default 8 */
    unsigned membrane_bits; /* 8 to 31, sign included; default 31 */
    unsigned pixel_bits;    /* 4 to 16, sign included; default 12, or what the first layer allows */
    double pixel_max;       /* largest magnitude of a pixel; default by the configuration */
    const char *scale;      /* of weights, a power of two per "channel" (default) or "layer" */
    const char *rounding;   /* of what is shifted right: "nearest" (even; default), "down" */
};

/* What a network is loaded from. NULL and 0 mean the default of each member. */
struct sq_network_choices {
    const char *model, *config; /* as for spikeq_network_load() */
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
    /* As sq_arith_make() right after it; but integers are made layer by layer, so that the float32
     * weights of all layers are never in memory at a time. NULL: f32, or what the file holds. */
    const struct sq_fixed_choices *arith;
};

/* Shards of a run, to be made one. Zero and NULL mean the default of each member. */
struct sq_merge_choices {
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

/* How to quantise a trained checkpoint. Zero and NULL mean the default of each member. */
struct sq_quantise_choices {
    const char *model, *config; /* as for spikeq_network_load() */
    const char *const *set;     /* "key=value" overrides of the configuration */
    size_t n_set;
    const char *weights;  /* which network of the file, as for spikeq_network_open() */
    const unsigned *bits; /* weight bits, 4 to 16 each; several make a sweep */
    size_t n_bits;
    struct sq_fixed_choices fixed;   /* all but arith and weight_bits */
    const char *choose;              /* scales by "range" (default) or by "error" on `calibrate` */
    const char *calibrate;           /* samples to compare with float32 on, as for a run, or NULL */
    struct sq_frames_choices frames; /* of recordings; stream and carry play no part */
    const char *labels;              /* of `calibrate`: accuracies */
    uint64_t limit;                  /* samples of `calibrate`; 0: all */
    unsigned threads;                /* 0: one per core */
    const char *architecture;        /* as for spikeq_network_open() */
    const char *out;    /* where the model of integers goes (one width only), or NULL */
    int force;          /* 1: an existing file may be replaced */
    const char *format; /* "table" (default), "markdown", "json" */
};

/* What to make a synthetic checkpoint of. Zero and NULL mean the default of each member. */
struct sq_synthesise_choices {
    const char *config;       /* a published name or a path; required */
    const char *architecture; /* as for spikeq_network_open() */
    const char *const *set;   /* "key=value" overrides of the configuration */
    size_t n_set;
    const char *const *rate; /* "0.1": of every population; "GLOB=0.1": of those that match */
    size_t n_rate;
    const char *rates; /* CSV "name,rate", or NULL */
    uint64_t seed;     /* of weights and noise */
    const char *input; /* samples to calibrate on, as for a run; NULL: uniform noise */
    struct sq_frames_choices frames; /* of recordings; stream and carry play no part */
    uint64_t limit;                  /* samples; 0: four, or as many as 1 GiB holds, at least one */
    const char *save_input;          /* write the noise here, .npy, float32; or NULL */
    const char *isa;                 /* as for a run; same results */
    const char *out;                 /* .safetensors; required */
    int force;                       /* 1: existing files may be replaced */
    int as_json;                     /* 1: the text as JSON */
    /* Called on the calling thread after each node; may be NULL. */
    void (*progress)(void *data, uint64_t n_done, uint64_t n_total);
    void *progress_data;
};

/* What to show of a file. NULL and 0 mean the default of each member. */
struct sq_inspect_choices {
    const char *path;         /* required */
    const char *weights;      /* of a checkpoint: which network, as for spikeq_network_open() */
    const char *architecture; /* of a checkpoint: the same */
    int as_json;              /* 1: the text as JSON */
    int as_config; /* of a checkpoint: its configuration as JSON, "?" where the weights do not say;
                      it is refused as a configuration until they are filled in */
};

/* Whose graph to show, and how. NULL and 0 mean the default of each member. */
struct sq_graph_choices {
    const char *source; /* a checkpoint, a configuration (name or path), a trace, a report, or the
                           file of an architecture; required */
    const char *config; /* of a checkpoint or an architecture; the others have their own */
    const char *const *set; /* "key=value" overrides of the configuration */
    size_t n_set;
    const char *weights;      /* of a checkpoint: which network, as for spikeq_network_open() */
    const char *architecture; /* of a checkpoint or a configuration: the same */
    const char *format;       /* "text" (default), "json", "dot" (Graphviz), "mermaid" */
    /* 1: instead of the nodes, how the engine would tile every layer's weights, and what it knows of the caches: of a
     * checkpoint, a configuration or an architecture, as text or json, which sq_run_choices.plan takes. */
    int plan;
    const char *
        rates; /* of a plan: firing rates, ascending, comma-separated, above 0 and at most 1; NULL: "0.05,0.1,0.2" */
    const char *isa; /* of a plan: as for a run */
    struct sq_fixed_choices
        arith; /* of a plan: as for sq_arith_make(); fixed of a checkpoint alone */
};

/* What to compare of two traces; NULL and 0 mean the default of each member. */
struct sq_diff_choices {
    const char *populations; /* shell patterns, comma-separated: only these; NULL: all */
    const char *samples;     /* "7", "10:20", "10:", ":20": only these; NULL: all */
    int as_json;             /* 0: text for people */
    double logits_tolerance; /* logits at most this far apart are equal; 0: bit for bit */
};

/* What to price and how. Exactly one of report, rates, table. NULL means the default. */
struct sq_energy_choices {
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

/* What to measure. NULL and 0 mean the default of each member. */
struct sq_analyze_choices {
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

/* What to export, where and in which format. NULL and zero mean the default of each member. */
struct sq_export_choices {
    const char *trace;       /* a trace file; required */
    const char *to;          /* "npz", "csv", "hdf5", "aer", "prosperity"; required */
    const char *out;         /* a path; "-" or NULL: standard output, for csv and aer */
    const char *populations; /* comma-separated shell patterns; NULL: all */
    const char *samples;     /* "7", "10:20" (20 is out), "10:", ":20"; NULL: all */
    int force;               /* 1: an existing file may be replaced */
};

/* Where the events of a trace are sent, and how fast. */
struct sq_stream_choices {
    const char *trace;  /* a trace file; required */
    const char *target; /* "-": standard output; a path: a FIFO, a device, or a file to be made;
                           "tcp://HOST:PORT" (IPv6: "tcp://[::1]:PORT"); "unix:PATH"; required */
    const char *form;   /* "text" (default) or "binary", docs/address-events.md */
    const char *pace;   /* "max" (default), or milliseconds from one timestep to the next */
    const char *populations, *samples; /* as for spikeq_export() */
    int force;                         /* 1: replace a file that exists */
};

/* What to do with a recording of an event camera. Zero and NULL mean the default of each member. */
struct sq_events_choices {
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

/* The calls of sim/spikeq.h of the same names, with choices instead of options by name. */
int sq_api_network_open(spikeq_ctx *ctx, const struct sq_network_choices *options,
                        spikeq_network **out);
int sq_api_run(spikeq_ctx *ctx, const spikeq_network *network, const struct sq_run_choices *options,
               spikeq_report **out);
int sq_api_merge(spikeq_ctx *ctx, const struct sq_merge_choices *options,
                 struct spikeq_merge_summary *summary);
int sq_api_quantise(spikeq_ctx *ctx, const struct sq_quantise_choices *options, char **text);
int sq_api_synthesise(spikeq_ctx *ctx, const struct sq_synthesise_choices *options, char **text);
int sq_api_replay(spikeq_ctx *ctx, const struct sq_replay_choices *options, char **text,
                  int *is_equal);
int sq_api_inspect(spikeq_ctx *ctx, const struct sq_inspect_choices *options, char **text);
int sq_api_graph(spikeq_ctx *ctx, const struct sq_graph_choices *options, char **text);
int sq_api_diff(spikeq_ctx *ctx, const char *a, const char *b,
                const struct sq_diff_choices *options, int *is_equal, char **text);
int sq_api_energy(spikeq_ctx *ctx, const struct sq_energy_choices *options, char **text);
int sq_api_energy_list(spikeq_ctx *ctx, const struct sq_energy_choices *options, char **text);
int sq_api_analyze(spikeq_ctx *ctx, const struct sq_analyze_choices *options, char **json);
int sq_api_export(spikeq_ctx *ctx, const struct sq_export_choices *options);
int sq_api_stream(spikeq_ctx *ctx, const struct sq_stream_choices *options,
                  struct spikeq_stream_result *result);
int sq_api_import(spikeq_ctx *ctx, const struct sq_import_choices *options);
int sq_api_events(spikeq_ctx *ctx, const struct sq_events_choices *options, char **text);

#endif
