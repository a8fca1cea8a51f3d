/* Trials: one network in several arithmetics, run on the same samples and compared spike by spike
 * with the first one, float32. Samples pass in chunks, so that memory does not grow with their
 * number. */
#ifndef SQ_TRIAL_H
#define SQ_TRIAL_H

#include "sim/input/input.h"
#include "sim/report/report.h"

struct sq_trial {
    struct sq_network *network;
    struct spikeq_report *report; /* counts of all samples that passed */
    uint64_t *different;          /* [n_nodes] neuron-timesteps unlike float32; NULL: nothing ran */
    uint64_t n_changed;           /* predictions unlike float32 */
};

/* What float32 sent, for one chunk. */
struct sq_chunk {
    const struct sq_network *network;
    struct sq_arena arena;
    unsigned threads;
    uint64_t first, n_samples; /* of the chunk */
    uint64_t capacity;         /* samples */
    size_t *word_of;           /* [n_nodes] where a population's packets begin */
    size_t sample_words;       /* of a sample, all populations and timesteps */
    uint64_t *bits;            /* [capacity][sample_words] */
    uint32_t *prediction;      /* [capacity] */
    uint64_t *difference;      /* [threads][n_nodes] of the current trial */
};

/* Room for as many samples as 64 MiB hold, at least one. SQ_ENOMEM. */
int sq_chunk_open(struct sq_error *err, const struct sq_network *network, unsigned threads,
                  struct sq_chunk *chunk);
void sq_chunk_close(struct sq_chunk *chunk);

/* Run samples first .. first + n - 1 (n at most the capacity) through float32 and keep them. */
int sq_chunk_keep(struct sq_error *err, struct sq_chunk *chunk, struct sq_input *input,
                  uint64_t first, uint64_t n, struct sq_trial *f32);

/* Run the same samples through another trial and count what differs. */
int sq_chunk_compare(struct sq_error *err, struct sq_chunk *chunk, struct sq_input *input,
                     struct sq_trial *trial);

/* A report for the trial's network, and room for its differences. SQ_ENOMEM. */
int sq_trial_open(struct sq_error *err, struct sq_trial *trial);

/* Frees the network too; accepts a zeroed struct. */
void sq_trial_close(struct sq_trial *trial);

#endif
