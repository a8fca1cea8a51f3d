/* Operations of the account: their order, which is that in which the official module registers them, and
 * what they are called. */
#include "sim/ops/account_operations.h"

#include "sim/ops/types.h"
#include "test/sim/graph/graph_case.h"

static struct sq_counters counters;

static void discard(void)
{
    sq_counters_free(&counters);
    discard_graph();
}

/* A chain of poolings: each reads the one before. `after` names, for each, the one behind which it is
 * registered, or "". */
static int describe(unsigned n, const char *const after[])
{
    discard();
    ck_assert_int_eq(graph_expand("['x','conv','x',{'weight':'c','channels':4}],"
                                  "['x','neuron','x',{'id':'s'}]"),
                     SQ_OK);
    for (unsigned i = 0; i < n; i++) {
        const uint32_t from = graph.n_nodes - 1;
        struct sq_graph_node *node = sq_graph_add(&graph, SQ_OPERATION_MAXPOOL);
        ck_assert_int_eq(sq_graph_inputs(&err, &graph, node, 1), SQ_OK);
        node->input[0] = from;
        node->kernel = node->stride = 1;
        node->padding = 0;
        snprintf(node->id, sizeof node->id, "p%u", i);
        snprintf(node->after, sizeof node->after, "%s", after[i]);
    }
    ck_assert_int_eq(sq_graph_check(&err, "FILE", NULL, &graph), SQ_OK);
    return sq_counters_from_graph(&err, "net", &graph, 4, &counters);
}

static const char *names(void)
{
    static char text[512];
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < counters.n_ops; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", i > 0 ? " " : "",
                                 counters.op[i].name);
    return text;
}

static const struct {
    const char *after[4], *names;
} order[] = {
    {{"", "", "", ""}, "c s p0 p1 p2 p3"},           {{"", "", "", "s"}, "c s p3 p0 p1 p2"},
    {{"p3", "", "", ""}, "c s p1 p2 p3 p0"},         {{"", "", "s", "s"}, "c s p2 p3 p0 p1"},
    {{"", "s", "p1", "p2"}, "c s p1 p2 p3 p0"},      {{"p1", "p2", "p3", ""}, "c s p3 p2 p1 p0"},
    {{"input", "", "", "input"}, "p0 p3 c s p1 p2"}, {{"s", "p0", "s", "p0"}, "c s p0 p2 p1 p3"},
};

START_TEST(registered_behind_another)
{
    const int status = describe(4, order[_i].after);
    ck_assert_msg(status == SQ_OK, "%s", err.text);
    ck_assert_str_eq(names(), order[_i].names);
    for (size_t i = 0; i < counters.n_ops; i++) /* what it reads stays what it was */
        ck_assert_str_eq(counters.op[i].source,
                         graph.node[graph.node[counters.op[i].node].input[0]].id);
}
END_TEST

static const struct {
    const char *after[4], *says;
} refused[] = {
    {{"", "q", "", ""}, "node \"p1\": \"after\" is \"q\", which is not a node"},
    {{"p0", "", "", ""}, "node \"p0\": \"after\" leads in a circle"},
    {{"p1", "p2", "p0", ""}, "node \"p0\": \"after\" leads in a circle"},
    {{"s", "p2", "p1", "s"}, "\"after\" leads in a circle"},
};

START_TEST(no_order)
{
    const int status = describe(4, refused[_i].after);
    ck_assert_int_eq(status, SQ_EFORMAT);
    ck_assert_msg(strstr(err.text, refused[_i].says) != NULL, "%s", err.text);
}
END_TEST

/* Random orders against sorting: a node stands behind the one that it names, in front of what that one's
 * successor begins. */
