/* Theorem: every figure of an analysis is that of the brute force in test/reference/analysis.py, on
 * golden sets of all three layouts; and none depends on the number of threads. */
#include "test/sim/analysis/analysis_case.h"
#include "test/support/random_trace.h"

static const char *const set[] = {"cifar-2-64", "dvs-1-64", "imagenet-1-64"};
enum { N_SETS = sizeof set / sizeof set[0] };

/* Members that say where a trace lay and what it cannot tell. */
static const char *const no_figures[] = {"trace", "run", "notes", NULL};

static cJSON *parse(char *text)
{
    cJSON *root = cJSON_Parse(text);
    ck_assert_ptr_nonnull(root);
    spikeq_free(text);
    return root;
}

static void expect_same(const cJSON *got, const cJSON *want, size_t at_least)
{
    struct figures figures = {0};
    compare_figures(&figures, got, want, no_figures, "");
    ck_assert_msg(figures.difference[0] == '\0', "%s", figures.difference);
    ck_assert_uint_gt(figures.n, at_least);
}

START_TEST(every_figure_equals_brute_force)
{
    golden_trace(set[_i], temp_path("a.db"), NULL);
    cJSON *root = parse(analyze(temp_path("a.db"), NULL, set[_i], 2));
    cJSON *want = read_figures(set[_i]);
    const cJSON *got = cJSON_GetArrayItem(cJSON_GetObjectItem(root, "traces"), 0);
    expect_same(got, want, 1000);
    cJSON_Delete(want);
    cJSON_Delete(root);
}
END_TEST

START_TEST(a_comparison_equals_brute_force)
{
    char first[4096];
    snprintf(first, sizeof first, "%s", temp_path("a.db"));
    golden_trace("cifar-2-64", first, NULL);
    golden_trace("float-cifar-2-64", temp_path("b.db"), NULL);
    cJSON *root = parse(analyze(first, temp_path("b.db"), NULL, 2));
    cJSON *want = read_figures("compared");
    const cJSON *got = cJSON_GetArrayItem(cJSON_GetObjectItem(root, "comparisons"), 0);
    expect_same(got, want, 100);
    cJSON_Delete(want);
    cJSON_Delete(root);
}
END_TEST

enum { PAIRS = 24 };

/* Rows of the comparison of b.db with a.db, or the other way round; *root is to be deleted. */
static const cJSON *rows_of(const char *base, const char *other, cJSON **root)
{
    char first[4096];
    snprintf(first, sizeof first, "%s", temp_path(base));
    *root = parse(analyze(first, temp_path(other), NULL, 2));
    const cJSON *comparison = cJSON_GetArrayItem(cJSON_GetObjectItem(*root, "comparisons"), 0);
    return cJSON_GetObjectItem(comparison, "rows");
}

static double figure(const cJSON *row, const char *key)
{
    return cJSON_GetObjectItem(row, key)->valuedouble;
}

/* Theorem: B against A is A against B, mirrored: differences and their intervals change the sign,
 * and what is significant is so both ways: what lies on one side of 0. */
static void check_mirrored(size_t *n_significant, size_t *n)
{
    cJSON *root, *turned;
    const cJSON *row = rows_of("a.db", "b.db", &root)->child;
    const cJSON *mirrored = rows_of("b.db", "a.db", &turned)->child;
    for (*n_significant = *n = 0; row != NULL; row = row->next, mirrored = mirrored->next, ++*n) {
        const double low = figure(row, "low"), high = figure(row, "high");
        const int is_apart = low > 0 || high < 0;
        ck_assert(figure(row, "difference") == -figure(mirrored, "difference"));
        ck_assert(low == -figure(mirrored, "high") && high == -figure(mirrored, "low"));
        ck_assert_int_eq(cJSON_IsTrue(cJSON_GetObjectItem(row, "significant")), is_apart);
        ck_assert_int_eq(cJSON_IsTrue(cJSON_GetObjectItem(mirrored, "significant")), is_apart);
        *n_significant += (size_t)is_apart;
    }
    cJSON_Delete(root);
    cJSON_Delete(turned);
}

START_TEST(a_comparison_turned_round_is_mirrored)
{
    static const struct sq_trace_population population[] = {
        {"one", SQ_TRACE_GENERIC, 5, 60, 2, {5, 60}, 0, 0},
        {"two", SQ_TRACE_GENERIC, 9, 30, 2, {9, 30}, 0, 0}};
    static const struct sq_trace_plan plan = {
        .timesteps = 2, .n_samples = PAIRS, .n_populations = 2, .population = population};
    size_t n_significant, n;
    random_trace(temp_path("a.db"), &plan, 1, PAIRS);
    random_sparse_trace(temp_path("b.db"), &plan, 2, PAIRS);
    check_mirrored(&n_significant, &n);
    ck_assert_uint_ge(n_significant, 3); /* spikes of a sample, and of each population */
    random_trace(temp_path("b.db"), &plan, 3, PAIRS);
    check_mirrored(&n_significant, &n);
    ck_assert_uint_lt(n_significant, n / 2);
}
END_TEST

/* A difference that is planted must be seen. */
START_TEST(a_wrong_figure_is_found)
{
    cJSON *want = read_figures("imagenet-1-64");
    cJSON *got = cJSON_Duplicate(want, 1);
    cJSON *stream = cJSON_GetArrayItem(cJSON_GetObjectItem(got, "residual_streams"), 1);
    struct figures figures = {0};
    cJSON_SetNumberValue(cJSON_GetObjectItem(stream, "nonzero_share"), 0.5);
    compare_figures(&figures, got, want, no_figures, "");
    ck_assert_ptr_nonnull(strstr(figures.difference, ".residual_streams[1].nonzero_share: 0.5"));
    cJSON_Delete(want);
    cJSON_Delete(got);
}
END_TEST

START_TEST(threads_change_nothing)
{
    golden_trace("cifar-2-64", temp_path("a.db"), NULL);
    char *one = analyze(temp_path("a.db"), NULL, "cifar-2-64", 1);
    char *many = analyze(temp_path("a.db"), NULL, "cifar-2-64", 5);
    ck_assert_str_eq(one, many);
    spikeq_free(one);
    spikeq_free(many);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("sim/analysis");
    TCase *figures = tcase_create("figures");
    tcase_set_timeout(figures, 120);
    tcase_add_unchecked_fixture(figures, temp_make, temp_remove);
    tcase_add_loop_test(figures, every_figure_equals_brute_force, 0, N_SETS);
    tcase_add_test(figures, a_comparison_equals_brute_force);
    tcase_add_test(figures, a_comparison_turned_round_is_mirrored);
    tcase_add_test(figures, a_wrong_figure_is_found);
    tcase_add_test(figures, threads_change_nothing);
    suite_add_tcase(s, figures);
    return s;
}

SQ_TEST_MAIN(suite())
