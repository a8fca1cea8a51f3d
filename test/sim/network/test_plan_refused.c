/* Graphs that are well typed and that the engine does not run: each sentence once, with its node; and
 * those that it runs. */
#include "sim/network/head.h"
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
#define SECOND                                                                       \
    "['b','neuron','m',{'id':'n'}],['b','linear','b',{'weight':'kd','channels':5}]," \
    "['b','mean_time','b',{'id':'b'}]"
#define FIRST "['a','mean_time','m'],['a','linear','a',{'weight':'head','channels':5}]"

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

/* What was refused once and runs now: kernels of all sizes, of counts and of reals, currents that several
 * read, sums and maxima of reals, neurons of a mean. */
static const struct {
    const char *entries;
    const char *kinds; /* a letter for each node, without input and classifier */
} runs[] = {
    {STEM "['x','conv','x',{'weight':'d','channels':8,'kernel':5,'pad':2}]," NEURON("n") HEAD,
     "aC"},
    {STEM "['x','conv','x',{'weight':'d','channels':8,'kernel':3}]," NEURON("n") HEAD, "aC"},
    {STEM "['x','conv','x',{'weight':'d','channels':8,'stride':2}]," NEURON("n") HEAD, "aC"},
    {"['x','conv','x',{'weight':'c','channels':8}]," NEURON("s") HEAD, "a"},
    {STEM "['x','add','x x',{'id':'sum'}],['x','conv','x',{'weight':'d','channels':8,'kernel':3,"
          "'pad':1}]," NEURON("n") HEAD,
     "a+C"},
    /* its lists are kept by lines, for both */
    {STEM "['p','conv','x',{'weight':'d','channels':8}],['p','neuron','p',{'id':'p'}],"
          "['q','conv','x',{'weight':'e','channels':8,'kernel':3,'pad':1}],['q','neuron','q',"
          "{'id':'q'}],['x','add','p q']" HEAD,
     "aCC+"},
    {STEM "['x','linear','x',{'weight':'l','channels':8}]" HEAD, "al"},
    {STEM "['x','mean_tokens','x',{'id':'k'}]," NEURON("n") HEAD, "am"},
    {STEM "['x','mean_tokens','x',{'id':'k'}],['x','neuron','x',{'id':'n'}],['y','mean_time','x'],"
          "['y','linear','y',{'weight':'head','channels':5}]",
     "am"},
    {STEM "['l','linear','x',{'weight':'l','channels':8}],['x','neuron','l',{'id':'n'}],"
          "['o','neuron','l',{'id':'o'}],['x','add','x o']" HEAD,
     "alnn+"},
    {STEM "['x','maxpool','x',{'id':'p','kernel':2,'pad':0}]" HEAD, "ap"},
    {STEM "['l','linear','x',{'weight':'l','channels':8}],['r','linear','x',{'weight':'r',"
          "'channels':8}],['x','add','l r',{'id':'sum'}]" HEAD,
     "allR"},
    {STEM "['x','linear','x',{'weight':'l','channels':8}],['x','maxpool','x',{'id':'p'}]," NEURON(
         "n") HEAD,
     "alPn"},
    {STEM "['x','linear','x',{'weight':'l','channels':8}],['x','conv','x',{'weight':'r','channels':"
          "8,'kernel':3}]," NEURON("n") HEAD,
     "alM"},
    {STEM
     "['g','sum_channels','x',{'heads':2}],['g','neuron','g',{'id':'g'}],['x','and','g x']" HEAD,
     "as&"},
    {STEM "['g','sum_tokens','x'],['g','neuron','g',{'id':'g'}],['x','and','x "
          "g'],['x','erode','x']" HEAD,
     "as&e"},
    /* two classifiers: one of the mean, one of the neurons that read it; the mean is made twice */
    {STEM "['m','mean_tokens','x',{'id':'m'}]," SECOND "," FIRST ",['y','average','a b']", "aml"},
    /* no classifier: firing rates of each channel */
    {STEM "['y','mean_tokens','x',{'id':'m'}],['y','mean_time','y']", "a"},
    /* what folds into a layer */
    {STEM "['x','linear','x',{'weight':'l','channels':8}],['x','scale_channels','x',{'weight':'g.s'"
          "}]," NEURON("n") HEAD,
     "al"},
};

START_TEST(each_of_these_runs)
{
    static const char letter[SQ_NODE_KINDS] = {
        [SQ_NODE_INPUT] = 'i',  [SQ_NODE_ANALOG_CONV] = 'a', [SQ_NODE_CONV] = 'C',
        [SQ_NODE_LINEAR] = 'l', [SQ_NODE_REAL_CONV] = 'M',   [SQ_NODE_ATTEND] = 'A',
        [SQ_NODE_SUM] = 's',    [SQ_NODE_NEURONS] = 'n',     [SQ_NODE_MEAN] = 'm',
        [SQ_NODE_POOL] = 'p',   [SQ_NODE_ADD] = '+',         [SQ_NODE_AND] = '&',
        [SQ_NODE_ERODE] = 'e',  [SQ_NODE_REAL_ADD] = 'R',    [SQ_NODE_REAL_POOL] = 'P',
        [SQ_NODE_HEAD] = 'h',
    };
    char kinds[16] = "";
    const int status = plan(runs[_i].entries);
    ck_assert_msg(status == SQ_OK, "%s: %s", runs[_i].entries, err.text);
    for (size_t i = 1; i + 1 < network.n_nodes; i++)
        kinds[i - 1] = letter[network.node[i].kind];
    ck_assert_str_eq(kinds, runs[_i].kinds);
}
END_TEST

