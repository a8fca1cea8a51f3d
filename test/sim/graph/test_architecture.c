/* Architectures: their keys, how they are found, defaults, requirements, parameters that are never used; and
 * the list of all. */
#include "sim/graph/architecture_list.h"

#include "sim/ops/types.h"
#include "test/sim/graph/graph_case.h"
#include "test/sim/input/temp_files.h"

#include <sys/stat.h>

static struct sq_architecture architecture;

/* Open a file of this text, with ' for " and ` for '. */
static int open_text(const char *name, const char *text)
{
    char *json = strdup(text);
    for (char *at = json; *at != '\0'; at++)
        *at = *at == '\'' ? '"' : *at == '`' ? '\'' : *at;
    temp_text(name, json);
    free(json);
    sq_architecture_close(&architecture);
    return sq_architecture_open(&err, NULL, temp_path(name), &architecture);
}

static struct sq_config small(void)
{
    return (struct sq_config){.name = "small",
                              .depth = 2,
                              .dim = 16,
                              .heads = 4,
                              .timesteps = 2,
                              .in_channels = 3,
                              .image_height = 8,
                              .image_width = 8,
                              .classes = 5};
}

static void discard(void)
{
    discard_graph();
    sq_architecture_close(&architecture);
}

static const struct {
    const char *text, *says;
} keys[] = {
    {"{}", "\"nodes\" is missing; an architecture lists its nodes"},
    {"{'name':'a'}", "\"nodes\" is missing"},
    {"{'nodes':3}", "\"nodes\" must be a list"},
    {"{'nodes':[],'node':[]}", "an architecture has no key \"node\"; did you mean \"nodes\"?"},
    {"{'nodes':[],'layers':12}", "an architecture has no key \"layers\""},
    {"{'nodes':[],'name':3}", "\"name\" must be text"},
    {"{'nodes':[],'recognise':[]}", "\"recognise\" must be an object"},
    {"{'nodes':[],'sizes':'dim'}", "\"sizes\" must be an object"},
    {"{'nodes':[],'ask':'T'}", "\"ask\" must be a list"},
    {"{'nodes':[],'also':'x'}", "\"also\" must be a list"},
    {"{'nodes':[],'assumed':{}}", "\"assumed\" must be a list"},
    {"{'nodes':[],'defaults':[]}", "\"defaults\" must be an object"},
    {"{'nodes':[],'input':true}", "\"input\" must be text"},
    {"{'nodes':[],'patch_size':'4'}", "\"patch_size\" must be a number"},
    {"{'nodes':[],'require':{}}", "\"require\" must be a list"},
    {"{'nodes':[],'unused':[]}", "\"unused\" must be an object"},
    {"{'nodes':[],'unused_parameters':4}", "\"unused_parameters\" must be text"},
    {"[1]", "holds no JSON object"},
    {"{", "not JSON"},
};

START_TEST(keys_are_checked)
{
    expect(&err, open_text("a.json", keys[_i].text), SQ_EFORMAT, keys[_i].says);
    ck_assert_ptr_nonnull(strstr(err.text, "a.json"));
}
END_TEST

/* What the file does not say of its name follows from the path. */
START_TEST(names)
{
    expect_ok(&err, open_text("a.json", "{'name':'mine','nodes':[]}"));
    ck_assert_str_eq(architecture.name, "mine");
    ck_assert_str_eq(architecture.called, temp_path("a.json"));
    expect_ok(&err, open_text("b.json", "{'nodes':[]}"));
    ck_assert_str_eq(architecture.name, "b.json");
    sq_architecture_close(&architecture);
    expect_ok(&err, sq_architecture_open(&err, NULL, "cifar10", &architecture)); /* a layout */
    ck_assert_str_eq(architecture.name, "spikformer-cifar10");
    ck_assert_str_eq(architecture.called, "spikformer-cifar10");
    ck_assert_str_eq(sq_architecture_text(&architecture, "family"), "Spikformer");
    ck_assert_str_eq(sq_architecture_text(&architecture, "comment"), "");
    ck_assert_ptr_null(sq_architecture_part(&architecture, "comment"));
    sq_architecture_close(&architecture);
    expect(&err, sq_architecture_open(&err, NULL, "cifar11", &architecture), SQ_EIO, "cifar11");
    ck_assert_ptr_nonnull(strstr(err.text, "spikformer-cifar10"));
}
END_TEST

