/* A network rebuilt from a trace: what its configuration does not say comes from the tables of nodes
 * and operations. */
#include "sim/replay/rebuild.h"

#include "sim/record/trace_plan.h"
#include "test/sim/network/tiny_load.h"
#include "traces/write/trace_writer.h"

#include <unistd.h>

enum { MAX_NODES = 256, MAX_OPERATIONS = 256 };

static struct sq_arena arena;
static struct sq_trace_plan plan;
static struct sq_trace_node node[MAX_NODES];
static struct sq_trace_operation operation[MAX_OPERATIONS];
static struct sq_trace *trace;
static struct sq_network *rebuilt;

/* The plan of a trace of a network in integers, whose tables may be changed. */
static void set_up(void)
{
    static int32_t population_of[MAX_NODES];
    const struct sq_fixed_settings settings = {.weight_bits = 8};
    tiny_prepare(TINY_CIFAR10, 1);
    expect_ok(&err, tiny_load_own(NULL));
    expect_ok(&err, sq_fixed_make(&err, loaded, &settings, NULL));
    const struct sq_trace_request request = {
        .samples = {0, INT64_MAX}, .n_planned = 1, .arith = loaded->arith};
    arena = (struct sq_arena){NULL, 0};
    expect_ok(&err, sq_trace_plan_make(&err, &arena, loaded, &request, &plan, population_of));
    memcpy(node, plan.node, plan.n_nodes * sizeof *node);
    memcpy(operation, plan.operation, plan.n_operations * sizeof *operation);
    plan.node = node;
    plan.operation = operation;
    rebuilt = NULL;
}

static void tear_down(void)
{
    sq_network_free(rebuilt);
    sq_trace_close(trace);
    unlink(temp_path("a.db"));
    sq_arena_free(&arena);
    tiny_discard();
}

static int rebuild(void)
{
    struct sq_trace_writer *writer;
    expect_ok(&err, sq_trace_create(&err, temp_path("a.db"), &plan, 1, &writer));
    expect_ok(&err, sq_trace_finish(&err, writer));
    sq_trace_writer_free(writer);
    expect_ok(&err, sq_trace_open(&err, temp_path("a.db"), &trace));
    return sq_rebuild_network(&err, trace, &rebuilt);
}

START_TEST(widths_and_zeros_come_back)
{
    expect_ok(&err, rebuild());
    ck_assert_uint_eq(rebuilt->n_nodes, loaded->n_nodes);
    for (size_t i = 0; i < loaded->n_nodes; i++) {
        ck_assert_uint_eq(rebuilt->node[i].adder_bits, loaded->node[i].adder_bits);
        ck_assert_uint_eq(rebuilt->node[i].factor_bits, loaded->node[i].factor_bits);
    }
    for (size_t i = 0; i < loaded->n_synapses; i++)
        ck_assert_uint_eq(rebuilt->synapse[i].weight_zeros, loaded->synapse[i].weight_zeros);
    ck_assert_uint_eq(rebuilt->head.weight_zeros, loaded->head.weight_zeros);
}
END_TEST

/* Not from the configuration, nor from anything else in the file. */
START_TEST(they_are_those_of_the_table)
{
    for (size_t i = 0; i < plan.n_operations; i++)
        if (operation[i].weights > 0) {
            operation[i].adder_bits = 40 + (uint32_t)i;
            operation[i].weight_zeros = 1;
        }
    expect_ok(&err, rebuild());
    for (size_t i = 0; i < plan.n_operations; i++)
        for (size_t n = 0; n < rebuilt->n_nodes; n++)
            if (operation[i].weights > 0 && rebuilt->node[n].kind != SQ_NODE_HEAD &&
                strcmp(rebuilt->node[n].name, operation[i].node) == 0)
                ck_assert_uint_eq(rebuilt->node[n].adder_bits, 40 + i);
    for (size_t i = 0; i < rebuilt->n_synapses; i++)
        ck_assert_uint_eq(rebuilt->synapse[i].weight_zeros, 1);
}
END_TEST

START_TEST(what_is_not_known_is_0)
{
    for (size_t i = 0; i < plan.n_operations; i++) {
        operation[i].adder_bits = operation[i].factor_bits = 0;
        operation[i].weight_zeros = -1;
    }
    expect_ok(&err, rebuild());
    for (size_t i = 0; i < rebuilt->n_nodes; i++)
        ck_assert_uint_eq(rebuilt->node[i].adder_bits, 0);
    for (size_t i = 0; i < rebuilt->n_synapses; i++)
        ck_assert_uint_eq(rebuilt->synapse[i].weight_zeros, 0);
}
END_TEST

/* Without its configuration the network is the same, but for its name. */
START_TEST(the_graph_is_enough)
{
    struct sq_trace_meta meta[32];
    size_t n = 0;
    for (size_t i = 0; i < plan.n_meta; i++)
        if (strcmp(plan.meta[i].key, "config") != 0)
            meta[n++] = plan.meta[i];
    plan.meta = meta;
    plan.n_meta = n;
    expect_ok(&err, rebuild());
    ck_assert_str_eq(rebuilt->config.name, "spikformer-cifar10");
    ck_assert_uint_eq(rebuilt->config.timesteps, loaded->config.timesteps);
    ck_assert_uint_eq(rebuilt->config.classes, loaded->config.classes);
    ck_assert_uint_eq(rebuilt->n_nodes, loaded->n_nodes);
    for (size_t i = 0; i < loaded->n_nodes; i++) {
        ck_assert_str_eq(rebuilt->node[i].name, loaded->node[i].name);
        ck_assert_int_eq(rebuilt->node[i].kind, loaded->node[i].kind);
        ck_assert(rebuilt->node[i].threshold == loaded->node[i].threshold);
    }
}
END_TEST

START_TEST(without_graph_and_configuration_there_is_no_network)
{
    plan.n_nodes = plan.n_operations = plan.n_meta = 0;
    expect(&err, rebuild(), SQ_EUNSUPPORTED, "was recorded without a network's configuration");
    ck_assert_ptr_null(rebuilt);
}
END_TEST

static Suite *rebuild_suite(void)
{
    Suite *suite = suite_create("sim/replay");
    TCase *tests = tcase_create("rebuild");
    tcase_add_unchecked_fixture(tests, temp_make, temp_remove);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, widths_and_zeros_come_back);
    tcase_add_test(tests, they_are_those_of_the_table);
    tcase_add_test(tests, what_is_not_known_is_0);
    tcase_add_test(tests, the_graph_is_enough);
    tcase_add_test(tests, without_graph_and_configuration_there_is_no_network);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(rebuild_suite())
