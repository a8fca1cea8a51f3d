/* Outcome: what one sample leaves behind when it is through the network. */
#ifndef SQ_OUTCOME_H
#define SQ_OUTCOME_H

#include "kernels/base/arena.h"
#include "sim/account/count/tally.h"
#include "sim/network/head.h"
#include "sim/network/network.h"

struct sq_outcome {
    uint64_t sample;        /* number in the input */
    uint64_t turn;          /* samples that entered the network before it in this run */
    int32_t label;          /* or -1 */
    int pixels_are_counts;  /* every pixel is a whole number >= 0 */
    int input_unseen;       /* spikes recorded elsewhere: the pixels are not known */
    float *logits;          /* [classes] */
    float *mean;            /* [T][dim] what the classifier reads, its mean over tokens */
    float *second;          /* [T][classes] what a second classifier sends; NULL: there is none */
    struct sq_tally *tally; /* [n_nodes][T] */
    /* The classifier's input, for accounting: sum, largest, number of different values. */
    double feature_total;
    float feature_max;
    uint32_t feature_distinct;
};

/* The class of the largest logit; the first of equal ones. */
static inline uint32_t sq_outcome_class(const struct sq_outcome *outcome, uint32_t classes)
{
    return sq_head_class(outcome->logits, classes);
}

/* Did event counts of a camera enter the first convolution as events, so that it multiplied
 * nothing? */
static inline int sq_outcome_has_counts(const struct sq_outcome *outcome,
                                        const struct sq_network *network)
{
    return sq_network_takes_events(network) && outcome->pixels_are_counts;
}

/* sum += the tallies of an outcome, both [n_nodes][T]: of a node what nodes of its kind count. */
void sq_outcome_add(struct sq_tally *sum, const struct sq_outcome *outcome,
                    const struct sq_network *network);

/* Take the memory of an outcome; SQ_ENOMEM. */
static inline int sq_outcome_alloc(struct sq_error *err, struct sq_arena *arena,
                                   const struct sq_network *network, struct sq_outcome *outcome)
{
    const size_t n_tallies = network->n_nodes * network->config.timesteps;
    outcome->logits = sq_arena_alloc(arena, network->head.n_out, sizeof *outcome->logits);
    outcome->tally = sq_arena_alloc(arena, n_tallies, sizeof *outcome->tally);
    outcome->mean = sq_arena_alloc(arena, (size_t)network->head.n_in * network->config.timesteps,
                                   sizeof *outcome->mean);
    const int has_second = sq_network_has_second(network);
    if (has_second)
        outcome->second =
            sq_arena_alloc(arena, (size_t)network->head.n_out * network->config.timesteps,
                           sizeof *outcome->second);
    return outcome->logits != NULL && outcome->tally != NULL && outcome->mean != NULL &&
                   (outcome->second != NULL || !has_second)
               ? SQ_OK
               : sq_fail(err, SQ_ENOMEM, "out of memory for the outcome of a sample");
}

#endif
