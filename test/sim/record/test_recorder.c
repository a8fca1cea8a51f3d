/* Recording, on random tiny networks of the three layouts: what a trace holds depends on network
 * and input alone; it is what --dump writes; and every figure asked of it is the run's own. */
#include "sim/api/calls.h"
#include "test/sim/replay/replay_case.h"
#include "test/support/npz.h"
#include "test/support/trace_arrays.h"

#include <sqlite3.h>

enum { N_NETWORKS = 6 };

static struct replay_case c;

static void open_case(uint64_t seed)
{
    case_open(&c, seed);
    if (c.net.batch < 3) { /* more samples than lanes */
        struct sq_rng rng = {seed};
        tiny_free(&c.net);
        tiny_draw_sizes(&rng, c.net.layout, &c.net);
        c.net.batch = 3;
        tiny_fill(&rng, &c.net);
        tiny_write(&c.net, temp_dir);
    }
}

static struct sq_run_choices how_number(unsigned i, const char *path)
{
    static const char *const codec[] = {"none", "zlib", "zstd"};
    struct sq_run_choices how = {.threads = 1 + i % 3,
                                 .batch = 1 + i / 3 % 3,
                                 .schedule = (enum sq_schedule)(i % 2),
                                 .isa = case_draw_isa(&c),
                                 .trace = {.path = path, .codec = codec[i / 2 % 3], .force = 1}};
    return how;
}

