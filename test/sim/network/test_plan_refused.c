/* Graphs that are well typed and that the engine does not run: each sentence once, with its node; and the
 * one that it runs. */
#include "sim/network/plan.h"

#include "sim/ops/types.h"
#include "test/sim/graph/graph_case.h"

static struct sq_network network;

static void discard(void)
{
    sq_arena_free(&network.arena);
    memset(&network, 0, sizeof network);
    discard_graph();
}

static int plan(const char *entries)
{
    discard();
    int status = graph_expand(entries);
    ck_assert_msg(status == SQ_OK, "%s: %s", entries, err.text);
    status = sq_graph_check(&err, "FILE", NULL, &graph);
    ck_assert_msg(status == SQ_OK, "%s: %s", entries, err.text);
    snprintf(graph.architecture, sizeof graph.architecture, "own");
    network.graph = graph;
    return sq_plan_make(&err, &network);
}

/* Beginnings and ends of networks. */
#define STEM                                                           \
    "['c','conv','x',{'weight':'c','channels':8,'kernel':3,'pad':1}]," \
    "['x','neuron','c',{'id':'s'}],"
#define HEAD                                                                \
    ",['y','mean_tokens','x',{'id':'m'}],['y','mean_time','y',{'id':'t'}]," \
    "['y','linear','y',{'weight':'head','channels':5}]"
#define NEURON(id) "['x','neuron','x',{'id':'" id "'}]"

START_TEST(the_smallest_network_is_planned)
{
    const int status = plan(STEM "['x','conv','x',{'weight':'d','channels':8}],"
                                 "['x','bn','x',{'weight':'b'}]," NEURON("n") HEAD);
    ck_assert_msg(status == SQ_OK, "%s", err.text);
    ck_assert_uint_eq(network.n_nodes, 4);
    ck_assert_uint_eq(network.n_synapses, 2);
    ck_assert_int_eq(network.node[3].kind, SQ_NODE_HEAD);
    ck_assert_str_eq(network.head.name, "head");
}
END_TEST

