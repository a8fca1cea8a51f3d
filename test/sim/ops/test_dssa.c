/* The products of dual spike self-attention: their shapes, what does not fit, and what the account makes of
 * them. */
#include "sim/ops/account_operations.h"
#include "sim/ops/types.h"

#include "test/sim/graph/graph_case.h"

static struct sq_counters counters;

static void discard(void)
{
    sq_counters_free(&counters);
    discard_graph();
}

/* Spikes "s" of 8x4x6; of a kernel of 2 currents "y" of 16 channels over 2x3 positions. */
#define BEGINNING                                                      \
    "['c','conv','x',{'weight':'c','channels':8,'kernel':3,'pad':1}]," \
    "['s','neuron','c',{'id':'s'}],"                                   \
    "['y','conv','s',{'weight':'w','channels':16,'kernel':2,'stride':2}]"
#define SCORE  ",['a','dssa_score','y s',{'id':'score','heads':2,'rate':'m.x'}]"
#define SPIKES ",['a','neuron','a',{'id':'attn','axes':'HMN','heads':2}]"
#define MIX    ",['o','dssa_mix','y a',{'id':'mix','heads':2,'rate':'m.a'}]"

static int check(const char *rest)
{
    char text[1024];
    snprintf(text, sizeof text, "%s%s", BEGINNING, rest);
    const int status = graph_expand(text);
    ck_assert_msg(status == SQ_OK, "%s: %s", text, err.text);
    return sq_graph_check(&err, "FILE", NULL, &graph);
}

static const struct sq_graph_node *node_of(const char *id)
{
    const uint32_t at = sq_graph_find(&graph, id);
    ck_assert_uint_lt(at, graph.n_nodes);
    return &graph.node[at];
}

START_TEST(a_value_for_each_head_and_position_then_for_each_channel)
{
    ck_assert_msg(check(SCORE SPIKES MIX) == SQ_OK, "%s", err.text);
    const struct sq_graph_node *score = node_of("score"), *mix = node_of("mix");
    ck_assert_int_eq(score->edge, SQ_EDGE_REALS);
    ck_assert_uint_eq(score->out_channels, 2 * 6);
    ck_assert_uint_eq(score->out_height, 4);
    ck_assert_uint_eq(score->out_width, 6);
    ck_assert_int_eq(mix->edge, SQ_EDGE_REALS);
    ck_assert_uint_eq(mix->out_channels, 8);
    ck_assert_uint_eq(mix->out_height, 4);
    ck_assert_uint_eq(mix->out_width, 6);
}
END_TEST

/* Dense, both products take tokens x positions x channels; a spike adds a value for each position, then for
 * each channel of its head. */
START_TEST(a_spike_adds_a_row)
{
    ck_assert_msg(check(SCORE SPIKES MIX) == SQ_OK, "%s", err.text);
    ck_assert_int_eq(sq_counters_from_graph(&err, "net", &graph, 4, &counters), SQ_OK);
    const struct sq_op *score = sq_counters_find(&counters, "score");
    const struct sq_op *mix = sq_counters_find(&counters, "mix");
    ck_assert_ptr_nonnull(score);
    ck_assert_ptr_nonnull(mix);
    ck_assert_str_eq(sq_op_kind_name(score->kind), "dssa");
    ck_assert_str_eq(score->source, "s");
    ck_assert_uint_eq(score->fan, 6);
    ck_assert_uint_eq(score->dense_in, 24 * 6 * 8);
    ck_assert_str_eq(mix->source, "attn");
    ck_assert_uint_eq(mix->fan, 4);
    ck_assert_uint_eq(mix->dense_in, 24 * 6 * 8);
    ck_assert_uint_eq(counters.buffers_bytes, 2 * 2 * 4);
}
END_TEST

static const struct {
    const char *entries;
    int code;
    const char *says;
} refused[] = {
    {",['a','dssa_score','s s',{'heads':2,'rate':'m.x'}],['b','add','a y']", SQ_EUNSUPPORTED,
     "(dssa_score): reads spikes from \"s\" first; it multiplies reals that a layer sends"},
    {",['a','dssa_score','x s',{'heads':2,'rate':'m.x'}],['b','add','a y']", SQ_EUNSUPPORTED,
     "reads the input from \"input\" first"},
    {",['a','dssa_score','y y',{'heads':2,'rate':'m.x'}]", SQ_EUNSUPPORTED,
     "reads reals from \"w\"; it multiplies reals by spikes"},
    {",['t','add','s s',{'id':'t'}],['a','dssa_score','y t',{'heads':2,'rate':'m.x'}]",
     SQ_EUNSUPPORTED, "reads counts from \"t\"; it multiplies reals by spikes"},
    {",['a','dssa_score','y s',{'heads':3,'rate':'m.x'}]", SQ_ESHAPE,
     "two halves of 16 channels (\"w\") cannot be divided among 3 heads"},
    {",['a','dssa_score','y s',{'heads':2,'rate':'x'}]", SQ_EVALUE,
     "rate \"x\" is no path of a tensor, MODULE.NAME"},
    {",['z','conv','s',{'weight':'z','channels':12}],"
     "['a','dssa_score','z s',{'heads':2,'rate':'m.x'}],['b','add','a y']",
     SQ_ESHAPE, "reads 12 channels (\"z\") for 8 of spikes (\"s\"); it needs twice as many"},
    {",['o','dssa_mix','y s',{'heads':2,'rate':'m.a'}]", SQ_ESHAPE,
     "reads 8 channels of spikes (\"s\"); 2 heads of 6 positions (\"w\") make 12"},
    {SCORE SPIKES ",['o','dssa_mix','y a',{'heads':4,'rate':'m.a'}]", SQ_ESHAPE,
     "reads 12 channels of spikes (\"attn\"); 4 heads of 6 positions (\"w\") make 24"},
    {SCORE ",['a','neuron','a',{'id':'attn','axes':'HMN','heads':5}]" MIX, SQ_ESHAPE,
     "node \"attn\" (neuron): 12 channels cannot be divided among 5 heads"},
    {SCORE ",['o','dssa_mix','y a',{'heads':2,'rate':'m.a'}]", SQ_EUNSUPPORTED,
     "reads reals from \"score\"; it multiplies reals by spikes"},
};

START_TEST(what_does_not_fit)
{
    graph_expect(check(refused[_i].entries), refused[_i].code, refused[_i].says);
}
END_TEST

static const struct {
    const char *entries, *says;
} incomplete[] = {
    {",['a','dssa_score','y s',{'id':'a','rate':'m.x'}]", "dssa_score needs \"heads\""},
    {",['a','dssa_mix','y s',{'id':'a','heads':2}]", "dssa_mix needs \"rate\""},
};

START_TEST(what_it_needs)
{
    char text[1024];
    snprintf(text, sizeof text, "%s%s", BEGINNING, incomplete[_i].entries);
    graph_expect(graph_expand(text), SQ_EFORMAT, incomplete[_i].says);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("dssa");
    TCase *t = tcase_create("types");
    tcase_add_checked_fixture(t, NULL, discard);
    tcase_add_test(t, a_value_for_each_head_and_position_then_for_each_channel);
    tcase_add_test(t, a_spike_adds_a_row);
    tcase_add_loop_test(t, what_does_not_fit, 0, (int)(sizeof refused / sizeof *refused));
    tcase_add_loop_test(t, what_it_needs, 0, (int)(sizeof incomplete / sizeof *incomplete));
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
