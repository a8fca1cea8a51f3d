/* Parameters of nodes: what each takes, at both ends of its range and beyond; other types; names that are
 * not known; what an operation needs. */
#include "sim/graph/parameters.h"

#include "test/sim/graph/graph_case.h"

static struct sq_graph_node node;

static void make(const char *operation)
{
    discard_graph();
    struct sq_graph_node *added = sq_graph_add(&graph, sq_operation_named(operation));
    ck_assert_ptr_nonnull(added);
    node = *added;
}

/* Store a value given as JSON. */
static int store(const char *name, const char *value)
{
    cJSON *json = graph_json(value);
    const int status = sq_parameter_store(&err, "FILE: node \"n\"", &node, name, json);
    cJSON_Delete(json);
    return status;
}

/* All parameters of the node as a line of JSON, with ' for ". */
static const char *written(void)
{
    static char text[1024];
    cJSON *object = cJSON_CreateObject();
    sq_parameters_write(object, &node);
    char *line = sq_json_print_line(object);
    ck_assert_ptr_nonnull(line);
    snprintf(text, sizeof text, "%s", line);
    for (char *at = text; *at != '\0'; at++)
        *at = *at == '"' ? '\'' : *at;
    free(line);
    cJSON_Delete(object);
    return text;
}

static const struct {
    const char *operation, *name, *value;
} takes[] = {
    {"conv", "role", "'stem'"},
    {"conv", "role", "'12345678901234567890123'"},
    {"add", "block", "0"},
    {"add", "block", "65535"},
    {"neuron", "after", "'a'"},
    {"bn", "weight", "'w'"},
    {"input", "kind", "'image'"},
    {"input", "kind", "'frames'"},
    {"input", "channels", "1"},
    {"linear", "channels", "65535"},
    {"input", "height", "1"},
    {"input", "width", "16384"},
    {"conv", "kernel", "1"},
    {"maxpool", "kernel", "255"},
    {"conv", "dims", "1"},
    {"conv", "dims", "2"},
    {"conv", "stride", "255"},
    {"maxpool", "pad", "0"},
    {"conv", "pad", "127"},
    {"conv", "groups", "65535"},
    {"linear", "bias", "true"},
    {"conv", "bias_apart", "true"},
    {"neuron", "neuron", "'lif'"},
    {"neuron", "neuron", "'plif'"},
    {"neuron", "neuron", "'if'"},
    {"neuron", "neuron", "'ms'"},
    {"neuron", "tau", "1"},
    {"neuron", "tau", "1.75"},
    {"neuron", "tau", "1000000"},
    {"neuron", "decay", "0"},
    {"neuron", "decay", "0.5"},
    {"neuron", "decay", "1"},
    {"neuron", "heads", "4"},
    {"neuron", "v_threshold", "1e-06"},
    {"neuron", "v_threshold", "1000000"},
    {"neuron", "v_reset", "0"},
    {"neuron", "axes", "'CHW'"},
    {"neuron", "axes", "'NC'"},
    {"neuron", "axes", "'CN'"},
    {"neuron", "axes", "'H1D'"},
    {"neuron", "axes", "'H1N'"},
    {"neuron", "axes", "'C'"},
    {"erode", "over", "'grid'"},
    {"erode", "over", "'heads'"},
    {"erode", "heads", "1024"},
    {"sum_channels", "heads", "1"},
    {"attend", "heads", "1"},
    {"attend", "heads", "1024"},
    {"attend", "scale", "0.125"},
    {"attend", "scale", "256"},
    {"attend", "scaled", "'output'"},
    {"attend", "scaled", "'scores'"},
    {"attend", "order", "'qk'"},
    {"attend", "order", "'kv'"},
};

/* What is stored is written again. */
START_TEST(what_is_taken_is_kept)
{
    char want[96];
    make(takes[_i].operation);
    const int status = store(takes[_i].name, takes[_i].value);
    ck_assert_msg(status == SQ_OK, "%s: %s", takes[_i].name, err.text);
    snprintf(want, sizeof want, "'%s':%s", takes[_i].name, takes[_i].value);
    ck_assert_msg(strstr(written(), want) != NULL, "%s lacks %s", written(), want);
}
END_TEST

