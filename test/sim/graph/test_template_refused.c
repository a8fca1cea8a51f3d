/* Templates that are refused: one line names the entry or the node, and what is wrong; and the cost of
 * those that ask for too much. */
#include "sim/graph/template.h"

#include "test/sim/graph/graph_case.h"

#include <time.h>

static const struct {
    const char *entries;
    int code;
    const char *says;
} refused[] = {
    /* operations */
    {"['y','convolve','x',{}]", SQ_EFORMAT,
     "entry 1 of nodes: no operation is called \"convolve\"; known: input, conv, linear, bn, "
     "scale_channels, "
     "neuron, maxpool, "},
    {"{'op':'Conv','in':['x']}", SQ_EFORMAT, "no operation is called \"Conv\""},
    /* inputs: a loop is an input that no earlier node sends */
    {"['y','maxpool','z',{'id':'a'}]", SQ_EFORMAT,
     "node \"a\": its input \"z\" is sent by no node before it"},
    {"['y','maxpool','a',{'id':'a'}]", SQ_EFORMAT, "its input \"a\" is sent by no node before it"},
    {"['y','maxpool','b',{'id':'a'}],['z','maxpool','a',{'id':'b'}]", SQ_EFORMAT,
     "node \"a\": its input \"b\""},
    {"{'id':'a','op':'maxpool','in':['y']}", SQ_EFORMAT, "node \"a\": its input \"y\""},
    {"['y','maxpool','',{'id':'a'}]", SQ_EFORMAT, "node \"a\": maxpool has 0 inputs; it takes 1"},
    {"['y','maxpool','x x',{'id':'a'}]", SQ_EFORMAT, "maxpool has 2 inputs; it takes 1"},
    {"['y','add','x',{'id':'a'}]", SQ_EFORMAT, "add has 1 inputs; it takes 2 or more"},
    {"['y','attend','x x',{'heads':1}]", SQ_EFORMAT, "attend has 2 inputs; it takes 3"},
    {"['y','input','x',{'channels':1,'height':1,'width':1}]", SQ_EFORMAT,
     "input has 1 inputs; it takes 0"},
    {"{'id':'a','op':'maxpool'}", SQ_EFORMAT, "maxpool has 0 inputs"},
    {"{'id':'a','op':'maxpool','in':3}", SQ_EFORMAT, "maxpool has 0 inputs"},
    {"{'id':'a','op':'maxpool','in':[3]}", SQ_EFORMAT, "\"in\" must hold texts"},
    {"['y','maxpool','{width}']", SQ_EVALUE, "width has no value"},
    {"['y','maxpool','0123456789012345678901234567890123456789012345678901234567890123']",
     SQ_EVALUE, "the name of an input is longer than 63 bytes"},
    /* names */
    {"['y','maxpool','x',{'id':'input'}]", SQ_EFORMAT, "two nodes are called \"input\""},
    {"['y','conv','x',{'weight':'w'}],['y','conv','x',{'weight':'w'}]", SQ_EFORMAT,
     "entry 2 of nodes: two nodes are called \"w\""},
    {"['y','add','x x',{'id':'s+1'}],['y','add','x x x',{'id':'s'}]", SQ_EFORMAT,
     "two nodes are called \"s+1\""},
    {"['y','add','x x x',{'id':'s'}],['y','add','x x',{'id':'s+1'}]", SQ_EFORMAT,
     "two nodes are called \"s+1\""},
    {"['y','maxpool','x',{'id':''}]", SQ_EFORMAT, "its id is empty"},
    {"['y','maxpool','x',{'id':3}]", SQ_EFORMAT, "\"id\" must be text"},
    {"['y','maxpool','x',{'id':'{width}'}]", SQ_EVALUE, "width has no value; set it"},
    {"['y{width}','maxpool','x']", SQ_EVALUE, "width has no value"},
    {"['y','maxpool','x',{'id':'0123456789012345678901234567890123456789012345678901234567890123'}"
     "]",
     SQ_EVALUE, "is longer than 63 bytes"},
    /* parameters: test_parameters.c has each */
    {"['y','conv','x',{'id':'c','kernel':3}]", SQ_EFORMAT, "node \"c\": conv needs \"weight\""},
    {"['y','maxpool','x',{'kernal':3}]", SQ_EFORMAT,
     "entry 1 of nodes: maxpool has no parameter \"kernal\"; did you mean \"kernel\"?"},
    {"['y','maxpool','x',{'kernel':'{width}'}]", SQ_EVALUE, "width has no value"},
    {"['y','maxpool','x',{'role':'{dim}'}]", SQ_EFORMAT, "\"role\" must be text"},
    {"{'with':{'kernel':3},'do':[['y','conv','x',{'weight':'a'}],['y','bn','y',{'weight':'b'}]]}",
     SQ_EFORMAT, "entry 1 of an inner list: bn has no parameter \"kernel\""},
    /* forms */
    {"3", SQ_EFORMAT, "entry 1 of nodes: must be a node, or an object with \"do\""},
    {"'conv'", SQ_EFORMAT, "must be a node, or an object"},
    {"{}", SQ_EFORMAT, "must be a node, or an object"},
    {"{'do':3}", SQ_EFORMAT, "its nodes must be a list"},
    {"{'if':1,'for':'k','do':[]}", SQ_EFORMAT, "must be a node, or an object"},
    {"{'for':'k','to':2}", SQ_EFORMAT, "must be a node, or an object"},
    {"{'for':'k','to':2,'do':[],'step':2}", SQ_EFORMAT, "for, if and with have no key \"step\""},
    {"[]", SQ_EFORMAT, "must be [\"result\", \"operation\", \"inputs\", {parameters}]"},
    {"['y','maxpool']", SQ_EFORMAT, "must be [\"result\""},
    {"['y','maxpool','x',{},{}]", SQ_EFORMAT, "must be [\"result\""},
    {"['y','maxpool','x',3]", SQ_EFORMAT, "must be [\"result\""},
    {"['y','maxpool',['x']]", SQ_EFORMAT, "must be [\"result\""},
    {"[3,'maxpool','x']", SQ_EFORMAT, "must be [\"result\""},
    {"{'for':'k','do':[]}", SQ_EFORMAT, "must be {\"for\": \"name\""},
    {"{'for':3,'to':1,'do':[]}", SQ_EFORMAT, "must be {\"for\": \"name\""},
    {"{'for':'k','to':1,'in':[],'do':[]}", SQ_EFORMAT, "must be {\"for\": \"name\""},
    {"{'for':'k','in':3,'do':[]}", SQ_EFORMAT, "must be {\"for\": \"name\""},
    {"{'for':'k','in':[true],'do':[]}", SQ_EFORMAT, "\"in\" must hold numbers or short texts"},
    {"{'for':'a_name_of_more_than_23_bytes','to':1,'do':[]}", SQ_EFORMAT, "is too long a name"},
    {"{'with':3,'do':[]}", SQ_EFORMAT, "\"with\" must be an object"},
    {"{'if':[],'do':[]}", SQ_EFORMAT, "an expression must be text or a number"},
    {"{'if':'1 +','do':[]}", SQ_EFORMAT, "\"1 +\": a number, a name or ( is missing"},
    {"{'if':'width','do':[]}", SQ_EVALUE, "width has no value"},
    /* counts */
    {"{'for':'k','to':-1,'do':[]}", SQ_EVALUE, "\"to\" must be a whole number from 0 to 65535"},
    {"{'for':'k','to':65536,'do':[]}", SQ_EVALUE, "\"to\" must be a whole number"},
    {"{'for':'k','to':1e300,'do':[]}", SQ_EVALUE, "\"to\" must be a whole number"},
    {"{'for':'k','to':'half','do':[]}", SQ_EVALUE, "\"to\" must be a whole number"},
    {"{'for':'k','to':'word','do':[]}", SQ_EVALUE, "\"to\" must be a whole number"},
    {"{'for':'k','to':65535,'do':[['x','maxpool','x']]}", SQ_EVALUE, "more than 4096 nodes"},
    {"{'for':'k','to':65535,'do':[{'for':'l','to':65535,'do':[]}]}", SQ_EVALUE,
     "its template takes more than 131072 steps to expand"},
    {"{'for':'k','to':65535,'do':[{'for':'l','in':[1,2,3],'do':[]}]}", SQ_EVALUE,
     "more than 131072 steps"},
};

