/* A network as the description of a trace: which populations, in what order, with what shapes;
 * which samples; what is said of the run. */
#include "sim/record/trace_plan.h"

#include "test/sim/network/tiny_load.h"

enum { MAX_NODES = 64 };

static struct sq_arena arena;
static struct sq_trace_plan plan;
static int32_t population_of[MAX_NODES];
static struct sq_trace_request request;

static void load(enum tiny_layout layout)
{
    tiny_prepare(layout, 1);
    expect_ok(&err, tiny_load_own(NULL));
    arena = (struct sq_arena){NULL, 0};
    request = (struct sq_trace_request){.samples = {0, INT64_MAX}, .n_planned = 10, .arith = "f32"};
}

static void discard(void)
{
    sq_arena_free(&arena);
    tiny_discard();
}

static int make(void)
{
    return sq_trace_plan_make(&err, &arena, loaded, &request, &plan, population_of);
}

static const char *meta(const char *key)
{
    for (size_t i = 0; i < plan.n_meta; i++)
        if (strcmp(plan.meta[i].key, key) == 0)
            return plan.meta[i].value;
    return NULL;
}

/* Every node's number is its place among the populations, or -1. */
static void require_numbers(void)
{
    size_t n = 0;
    for (size_t i = 0; i < loaded->n_nodes; i++) {
        if (population_of[i] < 0)
            continue;
        ck_assert_uint_eq((size_t)population_of[i], n);
        ck_assert_str_eq(plan.population[n++].name, loaded->node[i].name);
    }
    ck_assert_uint_eq(n, plan.n_populations);
}

START_TEST(all_populations_are_there)
{
    const enum tiny_layout layout = TINY_CIFAR10 + (enum tiny_layout)_i;
    const int has_events = layout == TINY_CIFAR10DVS;
    load(layout);
    expect_ok(&err, make());
    require_numbers();
    ck_assert_uint_eq(plan.n_populations, 12 + (size_t)has_events);
    ck_assert_int_eq(plan.population[0].kind, has_events ? SQ_TRACE_INPUT : SQ_TRACE_LIF);
    for (size_t i = (size_t)has_events; i < plan.n_populations; i++) {
        ck_assert_int_eq(plan.population[i].kind, SQ_TRACE_LIF);
        ck_assert(plan.population[i].threshold > 0);
    }
    ck_assert_uint_eq(plan.n_synapses, 12); /* 5 of the patch embedding, 6 of the block, the head */
    ck_assert_uint_eq(plan.timesteps, 2);
    ck_assert_uint_eq(plan.n_samples, 10);
    discard();
}
END_TEST

/* Name, shape and axes as the official modules return them (test/golden, README). */
static const struct {
    enum tiny_layout layout;
    const char *name;
    uint32_t n_dims;
    uint64_t dim[3];
    uint32_t n_rows, n_channels;
    int channels_first;
} shape[] = {
    {TINY_CIFAR10, "patch_embed.proj_lif", 3, {2, 8, 12}, 96, 2, 1},
    {TINY_CIFAR10, "patch_embed.proj_lif3", 3, {16, 4, 6}, 24, 16, 1},
    {TINY_CIFAR10, "block.0.attn.q_lif", 2, {6, 16}, 6, 16, 0},
    {TINY_CIFAR10, "block.0.mlp.fc1_lif", 2, {6, 40}, 6, 40, 0},
    {TINY_IMAGENET, "block.0.attn.q_lif", 2, {16, 2}, 2, 16, 1},
    {TINY_IMAGENET, "block.0.mlp.fc1_lif", 3, {40, 1, 2}, 2, 40, 1},
    {TINY_CIFAR10DVS, "input", 3, {3, 16, 32}, 512, 3, 1},
    {TINY_CIFAR10DVS, "block.0.mlp.fc1_lif", 2, {40, 2}, 2, 40, 1},
};

START_TEST(a_population_has_this_shape)
{
    load(shape[_i].layout);
    request.populations = shape[_i].name;
    expect_ok(&err, make());
    ck_assert_uint_eq(plan.n_populations, 1);
    const struct sq_trace_population *p = &plan.population[0];
    ck_assert_str_eq(p->name, shape[_i].name);
    ck_assert_uint_eq(p->n_dims, shape[_i].n_dims);
    ck_assert_mem_eq(p->dim, shape[_i].dim, p->n_dims * sizeof p->dim[0]);
    ck_assert_uint_eq(p->n_rows, shape[_i].n_rows);
    ck_assert_uint_eq(p->n_channels, shape[_i].n_channels);
    ck_assert_int_eq(p->channels_first, shape[_i].channels_first);
    ck_assert_str_eq(meta("populations"), shape[_i].name);
    require_numbers();
    discard();
}
END_TEST

