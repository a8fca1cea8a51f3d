/* The graph of a network as a trace describes it: sound by the rules of the format, and every node
 * and operation is what it is called. */
#include "sim/record/describe_graph.h"

#include "sim/ops/graph_object.h"
#include "sim/record/recorded_graph.h"
#include "sim/record/trace_plan.h"
#include "test/sim/network/tiny_load.h"
#include "traces/format/graph_check.h"
#include "traces/write/trace_writer.h"

#include <unistd.h>

enum { MAX_NODES = 64, N_LAYOUTS = 3 };

static struct sq_arena arena;
static struct sq_trace_plan plan;
static int32_t population_of[MAX_NODES];

static void describe(const char *populations)
{
    const struct sq_trace_request request = {.samples = {0, INT64_MAX},
                                             .n_planned = 1,
                                             .arith = loaded->arith,
                                             .populations = populations};
    expect_ok(&err, sq_trace_plan_make(&err, &arena, loaded, &request, &plan, population_of));
}

static void load(int layout)
{
    tiny_prepare(TINY_CIFAR10 + (enum tiny_layout)layout, 1);
    expect_ok(&err, tiny_load_own(NULL));
    arena = (struct sq_arena){NULL, 0};
}

static void discard(void)
{
    sq_arena_free(&arena);
    tiny_discard();
}

static const struct sq_trace_node *node(const char *id)
{
    for (size_t i = 0; i < plan.n_nodes; i++)
        if (strcmp(plan.node[i].id, id) == 0)
            return &plan.node[i];
    ck_abort_msg("no node %s", id);
    return NULL;
}

static const struct sq_trace_operation *operation(const char *name)
{
    for (size_t i = 0; i < plan.n_operations; i++)
        if (strcmp(plan.operation[i].name, name) == 0)
            return &plan.operation[i];
    ck_abort_msg("no operation %s", name);
    return NULL;
}

START_TEST(it_is_sound)
{
    const struct sq_graph *graph;
    load(_i);
    describe(NULL);
    graph = &loaded->graph;
    expect_ok(&err, sq_trace_check_graph(&err, "a.db", SQ_EFORMAT, &plan));
    ck_assert_uint_eq(plan.n_nodes, graph->n_nodes);
    for (size_t i = 0; i < plan.n_nodes; i++) {
        const uint16_t sender = loaded->sender[i];
        ck_assert_str_eq(plan.node[i].id, graph->node[i].id);
        ck_assert_int_eq(plan.node[i].population,
                         sender == SQ_NO_SENDER ? -1 : population_of[sender]);
    }
    discard();
}
END_TEST

/* Everything but batch norms has a node; a node that computes has an operation. */
START_TEST(operations_and_nodes_meet)
{
    size_t n_synapses = 0;
    load(_i);
    describe(NULL);
    for (size_t i = 0; i < plan.n_operations; i++) {
        const struct sq_trace_operation *o = &plan.operation[i];
        ck_assert_msg((o->node[0] == '\0') == (strcmp(o->kind, "norm") == 0), "%s", o->name);
        ck_assert_msg((o->weight_zeros >= 0) == (o->weights > 0), "%s", o->name);
        ck_assert_msg((o->dense > 0) == (o->weights > 0), "%s", o->name);
        n_synapses += o->weights > 0;
    }
    ck_assert_uint_eq(n_synapses, plan.n_synapses);
    for (size_t i = 0; i < plan.n_synapses; i++) {
        const struct sq_trace_operation *o = operation(plan.synapse[i].name);
        ck_assert_str_eq(o->node, plan.synapse[i].target);
        ck_assert_uint_eq(o->dense, plan.synapse[i].dense);
        ck_assert_uint_eq(o->weights, plan.synapse[i].n_in * plan.synapse[i].n_out);
        ck_assert_int_eq(o->weight_zeros, (int64_t)plan.synapse[i].weight_zeros);
    }
    discard();
}
END_TEST