START_TEST(each_has_its_sentence)
{
    graph_expect(graph_expand(refused[_i].entries), refused[_i].code, refused[_i].says);
    ck_assert_ptr_null(strchr(err.text, '\n'));
}
END_TEST

/* Eight levels of for, if and with are enough for anyone. */
START_TEST(nesting_ends)
{
    for (int depth = 7; depth <= 9; depth++) {
        char text[512] = "";
        for (int i = 0; i < depth; i++)
            strcat(text, i % 3 == 0   ? "{'for':'k','to':1,'do':["
                         : i % 3 == 1 ? "{'if':1,'with':{'block':1},'do':["
                                      : "{'with':{'role':'r'},'do':[");
        for (int i = 0; i < depth; i++)
            strcat(text, "]}");
        const int status = graph_expand(text);
        if (depth <= 8)
            ck_assert_msg(status == SQ_OK, "%s", err.text);
        else
            graph_expect(status, SQ_EFORMAT, "nested deeper than 8");
    }
}
END_TEST

/* Text of n repetitions of `part` between two others. */
static char *repeated(const char *before, const char *part, size_t n, const char *after)
{
    char *text = malloc(strlen(before) + n * strlen(part) + strlen(after) + 1);
    ck_assert_ptr_nonnull(text);
    char *end = text + sprintf(text, "%s", before);
    for (size_t i = 0; i < n; i++)
        end += sprintf(end, "%s", part);
    strcpy(end, after);
    return text;
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Files of up to 1 MiB that ask for as much work as they can. */
static const struct {
    const char *before, *part;
    size_t n;
    const char *after, *says;
    int code;
} costly[] = {
    {"{'for':'k','to':65535,'do':[{'if':'", "dim+", 200000, "1','do':[]}]}", "131072 steps",
     SQ_EVALUE},
    {"{'for':'k','to':65535,'do':[['x','maxpool','x',{", "'block':1,", 90000, "'block':1}]]}",
     "an object has more than 64 keys", SQ_EFORMAT},
    {"{'for':'k','to':65535,'do':[{", "'do':[],", 90000, "'do':[]}]}",
     "an object has more than 64 keys", SQ_EFORMAT},
    {"{'for':'k','to':65535,'do':[['x','add','x x ", "        ", 100000, "',{}]]}", "131072 steps",
     SQ_EVALUE},
    {"{'for':'k','to':65535,'do':[['x','maxpool','x',{'role':'", "{``}", 200000, "'}]]}",
     "131072 steps", SQ_EVALUE},
    {"['y','add','", "x ", 5000, "',{}]", "add has 5000 inputs", SQ_EFORMAT},
    {"{'for':'k','to':65535,'do':[['aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa{k}','add','input "
     "input'"
     ",{'id':'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
     "", 0, "{k}'}]]}", "more than 4096 nodes", SQ_EVALUE},
};

START_TEST(too_much_is_refused_soon)
{
    char *text = repeated(costly[_i].before, costly[_i].part, costly[_i].n, costly[_i].after);
    const double start = seconds();
    const int status = graph_expand(text);
    const double took = seconds() - start;
    graph_expect(status, costly[_i].code, costly[_i].says);
    ck_assert_msg(took < 10, "%.1f s",
                  took); /* 0.4 s; sanitizers and other programs take their part */
    free(text);
}
END_TEST

static Suite *template_suite(void)
{
    Suite *suite = suite_create("sim/graph");
    TCase *tests = tcase_create("template refused");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, NULL, discard_graph);
    tcase_add_loop_test(tests, each_has_its_sentence, 0, (int)(sizeof refused / sizeof *refused));
    tcase_add_test(tests, nesting_ends);
    tcase_add_loop_test(tests, too_much_is_refused_soon, 0, (int)(sizeof costly / sizeof *costly));
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(template_suite())
