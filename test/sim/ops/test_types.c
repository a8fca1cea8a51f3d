/* Types of every operation: the edge, the largest count and the shape that follow from its inputs, and each
 * refusal. */
#include "sim/ops/types.h"

#include "test/sim/graph/graph_case.h"

static uint32_t ask(const void *data, const struct sq_graph_node *node)
{
    const uint32_t *outputs = data;
    return node->weight[0] == 'w' ? *outputs : 0;
}

/* Nodes behind an image of 3x4x6: most cases begin with spikes "s" of 8x4x6, made of the currents of a
 * convolution "c"; those that begin with 0 with nothing, with 1 with "c" alone. */
static int check(const char *entries, const char *more)
{
    static const char conv[] = "['c','conv','x',{'weight':'a','channels':8,'kernel':3,'pad':1}]";
    static const char neuron[] = ",['s','neuron','c',{'id':'s'}]";
    const bool is_bare = entries[0] == '0', is_conv = entries[0] == '1';
    const char *rest = entries + (is_bare || is_conv);
    const uint32_t outputs = 16;
    const struct sq_widths widths = {ask, &outputs};
    char text[1024];
    snprintf(text, sizeof text, "%s%s%s%s%s", is_bare ? "" : conv, is_bare || is_conv ? "" : neuron,
             is_bare || rest[0] == '\0' ? "" : ",", rest, more);
    const int status = graph_expand(text);
    ck_assert_msg(status == SQ_OK, "%s", err.text);
    return sq_graph_check(&err, "FILE", &widths, &graph);
}

static const struct {
    const char *entries;
    enum sq_edge edge; /* of the last node */
    uint32_t max_value, channels, height, width;
} typed[] = {
    {"", SQ_EDGE_SPIKES, 1, 8, 4, 6},
    {"['y','conv','s',{'weight':'b','channels':5}]", SQ_EDGE_REALS, 0, 5, 4, 6},
    {"['y','conv','s',{'weight':'w'}]", SQ_EDGE_REALS, 0, 16, 4, 6},
    {"['y','conv','s',{'weight':'b','channels':4,'kernel':3,'pad':1,'stride':2,'groups':4}]",
     SQ_EDGE_REALS, 0, 4, 2, 3},
    {"['y','conv','s',{'weight':'b','channels':4,'kernel':4}]", SQ_EDGE_REALS, 0, 4, 1, 3},
    {"['y','conv','s',{'weight':'b','channels':4,'dims':1}]", SQ_EDGE_REALS, 0, 4, 4, 6},
    {"['y','linear','s',{'weight':'b','channels':4}]", SQ_EDGE_REALS, 0, 4, 4, 6},
    {"['y','linear','s',{'weight':'w'}]", SQ_EDGE_REALS, 0, 16, 4, 6},
    {"['y','linear','s',{'weight':'w'}],['y','bn','y',{'weight':'b'}]", SQ_EDGE_REALS, 0, 16, 4, 6},
    {"['y','linear','s',{'weight':'w'}],['y','neuron','y']", SQ_EDGE_SPIKES, 1, 16, 4, 6},
    {"['y','maxpool','s']", SQ_EDGE_SPIKES, 1, 8, 2, 3},
    {"['y','maxpool','s',{'kernel':2,'stride':2,'pad':0}]", SQ_EDGE_SPIKES, 1, 8, 2, 3},
    {"['y','add','s s']", SQ_EDGE_COUNTS, 2, 8, 4, 6},
    {"['y','add','s s s']", SQ_EDGE_COUNTS, 3, 8, 4, 6},
    {"['y','add','s s'],['y','add','y y s']", SQ_EDGE_COUNTS, 5, 8, 4, 6},
    {"['y','add','s s'],['y','maxpool','y']", SQ_EDGE_COUNTS, 2, 8, 2, 3},
    {"['y','add','s s'],['y','conv','y',{'weight':'w'}]", SQ_EDGE_REALS, 0, 16, 4, 6},
    {"['y','linear','s',{'weight':'w'}],['y','add','y y']", SQ_EDGE_REALS, 0, 16, 4, 6},
    {"['y','linear','s',{'weight':'w'}],['y','maxpool','y']", SQ_EDGE_REALS, 0, 16, 2, 3},
    {"['y','attend','s s s',{'heads':4}]", SQ_EDGE_REALS, 0, 8, 4, 6},
    {"['t','add','s s'],['y','attend','t s s',{'heads':4}]", SQ_EDGE_REALS, 0, 8, 4, 6},
    {"1['y','conv','c',{'weight':'b','channels':4}]", SQ_EDGE_REALS, 0, 4, 4, 6},
    {"1['y','linear','c',{'weight':'b','channels':4}]", SQ_EDGE_REALS, 0, 4, 4, 6},
    {"['y','and','s s']", SQ_EDGE_SPIKES, 1, 8, 4, 6},
    {"['y','and_not','s s']", SQ_EDGE_SPIKES, 1, 8, 4, 6},
    {"['y','erode','s']", SQ_EDGE_SPIKES, 1, 8, 4, 6},
    {"['y','erode','s',{'over':'heads','heads':4}]", SQ_EDGE_SPIKES, 1, 8, 4, 6},
    {"['y','sum_tokens','s']", SQ_EDGE_REALS, 0, 8, 1, 1},
    {"['y','sum_channels','s',{'heads':2}]", SQ_EDGE_REALS, 0, 2, 4, 6},
    /* a gate of channels, and one of heads, in either order */
    {"['g','sum_tokens','s'],['g','neuron','g'],['y','and','s g']", SQ_EDGE_SPIKES, 1, 8, 4, 6},
    {"['g','sum_tokens','s'],['g','neuron','g'],['y','and','g s']", SQ_EDGE_SPIKES, 1, 8, 4, 6},
    {"['g','sum_channels','s',{'heads':2}],['g','neuron','g'],['y','and','s g']", SQ_EDGE_SPIKES, 1,
     8, 4, 6},
    {"['g','sum_channels','s',{'heads':2}],['g','neuron','g'],['y','and','g s']", SQ_EDGE_SPIKES, 1,
     8, 4, 6},
    {"['y','mean_tokens','s']", SQ_EDGE_REALS, 0, 8, 1, 1},
    {"['y','mean_tokens','s'],['y','neuron','y'],['y','mean_time','y']", SQ_EDGE_REALS, 0, 8, 1, 1},
    {"['y','mean_time','s']", SQ_EDGE_REALS, 0, 8, 4, 6},
    {"['y','mean_tokens','s'],['y','mean_time','y']", SQ_EDGE_REALS, 0, 8, 1, 1},
    {"['y','mean_tokens','s'],['y','mean_time','y'],['y','linear','y',{'weight':'w'}]",
     SQ_EDGE_REALS, 0, 16, 1, 1},
};