START_TEST(defaults_fill_what_is_open)
{
    struct sq_config config = small();
    expect_ok(&err, open_text("a.json", "{'nodes':[],'defaults':{'v_threshold':0.75,"
                                        "'attn_scale':0.25,'depth':9,'ratio':3,'mode':'wide'}}"));
    config.attn_scale = 0.5F;
    expect_ok(&err, sq_architecture_defaults(&err, &architecture, &config));
    ck_assert_float_eq(config.v_threshold, 0.75F);
    ck_assert_float_eq(config.attn_scale, 0.5F);
    ck_assert_uint_eq(config.depth, 2);
    ck_assert_uint_eq(config.n_extra, 2);
    ck_assert_str_eq(config.extra[0].key, "ratio");
    ck_assert_str_eq(config.extra[0].value, "3");
    ck_assert_str_eq(config.extra[1].value, "wide");
    snprintf(config.extra[0].value, sizeof config.extra[0].value, "4");
    expect_ok(&err, sq_architecture_defaults(&err, &architecture, &config));
    ck_assert_uint_eq(config.n_extra, 2);
    ck_assert_str_eq(config.extra[0].value, "4");
}
END_TEST

static const struct {
    const char *defaults;
    int code;
    const char *says;
} bad_defaults[] = {
    {"{'v_threshold':'high'}", SQ_EFORMAT, "the default of \"v_threshold\" must be a number"},
    {"{'v_threshold':-1}", SQ_EVALUE, "v_threshold"},
    {"{'attn_scale':0.3}", SQ_EVALUE, "attn_scale"},
    {"{'ratio':{'a':3}}", SQ_EFORMAT,
     "\"ratio\" must be a number, text, true, false or a list of those"},
    {"{'a_name_that_is_longer_than_23_bytes':3}", SQ_EVALUE, "too long"},
    {"{'a':1,'b':1,'c':1,'d':1,'e':1,'f':1,'g':1,'h':1,'i':1,'j':1,'k':1,'l':1,'m':1}", SQ_EVALUE,
     "more than 12 such parameters"},
    {"{'tau':0.5}", SQ_EVALUE, "tau"},
};

START_TEST(defaults_are_checked)
{
    char text[256];
    struct sq_config config = small();
    snprintf(text, sizeof text, "{'nodes':[],'defaults':%s}", bad_defaults[_i].defaults);
    expect_ok(&err, open_text("a.json", text));
    expect(&err, sq_architecture_defaults(&err, &architecture, &config), bad_defaults[_i].code,
           bad_defaults[_i].says);
}
END_TEST

static const char input_nodes[] = "['x','input','',{'channels':'{in_channels}','height':'{image_"
                                  "height}','width':'{image_width}'}]";

/* The graph of a file with one node and these members. */
static int make(const char *members, const struct sq_config *config)
{
    char text[768];
    snprintf(text, sizeof text, "{%s'nodes':[%s]}", members, input_nodes);
    expect_ok(&err, open_text("a.json", text));
    discard_graph();
    return sq_architecture_graph(&err, &architecture, config, &graph);
}

START_TEST(sizes_are_those_of_the_configuration)
{
    const struct sq_config config = small();
    expect_ok(&err, make("'name':'mine',", &config));
    ck_assert_str_eq(graph.architecture, "mine");
    ck_assert_uint_eq(graph.n_nodes, 1);
    ck_assert_uint_eq(graph.node[0].channels, 3);
    ck_assert_uint_eq(graph.node[0].height, 8);
}
END_TEST

static const struct {
    const char *members;
    int code; /* SQ_OK: it is made */
    const char *says;
    unsigned unused;
} made[] = {
    {"", SQ_OK, "", 0},
    {"'require':[],", SQ_OK, "", 0},
    {"'require':[{'if':'dim % heads = 0','else':'never'}],", SQ_OK, "", 0},
    {"'require':[{'if':'dim > 1','else':'no'},{'if':'dim = 8','else':'dim = {dim}, not {4 * 2}'}],",
     SQ_ESHAPE, "config small: dim = 16, not 8", 0},
    {"'require':[{'if':'ratio = 1','else':'no'}],", SQ_EVALUE, "ratio has no value; set it", 0},
    {"'require':[{'if':'dim = 8','else':'{ratio}'}],", SQ_EVALUE, "ratio has no value", 0},
    {"'require':[{'if':'dim ='}],", SQ_EFORMAT, "\"require\" must hold {\"if\"", 0},
    {"'require':['dim = 8'],", SQ_EFORMAT, "\"require\" must hold {\"if\"", 0},
    {"'require':[{'if':'dim +','else':'no'}],", SQ_EFORMAT, "is missing", 0},
    {"'unused_parameters':'4 * dim * depth',", SQ_OK, "", 128},
    {"'unused_parameters':'0',", SQ_OK, "", 0},
    {"'unused_parameters':'1 - 2',", SQ_EVALUE, "\"unused_parameters\" is not a count", 0},
    {"'unused_parameters':'1 / 2',", SQ_EVALUE, "\"unused_parameters\" is not a count", 0},
    {"'unused_parameters':'`four`',", SQ_EVALUE, "\"unused_parameters\" is not a count", 0},
    {"'unused_parameters':'281474976710656',", SQ_EVALUE, "\"unused_parameters\" is not a count",
     0},
    {"'unused_parameters':'ratio',", SQ_EVALUE, "ratio has no value", 0},
};