static const struct {
    const char *operation, *name, *value;
    int code;
    const char *says;
} refused[] = {
    {"conv", "role", "3", SQ_EFORMAT, "\"role\" must be text"},
    {"conv", "role", "'123456789012345678901234'", SQ_EVALUE, "\"role\" is longer than 23 bytes"},
    {"conv", "block", "-1", SQ_EVALUE, "\"block\" is -1; it must lie in 0..65535"},
    {"conv", "block", "65536", SQ_EVALUE, "it must lie in 0..65535"},
    {"conv", "block", "'a'", SQ_EFORMAT, "\"block\" must be an integer"},
    {"conv", "after", "null", SQ_EFORMAT, "\"after\" must be text"},
    {"conv", "weight", "['w']", SQ_EFORMAT, "\"weight\" must be text"},
    {"conv", "weight", "'0123456789012345678901234567890123456789012345678901234567890123'",
     SQ_EVALUE, "\"weight\" is longer than 63 bytes"},
    {"input", "kind", "'photo'", SQ_EVALUE,
     "\"kind\" is \"photo\"; it must be \"image\" or \"frames\""},
    {"input", "kind", "1", SQ_EFORMAT, "\"kind\" must be \"image\" or \"frames\""},
    {"conv", "channels", "0", SQ_EVALUE, "\"channels\" is 0; it must lie in 1..65535"},
    {"conv", "channels", "65536", SQ_EVALUE, "it must lie in 1..65535"},
    {"conv", "channels", "2.5", SQ_EFORMAT, "\"channels\" must be an integer"},
    {"conv", "channels", "'2'", SQ_EFORMAT, "\"channels\" must be an integer"},
    {"conv", "channels", "true", SQ_EFORMAT, "\"channels\" must be an integer"},
    {"conv", "channels", "1e999", SQ_EVALUE, "\"channels\" is inf"},
    {"input", "height", "16385", SQ_EVALUE, "it must lie in 1..16384"},
    {"input", "width", "0", SQ_EVALUE, "it must lie in 1..16384"},
    {"conv", "kernel", "256", SQ_EVALUE, "it must lie in 1..255"},
    {"conv", "dims", "3", SQ_EVALUE, "it must lie in 1..2"},
    {"conv", "stride", "0", SQ_EVALUE, "it must lie in 1..255"},
    {"conv", "pad", "128", SQ_EVALUE, "it must lie in 0..127"},
    {"conv", "pad", "-1", SQ_EVALUE, "it must lie in 0..127"},
    {"conv", "groups", "0", SQ_EVALUE, "it must lie in 1..65535"},
    {"conv", "bias", "1", SQ_EFORMAT, "\"bias\" must be true or false"},
    {"linear", "bias_apart", "'yes'", SQ_EFORMAT, "\"bias_apart\" must be true or false"},
    {"neuron", "neuron", "'alif'", SQ_EVALUE,
     "\"neuron\" is \"alif\"; it must be \"lif\" or \"plif\" or \"if\" or \"ms\""},
    {"neuron", "tau", "0.5", SQ_EVALUE, "\"tau\" is 0.5; it must lie in 1..1000000"},
    {"neuron", "tau", "'2'", SQ_EFORMAT, "\"tau\" must be a number"},
    {"neuron", "decay", "1.5", SQ_EVALUE, "\"decay\" is 1.5; it must lie in 0..1"},
    {"neuron", "v_reset", "-1", SQ_EVALUE, "\"v_reset\" is -1; this simulator knows only 0"},
    {"neuron", "v_threshold", "0", SQ_EVALUE, "it must lie in 1e-06..1000000"},
    {"neuron", "v_threshold", "'1'", SQ_EFORMAT, "\"v_threshold\" must be a number"},
    {"neuron", "axes", "'HWC'", SQ_EVALUE,
     "it must be \"CHW\" or \"NC\" or \"CN\" or \"H1D\" or \"H1N\" or \"HMN\" or \"C\""},
    {"erode", "over", "'tokens'", SQ_EVALUE, "it must be \"grid\" or \"heads\""},
    {"sum_channels", "heads", "0", SQ_EVALUE, "it must lie in 1..1024"},
    {"sum_tokens", "heads", "2", SQ_EFORMAT, "sum_tokens has no parameter \"heads\""},
    {"and", "kernel", "3", SQ_EFORMAT, "and has no parameter \"kernel\""},
    {"attend", "heads", "0", SQ_EVALUE, "it must lie in 1..1024"},
    {"attend", "heads", "1025", SQ_EVALUE, "it must lie in 1..1024"},
    {"attend", "scale", "0", SQ_EVALUE, "\"scale\" is 0"},
    {"attend", "scale", "257", SQ_EVALUE, "..256"},
    {"attend", "scaled", "'values'", SQ_EVALUE, "it must be \"output\" or \"scores\""},
    {"attend", "order", "'vk'", SQ_EVALUE, "it must be \"qk\" or \"kv\""},
    /* names: of no operation, and of others */
    {"conv", "kernal", "3", SQ_EFORMAT,
     "conv has no parameter \"kernal\"; did you mean \"kernel\"?"},
    {"linear", "kernel", "3", SQ_EFORMAT, "linear has no parameter \"kernel\""},
    {"mean_time", "heads", "3", SQ_EFORMAT,
     "mean_time has no parameter \"heads\"; it takes role block after"},
    {"conv", "pa", "1", SQ_EFORMAT, "conv has no parameter \"pa\"; did you mean \"pad\"?"},
    {"conv", "", "1", SQ_EFORMAT, "conv has no parameter \"\""},
};

START_TEST(what_is_refused_changes_nothing)
{
    make(refused[_i].operation);
    char before[1024];
    snprintf(before, sizeof before, "%s", written());
    graph_expect(store(refused[_i].name, refused[_i].value), refused[_i].code, refused[_i].says);
    ck_assert_str_eq(written(), before);
}
END_TEST

