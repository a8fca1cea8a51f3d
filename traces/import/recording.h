/* Recordings: spikes that another tool recorded, in any of its formats, read sample by
 * sample into bit rows. They know populations by name and shape and nothing of any network.
 *
 *   sq_recording_open(err, "spikes.npz", format, &want, &recording);
 *   for (i = 0; i < recording->n_samples; i++) {
 *       recording->kind->sample(err, recording, i, &sample);
 *       for (p = 0; p < recording->n_populations; p++)
 *           recording->kind->spikes(err, recording, i, p, &as, bits);
 *   }
 *   sq_recording_close(recording);
 *
 * Every number of a file is untrusted. Memory does not grow with the number of samples, except
 * for event lists that are not in the order of samples. */
#ifndef SQ_RECORDING_H
#define SQ_RECORDING_H

#include "kernels/base/arena.h"
#include "kernels/base/status.h"
#include "traces/format/trace.h"

enum sq_recording_format {
    SQ_RECORDING_ARRAYS,     /* .npz, or a folder of .npy: one array [T,B,...] a population */
    SQ_RECORDING_SONATA,     /* HDF5: /spikes/<population>/{timestamps,node_ids} */
    SQ_RECORDING_CSV,        /* sample,timestep,population,index */
    SQ_RECORDING_RASTER,     /* one .npy array [T,N], [B,T,N] */
    SQ_RECORDING_SLAYER,     /* .bs1: records of 5 bytes, neuron and time */
    SQ_RECORDING_PROSPERITY, /* a pickle of tensors; read above this folder (sim/import) */
    SQ_RECORDING_FORMATS
};

/* What is known beforehand; zero: unknown. */
struct sq_recording_size {
    const char *name;
    uint64_t neurons;
    int is_counts; /* whole numbers: an event may come several times */
};
struct sq_recording_want {
    double dt_ms;                          /* SONATA, SLAYER: length of a timestep */
    const char *population;                /* RASTER, SLAYER: name of the only population */
    int is_transposed;                     /* RASTER: [N,T], [B,N,T] */
    uint32_t timesteps;                    /* event lists: 0 is the last one that occurs, + 1 */
    size_t n_sizes;                        /* event lists: sizes of populations; */
    const struct sq_recording_size *sizes; /* without one it is the largest index + 1 */
    int closed;                            /* 1: no population but these may occur */
};

struct sq_recorded_population {
    char name[SQ_TRACE_NAME_BYTES];
    uint32_t n_dims;
    uint64_t dim[SQ_TRACE_MAX_DIMS]; /* behind [T,B]; event lists: mostly [neurons] */
    int is_counts;                   /* event lists: as sq_recording_size says */
};

struct sq_recorded_sample {
    uint64_t id;
    int64_t label;       /* -1: none */
    const float *logits; /* [n_logits], valid until the next call */
    size_t n_logits;
    int has_prediction; /* 1: `prediction` holds; 0: it is the class of the largest logit */
    int64_t prediction;
};

/* What sample() returns when no sample is left, of recordings whose number of samples is unknown. */
enum { SQ_RECORDING_OVER = 1 };

struct sq_recording;

/* How one format is read. Samples are asked for in ascending order. */
struct sq_recording_kind {
    const char *description; /* "NumPy arrays" */
    int is_event_list;       /* populations have sizes, but no shapes */
    int (*sample)(struct sq_error *err, struct sq_recording *recording, uint64_t i,
                  struct sq_recorded_sample *out);
    /* Spikes of population p in the sample at hand: bits [timesteps][n_rows][n_words], all
     * written, in the layout of `as` (its dim has as many elements as the population's).
     * SQ_EVALUE: an element is neither 0 nor 1. */
    int (*spikes)(struct sq_error *err, struct sq_recording *recording, uint64_t i, size_t p,
                  const struct sq_trace_population *as, uint64_t *bits);
    /* The same for a population of whole numbers: value [timesteps][n_rows * n_channels]. NULL: the
     * format has none. SQ_EVALUE: an element is not in 0 .. 65535. */
    int (*values)(struct sq_error *err, struct sq_recording *recording, uint64_t i, size_t p,
                  const struct sq_trace_population *as, uint16_t *value);
    void (*close)(struct sq_recording *recording);
};

struct sq_recording {
    const struct sq_recording_kind *kind;
    const char *path; /* begins error sentences */
    uint32_t timesteps;
    uint64_t n_samples; /* or SQ_TRACE_SAMPLES_UNKNOWN */
    size_t n_logits;    /* of every sample; 0: none are recorded */
    int is_flat;        /* populations are [N], in C order of whatever shape their neurons have */
    size_t n_populations;
    struct sq_recorded_population *population; /* in the order of the file */
    char note[256];                            /* a remark for readers of the figures; "": none */
    struct sq_arena arena;
    void *inside;
};

/* "npz", "sonata", "csv", "npy", "bs1", "prosperity"; the format of a name, or -1. */
const char *sq_recording_format_name(enum sq_recording_format format);
int sq_recording_format_find(const char *name);

/* The format of a file or folder by its content; SLAYER's, which has no magic, by its name .bs1.
 * SQ_EIO, SQ_EUNSUPPORTED: none of these. */
int sq_recording_format_of(struct sq_error *err, const char *path,
                           enum sq_recording_format *format);

/* Open. `path` outlives the recording, `want` need not. *out is written only on success.
 * SQ_EIO, SQ_EFORMAT, SQ_EUNSUPPORTED, SQ_ESHAPE, SQ_EVALUE, SQ_ENOMEM. */
int sq_recording_open(struct sq_error *err, const char *path, enum sq_recording_format format,
                      const struct sq_recording_want *want, struct sq_recording **out);
void sq_recording_close(struct sq_recording *recording);

/* For the readers: an empty recording; a population appended by its name, which must be a plain one
 * and new (SQ_EFORMAT); the number of a name, 0 if there is none. */
int sq_recording_new(struct sq_error *err, const char *path, const struct sq_recording_kind *kind,
                     struct sq_recording **out);
int sq_recording_add(struct sq_error *err, struct sq_recording *recording, const char *name,
                     struct sq_recorded_population **out);
int sq_recording_find(const struct sq_recording *recording, const char *name, size_t *index);

/* The readers of this folder, each in its own file. */
int sq_array_recording_open(struct sq_error *err, const char *path, struct sq_recording **out);
int sq_csv_recording_open(struct sq_error *err, const char *path,
                          const struct sq_recording_want *want, struct sq_recording **out);
int sq_raster_recording_open(struct sq_error *err, const char *path,
                             const struct sq_recording_want *want, struct sq_recording **out);
int sq_slayer_recording_open(struct sq_error *err, const char *path,
                             const struct sq_recording_want *want, struct sq_recording **out);
int sq_sonata_recording_open(struct sq_error *err, const char *path,
                             const struct sq_recording_want *want, struct sq_recording **out);

#endif