static const struct {
    const char *id, *op, *roles;
    enum sq_trace_edge edge;
    uint64_t max_value;
} is[] = {
    {"input", "input", "", SQ_TRACE_EDGE_REALS, 0},
    {"patch_embed.proj_conv", "conv", "stem", SQ_TRACE_EDGE_REALS, 0},
    {"patch_embed.proj_bn", "bn", "stem", SQ_TRACE_EDGE_REALS, 0},
    {"patch_embed.proj_lif", "neuron", "stem", SQ_TRACE_EDGE_SPIKES, 1},
    {"patch_embed.maxpool2", "maxpool", "stem", SQ_TRACE_EDGE_SPIKES, 1},
    {"patch_embed.rpe_lif", "neuron", "position", SQ_TRACE_EDGE_SPIKES, 1},
    {"block.0.in", "add", "residual", SQ_TRACE_EDGE_COUNTS, 2},
    {"block.0.attn.q_linear", "linear", "q", SQ_TRACE_EDGE_REALS, 0},
    {"block.0.attn.q_lif", "neuron", "q", SQ_TRACE_EDGE_SPIKES, 1},
    {"block.0.attn.attn_lif", "neuron", "attention", SQ_TRACE_EDGE_SPIKES, 1},
    {"block.0.attn.proj_lif", "neuron", "proj", SQ_TRACE_EDGE_SPIKES, 1},
    {"block.0.mid", "add", "residual", SQ_TRACE_EDGE_COUNTS, 3},
    {"block.0.mlp.fc1_lif", "neuron", "fc1", SQ_TRACE_EDGE_SPIKES, 1},
    {"block.0.mlp.fc2_lif", "neuron", "fc2", SQ_TRACE_EDGE_SPIKES, 1},
    {"head", "linear", "classifier", SQ_TRACE_EDGE_REALS, 0},
};

START_TEST(a_node_is_what_it_is_called)
{
    load(0);
    describe(NULL);
    const struct sq_trace_node *found = node(is[_i].id);
    ck_assert_str_eq(found->op, is[_i].op);
    ck_assert_str_eq(found->roles, is[_i].roles);
    ck_assert_int_eq(found->edge, is[_i].edge);
    ck_assert_uint_eq(found->max_value, is[_i].max_value);
    discard();
}
END_TEST

START_TEST(texts_are_json)
{
    load(0);
    describe(NULL);
    ck_assert_str_eq(node("input")->inputs, "[]");
    ck_assert_str_eq(node("block.0.mid")->inputs, "[\"block.0.in\",\"block.0.attn.proj_lif\"]");
    ck_assert_ptr_nonnull(strstr(node("patch_embed.maxpool2")->parameters, "\"stride\":2"));
    ck_assert_ptr_nonnull(
        strstr(node("patch_embed.proj_conv")->parameters, "\"weight\":\"patch_embed.proj_conv\""));
    ck_assert_ptr_nonnull(strstr(node("block.0.attn.ssa")->parameters, "\"scale\":0.125"));
    discard();
}
END_TEST

START_TEST(what_is_not_recorded_has_no_population)
{
    load(TINY_CIFAR10DVS - TINY_CIFAR10);
    describe("input,block.*.attn.q_lif");
    ck_assert_int_eq(node("input")->population, 0);
    ck_assert_int_eq(node("block.0.attn.q_lif")->population, 1);
    ck_assert_int_eq(node("block.0.attn.k_lif")->population, -1);
    expect_ok(&err, sq_trace_check_graph(&err, "a.db", SQ_EFORMAT, &plan));
    discard();
}
END_TEST

/* What is written down is the graph: nothing is lost on the way through a file. */
START_TEST(the_graph_comes_back)
{
    struct sq_trace_writer *writer;
    struct sq_trace *trace;
    struct sq_graph graph;
    load(_i);
    describe(NULL);
    expect_ok(&err, sq_trace_create(&err, temp_path("a.db"), &plan, 1, &writer));
    expect_ok(&err, sq_trace_finish(&err, writer));
    sq_trace_writer_free(writer);
    expect_ok(&err, sq_trace_open(&err, temp_path("a.db"), &trace));
    expect_ok(&err, sq_recorded_graph(&err, trace, &graph));
    cJSON *was = sq_graph_to_object(&loaded->graph), *is = sq_graph_to_object(&graph);
    ck_assert(cJSON_Compare(was, is, 1));
    ck_assert_uint_gt(graph.unused_parameters, 0);
    cJSON_Delete(was);
    cJSON_Delete(is);
    sq_graph_free(&graph);
    sq_trace_close(trace);
    unlink(temp_path("a.db"));
    discard();
}
END_TEST

static const struct {
    const char *id, *op, *inputs, *parameters;
    int code;
    const char *says;
} no_graph[] = {
    {"patch_embed.proj_conv", "conv", "[\"input\"]", "{\"kernel\"}", SQ_EFORMAT, "are not JSON"},
    {"patch_embed.proj_conv", "conv", "[\"input\"]", "{\"kernel\":0}", SQ_EVALUE, "kernel"},
    {"patch_embed.proj_conv", "conv", "[\"input\"]", "{\"colour\":3}", SQ_EFORMAT, "colour"},
    {"patch_embed.proj_conv", "convolve", "[\"input\"]", "{}", SQ_EFORMAT, "convolve"},
    {"patch_embed.proj_conv", "conv", "[]", "{\"kernel\":3,\"channels\":8}", SQ_EFORMAT, "input"},
    {"input", "input", "[]", "{\"kind\":\"image\",\"height\":1}", SQ_EFORMAT, "needs \"channels\""},
};