START_TEST(edges_and_shapes)
{
    const int status = check(typed[_i].entries, "");
    ck_assert_msg(status == SQ_OK, "%s: %s", typed[_i].entries, err.text);
    const struct sq_graph_node *last = &graph.node[graph.n_nodes - 1];
    ck_assert_int_eq(last->edge, typed[_i].edge);
    ck_assert_uint_eq(last->max_value, typed[_i].max_value);
    ck_assert_uint_eq(last->out_channels, typed[_i].channels);
    ck_assert_uint_eq(last->out_height, typed[_i].height);
    ck_assert_uint_eq(last->out_width, typed[_i].width);
}
END_TEST

/* An end for cases whose last node another must read. */
#define END ",['e','mean_tokens','y'],['e','mean_time','e'],['e','linear','e',{'weight':'w'}]"

static const struct {
    const char *entries;
    int code;
    const char *says;
} refused[] = {
    /* add */
    {"0['y','add','x x']", SQ_EUNSUPPORTED, "node \"add#1\" (add): reads the input"},
    {"['y','add','s c']", SQ_EUNSUPPORTED,
     "adds spikes (\"s\") and reals (\"a\"); it adds reals, or whole numbers"},
    {"['p','maxpool','s'],['y','add','s p']", SQ_ESHAPE,
     "adds 8x4x6 (\"s\") and 8x2x3 (\"maxpool#3\"), which do not fit"},
    {"['l','linear','s',{'weight':'b','channels':4}],['n','neuron','l',{'id':'n'}],['y','add','s "
     "n']",
     SQ_ESHAPE, "adds 8x4x6 (\"s\") and 4x4x6 (\"n\")"},
    {"['y','add','s s'],{'for':'k','to':24,'do':[['y','add','y y']]}", SQ_EVALUE,
     "its sums reach 33554432, more than 2^24"},
    /* attend */
    {"['y','attend','s s c',{'heads':4}]", SQ_EUNSUPPORTED,
     "reads reals from \"a\"; q, k and v are spikes"},
    {"['p','maxpool','s',{'id':'p'}],['y','attend','s p s',{'heads':4}]", SQ_ESHAPE,
     "q (\"s\") and \"p\" differ in tokens or channels"},
    {"['y','attend','s s s',{'heads':3}]", SQ_ESHAPE, "8 channels cannot be divided among 3 heads"},
    /* bn */
    {"['y','bn','s',{'weight':'b'}]", SQ_EUNSUPPORTED,
     "reads \"s\" (neuron); it reads a convolution, a linear layer"},
    {"['y','bn','c',{'weight':'b'}],['n','neuron','y'],['z','add','n s']", SQ_EUNSUPPORTED,
     "cannot be folded into \"a\", which another node reads too"},
    /* scale_channels */
    {"['y','scale_channels','s',{'weight':'b.f'}]", SQ_EUNSUPPORTED,
     "reads \"s\" (neuron); it reads a convolution, a linear layer"},
    {"['y','scale_channels','c',{'weight':'b.f'}],['n','neuron','y'],['z','add','n s']",
     SQ_EUNSUPPORTED, "cannot be folded into \"a\", which another node reads too"},
    /* average */
    {"['m','mean_tokens','s'],['a','linear','m',{'weight':'a2','channels':5}],['t','mean_time','m']"
     ","
     "['b','linear','t',{'weight':'b2','channels':5}],['y','average','a b']",
     SQ_EUNSUPPORTED, "averages neither two linear layers of one input nor the classifier and the"},
    /* avgpool, sumpool */
    {"['y','sumpool','c'],['n','neuron','y'],['z','and','n s']", SQ_EUNSUPPORTED,
     "reads reals from \"a\"; it adds spikes, or counts"},
    {"['y','avgpool','c',{'pad':1}],['n','neuron','y'],['z','and','n s']", SQ_ESHAPE,
     "a 2x2 window with padding 1 does not fit"},
    {"['y','avgpool','c',{'kernel':5}],['n','neuron','y'],['z','and','n s']", SQ_ESHAPE,
     "a 5x5 window with padding 0 does not fit 4x6"},
    /* conv */
    {"['y','conv','s',{'weight':'b','channels':4,'dims':1,'kernel':3}]", SQ_EUNSUPPORTED,
     "a kernel with one axis is 1 wide, this is 3"},
    {"['y','conv','s',{'weight':'b','channels':4,'kernel':5}]", SQ_ESHAPE,
     "a 5x5 kernel does not fit 4x6 inputs"},
    {"['y','conv','s',{'weight':'b','channels':6,'groups':3}]", SQ_ESHAPE,
     "3 groups do not divide its 8 input and 6 output channels"},
    {"['y','conv','s',{'weight':'b','channels':6,'groups':4}]", SQ_ESHAPE,
     "4 groups do not divide its 8 input and 6 output channels"},
    {"['l','linear','s',{'weight':'b','channels':30000}],['n','neuron','l'],"
     "['y','conv','n',{'weight':'d','channels':4,'kernel':3,'pad':1}]",
     SQ_EUNSUPPORTED, "90000 inputs of a kernel line are too many"},
    {"['y','conv','s',{'weight':'b'}]", SQ_ESHAPE,
     "how many channels it has is known from its weight alone; give a model, or \"channels\""},
    /* linear */
    {"['y','linear','s',{'weight':'b'}]", SQ_ESHAPE, "known from its weight alone"},
    {"0['y','linear','x',{'weight':'b','channels':4}]", SQ_EUNSUPPORTED,
     "node \"b\" (linear): reads the input"},
    /* and */
    {"['y','and','s c']", SQ_EUNSUPPORTED,
     "node \"and#3\" (and): reads reals from \"a\"; it reads spikes"},
    {"['t','add','s s',{'id':'t'}],['y','and','t s']", SQ_EUNSUPPORTED,
     "reads counts from \"t\"; it reads spikes"},
    {"['p','maxpool','s',{'id':'p'}],['y','and','s p']", SQ_ESHAPE,
     "joins 8x4x6 (\"s\") and 8x2x3 (\"p\"), which do not fit"},
    {"['l','linear','s',{'weight':'b','channels':3}],['n','neuron','l',{'id':'n'}],['y','and','s "
     "n']",
     SQ_ESHAPE, "joins 8x4x6 (\"s\") and 3x4x6 (\"n\"), which do not fit"},
    {"['y','and_not','s c']", SQ_EUNSUPPORTED,
     "node \"and_not#3\" (and_not): reads reals from \"a\"; it reads spikes"},
    {"['g','sum_tokens','s'],['g','neuron','g',{'id':'g'}],['y','and_not','s g']", SQ_ESHAPE,
     "joins 8x4x6 (\"s\") and 8x1x1 (\"g\"), which do not fit"},
    /* erode */
    {"1['y','erode','c']", SQ_EUNSUPPORTED, "reads reals from \"a\"; it reads spikes"},
    {"['t','add','s s',{'id':'t'}],['y','erode','t']", SQ_EUNSUPPORTED,
     "reads counts from \"t\"; it reads spikes"},
    {"['y','erode','s',{'over':'heads','heads':3}]", SQ_ESHAPE,
     "8 channels cannot be divided among 3 heads"},
    {"['y','erode','s',{'over':'heads'}]", SQ_ESHAPE, "8 channels cannot be divided among 0 heads"},
    /* sums */
    {"1['y','sum_tokens','c']", SQ_EUNSUPPORTED,
     "node \"sum_tokens#2\" (sum_tokens): reads reals from \"a\"; it sums spikes"},
    {"['t','add','s s',{'id':'t'}],['y','sum_tokens','t']", SQ_EUNSUPPORTED,
     "reads counts from \"t\"; it sums spikes"},
    {"1['y','sum_channels','c',{'heads':2}]", SQ_EUNSUPPORTED,
     "reads reals from \"a\"; it sums spikes"},
    {"['y','sum_channels','s',{'heads':3}]", SQ_ESHAPE,
     "8 channels cannot be divided among 3 heads"},
    {"['y','sum_channels','s']", SQ_ESHAPE, "8 channels cannot be divided among 0 heads"},
    /* maxpool */
    {"0['y','maxpool','x']", SQ_EUNSUPPORTED, "reads the input"},
    {"['y','maxpool','s',{'kernel':9,'pad':0}]", SQ_ESHAPE,
     "a 9x9 window with padding 0 does not fit 4x6 inputs"},
    {"['y','maxpool','s',{'kernel':3,'pad':2}]", SQ_ESHAPE, "a 3x3 window with padding 2"},
    /* means */
    {"0['y','mean_time','x']", SQ_EUNSUPPORTED, "reads the input"},
    {"0['y','mean_tokens','x']", SQ_EUNSUPPORTED, "reads the input"},
    /* neuron */
    {"['y','neuron','s']", SQ_EUNSUPPORTED,
     "reads spikes from \"s\"; it reads currents, which are reals"},
    {"['t','add','s s',{'id':'t'}],['y','neuron','t']", SQ_EUNSUPPORTED, "reads counts from \"t\""},
    {"1['y','neuron','c',{'axes':'C'}]", SQ_ESHAPE,
     "its axes leave no room for the grid 4x6 of \"a\""},
    {"1['y','neuron','c',{'axes':'H1D','heads':2}]", SQ_ESHAPE,
     "its axes leave no room for the grid 4x6 of \"a\""},
    {"0['y','neuron','x']", SQ_EUNSUPPORTED, "reads reals from \"input\"; it reads currents"},
    /* ends */
    {"['y','maxpool','s',{'id':'p'}],['y','maxpool','s']", SQ_EFORMAT,
     "node \"p\" (maxpool): no node reads what it sends"},
    {"['y','input','',{'id':'j','channels':1,'height':1,'width':1}],['y','maxpool','s']",
     SQ_EFORMAT, "node \"j\" (input): a network has one input"},
};

