/* Roles -> the queue's graph: an edge is there where a sender fires and a receiver awaits, whatever
 * the roles; and a queue of that graph comes to its end, every node that is not skipped having
 * fired each timestep once. */
#include "sim/engine/roles.h"

#include "test/sim/network/tiny_load.h"

enum { MAX_NODES = 64, N_ROUNDS = 60 };

static struct sq_arena arena;
static unsigned char role[MAX_NODES];
static struct sq_queue_node *plan;

static void load(enum tiny_layout layout)
{
    tiny_prepare(layout, 2);
    expect_ok(&err, tiny_load_own(NULL));
    ck_assert_uint_le(loaded->n_nodes, MAX_NODES);
    arena = (struct sq_arena){NULL, 0};
}

static void make(const unsigned char *roles)
{
    const struct sq_feed feed = {.role = roles};
    expect_ok(&err, sq_roles_plan(&err, &arena, loaded, &feed, &plan));
}

static int has(const uint16_t *edge, size_t n, size_t node)
{
    size_t found = 0;
    for (size_t i = 0; i < n; i++)
        found += edge[i] == node;
    ck_assert_uint_le(found, 1);
    return found == 1;
}

/* By definition, pair by pair. */
static void require_edges(const unsigned char *roles)
{
    for (size_t to = 0; to < loaded->n_nodes; to++)
        for (size_t from = 0; from < loaded->n_nodes; from++) {
            const int is_edge = has(loaded->node[to].source, loaded->node[to].n_sources, from);
            const int sends = roles[from] != SQ_SKIP;
            const int awaits = roles[to] == SQ_COMPUTE || roles[to] == SQ_COUNT;
            const int want = is_edge && sends && awaits;
            ck_assert_int_eq(has(plan[to].source, plan[to].n_sources, from), want);
            ck_assert_int_eq(has(plan[from].target, plan[from].n_targets, to), want);
        }
    for (size_t i = 0; i < loaded->n_nodes; i++)
        ck_assert_int_eq(plan[i].is_skipped, roles[i] == SQ_SKIP);
}

/* Take firings until the sample is through; how often each node fired. */
static void run_queue(enum sq_schedule schedule, uint32_t timesteps, const unsigned char *roles)
{
    const struct sq_queue_plan how = {.node = plan,
                                      .n_nodes = (uint16_t)loaded->n_nodes,
                                      .timesteps = timesteps,
                                      .n_lanes = 1,
                                      .schedule = schedule};
    uint32_t fired[MAX_NODES] = {0};
    struct sq_queue *queue;
    struct sq_firing firing;
    int is_through = 0;
    expect_ok(&err, sq_queue_new(&err, &how, &queue));
    sq_queue_enter(queue, 0, 0);
    while (!is_through && sq_queue_take(queue, &firing)) {
        ck_assert_uint_eq(firing.t, fired[firing.node]);
        fired[firing.node] += firing.n_steps;
        is_through = sq_queue_done(queue, &firing);
    }
    ck_assert_int_eq(is_through, 1);
    for (size_t i = 0; i < loaded->n_nodes; i++)
        ck_assert_uint_eq(fired[i], roles[i] == SQ_SKIP ? 0 : timesteps);
    sq_queue_free(queue);
}

START_TEST(all_compute_is_the_network)
{
    load(TINY_CIFAR10 + (enum tiny_layout)_i);
    memset(role, SQ_COMPUTE, sizeof role);
    make(NULL);
    require_edges(role);
    for (size_t i = 0; i < loaded->n_nodes; i++)
        ck_assert_mem_eq(plan[i].source, loaded->node[i].source,
                         loaded->node[i].n_sources * sizeof(uint16_t));
    sq_arena_free(&arena);
    tiny_discard();
}
END_TEST

START_TEST(any_roles_make_a_queue_that_ends)
{
    struct sq_rng rng = {(uint64_t)_i};
    load(TINY_CIFAR10 + (enum tiny_layout)_i);
    for (int round = 0; round < N_ROUNDS; round++) {
        for (size_t i = 0; i < loaded->n_nodes; i++)
            role[i] = (unsigned char)sq_rng_below(&rng, SQ_SKIP + 1);
        role[loaded->n_nodes - 1] = SQ_COMPUTE;
        make(role);
        require_edges(role);
        run_queue(SQ_SCHEDULE_STEP, 1 + (uint32_t)round % 4, role);
        run_queue(SQ_SCHEDULE_LAYER, 1 + (uint32_t)round % 4, role);
    }
    sq_arena_free(&arena);
    tiny_discard();
}
END_TEST

static Suite *roles_suite(void)
{
    Suite *suite = suite_create("sim/engine");
    TCase *tests = tcase_create("roles");
    tcase_add_unchecked_fixture(tests, temp_make, temp_remove);
    tcase_add_loop_test(tests, all_compute_is_the_network, 0, 3);
    tcase_add_loop_test(tests, any_roles_make_a_queue_that_ends, 0, 3);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(roles_suite())
