/* What a caller chooses for an import. Options by name (sim/api/options_files.c) fill it. */
#ifndef SQ_IMPORT_CHOICES_H
#define SQ_IMPORT_CHOICES_H

#include "sim/spikeq.h"

/* Spikes that were recorded elsewhere. Zero and NULL mean the default of each member. */
struct sq_import_choices {
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

#endif
