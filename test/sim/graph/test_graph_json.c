/* Graphs as JSON and back, over random graphs: every node, input and parameter is the same, and what is
 * found by checking is found again. */
#include "sim/graph/graph_json.h"

#include "sim/ops/graph_object.h"
#include "sim/ops/types.h"
#include "test/sim/graph/graph_case.h"

/* A random graph that passes sq_graph_check(): stages of layers, populations, sums, pools, attention. */
struct drawing {
    struct sq_rng rng;
    uint32_t last; /* a node that sends spikes or counts */
};

static struct sq_graph_node *append(enum sq_operation operation, uint32_t n, const uint32_t *input)
{
    struct sq_graph_node *node = sq_graph_add(&graph, operation);
    ck_assert_ptr_nonnull(node);
    snprintf(node->id, sizeof node->id, "%s.%u", sq_operation_name(operation), graph.n_nodes - 1);
    ck_assert_int_eq(sq_graph_inputs(&err, &graph, node, n), SQ_OK);
    if (n > 0)
        memcpy(node->input, input, n * sizeof *input);
    return node;
}

static void draw_common(struct drawing *d, struct sq_graph_node *node)
{
    if (sq_rng_below(&d->rng, 2))
        snprintf(node->role, sizeof node->role, "role%u", (unsigned)sq_rng_below(&d->rng, 9));
    if (sq_rng_below(&d->rng, 2))
        node->block = (int32_t)sq_rng_below(&d->rng, 12);
    if (sq_rng_below(&d->rng, 8) == 0)
        snprintf(node->after, sizeof node->after, "input");
}

/* A layer, perhaps a batch norm, and neurons. */
static uint32_t draw_population(struct drawing *d, uint32_t from, uint32_t channels)
{
    const bool is_conv = from == 0 || sq_rng_below(&d->rng, 2);
    struct sq_graph_node *layer =
        append(is_conv ? SQ_OPERATION_CONV : SQ_OPERATION_LINEAR, 1, &from);
    snprintf(layer->weight, sizeof layer->weight, "w\"%u\\", graph.n_nodes);
    layer->channels = channels;
    layer->has_bias = sq_rng_below(&d->rng, 2);
    layer->adds_bias_apart = sq_rng_below(&d->rng, 2);
    if (is_conv) {
        layer->axes_of_kernel = 1 + (uint32_t)sq_rng_below(&d->rng, 2);
        layer->kernel = layer->axes_of_kernel == 1 ? 1 : 1 + 2 * (uint32_t)sq_rng_below(&d->rng, 2);
        layer->padding = layer->kernel / 2;
        layer->groups = from == 0 ? 1 : 1u << sq_rng_below(&d->rng, 3);
    }
    draw_common(d, layer);
    uint32_t at = graph.n_nodes - 1;
    if (sq_rng_below(&d->rng, 2)) {
        struct sq_graph_node *norm = append(SQ_OPERATION_BN, 1, &at);
        snprintf(norm->weight, sizeof norm->weight, "bn%u", at);
        at = graph.n_nodes - 1;
    }
    struct sq_graph_node *neuron = append(SQ_OPERATION_NEURON, 1, &at);
    neuron->threshold = 0.1 + sq_rng_unit(&d->rng);
    neuron->axes = (enum sq_axes)sq_rng_below(&d->rng, 3);
    draw_common(d, neuron);
    return graph.n_nodes - 1;
}

static uint32_t draw_attention(struct drawing *d, uint32_t from, uint32_t channels)
{
    uint32_t qkv[3];
    for (int i = 0; i < 3; i++)
        qkv[i] = draw_population(d, from, channels);
    struct sq_graph_node *attend = append(SQ_OPERATION_ATTEND, 3, qkv);
    attend->heads = 1u << sq_rng_below(&d->rng, 4);
    attend->scale = sq_rng_unit(&d->rng) + 0.01;
    attend->scaled = (enum sq_scaled)sq_rng_below(&d->rng, 2);
    attend->order = (enum sq_product_order)sq_rng_below(&d->rng, 2);
    const uint32_t at = graph.n_nodes - 1;
    append(SQ_OPERATION_NEURON, 1, &at);
    return graph.n_nodes - 1;
}