START_TEST(random_orders_hold_every_node_once)
{
    for (uint64_t seed = 1; seed <= 200; seed++) {
        struct sq_rng rng = {seed};
        char text[12][8];
        const char *after[12];
        for (int i = 0; i < 12; i++) {
            const int to = (int)sq_rng_below(&rng, 12);
            snprintf(text[i], sizeof text[i], "p%d", to);
            after[i] = to < i ? text[i] : "";
        }
        ck_assert_int_eq(describe(12, after), SQ_OK);
        ck_assert_uint_eq(counters.n_ops, 14);
        unsigned seen = 0, place[16] = {0};
        for (unsigned i = 0; i < counters.n_ops; i++) {
            seen |= 1u << counters.op[i].node;
            place[counters.op[i].node] = i;
        }
        ck_assert_uint_eq(seen, ((1u << 15) - 1) & ~1u);
        for (unsigned i = 3; i < 15; i++) {
            const uint32_t behind = sq_graph_find(&graph, graph.node[i].after);
            ck_assert(behind == graph.n_nodes || place[behind] < place[i]);
        }
    }
}
END_TEST

/* What the account says of a small network: kinds, sizes, flags, parameters. */
START_TEST(a_small_network)
{
    ck_assert_int_eq(
        graph_expand(
            "['x','conv','x',{'weight':'c','channels':8,'kernel':3,'pad':1,'role':'stem'}],"
            "['x','bn','x',{'weight':'b','role':'stem'}],"
            "['x','neuron','x',{'id':'s'}],"
            "['y','linear','x',{'weight':'l','channels':8,'bias':true,'bias_apart':true,"
            "'block':1}],"
            "['y','neuron','y',{'id':'n','block':1}],"
            "['z','attend','y y y',{'id':'ssa','heads':2,'scale':0.5,'scaled':'scores',"
            "'block':2}],"
            "['z','neuron','z',{'id':'t'}],"
            "['x','add','x z',{'id':'sum'}],"
            "['y','linear','x',{'weight':'m','channels':8}],['y','neuron','y',{'id':'u'}],"
            "['y','mean_tokens','y',{'id':'mean'}],['y','mean_time','y',{'id':'time'}],"
            "['y','linear','y',{'weight':'head','channels':5,'bias':true}]"),
        SQ_OK);
    ck_assert_int_eq(sq_graph_check(&err, "FILE", NULL, &graph), SQ_OK);
    graph.unused_parameters = 7;
    ck_assert_int_eq(sq_counters_from_graph(&err, "net", &graph, 4, &counters), SQ_OK);
    ck_assert_str_eq(names(), "c b s l n ssa t sum m u mean head");
    const struct sq_op *op = counters.op;
    ck_assert(op[0].is_analog && op[0].is_static && op[0].bn_bias && !op[0].has_bias);
    ck_assert_str_eq(op[0].role, "stem");
    ck_assert_uint_eq(op[0].weights, 3 * 8 * 9);
    ck_assert(op[3].has_bias && op[3].bias_is_added && !op[3].from_stream && !op[3].bn_bias);
    ck_assert(op[8].from_stream && !op[8].has_bias);
    ck_assert_double_eq(op[5].scale, 0.5);
    ck_assert_uint_eq(op[5].tokens, 24);
    ck_assert(op[11].is_head);
    ck_assert_str_eq(op[11].source, "mean"); /* the mean over timesteps is counted with it */
    ck_assert_uint_eq(op[10].positions, 4);
    ck_assert_uint_eq(counters.depth, 3);
    ck_assert_uint_eq(counters.heads, 2);
    ck_assert_uint_eq(counters.tokens, 24);
    ck_assert_uint_eq(counters.parameters, 216 + 2 * 8 + (64 + 8) + 64 + (40 + 5) + 7);
}
END_TEST

static Suite *operations_suite(void)
{
    Suite *suite = suite_create("sim/ops");
    TCase *tests = tcase_create("account_operations");
    tcase_add_checked_fixture(tests, NULL, discard);
    tcase_add_loop_test(tests, registered_behind_another, 0, (int)(sizeof order / sizeof *order));
    tcase_add_loop_test(tests, no_order, 0, (int)(sizeof refused / sizeof *refused));
    tcase_add_test(tests, random_orders_hold_every_node_once);
    tcase_add_test(tests, a_small_network);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(operations_suite())