static const struct {
    const char *entries, *says;
} refused[] = {
    {STEM "['x','conv','x',{'weight':'d','channels':8,'kernel':5,'pad':2}]," NEURON("n") HEAD,
     "node \"d\" (conv): kernel 5, stride 1, padding 2, groups 1: the engine runs 3x3 kernels with "
     "padding 1 and 1x1 kernels, stride 1, groups 1"},
    {STEM "['x','conv','x',{'weight':'d','channels':8,'kernel':3}]," NEURON("n") HEAD,
     "kernel 3, stride 1, padding 0"},
    {STEM "['x','conv','x',{'weight':'d','channels':8,'stride':2}]," NEURON("n") HEAD, "stride 2"},
    {STEM "['x','conv','x',{'weight':'d','channels':8,'kernel':3,'pad':1,'groups':8}]," NEURON("n")
         HEAD,
     "groups 8: the engine runs"},
    {"['x','conv','x',{'weight':'c','channels':8}]," NEURON("s") HEAD,
     "node \"c\" (conv): reads the input; the engine does so by a 3x3 kernel"},
    {STEM "['x','add','x x',{'id':'sum'}],['x','conv','x',{'weight':'d','channels':8,'kernel':3,"
          "'pad':1}]," NEURON("n") HEAD,
     "node \"d\" (conv): reads counts from \"sum\"; the engine runs 3x3 kernels of spikes"},
    {STEM "['p','conv','x',{'weight':'d','channels':8}],['p','neuron','p',{'id':'p'}],"
          "['q','conv','x',{'weight':'e','channels':8,'kernel':3,'pad':1}],['q','neuron','q',"
          "{'id':'q'}],['x','add','p q']" HEAD,
     "node \"e\" (conv): \"s\" is read by a 3x3 kernel and by a 1x1 kernel; its events are listed "
     "for "
     "one of them"},
    {STEM "['x','linear','x',{'weight':'l','channels':8}]" HEAD,
     "node \"m\" (mean_tokens): reads \"l\", whose values stay inside another node"},
    {STEM "['x','mean_tokens','x',{'id':'k'}]," NEURON("n") HEAD,
     "node \"n\" (neuron): its current comes from \"k\" (mean_tokens); the engine runs neurons "
     "behind "
     "a synapse or attention"},
    {STEM "['l','linear','x',{'weight':'l','channels':8}],['x','neuron','l',{'id':'n'}],"
          "['o','neuron','l',{'id':'o'}],['x','add','x o']" HEAD,
     "node \"l\" (linear): its current is read by 2 nodes; the engine keeps none"},
    {STEM
     "['a','attend','x x x',{'id':'a','heads':2,'scale':0.3}],['x','neuron','a',{'id':'n'}]" HEAD,
     "node \"a\" (attend): its scale 0.3 is not a power of two"},
    {STEM "['x','add','x x'],['x','maxpool','x',{'id':'p'}]" HEAD,
     "node \"p\" (maxpool): pools counts; the engine pools spikes"},
    {STEM "['x','maxpool','x',{'id':'p','kernel':2,'pad':0}]" HEAD,
     "node \"p\" (maxpool): window 2, stride 2, padding 0: the engine pools windows of 3, stride "
     "2, "
     "padding 1"},
    {STEM "['l','linear','x',{'weight':'l','channels':8}],['r','linear','x',{'weight':'r',"
          "'channels':8}],['x','add','l r',{'id':'sum'}]" HEAD,
     "node \"sum\" (add): adds reals; the engine adds spikes and counts"},
    {STEM "['y','mean_tokens','x'],['y','linear','y',{'weight':'head','channels':5}]",
     "what it computes reaches no neuron that the engine runs"},
    {STEM
     "['y','mean_tokens','x'],['y','mean_time','y'],['y','linear','y',{'weight':'h','channels':5}],"
     "['y','mean_tokens','y'],['y','mean_time','y'],['y','linear','y',{'weight':'head',"
     "'channels':5}]",
     "node \"h\" (linear): the engine runs one classifier, the last node, of the mean over "
     "timesteps "
     "of the mean over tokens"},
    {STEM "['l','linear','x',{'weight':'l','channels':8}],['y','mean_time','l'],"
          "['y','linear','y',{'weight':'head','channels':5}]",
     "node \"head\" (linear): the engine runs one classifier"},
    {STEM "['x','conv','x',{'weight':'d','channels':8}]," NEURON("n"),
     "node \"n\" (neuron): the last node must be the classifier, a linear layer behind means"},
    {STEM "['d','conv','input',{'weight':'d','channels':8,'kernel':3,'pad':1}],['d','neuron','d',"
          "{'id':'n'}],['x','add','x d']" HEAD,
     "node \"input\" (input): the engine has one layer that reads the input"},
    {"", "node \"input\" (input): the last node must be the classifier"},
};

START_TEST(each_has_its_sentence)
{
    const int status = plan(refused[_i].entries);
    ck_assert_msg(status == SQ_EUNSUPPORTED, "%s: %s", sq_status_name(status),
                  status != SQ_OK ? err.text : "");
    ck_assert_msg(strstr(err.text, refused[_i].says) != NULL, "\"%s\" does not say \"%s\"",
                  err.text, refused[_i].says);
    ck_assert_msg(strncmp(err.text, "architecture own: node \"", 24) == 0, "%s", err.text);
}
END_TEST

static Suite *plan_refused_suite(void)
{
    Suite *suite = suite_create("plan refused");
    TCase *tests = tcase_create("sentences");
    tcase_add_checked_fixture(tests, NULL, discard);
    tcase_add_test(tests, the_smallest_network_is_planned);
    tcase_add_loop_test(tests, each_has_its_sentence, 0, (int)(sizeof refused / sizeof *refused));
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(plan_refused_suite())
