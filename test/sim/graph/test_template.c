/* Templates: what each form of entry makes, and how names are found. */
#include "sim/graph/template.h"

#include "test/sim/graph/graph_case.h"

static const struct {
    const char *entries, *listing;
} expands[] = {
    {"", ""},
    /* a node in short, and what it is called: id, weight, operation and number */
    {"['a','maxpool','x']", "maxpool#1 maxpool input"},
    {"['a','maxpool','x',{}]", "maxpool#1 maxpool input"},
    {"['a','conv','x',{'weight':'stem'}]", "stem conv input"},
    {"['a','conv','x',{'weight':'stem','id':'first'}]", "first conv input"},
    {"['a','conv','input',{'weight':'{word}.{dim}'}]", "abc.512 conv input"},
    /* a flat node, whose inputs are a list or words */
    {"{'id':'a','op':'maxpool','in':['x']},{'id':'b','op':'add','in':'a x'}",
     "a maxpool input; b add a input"},
    {"{'id':'a','op':'maxpool','in':['input'],'edge':'counts','max_value':1,'out_channels':9,"
     "'out_height':9,'out_width':9}",
     "a maxpool input"},
    /* names: the latest node of a name counts, and before an id */
    {"['x','maxpool','x'],['x','maxpool','x']",
     "maxpool#1 maxpool input; maxpool#2 maxpool maxpool#1"},
    {"['y','maxpool','x',{'id':'a'}],['a','maxpool','y',{'id':'b'}],['z','maxpool','a',{'id':'c'}]",
     "a maxpool input; b maxpool a; c maxpool b"},
    {"['{word}','maxpool','x',{'id':'a'}],['z','maxpool','abc',{'id':'b'}]",
     "a maxpool input; b maxpool a"},
    {"['y','add','  x   x ',{'id':'a'}]", "a add input input"},
    {"['y1','maxpool','x',{'id':'a'}],['z','maxpool','y{depth-1}',{'id':'b'}]",
     "a maxpool input; b maxpool a"},
    /* loops */
    {"{'for':'k','to':0,'do':[['x','maxpool','x']]}", ""},
    {"{'for':'k','to':2,'do':[['x','maxpool','x',{'id':'p{k}'}]]}",
     "p0 maxpool input; p1 maxpool p0"},
    {"{'for':'k','to':'depth','do':[['x','maxpool','x',{'id':'p{k}'}]]}",
     "p0 maxpool input; p1 maxpool p0"},
    {"{'for':'k','in':['a',7,''],'index':'n','do':[['x','maxpool','x',{'id':'p{k}-{n}'}]]}",
     "pa-0 maxpool input; p7-1 maxpool pa-0; p-2 maxpool p7-1"},
    {"{'for':'a','to':2,'do':[{'for':'b','to':'a+1','do':[['x','maxpool','x',{'id':'{a}.{b}'}]]}]}",
     "0.0 maxpool input; 1.0 maxpool 0.0; 1.1 maxpool 1.0"},
    /* the inner name hides the outer one, and a size; both come back */
    {"{'for':'i','to':1,'do':[{'for':'i','in':['b'],'do':[['x','maxpool','x',{'id':'{i}'}]]},"
     "['x','maxpool','x',{'id':'{i}'}]]},['x','maxpool','x',{'id':'{i}'}]",
     "b maxpool input; 0 maxpool b; 11 maxpool 0"},
    /* results outlive the loop that made them */
    {"{'for':'k','to':2,'do':[['y','maxpool','x',{'id':'p{k}'}]]},['z','maxpool','y',{'id':'q'}]",
     "p0 maxpool input; p1 maxpool input; q maxpool p1"},
    /* conditions */
    {"{'if':'depth = "
     "2','do':[['y','maxpool','x',{'id':'a'}]],'else':[['y','maxpool','x',{'id':'b'}]]}",
     "a maxpool input"},
    {"{'if':'depth = "
     "3','do':[['y','maxpool','x',{'id':'a'}]],'else':[['y','maxpool','x',{'id':'b'}]]}",
     "b maxpool input"},
    {"{'if':'depth = 3','do':[['y','maxpool','x',{'id':'a'}]]}", ""},
    {"{'if':1,'do':[['y','maxpool','x',{'id':'a'}]]}", "a maxpool input"},
    {"{'if':0,'do':[['y','maxpool','x',{'id':'a'}]]}", ""},
    {"{'if':'word','do':[['y','maxpool','x',{'id':'a'}]]}", "a maxpool input"},
    {"{'if':'``','do':[['y','maxpool','x',{'id':'a'}]]}", ""},
    /* what is not expanded is not looked at */
    {"{'if':'1 = 2','do':[['y','nothing','z']]}", ""},
    /* an addition of n streams runs as n - 1 of two */
    {"['y','add','x x',{'id':'s'}]", "s add input input"},
    {"['y','add','x x x x',{'id':'s'}],['z','maxpool','y',{'id':'t'}]",
     "s+1 add input input; s+2 add s+1 input; s add s+2 input; t maxpool s"},
};

