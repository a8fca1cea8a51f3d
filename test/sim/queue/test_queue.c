/* The event queue against a model that knows nothing of heaps and counters: random graphs, lanes,
 * timesteps and schedules, with several workers who finish in random order. After every step the
 * set of firings that may be ready is found by brute force from the invariants of queue.h. */
#include "test/sim/queue/queue_model.h"

#include <stdio.h>
#include <string.h>

enum { N_GRAPHS = 400 };

/* The packets that the firing reads lie in their slots, and will until it is done. */
static void require_sources(const struct model *m, const struct sq_firing *f)
{
    const struct sq_queue_node *node = &m->graph.node[f->node];
    for (uint32_t t = f->t; t < f->t + f->n_steps; t++)
        for (uint16_t i = 0; i < node->n_sources; i++)
            REQUIRE(m, m->cell[f->lane][node->source[i]].slot[t % m->depth] == (int)t,
                    "node %u at t = %u: the packet of node %u is not there", f->node, t,
                    node->source[i]);
}

/* Timesteps that the schedule should take together. */
static uint32_t steps_together(const struct model *m, const struct sq_firing *f)
{
    uint32_t n = 1;
    while (m->plan.schedule == SQ_SCHEDULE_LAYER && n != m->plan.node[f->node].most_steps &&
           can_fire(m, f->lane, f->node, f->t + n))
        n++;
    return n;
}

static void take(struct model *m)
{
    uint64_t least;
    const size_t n_ready = find_ready(m, &least);
    struct sq_firing f;
    REQUIRE(m, sq_queue_n_ready(m->queue) == n_ready, "%zu ready, brute force finds %zu",
            sq_queue_n_ready(m->queue), n_ready);
    const int taken = sq_queue_take(m->queue, &f);
    REQUIRE(m, taken == (n_ready > 0), "take returned %d with %zu ready", taken, n_ready);
    REQUIRE(m, taken || m->n_flights > 0 || m->n_entered == m->n_finished,
            "locked up after %llu samples", (unsigned long long)m->n_finished);
    if (!taken)
        return;
    struct model_cell *cell = &m->cell[f.lane][f.node];
    REQUIRE(m, is_ready(m, f.lane, f.node), "node %u of lane %u is not ready", f.node, f.lane);
    REQUIRE(m, f.t == cell->sent, "node %u fires t = %u after %u", f.node, f.t, cell->sent);
    REQUIRE(m, key_of(m, f.lane, f.node) == least, "node %u at t = %u is not the least", f.node,
            f.t);
    REQUIRE(m, f.n_steps == steps_together(m, &f), "node %u takes %u timesteps", f.node, f.n_steps);
    for (uint32_t t = f.t; t < f.t + f.n_steps; t++)
        REQUIRE(m, can_fire(m, f.lane, f.node, t), "node %u overwrites at t = %u", f.node, t);
    require_sources(m, &f);
    cell->is_out = 1;
    m->flight[m->n_flights++] = f;
}

static int is_sample_through(const struct model *m, uint32_t lane)
{
    for (uint16_t node = 0; node < m->graph.n_nodes; node++)
        if (m->cell[lane][node].sent < m->plan.timesteps)
            return 0;
    return 1;
}

static void finish(struct model *m, size_t index)
{
    const struct sq_firing f = m->flight[index];
    struct model_cell *cell = &m->cell[f.lane][f.node];
    require_sources(m, &f);
    m->flight[index] = m->flight[--m->n_flights];
    for (uint32_t t = f.t; t < f.t + f.n_steps; t++) {
        cell->slot[t % m->depth] = (int)t;
        m->fired[m->sample[f.lane]][f.node][t]++;
    }
    cell->sent = f.t + f.n_steps;
    cell->is_out = 0;
    const int through = sq_queue_done(m->queue, &f);
    REQUIRE(m, through == is_sample_through(m, f.lane), "node %u: done returned %d", f.node,
            through);
    if (through) {
        m->is_active[f.lane] = 0;
        m->n_finished++;
    }
}

static void enter(struct model *m, uint32_t lane)
{
    if (m->is_active[lane] || m->n_entered == m->n_samples)
        return;
    memset(m->cell[lane], 0, sizeof m->cell[lane]);
    for (uint16_t node = 0; node < MAX_NODES; node++)
        memset(m->cell[lane][node].slot, 0xff, sizeof m->cell[lane][node].slot);
    m->is_active[lane] = 1;
    m->sample[lane] = m->n_entered++;
    sq_queue_enter(m->queue, lane, m->sample[lane]);
}

static void step(struct model *m)
{
    const uint64_t what = sq_rng_below(&m->rng, 8);
    if (what == 0 || m->n_entered == m->n_finished)
        enter(m, (uint32_t)sq_rng_below(&m->rng, m->plan.n_lanes));
    else if (m->n_flights < m->max_flights && (what < 5 || m->n_flights == 0))
        take(m);
    else if (m->n_flights > 0)
        finish(m, sq_rng_below(&m->rng, m->n_flights));
}

