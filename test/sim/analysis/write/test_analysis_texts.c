/* Tables and CSV files: the figures of the JSON, and nothing that a pipe or a spreadsheet trips
 * over. */
#include "sim/analysis/write/csv_write.h"
#include "test/sim/analysis/analysis_case.h"
#include "test/support/test_context.h"

static char *analyze_golden(void)
{
    golden_trace("cifar-2-64", temp_path("a.db"), NULL);
    return analyze(temp_path("a.db"), temp_path("a.db"), NULL, 2);
}

static char *table_of(const char *json, unsigned top, int is_colour)
{
    char *text;
    ck_assert_int_eq(spikeq_analysis_table(ctx, json, top, is_colour, &text), SPIKEQ_OK);
    return text;
}

static size_t count(const char *text, const char *part)
{
    size_t n = 0;
    for (const char *at = text; (at = strstr(at, part)) != NULL; at += strlen(part))
        n++;
    return n;
}

START_TEST(plain_tables_are_ascii)
{
    char *json = analyze_golden();
    char *text = table_of(json, 3, 0);
    for (const char *at = text; *at != '\0'; at++)
        ck_assert_msg(*at == '\n' || (*at >= ' ' && *at < 127), "byte %d", *at);
    ck_assert_ptr_nonnull(
        strstr(text, "patch_embed.proj_lif      11.322   0.502 |#######             |"));
    ck_assert_uint_eq(count(text, "patch_embed.proj_lif2           27074.0   20.3 % |####"), 2);
    ck_assert_ptr_nonnull(strstr(text, "not computed\n"));
    ck_assert_ptr_nonnull(strstr(text, "2 samples in pairs"));
    spikeq_free(text);
    spikeq_free(json);
}
END_TEST

START_TEST(colours_are_asked_for)
{
    char *json = analyze_golden();
    char *text = table_of(json, 0, 1);
    ck_assert_uint_gt(count(text, "\033[36m"), 38);
    ck_assert_uint_eq(count(text, "\033[") % 2, 0); /* each is ended */
    spikeq_free(text);
    spikeq_free(json);
}
END_TEST

START_TEST(top_limits_the_layers)
{
    char *json = analyze_golden();
    char *few = table_of(json, 2, 0);
    char *all = table_of(json, 0, 0);
    ck_assert_uint_eq(count(all, "\n") - count(few, "\n"), 2 * (19 - 2)); /* two traces */
    spikeq_free(few);
    spikeq_free(all);
    spikeq_free(json);
}
END_TEST

/* Lines of DIR/NAME; its text is left in `text`. */
static size_t read_csv(const char *dir, const char *name, char *text, size_t room)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *file = fopen(path, "r");
    ck_assert_msg(file != NULL, "%s is missing", path);
    text[fread(text, 1, room - 1, file)] = '\0';
    fclose(file);
    return count(text, "\n");
}

START_TEST(every_table_is_a_csv_file)
{
    static char text[1 << 20];
    char *json = analyze_golden();
    const char *dir = temp_path("csv");
    ck_assert_msg(spikeq_analysis_csv(ctx, json, dir) == SPIKEQ_OK, "%s", spikeq_error_text(ctx));
    ck_assert_uint_eq(read_csv(dir, "populations.csv", text, sizeof text), 1 + 2 * 19);
    ck_assert_ptr_nonnull(
        strstr(text, ",patch_embed.proj_lif,lif,8192,1024,8,7420,0.11322021484375,"));
    ck_assert_uint_eq(read_csv(dir, "timesteps.csv", text, sizeof text), 1 + 2 * 19 * 4);
    ck_assert_uint_eq(read_csv(dir, "heads.csv", text, sizeof text), 1 + 2 * 8 * 4);
    ck_assert_uint_eq(read_csv(dir, "attention_scores.csv", text, sizeof text), 1 + 2 * 2 * 4 * 17);
    ck_assert_uint_eq(read_csv(dir, "raster.csv", text, sizeof text), 1 + 2 * 3800);
    ck_assert_uint_eq(read_csv(dir, "classes.csv", text, sizeof text), 1 + 2 * 3);
    ck_assert_uint_eq(read_csv(dir, "confusion.csv", text, sizeof text), 1 + 2 * 2);
    ck_assert_uint_eq(read_csv(dir, "comparisons.csv", text, sizeof text), 1 + 3 + 3 * 19);
    ck_assert_uint_eq(read_csv(dir, "early_exit.csv", text, sizeof text), 1);
    spikeq_free(json);
}
END_TEST

/* Lists that do not fit together, of other types and sizes: cells stay empty, nothing is read that
 * is not there. */