/* What a node is where its file says nothing. */
START_TEST(defaults_are_those_of_pytorch)
{
    make("conv");
    ck_assert_str_eq(written(), "{'kernel':1,'dims':2,'stride':1,'pad':0,'groups':1}");
    make("maxpool");
    ck_assert_str_eq(written(), "{'kernel':3,'stride':2,'pad':1}");
    make("neuron");
    ck_assert_str_eq(
        written(),
        "{'neuron':'lif','tau':2,'v_threshold':1,'v_reset':0,'decay':0.25,'axes':'CHW'}");
    make("attend");
    ck_assert_str_eq(written(), "{'scale':1,'scaled':'output','order':'qk'}");
    make("add");
    ck_assert_str_eq(written(), "{}");
    make("and");
    ck_assert_str_eq(written(), "{}");
    make("erode");
    ck_assert_str_eq(written(), "{'over':'grid'}");
}
END_TEST

static const struct {
    const char *operation, *given[4][2], *says;
} needs[] = {
    {"conv", {{"kernel", "3"}}, "conv needs \"weight\""},
    {"linear", {{"bias", "true"}}, "linear needs \"weight\""},
    {"bn", {{"role", "'q'"}}, "bn needs \"weight\""},
    {"attend", {{"scale", "1"}}, "attend needs \"heads\""},
    {"input", {{"height", "1"}, {"width", "1"}}, "input needs \"channels\""},
    {"input", {{"channels", "1"}, {"width", "1"}}, "input needs \"height\""},
    {"input", {{"channels", "1"}, {"height", "1"}}, "input needs \"width\""},
    {"conv", {{"weight", "'w'"}}, NULL},
    {"attend", {{"heads", "2"}}, NULL},
    {"neuron", {{NULL, NULL}}, NULL},
};

START_TEST(what_an_operation_needs)
{
    make(needs[_i].operation);
    for (int i = 0; i < 4 && needs[_i].given[i][0] != NULL; i++)
        ck_assert_int_eq(store(needs[_i].given[i][0], needs[_i].given[i][1]), SQ_OK);
    const int status = sq_parameters_check(&err, "FILE: node \"n\"", &node);
    if (needs[_i].says == NULL)
        ck_assert_int_eq(status, SQ_OK);
    else
        graph_expect(status, SQ_EFORMAT, needs[_i].says);
}
END_TEST

static const struct {
    const char *operation, *given[3][2], *says;
} described[] = {
    {"input", {{"kind", "'frames'"}}, "frames"},
    {"conv", {{"kernel", "3"}}, "3x3"},
    {"conv", {{"kernel", "7"}, {"stride", "2"}, {"groups", "4"}}, "7x7 stride 2 groups 4"},
    {"conv", {{"dims", "1"}}, "1x1"},
    {"maxpool", {{NULL, NULL}}, "3x3 stride 2"},
    {"neuron", {{"v_threshold", "0.5"}}, "lif tau 2 threshold 0.5"},
    {"neuron", {{"neuron", "'plif'"}}, "plif threshold 1"},
    {"neuron", {{"neuron", "'if'"}, {"tau", "3"}}, "if threshold 1"},
    {"neuron", {{"neuron", "'ms'"}, {"v_threshold", "0.5"}}, "ms decay 0.25 threshold 0.5"},
    {"attend",
     {{"heads", "12"}, {"scale", "0.125"}, {"scaled", "'scores'"}},
     "12 heads, scale 0.125 of the scores, q k first"},
    {"attend", {{"heads", "8"}, {"order", "'kv'"}}, "8 heads, scale 1 of the output, k v first"},
    {"add", {{NULL, NULL}}, ""},
};

START_TEST(descriptions)
{
    char text[96], none[1] = "";
    make(described[_i].operation);
    for (int i = 0; i < 3 && described[_i].given[i][0] != NULL; i++)
        ck_assert_int_eq(store(described[_i].given[i][0], described[_i].given[i][1]), SQ_OK);
    sq_parameters_describe(text, sizeof text, &node);
    ck_assert_str_eq(text, described[_i].says);
    sq_parameters_describe(none, sizeof none, &node);
    ck_assert_str_eq(none, "");
}
END_TEST

#define N_OF(list) ((int)(sizeof(list) / sizeof *(list)))

static Suite *parameters_suite(void)
{
    Suite *suite = suite_create("sim/graph");
    TCase *tests = tcase_create("parameters");
    tcase_add_checked_fixture(tests, NULL, discard_graph);
    tcase_add_loop_test(tests, what_is_taken_is_kept, 0, N_OF(takes));
    tcase_add_loop_test(tests, what_is_refused_changes_nothing, 0, N_OF(refused));
    tcase_add_test(tests, defaults_are_those_of_pytorch);
    tcase_add_loop_test(tests, what_an_operation_needs, 0, N_OF(needs));
    tcase_add_loop_test(tests, descriptions, 0, N_OF(described));
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(parameters_suite())