static void require_all_fired_once(const struct model *m)
{
    for (uint64_t sample = 0; sample < m->n_samples; sample++)
        for (uint16_t node = 0; node < m->graph.n_nodes; node++)
            for (uint32_t t = 0; t < m->plan.timesteps; t++)
                REQUIRE(m, m->fired[sample][node][t] == 1, "(%llu, %u, %u) fired %u times",
                        (unsigned long long)sample, node, t, m->fired[sample][node][t]);
}

static void run_model(uint64_t seed, enum sq_schedule schedule)
{
    struct model m = {.rng = {seed}, .seed = seed};
    draw_graph(&m.rng, &m.graph);
    m.plan = (struct sq_queue_plan){.node = m.graph.node,
                                    .n_nodes = m.graph.n_nodes,
                                    .timesteps = 1 + (uint32_t)sq_rng_below(&m.rng, MAX_T),
                                    .n_lanes = 1 + (uint32_t)sq_rng_below(&m.rng, MAX_LANES),
                                    .schedule = schedule};
    for (uint16_t node = 0; node < m.graph.n_nodes; node++)
        m.graph.node[node].most_steps = (uint32_t)sq_rng_below(&m.rng, MAX_T);
    m.max_flights = 1 + sq_rng_below(&m.rng, MAX_FLIGHTS);
    m.n_samples = 1 + sq_rng_below(&m.rng, MAX_SAMPLES);
    m.depth = sq_queue_depth(&m.plan);
    struct sq_error error = {0};
    ck_assert_int_eq(sq_queue_new(&error, &m.plan, &m.queue), SQ_OK);
    for (long steps = 0; m.n_finished < m.n_samples; steps++) {
        REQUIRE(&m, steps < 200000, "no end after %ld steps", steps);
        step(&m);
    }
    REQUIRE(&m, sq_queue_n_ready(m.queue) == 0 && m.n_flights == 0, "%zu are left over",
            sq_queue_n_ready(m.queue));
    require_all_fired_once(&m);
    sq_queue_free(m.queue);
}

START_TEST(step_schedule_equals_the_model)
{
    for (uint64_t i = 0; i < N_GRAPHS; i++)
        run_model(10000 + i, SQ_SCHEDULE_STEP);
}
END_TEST

START_TEST(layer_schedule_equals_the_model)
{
    for (uint64_t i = 0; i < N_GRAPHS; i++)
        run_model(20000 + i, SQ_SCHEDULE_LAYER);
}
END_TEST

START_TEST(depth_is_what_the_schedule_needs)
{
    struct sq_queue_plan plan = {.timesteps = 5, .schedule = SQ_SCHEDULE_LAYER};
    ck_assert_uint_eq(sq_queue_depth(&plan), 5);
    plan.schedule = SQ_SCHEDULE_STEP;
    ck_assert_uint_eq(sq_queue_depth(&plan), 2);
    plan.timesteps = 1;
    ck_assert_uint_eq(sq_queue_depth(&plan), 1);
}
END_TEST

/* With one worker a chain runs layer by layer, or timestep by timestep, as the schedules say. */
static void require_order(enum sq_schedule schedule, uint32_t most_of_second, const char *want)
{
    static const uint16_t zero[] = {0}, one[] = {1}, two[] = {2};
    const struct sq_queue_node chain[] = {{.target = one, .n_targets = 1},
                                          {.source = zero,
                                           .target = two,
                                           .n_sources = 1,
                                           .n_targets = 1,
                                           .most_steps = most_of_second},
                                          {.source = one, .n_sources = 1}};
    const struct sq_queue_plan plan = {
        .node = chain, .n_nodes = 3, .timesteps = 3, .n_lanes = 1, .schedule = schedule};
    struct sq_queue *queue;
    struct sq_error error = {0};
    struct sq_firing f;
    char got[128] = "";
    ck_assert_int_eq(sq_queue_new(&error, &plan, &queue), SQ_OK);
    ck_assert_int_eq(sq_queue_take(queue, &f), 0); /* nothing has entered */
    sq_queue_enter(queue, 0, 0);
    while (sq_queue_take(queue, &f)) {
        snprintf(got + strlen(got), sizeof got - strlen(got), "%u@%u+%u ", f.node, f.t, f.n_steps);
        sq_queue_done(queue, &f);
    }
    ck_assert_str_eq(got, want);
    sq_queue_free(queue);
    sq_queue_free(NULL);
}

START_TEST(a_chain_in_both_orders)
{
    require_order(SQ_SCHEDULE_LAYER, 0, "0@0+3 1@0+3 2@0+3 ");
    require_order(SQ_SCHEDULE_LAYER, 2, "0@0+3 1@0+2 1@2+1 2@0+3 ");
    require_order(SQ_SCHEDULE_STEP, 0, "0@0+1 1@0+1 2@0+1 0@1+1 1@1+1 2@1+1 0@2+1 1@2+1 2@2+1 ");
}
END_TEST

static Suite *queue_suite(void)
{
    Suite *suite = suite_create("queue");
    TCase *tests = tcase_create("against a model");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, step_schedule_equals_the_model);
    tcase_add_test(tests, layer_schedule_equals_the_model);
    tcase_add_test(tests, depth_is_what_the_schedule_needs);
    tcase_add_test(tests, a_chain_in_both_orders);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(queue_suite())