/* Nodes, operations, and what each sample counted, as one text that the caller frees. */
static char *graph_text(const char *path)
{
    static const char sql[] =
        "SELECT (SELECT "
        "group_concat(number||id||op||inputs||parameters||edge||ifnull(max_value,'-')"
        "||roles||channels||height||width||ifnull(population,'-'), ' ') FROM node) || "
        "(SELECT group_concat(number||name||kind||ifnull(node,'-')||ifnull(fan_out,'-')"
        "||ifnull(dense,'-')||ifnull(adder_bits,'-')||ifnull(factor_bits,'-')||ifnull(weights,'-')"
        "||ifnull(weight_zeros,'-'), ' ') FROM operation) || "
        "(SELECT group_concat(id||hex(operations), ' ') FROM sample)";
    sqlite3 *db;
    sqlite3_stmt *row;
    ck_assert_int_eq(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_prepare_v2(db, sql, -1, &row, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_step(row), SQLITE_ROW);
    const char *found = (const char *)sqlite3_column_text(row, 0);
    ck_assert_ptr_nonnull(found);
    char *text = strdup(found);
    sqlite3_finalize(row);
    sqlite3_close(db);
    return text;
}

START_TEST(digest_and_graph_depend_on_network_and_input_alone)
{
    char want[80];
    open_case(1000 + (uint64_t)_i);
    spikeq_free(case_run(&c, how_number(0, temp_path("a.db"))));
    strcpy(want, case_digest(&c, temp_path("a.db")));
    char *graph = graph_text(temp_path("a.db"));
    for (unsigned i = 1; i < 18; i++) {
        spikeq_free(case_run(&c, how_number(i, temp_path("a.db"))));
        CASE_UNLESS(&c, strcmp(case_digest(&c, temp_path("a.db")), want) == 0, "way %u", i);
        char *again = graph_text(temp_path("a.db"));
        CASE_UNLESS(&c, strcmp(again, graph) == 0, "graph, way %u", i);
        free(again);
    }
    free(graph);
    case_close(&c);
}
END_TEST

/* The same way twice: the same bytes. */
START_TEST(the_file_is_reproduced_byte_by_byte)
{
    char command[512];
    open_case(1100 + (uint64_t)_i);
    for (int k = 0; k < 2; k++) {
        struct sq_run_choices how = how_number((unsigned)_i, temp_path(k ? "b.db" : "a.db"));
        how.threads = 1 + 2 * (unsigned)k;
        how.isa = "auto";
        spikeq_free(case_run(&c, how));
    }
    snprintf(command, sizeof command, "cmp %s %s", temp_path("a.db"), temp_path("b.db"));
    CASE_UNLESS(&c, system(command) == 0, "the files differ");
    case_close(&c);
}
END_TEST

START_TEST(a_trace_holds_what_a_dump_holds)
{
    struct trace_arrays arrays;
    open_case(1200 + (uint64_t)_i);
    struct sq_run_choices how = how_number((unsigned)_i, temp_path("a.db"));
    how.dump_dir = temp_path("dump");
    spikeq_free(case_run(&c, how));
    trace_arrays_read(temp_path("a.db"), &arrays);
    for (size_t i = 0; i < arrays.n; i++) {
        char path[300];
        snprintf(path, sizeof path, "%s/dump/%s.npy", temp_dir, arrays.array[i].name);
        struct npz_array *dumped = npy_load(path);
        CASE_UNLESS(&c, memcmp(dumped->data, arrays.array[i].spikes, dumped->n_bytes) == 0,
                    "%s differs", arrays.array[i].name);
        npz_free(dumped, 1);
    }
    trace_arrays_free(&arrays);
    case_close(&c);
}
END_TEST

/* Drop what only the run itself can know. */
static cJSON *without_timing(const char *text)
{
    cJSON *json = cJSON_Parse(text);
    case_member(&c, json, "timing");
    cJSON_DeleteItemFromObject(json, "timing");
    return json;
}

static char *retold_json(const char *path)
{
    spikeq_report *report;
    char *text;
    CASE_UNLESS(&c, spikeq_report_of_trace(c.ctx, path, &report) == SPIKEQ_OK, "%s",
                spikeq_error_text(c.ctx));
    ck_assert_int_eq(spikeq_report_json(c.ctx, report, &text), SPIKEQ_OK);
    spikeq_report_free(report);
    return text;
}

static void require_equal_text(const char *what, char *a, char *b)
{
    size_t at = 0;
    while (a[at] == b[at] && a[at] != '\0')
        at++;
    CASE_UNLESS(&c, a[at] == b[at], "%s: \"%.60s\" instead of \"%.60s\"", what, b + at, a + at);
}

/* Texts, so that "equal" means to the last digit. Counts alone tell as much as spikes. */
START_TEST(the_report_is_told_again)
{
    open_case(1300 + (uint64_t)_i);
    struct sq_run_choices how = how_number((unsigned)_i, temp_path("a.db"));
    how.trace.detail = _i % 2 ? "counts" : "spikes";
    char *told = case_run(&c, how), *retold = retold_json(temp_path("a.db"));
    cJSON *a = without_timing(told), *b = without_timing(retold);
    char *x = cJSON_Print(a), *y = cJSON_Print(b);
    require_equal_text("report", x, y);
    cJSON_free(x);
    cJSON_free(y);
    cJSON_Delete(a);
    cJSON_Delete(b);
    spikeq_free(told);
    spikeq_free(retold);
    case_close(&c);
}
END_TEST

/* Rows of a query of a.db, in order. */
static sqlite3_stmt *query(const char *sql)
{
    static sqlite3 *db;
    sqlite3_stmt *select;
    sqlite3_close_v2(db); /* that of the query before */
    ck_assert_int_eq(sqlite3_open(temp_path("a.db"), &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_prepare_v2(db, sql, -1, &select, NULL), SQLITE_OK);
    return select;
}

static void require_rate(sqlite3_stmt *select, int column, double rate, const char *what)
{
    CASE_UNLESS(&c, sqlite3_column_double(select, column) == rate, "%s: %.17g instead of %.17g",
                what, sqlite3_column_double(select, column), rate);
}

static void compare_views(const spikeq_report *report)
{
    struct spikeq_summary summary = {.size = sizeof summary};
    sqlite3_stmt *rates = query("SELECT population, neurons, spikes, rate FROM firing_rate");
    sqlite3_stmt *steps = query("SELECT rate FROM firing_rate_by_timestep ORDER BY id, timestep");
    spikeq_report_summary(report, &summary);
    for (size_t i = 0; i < summary.n_populations; i++) {
        struct spikeq_population p = {.size = sizeof p};
        spikeq_report_population(report, i, &p);
        ck_assert_int_eq(sqlite3_step(rates), SQLITE_ROW);
        ck_assert_str_eq((const char *)sqlite3_column_text(rates, 0), p.name);
        ck_assert_uint_eq((uint64_t)sqlite3_column_int64(rates, 1), p.neurons);
        ck_assert_uint_eq((uint64_t)sqlite3_column_int64(rates, 2), p.spikes);
        require_rate(rates, 3, p.rate, p.name);
        for (uint32_t t = 0; t < summary.timesteps; t++) {
            ck_assert_int_eq(sqlite3_step(steps), SQLITE_ROW);
            require_rate(steps, 0, p.rate_per_timestep[t], p.name);
        }
    }
    ck_assert_int_eq(sqlite3_step(rates), SQLITE_DONE);
    ck_assert_int_eq(sqlite3_step(steps), SQLITE_DONE);
    sqlite3_finalize(rates);
    sqlite3_finalize(steps);
}

/* Bit for bit. */
START_TEST(the_views_show_the_reports_rates)
{
    spikeq_network *network;
    spikeq_report *report;
    open_case(1400 + (uint64_t)_i);
    struct sq_run_choices how = how_number((unsigned)_i, temp_path("a.db"));
    how.input = temp_path("input.npy");
    ck_assert_int_eq(spikeq_network_load(c.ctx, temp_path("model.safetensors"),
                                         temp_path("config.json"), NULL, 0, &network),
                     SPIKEQ_OK);
    ck_assert_int_eq(sq_api_run(c.ctx, network, &how, &report), SPIKEQ_OK);
    compare_views(report);
    spikeq_report_free(report);
    spikeq_network_free(network);
    case_close(&c);
}
END_TEST

/* Price a file in a format; the name of the file in the text is the same for both. */
static char *priced(const char *path, const char *format, const char *convention)
{
    const struct sq_energy_choices options = {
        .report = path, .format = format, .convention = convention, .per = "timestep"};
    char *text;
    const int status = sq_api_energy(c.ctx, &options, &text);
    if (status != SPIKEQ_OK) {
        text = malloc(600);
        snprintf(text, 600, "%s", spikeq_error_text(c.ctx));
    }
    for (char *at; (at = strstr(text, path)) != NULL;)
        memmove(at, at + strlen(path), strlen(at + strlen(path)) + 1);
    return text;
}

START_TEST(the_price_is_the_reports)
{
    static const char *const format[] = {"table", "json", "csv", "markdown", "latex"};
    static const char *const convention[] = {"all", "exact"};
    open_case(1500 + (uint64_t)_i);
    char *text = case_run(&c, how_number((unsigned)_i, temp_path("a.trace")));
    const char *json = temp_text("a.jsonn", text); /* names of one length: tables are as wide */
    for (size_t k = 0; k < 10; k++) {
        char *a = priced(json, format[k / 2], convention[k % 2]);
        char *b = priced(temp_path("a.trace"), format[k / 2], convention[k % 2]);
        require_equal_text(format[k / 2], a, b);
        spikeq_free(a);
        spikeq_free(b);
    }
    spikeq_free(text);
    case_close(&c);
}
END_TEST

/* Samples 1 and 2, some populations: the same frames as in the whole recording. */
START_TEST(a_part_is_a_part_of_the_whole)
{
    struct trace_arrays whole, part;
    open_case(1600 + (uint64_t)_i);
    spikeq_free(case_run(&c, how_number(2, temp_path("a.db"))));
    struct sq_run_choices how = how_number((unsigned)_i, temp_path("b.db"));
    how.trace.populations = "block.*.attn.*,patch_embed.rpe_lif";
    how.trace.samples = "1:3";
    spikeq_free(case_run(&c, how));
    trace_arrays_read(temp_path("a.db"), &whole);
    trace_arrays_read(temp_path("b.db"), &part);
    ck_assert_uint_eq(part.n_samples, 2);
    ck_assert_uint_eq(part.n, 1 + 5 * c.net.depth);
    for (size_t i = 0; i < part.n; i++) {
        const struct trace_array *p = &part.array[i], *w = trace_array_find(&whole, p->name);
        for (uint32_t t = 0; t < part.timesteps; t++)
            for (uint64_t b = 0; b < 2; b++)
                CASE_UNLESS(&c,
                            memcmp(p->spikes + (t * 2 + b) * p->n_neurons,
                                   w->spikes + (t * whole.n_samples + b + 1) * p->n_neurons,
                                   p->n_neurons) == 0,
                            "%s differs", p->name);
    }
    trace_arrays_free(&whole);
    trace_arrays_free(&part);
    case_close(&c);
}
END_TEST

static Suite *recorder_suite(void)
{
    Suite *suite = suite_create("sim/record");
    TCase *tests = tcase_create("recorder");
    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, temp_make, temp_remove);
    tcase_add_loop_test(tests, digest_and_graph_depend_on_network_and_input_alone, 0, N_NETWORKS);
    tcase_add_loop_test(tests, the_file_is_reproduced_byte_by_byte, 0, 3);
    tcase_add_loop_test(tests, a_trace_holds_what_a_dump_holds, 0, N_NETWORKS);
    tcase_add_loop_test(tests, the_report_is_told_again, 0, N_NETWORKS);
    tcase_add_loop_test(tests, the_views_show_the_reports_rates, 0, N_NETWORKS);
    tcase_add_loop_test(tests, the_price_is_the_reports, 0, N_NETWORKS);
    tcase_add_loop_test(tests, a_part_is_a_part_of_the_whole, 0, N_NETWORKS);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(recorder_suite())
