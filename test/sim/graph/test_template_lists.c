/* Loops of templates over a size that is a list, or a list of lists. */
#include "test/sim/graph/graph_case.h"

static const char *list;

static bool find(const void *data, const char *name, struct sq_value *out)
{
    (void)data;
    *out = (struct sq_value){.is_text = true};
    snprintf(out->text, sizeof out->text, "%s", list);
    return strcmp(name, "list") == 0;
}

static int expand(const char *entries)
{
    static const struct sq_names names = {find, NULL};
    char text[512];
    snprintf(text, sizeof text,
             "[['x','input','',{'id':'input','channels':3,'height':4,'width':6}],%s]", entries);
    cJSON *json = graph_json(text);
    discard_graph();
    const int status = sq_template_expand(&err, "FILE", json, &names, &graph);
    cJSON_Delete(json);
    return status;
}

static const struct {
    const char *list, *entries, *listing;
} looped[] = {
    {"[a,b]", "{'for':'i','in':'list','do':[['x','maxpool','x',{'id':'p{i}'}]]}",
     "pa maxpool input; pb maxpool pa"},
    {"[a,b]", "{'for':'i','in':'{list}','do':[['x','maxpool','x',{'id':'p{i}'}]]}",
     "pa maxpool input; pb maxpool pa"},
    {"[3,5]", "{'for':'i','in':'list','do':[['x','maxpool','x',{'id':'p{i + 1}'}]]}",
     "p4 maxpool input; p6 maxpool p4"},
    {"[[a,b],[c]]",
     "{'for':'i','in':'list','index':'n','do':[{'for':'k','in':'i','index':'m','do':"
     "[['x','maxpool','x',{'id':'{k}{n}{m}'}]]}]}",
     "a00 maxpool input; b01 maxpool a00; c10 maxpool b01"},
    {"[]", "{'for':'i','in':'list','do':[['x','maxpool','x']]}", ""},
};

START_TEST(a_round_for_each_item)
{
    list = looped[_i].list;
    ck_assert_msg(expand(looped[_i].entries) == SQ_OK, "%s", err.text);
    ck_assert_str_eq(graph_listing(), looped[_i].listing);
}
END_TEST

START_TEST(other_texts_are_no_lists)
{
    list = "abc";
    graph_expect(expand("{'for':'i','in':'list','do':[['x','maxpool','x']]}"), SQ_EVALUE,
                 "\"in\": list is no list");
    graph_expect(expand("{'for':'i','in':'other','do':[['x','maxpool','x']]}"), SQ_EVALUE,
                 "other has no value");
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("template");
    TCase *t = tcase_create("lists");
    tcase_add_checked_fixture(t, NULL, discard_graph);
    tcase_add_loop_test(t, a_round_for_each_item, 0, (int)(sizeof looped / sizeof *looped));
    tcase_add_test(t, other_texts_are_no_lists);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
