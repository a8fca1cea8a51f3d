/* Scope: what to analyse: a trace, the samples chosen from it, and the subjects of its measures.
 *
 * A subject is what a measure examines: a population, the residual streams, or the attention of a
 * block. It names the populations of the trace whose frames it reads. */
#ifndef SQ_SCOPE_H
#define SQ_SCOPE_H

#include "kernels/base/arena.h"
#include "kernels/dispatch/dispatch.h"
#include "sim/network/network.h"
#include "traces/format/select.h"
#include "traces/read/trace_reader.h"

/* How many samples and how many channels of a population have their own maps. */
enum { SQ_MAP_SAMPLES = 4, SQ_MAP_CHANNELS = 16 };

/* Widest population of which every pair of channels is counted: 1 MiB of counters. */
enum { SQ_PAIR_CHANNELS = 512 };

enum sq_subject_kind { SQ_SUBJECT_POPULATION, SQ_SUBJECT_STREAMS, SQ_SUBJECT_ATTENTION };

struct sq_subject {
    enum sq_subject_kind kind;
    const char *name;
    uint32_t n_rows, n_channels, n_words; /* of each of its sources */
    uint32_t grid_height, grid_width;     /* of the rows; 0: no grid, or unknown */
    uint32_t n_heads, head_dim;           /* 0: its channels are not those of attention heads */
    uint32_t block;                       /* SQ_SUBJECT_ATTENTION */
    const struct sq_attend_shape *attend; /* the same; else NULL */
    uint32_t n_sources;
    const uint32_t *source; /* populations of the trace: q, k, v; the terms of the last stream */
};

struct sq_scope_sample {
    uint64_t id;
    int64_t label, prediction; /* -1: none */
    uint32_t label_index;      /* into scope->label; undefined without a label */
    double margin;             /* of the logits: largest less second; negative: not known */
};

struct sq_scope {
    struct sq_arena arena;
    struct sq_trace *trace; /* its description; frames are read by handles of each thread */
    const struct sq_trace_plan *plan;
    const char *path;
    struct sq_kernels kernels;
    uint32_t timesteps;
    int has_spikes;             /* 0: the trace holds counts only */
    struct sq_network *network; /* graph of the trace's configuration, no weights; NULL: unknown */
    uint64_t n_samples, n_labelled, n_judged, n_correct; /* judged: with label and prediction */
    struct sq_scope_sample *sample;
    uint32_t n_classes; /* of the logits, or of the configuration; 0: not known */
    uint32_t n_labels;
    int64_t *label;                     /* different labels, ascending */
    uint32_t n_subjects, n_populations; /* populations come first */
    struct sq_subject *subject;
};

/* Open a trace and fill *scope.
 *   globs    populations to analyse, NULL: all; attention and streams need all of theirs
 *   samples  numbers of the samples to analyse
 * What sq_trace_open() and sq_trace_next() refuse; SQ_EUSAGE: no population or no sample is
 * chosen; SQ_EUNSUPPORTED: counts could leave 64 bits; SQ_ENOMEM. On failure nothing is left. */
int sq_scope_open(struct sq_error *err, const char *path, const char *globs,
                  const struct sq_range *samples, struct sq_scope *scope);
void sq_scope_close(struct sq_scope *scope);

/* Fill scope->subject from the plan and the network: populations, streams, attention. */
int sq_subjects_find(struct sq_error *err, struct sq_scope *scope, const char *globs);

/* Read the rows of the chosen samples: labels, predictions, margins. */
int sq_scope_read_samples(struct sq_error *err, struct sq_scope *scope,
                          const struct sq_range *samples);

/* The network's node of that name, if it has the population's shape; else NULL. */
const struct sq_node *sq_scope_node(const struct sq_scope *scope,
                                    const struct sq_trace_population *population);

static inline uint64_t sq_subject_neurons(const struct sq_subject *subject)
{
    return (uint64_t)subject->n_rows * subject->n_channels;
}

#endif