START_TEST(csv_files_of_odd_lists_are_made)
{
    static char json[4096], text[4096];
    FILE *file = fopen("test/fuzz/corpus/analysis/classes-wrong-types.json", "r");
    ck_assert_ptr_nonnull(file);
    json[fread(json, 1, sizeof json - 1, file)] = '\0';
    fclose(file);
    const char *dir = temp_path("odd");
    ck_assert_msg(spikeq_analysis_csv(ctx, json, dir) == SPIKEQ_OK, "%s", spikeq_error_text(ctx));
    ck_assert_uint_eq(read_csv(dir, "raster.csv", text, sizeof text), 1 + 3);
    ck_assert_ptr_nonnull(strstr(text, "a.db,p,,2,3,1,1\n"));
    ck_assert_uint_eq(read_csv(dir, "confusion.csv", text, sizeof text), 1 + 4);
    ck_assert_ptr_nonnull(strstr(text, "a.db,-1,,,,\n"));
    ck_assert_uint_eq(read_csv(dir, "classes.csv", text, sizeof text), 1 + 5);
    spikeq_free(table_of(json, 0, 0));
}
END_TEST

START_TEST(cells_are_quoted_where_needed)
{
    struct sq_error err = {0};
    struct sq_csv_out csv;
    char text[256];
    ck_assert_int_eq(sq_csv_begin(&err, &csv, "a,b,c,d"), SQ_OK);
    sq_csv_text(&csv, "plain");
    sq_csv_text(&csv, "with,comma \"quoted\"");
    sq_csv_item(&csv, NULL);
    sq_csv_index(&csv, 7);
    sq_csv_end_row(&csv);
    ck_assert_int_eq(sq_csv_save(&err, &csv, temp_dir, "quoted.csv"), SQ_OK);
    ck_assert_uint_eq(read_csv(temp_dir, "quoted.csv", text, sizeof text), 2);
    ck_assert_str_eq(text, "a,b,c,d\nplain,\"with,comma \"\"quoted\"\"\",,7\n");
}
END_TEST

/* An analysis of one population whose rate, at the only timestep too, is the number. */
static char *table_of_rate(const char *rate)
{
    char json[512];
    snprintf(json, sizeof json,
             "{\"format\": \"spikeq analysis\", \"traces\": [{\"populations\": [{\"name\": "
             "\"p\", \"rate\": {\"mean\": %s, \"low\": 0, \"high\": 0}, "
             "\"rate_per_timestep\": {\"mean\": [%s]}}]}]}",
             rate, rate);
    return table_of(json, 0, 0);
}

/* What is not 0 does not read as 0, nor what is not all as 100. */
START_TEST(small_rates_are_not_0)
{
    static const char *const want[][2] = {
        {"0", "   0.000   0.000 |                    |   0.00\n"},
        {"1e-9", " <0.0005   0.000 |####################| <0.005\n"},
        {"0.0000049", " <0.0005   0.000 |####################| <0.005\n"},
        {"0.00001", "   0.001   0.000 |####################| <0.005\n"},
        {"0.0001", "   0.010   0.000 |####################|   0.01\n"},
        {"0.9999999", " >99.9995   0.000 |####################| >99.995\n"},
        {"1", " 100.000   0.000 |####################| 100.00\n"},
    };
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        char *text = table_of_rate(want[i][0]);
        ck_assert_msg(strstr(text, want[i][1]) != NULL, "%s: %s", want[i][0], text);
        spikeq_free(text);
    }
}
END_TEST

START_TEST(what_is_no_analysis_is_refused)
{
    char *text = NULL;
    static const char *const wrong[] = {"", "{", "{}", "{\"format\":\"spikeq report\"}",
                                        "{\"format\":\"spikeq analysis\"}"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        ck_assert_int_eq(spikeq_analysis_table(ctx, wrong[i], 0, 0, &text), SPIKEQ_EFORMAT);
        ck_assert_int_eq(spikeq_analysis_csv(ctx, wrong[i], temp_path("none")), SPIKEQ_EFORMAT);
    }
}
END_TEST

START_TEST(a_folder_that_cannot_be_is_named)
{
    char *json = analyze_golden();
    ck_assert_int_eq(spikeq_analysis_csv(ctx, json, temp_path("a.db/csv")), SPIKEQ_EIO);
    ck_assert_ptr_nonnull(strstr(spikeq_error_text(ctx), "a.db/csv: cannot be made"));
    spikeq_free(json);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("sim/analysis");
    TCase *texts = tcase_create("texts");
    tcase_set_timeout(texts, 60);
    tcase_add_unchecked_fixture(texts, temp_make, temp_remove);
    tcase_add_checked_fixture(texts, make_context, free_context);
    tcase_add_test(texts, plain_tables_are_ascii);
    tcase_add_test(texts, colours_are_asked_for);
    tcase_add_test(texts, top_limits_the_layers);
    tcase_add_test(texts, every_table_is_a_csv_file);
    tcase_add_test(texts, csv_files_of_odd_lists_are_made);
    tcase_add_test(texts, cells_are_quoted_where_needed);
    tcase_add_test(texts, small_rates_are_not_0);
    tcase_add_test(texts, what_is_no_analysis_is_refused);
    tcase_add_test(texts, a_folder_that_cannot_be_is_named);
    suite_add_tcase(s, texts);
    return s;
}

SQ_TEST_MAIN(suite())
