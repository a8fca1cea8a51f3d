/* The dealer: whatever is left, whoever asks when, every sample is dealt once, each rank's blocks ascend, and the last
 * ones are small. */
#include "sim/ranks/dealer.h"
#include "test/unit.h"

#include <string.h>

enum { MOST_SAMPLES = 4000, MOST_RANKS = 9 };

/* Some ranges of 0 .. MOST_SAMPLES - 1, each of whole batches. */
static void draw_left(struct sq_rng *rng, unsigned couple, struct sq_sample_set *left)
{
    uint64_t at = sq_rng_below(rng, 3) * couple;
    while (at < MOST_SAMPLES) {
        uint64_t end = at + (1 + sq_rng_below(rng, 600 / couple)) * couple;
        end = end < MOST_SAMPLES ? end : MOST_SAMPLES;
        ck_assert_int_eq(sq_sample_set_append(NULL, left, (struct sq_range){at, end}), SQ_OK);
        at = end + sq_rng_below(rng, 4) * couple;
    }
}

static void take_block(const struct sq_block *block, const struct sq_sample_set *left,
                       unsigned couple, unsigned char *dealt, uint64_t *last)
{
    if (block->first == block->end) /* nothing is left */
        return;
    ck_assert_uint_ge(block->first, *last);
    ck_assert_uint_eq(block->first % couple, 0);
    for (uint64_t i = block->first; i < block->end; i++) {
        ck_assert_int_eq(dealt[i], 0);
        ck_assert(sq_sample_set_has(left, i));
        dealt[i] = 1;
    }
    *last = block->end;
}

START_TEST(every_sample_is_dealt_once)
{
    struct sq_rng rng = {(uint64_t)_i + 5};
    const unsigned n_ranks = 1 + (unsigned)sq_rng_below(&rng, MOST_RANKS);
    const unsigned couple = 1 + (unsigned)sq_rng_below(&rng, 3);
    struct sq_sample_set left = {.n = 0};
    struct sq_dealer dealer;
    static unsigned char dealt[MOST_SAMPLES];
    uint64_t last[MOST_RANKS] = {0}, n_dealt = 0;
    struct sq_block block;
    memset(dealt, 0, sizeof dealt);
    draw_left(&rng, couple, &left);
    ck_assert_int_eq(sq_dealer_begin(NULL, &dealer, &left, n_ranks, couple), SQ_OK);
    do {
        const unsigned rank = (unsigned)sq_rng_below(&rng, n_ranks);
        block = sq_dealer_answer(&dealer, rank, &(struct sq_question){.n_done = 1});
        take_block(&block, &left, couple, dealt, &last[rank]);
        n_dealt += block.end - block.first;
    } while (block.first < block.end);
    ck_assert_uint_eq(n_dealt, sq_sample_set_count(&left));
    ck_assert_uint_le(sq_dealer_done_elsewhere(&dealer), n_ranks - 1);
    sq_dealer_free(&dealer);
    sq_sample_set_free(&left);
}
END_TEST

/* A rank that takes ever so long over its blocks holds up nobody for more than 1/16 of its equal share. */
START_TEST(blocks_shrink)
{
    struct sq_range all = {0, 10000};
    const struct sq_sample_set left = {.range = &all, .n = 1};
    struct sq_dealer dealer;
    uint64_t before = UINT64_MAX, n_blocks = 0;
    ck_assert_int_eq(sq_dealer_begin(NULL, &dealer, &left, 4, 0), SQ_OK);
    for (;;) {
        const struct sq_block block =
            sq_dealer_answer(&dealer, 0, &(struct sq_question){.n_done = 0});
        const uint64_t size = block.end - block.first;
        if (size == 0)
            break;
        ck_assert_uint_le(size, before);
        ck_assert_uint_le(size, 10000 / 4 / 16);
        before = size;
        n_blocks++;
    }
    ck_assert_uint_eq(before, 1);
    ck_assert_uint_le(n_blocks, 4 * 16 * 7);
    sq_dealer_free(&dealer);
}
END_TEST

START_TEST(nothing_is_dealt_after_a_failure)
{
    struct sq_range all = {0, 100};
    const struct sq_sample_set left = {.range = &all, .n = 1};
    struct sq_dealer dealer;
    ck_assert_int_eq(sq_dealer_begin(NULL, &dealer, &left, 2, 0), SQ_OK);
    const struct sq_question failed = {.leaves = 1, .failed = 1}, asks = {.n_done = 0};
    ck_assert_uint_eq(sq_dealer_answer(&dealer, 0, &asks).end, 3);
    ck_assert_uint_eq(sq_dealer_answer(&dealer, 1, &failed).end, 0);
    ck_assert_uint_eq(sq_dealer_answer(&dealer, 0, &asks).end, 0);
    sq_dealer_free(&dealer);
}
END_TEST

static Suite *dealer_suite(void)
{
    Suite *suite = suite_create("dealer");
    TCase *tests = tcase_create("blocks");
    tcase_add_loop_test(tests, every_sample_is_dealt_once, 0, 60);
    tcase_add_test(tests, blocks_shrink);
    tcase_add_test(tests, nothing_is_dealt_after_a_failure);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(dealer_suite())