static void draw(uint64_t seed)
{
    struct drawing d = {.rng = {seed}};
    discard_graph();
    snprintf(graph.architecture, sizeof graph.architecture, "random-%u", (unsigned)seed);
    graph.unused_parameters = sq_rng_next(&d.rng) >> 16;
    struct sq_graph_node *input = append(SQ_OPERATION_INPUT, 0, NULL);
    snprintf(input->id, sizeof input->id, "input");
    input->input_kind = (enum sq_input_kind)sq_rng_below(&d.rng, 2);
    input->channels = 1 + (uint32_t)sq_rng_below(&d.rng, 4);
    input->height = input->width = 8 + (uint32_t)sq_rng_below(&d.rng, 9);
    d.last = draw_population(&d, 0, 16);
    for (unsigned i = 0; i < 2 + sq_rng_below(&d.rng, 8); i++) {
        const unsigned what = (unsigned)sq_rng_below(&d.rng, 4);
        const uint32_t from = d.last;
        if (what == 0 && graph.node[0].height > 7) {
            append(SQ_OPERATION_MAXPOOL, 1, &from);
            d.last = graph.n_nodes - 1;
        } else if (what == 1) {
            d.last = draw_attention(&d, from, 16);
        } else if (what == 2) {
            const uint32_t both[2] = {from, draw_population(&d, from, 16)};
            draw_common(&d, append(SQ_OPERATION_ADD, 2, both));
            d.last = graph.n_nodes - 1;
        } else {
            d.last = draw_population(&d, from, 16);
        }
    }
}

static void require_same(const struct sq_graph_node *a, const struct sq_graph_node *b)
{
    const uint32_t *input = b->input;
    ck_assert_uint_eq(a->n_inputs, b->n_inputs);
    ck_assert_int_eq(a->n_inputs == 0 || memcmp(a->input, input, a->n_inputs * sizeof *input) == 0,
                     1);
    struct sq_graph_node x = *a, y = *b; /* padding too is copied */
    ck_assert_str_eq(x.id, y.id);
    ck_assert_str_eq(x.role, y.role);
    ck_assert_str_eq(x.weight, y.weight);
    ck_assert_str_eq(x.after, y.after);
    ck_assert(x.operation == y.operation && x.block == y.block && x.channels == y.channels &&
              x.input_kind == y.input_kind && x.height == y.height && x.width == y.width &&
              x.kernel == y.kernel && x.axes_of_kernel == y.axes_of_kernel &&
              x.stride == y.stride && x.padding == y.padding && x.groups == y.groups);
    ck_assert(x.has_bias == y.has_bias && x.adds_bias_apart == y.adds_bias_apart &&
              x.axes == y.axes && x.heads == y.heads && x.order == y.order && x.scaled == y.scaled);
    /* As the engine computes: cJSON writes doubles with 15 digits. */
    ck_assert((float)x.tau == (float)y.tau && (float)x.threshold == (float)y.threshold &&
              (float)x.reset == (float)y.reset && (float)x.scale == (float)y.scale);
    ck_assert(x.edge == y.edge && x.max_value == y.max_value && x.n_readers == y.n_readers &&
              x.out_channels == y.out_channels && x.out_height == y.out_height &&
              x.out_width == y.out_width);
}

/* Text and back, as --json writes a graph and --architecture reads it. */
START_TEST(random_graphs_come_back)
{
    for (uint64_t seed = 1; seed <= 300; seed++) {
        struct sq_graph again;
        draw(seed);
        int status = sq_graph_check(&err, "FILE", NULL, &graph);
        ck_assert_msg(status == SQ_OK, "seed %u: %s", (unsigned)seed, err.text);
        cJSON *object = sq_graph_to_object(&graph);
        char *text = sq_json_print(object);
        cJSON *parsed = sq_json_parse(text, strlen(text), NULL, NULL);
        status = sq_graph_from_object(&err, "FILE", parsed, &again);
        ck_assert_msg(status == SQ_OK, "seed %u: %s", (unsigned)seed, err.text);
        ck_assert_str_eq(again.architecture, graph.architecture);
        ck_assert_uint_eq(again.unused_parameters, graph.unused_parameters);
        ck_assert_uint_eq(again.n_nodes, graph.n_nodes);
        for (uint32_t i = 0; i < graph.n_nodes; i++)
            require_same(&graph.node[i], &again.node[i]);
        sq_graph_free(&again);
        cJSON_Delete(parsed);
        free(text);
        cJSON_Delete(object);
    }
}
END_TEST