START_TEST(what_does_not_fit)
{
    graph_expect(check(refused[_i].entries, ""), refused[_i].code, refused[_i].says);
    ck_assert_ptr_nonnull(strstr(err.text, "node \""));
}
END_TEST

/* A camera's frames are counts; an image is reals at the input alone. */
START_TEST(inputs)
{
    cJSON *json = graph_json("[{'id':'i','op':'input','in':[],'kind':'frames','channels':2,"
                             "'height':9,'width':5}]");
    ck_assert_int_eq(sq_template_expand(&err, "FILE", json, NULL, &graph), SQ_OK);
    cJSON_Delete(json);
    ck_assert_int_eq(sq_graph_check(&err, "FILE", NULL, &graph), SQ_OK);
    ck_assert_int_eq(graph.node[0].edge, SQ_EDGE_COUNTS);
    ck_assert_uint_eq(graph.node[0].max_value, 65535);
    ck_assert_uint_eq(graph.node[0].out_channels, 2);
    graph.node[0].input_kind = SQ_INPUT_IMAGE;
    ck_assert_int_eq(sq_graph_check(&err, "FILE", NULL, &graph), SQ_OK);
    ck_assert_int_eq(graph.node[0].edge, SQ_EDGE_REALS);
    ck_assert_uint_eq(graph.node[0].max_value, 0);
}
END_TEST