static const struct {
    const char *entries, *says;
} refused[] = {
    {STEM "['x','conv','x',{'weight':'d','channels':8,'pad':1}]," NEURON("n") HEAD,
     "node \"d\" (conv): padding 1: the engine pads by less than the kernel 1"},
    {STEM "['x','conv','x',{'weight':'d','channels':8,'kernel':3,'pad':3}]," NEURON("n") HEAD,
     "padding 3: the engine pads by less than the kernel 3"},
    {"['x','conv','x',{'weight':'c','channels':8,'dims':1}]," NEURON("s") HEAD,
     "node \"c\" (conv): reads the input by a kernel with one axis"},
    {STEM "['a','attend','x x x',{'id':'a','heads':2}],['p','neuron','a',{'id':'p'}],"
          "['q','neuron','a',{'id':'q'}],['x','add','p q']" HEAD,
     "node \"a\" (attend): its current is read by 2 nodes; the engine keeps those of layers"},
    {STEM "['a','sum_tokens','x',{'id':'a'}],['p','neuron','a',{'id':'p'}],"
          "['q','neuron','a',{'id':'q'}],['x','add','p q']" HEAD,
     "node \"a\" (sum_tokens): its current is read by 2 nodes"},
    {STEM "['a','sum_tokens','x',{'id':'a'}],['b','linear','x',{'weight':'b','channels':8}],"
          "['b','mean_tokens','b',{'id':'k'}],['x','add','a b',{'id':'sum'}]" HEAD,
     "node \"sum\" (add): reads \"a\", whose values stay inside another node"},
    {STEM "['x','add','x x'],['x','maxpool','x',{'id':'p'}]" HEAD,
     "node \"p\" (maxpool): pools counts; the engine pools spikes and reals"},
    {STEM "['y','mean_tokens','x'],['y','linear','y',{'weight':'head','channels':5}]",
     "node \"head\" (linear): reads \"mean_tokens#3\", whose values stay inside another node"},
    {STEM
     "['y','mean_tokens','x'],['y','mean_time','y'],['y','linear','y',{'weight':'h','channels':5}],"
     "['y','mean_tokens','y'],['y','mean_time','y'],['y','linear','y',{'weight':'head',"
     "'channels':5}]",
     "node \"h\" (linear): the engine runs one classifier, the last node, of the mean over "
     "timesteps of a mean over tokens, or of neurons behind one"},
    {STEM "['l','linear','x',{'weight':'l','channels':8}],['y','mean_time','l'],"
          "['y','linear','y',{'weight':'head','channels':5}]",
     "node \"head\" (linear): the engine runs one classifier"},
    {STEM "['y','mean_time','x'],['y','linear','y',{'weight':'head','channels':5}]",
     "node \"head\" (linear): the engine runs one classifier"},
    {STEM "['x','conv','x',{'weight':'d','channels':8}]," NEURON("n"),
     "node \"n\" (neuron): the last node must be the classifier, a linear layer behind means"},
    {STEM "['d','conv','input',{'weight':'d','channels':8,'kernel':3,'pad':1}],['d','neuron','d',"
          "{'id':'n'}],['x','add','x d']" HEAD,
     "node \"input\" (input): the engine has one layer that reads the input"},
    {STEM "['m','mean_tokens','x',{'id':'m'}]," FIRST "," SECOND ",['y','average','a b']",
     "node \"kd\" (linear): the engine runs it before the other classifier: its node must stand "
     "before \"head\""},
    {STEM "['y','mean_time','x',{'id':'t'}]", "node \"t\" (mean_time): it would end in 4x6 neurons "
                                              "a channel, and nothing says which of them "
                                              "are its output; a mean_tokens between them"},
    {STEM "['y','linear','x',{'weight':'l','channels':8}],['y','mean_tokens','y'],"
          "['y','mean_time','y',{'id':'t'}]",
     "node \"t\" (mean_time): a network that ends in a mean over time ends in one of neurons"},
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

#define CLASSIFIER "['y','linear','y',{'weight':'head','channels':5}]"

/* What a dump holds of the classifier's input: a row each timestep, or the mean over them. */
static const struct {
    const char *entries;
    bool of_timesteps;
} head_in[] = {
    {STEM "['y','mean_tokens','x'],['y','mean_time','y']," CLASSIFIER, false},
    {STEM "['y','mean_tokens','x',{'role':'head_in'}],['y','mean_time','y']," CLASSIFIER, true},
    {STEM "['y','mean_tokens','x'],['y','mean_time','y',{'role':'head_in'}]," CLASSIFIER, false},
    {STEM "['y','mean_tokens','x'],['y','neuron','y'],['y','mean_time','y']," CLASSIFIER, true},
    {STEM "['y','mean_tokens','x'],['y','neuron','y'],['y','mean_time','y',{'role':'head_in'}]"
          "," CLASSIFIER,
     false},
};

START_TEST(what_the_official_classifier_reads)
{
    const int status = plan(head_in[_i].entries);
    ck_assert_msg(status == SQ_OK, "%s: %s", head_in[_i].entries, err.text);
    ck_assert(sq_head_reads_timesteps(&network) == head_in[_i].of_timesteps);
}
END_TEST

static Suite *plan_refused_suite(void)
{
    Suite *suite = suite_create("plan refused");
    TCase *tests = tcase_create("sentences");
    tcase_add_checked_fixture(tests, NULL, discard);
    tcase_add_test(tests, the_smallest_network_is_planned);
    tcase_add_loop_test(tests, each_of_these_runs, 0, (int)(sizeof runs / sizeof *runs));
    tcase_add_loop_test(tests, each_has_its_sentence, 0, (int)(sizeof refused / sizeof *refused));
    tcase_add_loop_test(tests, what_the_official_classifier_reads, 0,
                        (int)(sizeof head_in / sizeof *head_in));
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(plan_refused_suite())