static int read_object(const char *text)
{
    cJSON *object = graph_json(text);
    discard_graph();
    const int status = sq_graph_from_object(&err, "FILE", object, &graph);
    cJSON_Delete(object);
    return status;
}

static const struct {
    const char *text;
    int code;
    const char *says;
} refused[] = {
    {"{}", SQ_EFORMAT, "its nodes must be a list"},
    {"3", SQ_EFORMAT, "its nodes must be a list"},
    {"{'nodes':{}}", SQ_EFORMAT, "its nodes must be a list"},
    {"{'nodes':[]}", SQ_EFORMAT, "its first node must be the input"},
    {"{'nodes':[{'id':'a','op':'input','in':[],'channels':1,'height':1,'width':1}],"
     "'unused_parameters':'many'}",
     SQ_EFORMAT, "\"unused_parameters\" must be a whole number"},
    {"{'nodes':[{'id':'a','op':'input','in':[],'channels':1,'height':1,'width':1}],"
     "'unused_parameters':'-1'}",
     SQ_EFORMAT, "\"unused_parameters\" must be a whole number"},
    {"{'nodes':[{'id':'a','op':'input','in':[],'channels':1,'height':1,'width':1}],"
     "'unused_parameters':'281474976710656'}",
     SQ_EFORMAT, "\"unused_parameters\" must be a whole number"},
    {"{'nodes':[{'id':'a','op':'input','in':[],'channels':1,'height':'{dim}','width':1}]}",
     SQ_EVALUE, "dim has no value; set it"},
    {"{'nodes':[{'id':'a','op':'conv','in':['b'],'weight':'w'},{'id':'b','op':'conv','in':['a'],"
     "'weight':'w'}]}",
     SQ_EFORMAT, "node \"a\": its input \"b\" is sent by no node before it"},
};

START_TEST(what_is_no_graph)
{
    graph_expect(read_object(refused[_i].text), refused[_i].code, refused[_i].says);
}
END_TEST

START_TEST(lines_of_a_node)
{
    ck_assert_int_eq(graph_expand("['y','add','x x',{'id':'s','role':'residual'}]"), SQ_OK);
    char *inputs = sq_graph_inputs_text(&graph, &graph.node[1]);
    char *parameters = sq_graph_parameters_text(&graph.node[1]);
    ck_assert_str_eq(inputs, "[\"input\",\"input\"]");
    ck_assert_str_eq(parameters, "{\"role\":\"residual\"}");
    free(inputs);
    free(parameters);
}
END_TEST

/* A graph of 4096 nodes is the largest. */
START_TEST(the_largest_graph)
{
    for (int i = 0; i < SQ_GRAPH_MOST_NODES; i++)
        ck_assert_ptr_nonnull(sq_graph_add(&graph, SQ_OPERATION_ADD));
    ck_assert_ptr_null(sq_graph_add(&graph, SQ_OPERATION_ADD));
    ck_assert_uint_eq(graph.n_nodes, SQ_GRAPH_MOST_NODES);
}
END_TEST

static Suite *graph_json_suite(void)
{
    Suite *suite = suite_create("sim/graph");
    TCase *tests = tcase_create("graph_json");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, NULL, discard_graph);
    tcase_add_test(tests, random_graphs_come_back);
    tcase_add_loop_test(tests, what_is_no_graph, 0, (int)(sizeof refused / sizeof *refused));
    tcase_add_test(tests, lines_of_a_node);
    tcase_add_test(tests, the_largest_graph);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(graph_json_suite())