/* What a linear layer says of a camera's frames. */
START_TEST(frames_are_read_by_convolutions)
{
    cJSON *json = graph_json("[{'id':'i','op':'input','in':[],'kind':'frames','channels':2,"
                             "'height':9,'width':5},"
                             "{'id':'l','op':'linear','in':['i'],'weight':'w','channels':3}]");
    ck_assert_int_eq(sq_template_expand(&err, "FILE", json, NULL, &graph), SQ_OK);
    cJSON_Delete(json);
    graph_expect(sq_graph_check(&err, "FILE", NULL, &graph), SQ_EUNSUPPORTED,
                 "node \"l\" (linear): reads the input");
}
END_TEST

START_TEST(a_graph_begins_with_its_input)
{
    cJSON *json = graph_json("[]");
    ck_assert_int_eq(sq_template_expand(&err, "FILE", json, NULL, &graph), SQ_OK);
    cJSON_Delete(json);
    graph_expect(sq_graph_check(&err, "FILE", NULL, &graph), SQ_EFORMAT,
                 "its first node must be the input");
}
END_TEST

/* Sums of attention stay whole numbers of float32: tokens times channels of a head below 2^24. */
START_TEST(sums_of_attention)
{
    const int status = check("['y','attend','s s s',{'heads':4}]", END);
    ck_assert_msg(status == SQ_OK, "%s", err.text);
    graph.node[0].height = 8192;
    graph.node[0].width = 1023;
    ck_assert_int_eq(sq_graph_check(&err, "FILE", NULL, &graph), SQ_OK); /* 2 a head */
    graph.node[0].width = 1024;
    graph_expect(sq_graph_check(&err, "FILE", NULL, &graph), SQ_EVALUE,
                 "sums of 8388608 tokens x 2 channels a head leave the exact whole numbers");
}
END_TEST

/* A width that the tensor told is written into the node, so that the graph says all. */
START_TEST(widths_are_kept)
{
    ck_assert_int_eq(check("['y','linear','s',{'weight':'w'}]", ""), SQ_OK);
    ck_assert_uint_eq(graph.node[3].channels, 16);
    ck_assert_int_eq(sq_graph_check(&err, "FILE", NULL, &graph), SQ_OK);
}
END_TEST

static Suite *types_suite(void)
{
    Suite *suite = suite_create("sim/ops");
    TCase *tests = tcase_create("types");
    tcase_add_checked_fixture(tests, NULL, discard_graph);
    tcase_add_loop_test(tests, edges_and_shapes, 0, (int)(sizeof typed / sizeof *typed));
    tcase_add_loop_test(tests, what_does_not_fit, 0, (int)(sizeof refused / sizeof *refused));
    tcase_add_test(tests, inputs);
    tcase_add_test(tests, frames_are_read_by_convolutions);
    tcase_add_test(tests, a_graph_begins_with_its_input);
    tcase_add_test(tests, sums_of_attention);
    tcase_add_test(tests, widths_are_kept);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(types_suite())
