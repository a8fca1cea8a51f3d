/* The dealer: which samples which rank runs. Blocks are dealt in ascending order, as ranks ask for them, so that slow
 * ranks run fewer. A block is 1/16 of a rank's equal share of what is left, and so ever smaller: many to each rank while
 * much is left, single samples at the end, when nobody may be late. */
#ifndef SQ_DEALER_H
#define SQ_DEALER_H

#include "sim/cluster/cluster.h"
#include "traces/format/sample_set.h"

struct sq_dealer {
    const struct sq_sample_set *left; /* samples to be dealt; outlives the dealer */
    size_t range;                     /* of `left`, from which the next block is taken, */
    uint64_t taken;                   /* less so many of its samples */
    uint64_t n_left;
    unsigned n_ranks,
        couple; /* blocks are multiples of `couple`, which ranges begin at multiples of */
    _Atomic uint64_t *n_done; /* [n_ranks] samples that each rank has finished, as it last said */
    int is_closed;            /* a rank failed: nothing more is dealt */
};

/* Deal the samples of `left` to n_ranks ranks. couple 0: samples are alone. SQ_ENOMEM; freed with
 * sq_dealer_free(), which accepts a zeroed struct. */
int sq_dealer_begin(struct sq_error *err, struct sq_dealer *dealer,
                    const struct sq_sample_set *left, unsigned n_ranks, unsigned couple);
void sq_dealer_free(struct sq_dealer *dealer);

/* The answer of a desk, `data` a dealer: the rank's next block, empty where no more is left. */
struct sq_block sq_dealer_answer(void *data, unsigned rank, const struct sq_question *question);

/* Samples that all ranks but rank 0 had finished when they last asked. Any thread. */
uint64_t sq_dealer_done_elsewhere(const struct sq_dealer *dealer);

#endif