/* A trace may hold what no simulator knows; it is refused when it is to be run or priced. */
START_TEST(what_is_no_graph_is_refused)
{
    static struct sq_trace_node nodes[4 * MAX_NODES];
    struct sq_trace_writer *writer;
    struct sq_trace *trace;
    struct sq_graph graph;
    load(0);
    describe(NULL);
    memcpy(nodes, plan.node, plan.n_nodes * sizeof *nodes);
    struct sq_trace_node *changed = &nodes[node(no_graph[_i].id) - plan.node];
    snprintf(changed->op, sizeof changed->op, "%s", no_graph[_i].op);
    changed->inputs = no_graph[_i].inputs;
    changed->parameters = no_graph[_i].parameters;
    plan.node = nodes;
    expect_ok(&err, sq_trace_create(&err, temp_path("a.db"), &plan, 1, &writer));
    expect_ok(&err, sq_trace_finish(&err, writer));
    sq_trace_writer_free(writer);
    expect_ok(&err, sq_trace_open(&err, temp_path("a.db"), &trace));
    expect(&err, sq_recorded_graph(&err, trace, &graph), no_graph[_i].code, no_graph[_i].says);
    sq_graph_free(&graph);
    sq_trace_close(trace);
    unlink(temp_path("a.db"));
    discard();
}
END_TEST

/* Of a run in integers the adders are those of the populations. */
START_TEST(adders_are_those_of_the_populations)
{
    const struct sq_fixed_settings settings = {.weight_bits = 8};
    load(_i);
    expect_ok(&err, sq_fixed_make(&err, loaded, &settings, NULL));
    describe(NULL);
    for (size_t i = 0; i < loaded->n_nodes; i++) {
        const struct sq_node *of = &loaded->node[i];
        uint32_t adder = 0, factor = 0;
        for (size_t o = 0; o < plan.n_operations; o++) {
            if (strcmp(plan.operation[o].node, of->name) != 0)
                continue;
            adder += plan.operation[o].adder_bits;
            factor += plan.operation[o].factor_bits;
        }
        ck_assert_uint_eq(adder, of->adder_bits);
        ck_assert_uint_eq(factor, of->factor_bits);
        ck_assert((of->adder_bits > 0) == sq_node_is_population(of));
    }
    discard();
}
END_TEST

/* Without weights, as an import has it, zeros are not known. */
START_TEST(zeros_without_weights_are_not_known)
{
    struct sq_network *bare;
    load(0);
    expect_ok(&err, sq_network_without_weights(&err, &loaded->config, &bare));
    plan = (struct sq_trace_plan){.timesteps = bare->config.timesteps};
    expect_ok(&err, sq_trace_describe(&err, &arena, bare, &plan));
    for (size_t i = 0; i < plan.n_operations; i++)
        ck_assert_int_eq(plan.operation[i].weight_zeros, -1);
    ck_assert_uint_gt(operation("block.0.attn.q_linear")->weights, 0);
    sq_network_free(bare);
    discard();
}
END_TEST

static Suite *describe_suite(void)
{
    Suite *suite = suite_create("sim/record");
    TCase *tests = tcase_create("describe_graph");
    tcase_add_unchecked_fixture(tests, temp_make, temp_remove);
    tcase_add_loop_test(tests, it_is_sound, 0, N_LAYOUTS);
    tcase_add_loop_test(tests, operations_and_nodes_meet, 0, N_LAYOUTS);
    tcase_add_loop_test(tests, a_node_is_what_it_is_called, 0, sizeof is / sizeof is[0]);
    tcase_add_test(tests, texts_are_json);
    tcase_add_test(tests, what_is_not_recorded_has_no_population);
    tcase_add_loop_test(tests, the_graph_comes_back, 0, N_LAYOUTS);
    tcase_add_loop_test(tests, what_is_no_graph_is_refused, 0,
                        sizeof no_graph / sizeof no_graph[0]);
    tcase_add_loop_test(tests, adders_are_those_of_the_populations, 0, N_LAYOUTS);
    tcase_add_test(tests, zeros_without_weights_are_not_known);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(describe_suite())
