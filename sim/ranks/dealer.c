#include "sim/ranks/dealer.h"

#include <stdatomic.h>
#include <stdlib.h>

enum { PARTS_OF_A_SHARE = 16 };

int sq_dealer_begin(struct sq_error *err, struct sq_dealer *dealer,
                    const struct sq_sample_set *left, unsigned n_ranks, unsigned couple)
{
    *dealer = (struct sq_dealer){.left = left,
                                 .n_left = sq_sample_set_count(left),
                                 .n_ranks = n_ranks,
                                 .couple = couple > 0 ? couple : 1,
                                 .n_done = calloc(n_ranks, sizeof *dealer->n_done)};
    return dealer->n_done != NULL ? SQ_OK
                                  : sq_fail(err, SQ_ENOMEM, "out of memory for %u ranks", n_ranks);
}

void sq_dealer_free(struct sq_dealer *dealer)
{
    free((void *)dealer->n_done);
    *dealer = (struct sq_dealer){.left = NULL};
}

/* Samples of the next block, if its range has as many. */
static uint64_t block_size(const struct sq_dealer *dealer)
{
    const uint64_t part = dealer->n_left / PARTS_OF_A_SHARE / dealer->n_ranks;
    const uint64_t whole = part / dealer->couple * dealer->couple;
    return whole > 0 ? whole : dealer->couple;
}

static struct sq_block deal(struct sq_dealer *dealer)
{
    const struct sq_range *range = &dealer->left->range[dealer->range];
    struct sq_block block = {.first = range->first + dealer->taken, .end = range->end};
    const uint64_t size = block_size(dealer);
    if (block.end - block.first > size)
        block.end = block.first + size;
    dealer->n_left -= block.end - block.first;
    dealer->taken += block.end - block.first;
    if (block.end == range->end) {
        dealer->range++;
        dealer->taken = 0;
    }
    return block;
}

struct sq_block sq_dealer_answer(void *data, unsigned rank, const struct sq_question *question)
{
    struct sq_dealer *dealer = data;
    atomic_store_explicit(&dealer->n_done[rank], question->n_done, memory_order_relaxed);
    dealer->is_closed |= question->failed != 0;
    if (question->leaves || dealer->is_closed || dealer->n_left == 0)
        return (struct sq_block){0, 0};
    return deal(dealer);
}

uint64_t sq_dealer_done_elsewhere(const struct sq_dealer *dealer)
{
    uint64_t n = 0;
    for (unsigned rank = 1; rank < dealer->n_ranks; rank++)
        n += atomic_load_explicit(&dealer->n_done[rank], memory_order_relaxed);
    return n;
}
