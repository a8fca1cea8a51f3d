/* The window of outcomes: put in whatever order the lanes finish, they come out in the order of
 * the samples, and their memory is only passed around. */
#include "sim/engine/window.h"

#include "test/unit.h"

enum { N_SAMPLES = 200, MAX_LANES = 7 };

static struct sq_node node[3];
static struct sq_network network = {
    .node = node, .n_nodes = 3, .config = {.timesteps = 2}, .head = {.n_out = 5}};
static struct sq_arena arena;
static struct sq_error err;

static void tear_down(void)
{
    sq_arena_free(&arena);
}

static void enter(struct sq_outcome *outcome, uint64_t sample)
{
    outcome->sample = sample;
    outcome->turn = sample;
    for (int i = 0; i < 5; i++)
        outcome->logits[i] = (float)sample;
    for (int i = 0; i < 6; i++)
        outcome->tally[i].spikes = sample;
}

static void require_own(const struct sq_outcome *outcome, uint64_t sample)
{
    ck_assert_uint_eq(outcome->sample, sample);
    for (int i = 0; i < 5; i++)
        ck_assert(outcome->logits[i] == (float)sample);
    for (int i = 0; i < 6; i++)
        ck_assert_uint_eq(outcome->tally[i].spikes, sample);
}

/* Lanes finish at random; a lane takes the next sample as soon as the window has room. */
static void play(uint64_t seed, uint32_t n_lanes, uint64_t n_slots)
{
    struct sq_rng rng = {seed};
    struct sq_window window;
    struct sq_outcome lane[MAX_LANES];
    int is_busy[MAX_LANES] = {0};
    uint64_t n_entered = 0, n_out = 0;
    ck_assert_int_eq(sq_window_alloc(&err, &arena, &network, n_slots, &window), SQ_OK);
    for (uint32_t i = 0; i < n_lanes; i++)
        ck_assert_int_eq(sq_outcome_alloc(&err, &arena, &network, &lane[i]), SQ_OK);
    while (n_out < N_SAMPLES) {
        const size_t i = sq_rng_below(&rng, n_lanes);
        const struct sq_outcome *next;
        if (is_busy[i]) {
            is_busy[i] = 0;
            sq_window_put(&window, &lane[i]);
            while ((next = sq_window_next(&window)) != NULL)
                require_own(next, n_out++);
        } else if (n_entered < N_SAMPLES && sq_window_has_room(&window, n_entered)) {
            is_busy[i] = 1;
            enter(&lane[i], n_entered++);
        }
        ck_assert_uint_le(n_entered - n_out, n_slots);
    }
    ck_assert_ptr_null(sq_window_next(&window));
}

START_TEST(outcomes_come_out_in_order)
{
    for (uint32_t n_lanes = 1; n_lanes <= MAX_LANES; n_lanes++)
        for (uint64_t n_slots = 1; n_slots <= 2 * n_lanes; n_slots++)
            play((uint64_t)_i * 1000 + n_lanes, n_lanes, n_slots);
}
END_TEST

static Suite *window_suite(void)
{
    Suite *suite = suite_create("window");
    TCase *tests = tcase_create("order");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, NULL, tear_down);
    tcase_add_loop_test(tests, outcomes_come_out_in_order, 0, 3);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(window_suite())