START_TEST(entries_make_nodes)
{
    const int status = graph_expand(expands[_i].entries);
    ck_assert_msg(status == SQ_OK, "%s: %s", expands[_i].entries, err.text);
    ck_assert_str_eq(graph_listing(), expands[_i].listing);
}
END_TEST

/* The node of an id, which is there. */
static const struct sq_graph_node *node(const char *id)
{
    const uint32_t index = sq_graph_find(&graph, id);
    ck_assert_msg(index < graph.n_nodes, "no node %s", id);
    return &graph.node[index];
}

/* Parameters of "with" hold inside, the inner one before the outer one, the node's own before both. */
START_TEST(with_gives_parameters)
{
    ck_assert_int_eq(
        graph_expand("{'with':{'role':'r','block':3},'do':["
                     "['y','maxpool','x',{'id':'a'}],"
                     "{'for':'k','to':1,'with':{'block':'{k+4}'},'do':["
                     "['y','maxpool','x',{'id':'b'}],"
                     "['y','maxpool','x',{'id':'c','block':9,'role':'own'}]]},"
                     "{'if':1,'with':{'role':'s'},'do':[['y','maxpool','x',{'id':'d'}]]},"
                     "{'if':0,'with':{'role':'t'},'do':[],'else':[['y','maxpool','x',"
                     "{'id':'e'}]]}]},"
                     "['y','maxpool','x',{'id':'f'}]"),
        SQ_OK);
    static const struct {
        const char *id, *role;
        int block;
    } want[] = {{"a", "r", 3}, {"b", "r", 4}, {"c", "own", 9},
                {"d", "s", 3}, {"e", "t", 3}, {"f", "", -1}};
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        ck_assert_str_eq(node(want[i].id)->role, want[i].role);
        ck_assert_int_eq(node(want[i].id)->block, want[i].block);
    }
}
END_TEST

/* Every part of an addition has what the addition has. */
START_TEST(parts_of_an_addition_are_alike)
{
    ck_assert_int_eq(
        graph_expand("['y','add','x x x',{'id':'s','role':'residual','block':2,'after':'input'}]"),
        SQ_OK);
    ck_assert_uint_eq(graph.n_nodes, 3);
    for (uint32_t i = 1; i < 3; i++) {
        ck_assert_str_eq(graph.node[i].role, "residual");
        ck_assert_str_eq(graph.node[i].after, "input");
        ck_assert_int_eq(graph.node[i].block, 2);
        ck_assert_uint_eq(graph.node[i].n_inputs, 2);
    }
}
END_TEST

/* Text that is one expression and nothing else is a number, or a text. */
START_TEST(parameters_hold_expressions)
{
    ck_assert_int_eq(
        graph_expand("['y','conv','x',{'id':'c','weight':'w{i}','channels':'{dim >> 3}',"
                     "'kernel':3,'bias':true,'role':'{word}'}],"
                     "['y','attend','y y y',{'id':'a','heads':'{depth}','scale':'{half}'}]"),
        SQ_OK);
    ck_assert_uint_eq(node("c")->channels, 64);
    ck_assert_str_eq(node("c")->weight, "w11");
    ck_assert_str_eq(node("c")->role, "abc");
    ck_assert_int_eq(node("c")->has_bias, 1);
    ck_assert_uint_eq(node("a")->heads, 2);
    ck_assert_double_eq(node("a")->scale, 0.5);
}
END_TEST

/* Random nested loops against loops of C: the same ids in the same order. */
START_TEST(nested_loops_are_loops)
{
    char entries[256], want[4096];
    for (unsigned a = 0; a < 4; a++)
        for (unsigned b = 0; b < 4; b++) {
            size_t used = 0;
            want[0] = '\0';
            for (unsigned i = 0; i < a; i++)
                for (unsigned k = i; k < b; k++)
                    used += (size_t)snprintf(want + used, sizeof want - used,
                                             "%sn%u%u maxpool input", used > 0 ? "; " : "", i, k);
            snprintf(entries, sizeof entries,
                     "{'for':'i','to':%u,'do':[{'for':'k','to':%u,'do':[{'if':'k >= i','do':["
                     "['y','maxpool','x',{'id':'n{i}{k}'}]]}]}]}",
                     a, b);
            ck_assert_int_eq(graph_expand(entries), SQ_OK);
            ck_assert_str_eq(graph_listing(), want);
        }
}
END_TEST

static Suite *template_suite(void)
{
    Suite *suite = suite_create("sim/graph");
    TCase *tests = tcase_create("template");
    tcase_add_checked_fixture(tests, NULL, discard_graph);
    tcase_add_loop_test(tests, entries_make_nodes, 0, (int)(sizeof expands / sizeof *expands));
    tcase_add_test(tests, with_gives_parameters);
    tcase_add_test(tests, parts_of_an_addition_are_alike);
    tcase_add_test(tests, parameters_hold_expressions);
    tcase_add_test(tests, nested_loops_are_loops);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(template_suite())