static const struct {
    const char *globs;
    size_t n;
} patterns[] = {
    {"block.*.attn.?_lif", 3},
    {"*", 12},
    {"block.*,patch_embed.rpe_lif", 8},
    {"*rpe*,*rpe*", 1},
};

START_TEST(patterns_choose)
{
    load(TINY_CIFAR10);
    request.populations = patterns[_i].globs;
    expect_ok(&err, make());
    ck_assert_uint_eq(plan.n_populations, patterns[_i].n);
    require_numbers();
    discard();
}
END_TEST

START_TEST(patterns_that_choose_nothing_are_refused)
{
    load(TINY_CIFAR10);
    request.populations = "block.7.*,head,block.0.in,input";
    expect(&err, make(), SQ_EUSAGE,
           SQ_OPT
           "trace-populations block.7.*,head,block.0.in,input: matches no population of tiny");
    discard();
}
END_TEST

START_TEST(silent_populations_are_left_out)
{
    unsigned char silent[MAX_NODES] = {0};
    load(TINY_CIFAR10DVS);
    silent[0] = silent[1] = 1;
    request.is_silent = silent;
    expect_ok(&err, make());
    ck_assert_int_eq(population_of[0], -1);
    ck_assert_int_eq(population_of[1], -1);
    ck_assert_uint_eq(plan.n_populations, 11);
    require_numbers();
    memset(silent, 1, sizeof silent);
    expect(&err, make(), SQ_EUSAGE, SQ_OPT "trace-populations *: matches no population");
    discard();
}
END_TEST

static const struct {
    uint64_t first, end, n_planned;
    int code;
    uint64_t n;
} range[] = {
    {0, INT64_MAX, 10, SQ_OK, 10}, {3, 5, 10, SQ_OK, 2},
    {3, INT64_MAX, 10, SQ_OK, 7},  {9, 20, 10, SQ_OK, 1},
    {10, 20, 10, SQ_EUSAGE, 0},    {INT64_MAX - 1, INT64_MAX, 1, SQ_EUSAGE, 0},
    {0, INT64_MAX, 0, SQ_OK, 0},   {5, 7, 0, SQ_OK, 0},
};

START_TEST(a_range_holds_so_many_samples)
{
    load(TINY_CIFAR10);
    request.samples = (struct sq_range){range[_i].first, range[_i].end};
    request.n_planned = range[_i].n_planned;
    expect(&err, make(), range[_i].code, SQ_OPT "trace-samples: begin at sample");
    if (range[_i].code == SQ_OK)
        ck_assert_uint_eq(plan.n_samples, range[_i].n);
    discard();
}
END_TEST

/* What is said of the run, line by line: a line end in a text would break the description. */
START_TEST(texts_are_one_line_each)
{
    load(TINY_CIFAR10);
    request.command = "spikeq run --model 'a\nb' \r";
    request.parent = "abc";
    request.change = "none";
    expect_ok(&err, make());
    ck_assert_str_eq(meta("command"), "spikeq run --model 'a b'  ");
    ck_assert_str_eq(meta("parent"), "abc");
    ck_assert_str_eq(meta("change"), "none");
    ck_assert_str_eq(meta("arith"), "f32");
    ck_assert_str_eq(meta("model_sha256"), loaded->model_digest);
    ck_assert_str_eq(meta("run_samples"), "10");
    ck_assert_str_eq(meta("populations"), "*");
    ck_assert_ptr_null(meta("parent_path"));
    ck_assert_ptr_null(meta("input_path"));
    ck_assert_ptr_null(meta("nodes"));
    ck_assert_ptr_null(meta("adders"));
    ck_assert_ptr_nonnull(strstr(meta("config"), "\"architecture\":\"spikformer-cifar10\""));
    for (size_t i = 0; i < plan.n_meta; i++)
        ck_assert_ptr_null(strpbrk(plan.meta[i].value, "\r\n"));
    discard();
}
END_TEST

#define LOOP(test, array) \
    tcase_add_loop_test(tests, test, 0, (int)(sizeof(array) / sizeof(array)[0]))

static Suite *plan_suite(void)
{
    Suite *suite = suite_create("sim/record");
    TCase *tests = tcase_create("trace_plan");
    tcase_add_unchecked_fixture(tests, temp_make, temp_remove);
    tcase_add_loop_test(tests, all_populations_are_there, 0, 3);
    LOOP(a_population_has_this_shape, shape);
    LOOP(patterns_choose, patterns);
    tcase_add_test(tests, patterns_that_choose_nothing_are_refused);
    tcase_add_test(tests, silent_populations_are_left_out);
    LOOP(a_range_holds_so_many_samples, range);
    tcase_add_test(tests, texts_are_one_line_each);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(plan_suite())