START_TEST(requirements_and_unused_parameters)
{
    const struct sq_config config = small();
    expect(&err, make(made[_i].members, &config), made[_i].code, made[_i].says);
    if (made[_i].code == SQ_OK)
        ck_assert_uint_eq(graph.unused_parameters, made[_i].unused);
}
END_TEST

/* Parameters of the architecture alone are names of expressions, as numbers or as texts. */
START_TEST(own_parameters_are_names)
{
    struct sq_config config = small();
    expect_ok(&err,
              open_text("a.json",
                        "{'defaults':{'ratio':3,'mode':'wide','flag':true},"
                        "'unused_parameters':'ratio * dim + (mode = `wide`) + (flag = `true`)',"
                        "'nodes':[]}"));
    expect_ok(&err, sq_architecture_defaults(&err, &architecture, &config));
    expect_ok(&err, sq_architecture_graph(&err, &architecture, &config, &graph));
    ck_assert_uint_eq(graph.unused_parameters, 50);
}
END_TEST

/* The published ones: each makes a graph of its own sizes. */
START_TEST(all_are_listed)
{
    struct sq_architectures all;
    char names[512];
    expect_ok(&err, sq_architectures_open(&err, "configs", NULL, &all));
    ck_assert_uint_ge(all.n, 3);
    sq_architectures_list(&all, names, sizeof names);
    ck_assert_ptr_nonnull(strstr(names, "spikformer-cifar10, spikformer-cifar10dvs, spikformer-"));
    for (size_t i = 1; i < all.n; i++) { /* in the order of the files' names */
        char before[280], here[280];
        snprintf(before, sizeof before, "%s.json", all.item[i - 1].called);
        snprintf(here, sizeof here, "%s.json", all.item[i].called);
        ck_assert_int_lt(strcmp(before, here), 0);
    }
    sq_architectures_list(&all, names, 12);
    ck_assert_uint_le(strlen(names), 11);
    sq_architectures_close(&all);
    ck_assert_uint_eq(all.n, 0);
}
END_TEST

START_TEST(one_alone_is_listed)
{
    struct sq_architectures one;
    temp_text("own.json", "{\"name\":\"own\",\"nodes\":[]}");
    expect_ok(&err, sq_architectures_open(&err, "configs", temp_path("own.json"), &one));
    ck_assert_uint_eq(one.n, 1);
    ck_assert_str_eq(one.item[0].name, "own");
    sq_architectures_close(&one);
    expect(&err, sq_architectures_open(&err, "configs", "nothing", &one), SQ_EIO, "nothing");
    sq_architectures_close(&one);
}
END_TEST

/* One file that is wrong is not passed over; a folder without any is an error. */
START_TEST(folders_of_architectures)
{
    struct sq_architectures all;
    char folder[256];
    snprintf(folder, sizeof folder, "%s/architectures", temp_dir);
    mkdir(folder, 0755);
    setenv("SPIKEQ_CONFIGS", temp_dir, 1);
    temp_text("architectures/zzz.json", "{\"nodes\":[],\"layers\":3}");
    expect(&err, sq_architectures_open(&err, temp_dir, NULL, &all), SQ_EFORMAT,
           "zzz.json: an architecture has no key \"layers\"");
    sq_architectures_close(&all);
    unlink(temp_path("architectures/zzz.json"));
}
END_TEST

#define N_OF(list) ((int)(sizeof(list) / sizeof *(list)))

static Suite *architecture_suite(void)
{
    Suite *suite = suite_create("sim/graph");
    TCase *tests = tcase_create("architecture");
    tcase_add_unchecked_fixture(tests, temp_make, temp_remove);
    tcase_add_checked_fixture(tests, NULL, discard);
    tcase_add_loop_test(tests, keys_are_checked, 0, N_OF(keys));
    tcase_add_test(tests, names);
    tcase_add_test(tests, defaults_fill_what_is_open);
    tcase_add_loop_test(tests, defaults_are_checked, 0, N_OF(bad_defaults));
    tcase_add_test(tests, sizes_are_those_of_the_configuration);
    tcase_add_loop_test(tests, requirements_and_unused_parameters, 0, N_OF(made));
    tcase_add_test(tests, own_parameters_are_names);
    tcase_add_test(tests, all_are_listed);
    tcase_add_test(tests, one_alone_is_listed);
    tcase_add_test(tests, folders_of_architectures);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(architecture_suite())
