/* Names of classes: what a file may hold, that they fit the trace, and that every table has them.
 */
#include "sim/analysis/write/class_names.h"
#include "sim/api/calls.h"
#include "test/sim/analysis/analysis_case.h"
#include "test/support/test_context.h"

static struct sq_class_names names;
static struct sq_error err;

static int read_names(const char *text, size_t n)
{
    err = (struct sq_error){0};
    return sq_class_names_read(&err, temp_write("names.txt", text, n), &names);
}

/* Files that hold the names "a" and "b c", as editors and systems write them. */
static const char *const two[] = {
    "a\nb c\n",   "a\nb c",           "a\r\nb c\r\n",          "\357\273\277a\nb c\n",
    "a\nb c\n\n", "a\r\nb c\r\n\r\n", "  a\t\n\tb c  \n \n\n",
};

START_TEST(line_ends_and_marks_are_no_names)
{
    ck_assert_int_eq(read_names(two[_i], strlen(two[_i])), SQ_OK);
    ck_assert_uint_eq(names.n, 2);
    ck_assert_str_eq(names.name[0], "a");
    ck_assert_str_eq(names.name[1], "b c");
    sq_class_names_free(&names);
}
END_TEST

START_TEST(names_are_of_any_language_and_may_repeat)
{
    static const char text[] = "鶴\ncrane\ncrane\nMäusebussard, \"Buteo\"\n";
    ck_assert_int_eq(read_names(text, strlen(text)), SQ_OK);
    ck_assert_uint_eq(names.n, 4);
    ck_assert_str_eq(names.name[0], "鶴");
    ck_assert_str_eq(names.name[3], "Mäusebussard, \"Buteo\"");
    sq_class_names_free(&names);
}
END_TEST

START_TEST(thousands_of_names_fit)
{
    static char text[20000];
    size_t n = 0;
    for (int i = 0; i < 2049; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "c%d\n", i);
    ck_assert_int_eq(read_names(text, n), SQ_OK);
    ck_assert_uint_eq(names.n, 2049);
    ck_assert_str_eq(names.name[2048], "c2048");
    sq_class_names_free(&names);
}
END_TEST

#define TEXT(bytes) bytes, sizeof(bytes) - 1

static const struct {
    const char *text;
    size_t n;
    const char *said;
} wrong[] = {
    {TEXT(""), "holds no name"},
    {TEXT("\n\n"), "holds no name"},
    {TEXT("\xef\xbb\xbf"), "holds no name"},
    {TEXT("a\n\nb\n"), "line 2 is empty"},
    {TEXT("\na\n"), "line 1 is empty"},
    {TEXT("a\nb\x1b[31m\n"), "line 2 is not UTF-8 text without control characters"},
    {TEXT("a\nb\0c\n"), "line 2 is not UTF-8 text without control characters"},
    {TEXT("\xff\xfe"
          "a\0\n\0"),
     "line 1 is not UTF-8 text without control characters"},
    {TEXT("a\nM\xe4use\n"), "line 2 is not UTF-8 text without control characters"},
};

START_TEST(what_is_no_name_is_refused_by_line)
{
    ck_assert_int_eq(read_names(wrong[_i].text, wrong[_i].n), SQ_EFORMAT);
    ck_assert_msg(strstr(err.text, wrong[_i].said) != NULL, "%s", err.text);
    sq_class_names_free(&names);
}
END_TEST

/* Just as long as a name may be, one more, and a line without an end. */
START_TEST(long_lines_are_refused)
{
    static char text[5000];
    memset(text, 'x', sizeof text);
    ck_assert_int_eq(read_names(text, 255), SQ_OK);
    ck_assert_uint_eq(strlen(names.name[0]), 255);
    sq_class_names_free(&names);
    for (size_t n = 256; n < sizeof text; n += 47) {
        ck_assert_int_eq(read_names(text, n), SQ_EFORMAT);
        ck_assert_ptr_nonnull(strstr(err.text, "line 1 is longer than 255 bytes"));
        sq_class_names_free(&names);
    }
}
END_TEST

/* Analyse a golden trace with the names of a file; NULL: it was refused. */
static char *analyze_named(const char *set, const char *file, const struct golden_request *request)
{
    const char *const trace[] = {temp_path("a.db")};
    const char *const path = temp_path(file);
    const struct sq_analyze_choices options = {.traces = trace, .n_traces = 1, .class_names = path};
    char *json = NULL;
    golden_trace(set, trace[0], request);
    return sq_api_analyze(ctx, &options, &json) == SPIKEQ_OK ? json : NULL;
}

START_TEST(there_must_be_a_name_for_each_class)
{
    temp_text("names.txt", "a\nb\nc\n");
    ck_assert_ptr_null(analyze_named("cifar-2-64", "names.txt", NULL));
    ck_assert_ptr_nonnull(strstr(spikeq_error_text(ctx), "names.txt: 3 names, but "));
    ck_assert_ptr_nonnull(
        strstr(spikeq_error_text(ctx), "a.db has 10 classes; expected one name a line"));
}
END_TEST

static const char ten[] = "zero\none\ntwo\nthree\nfour\nfive\nsix\nseven, 7\neight\nnine\n";

START_TEST(tables_have_the_names)
{
    static char text[1 << 20];
    temp_text("names.txt", ten);
    char *json = analyze_named("cifar-2-64", "names.txt", NULL);
    ck_assert_msg(json != NULL, "%s", spikeq_error_text(ctx));
    ck_assert_ptr_nonnull(strstr(json, "\"class_names\":[\"zero\",\"one\",\"two\",\"three\","));
    cJSON *want = read_figures("cifar-2-64");
    const cJSON *classes = cJSON_GetObjectItem(cJSON_GetObjectItem(want, "confusion"), "classes");
    char *table;
    ck_assert_int_eq(spikeq_analysis_table(ctx, json, 0, 0, &table), SPIKEQ_OK);
    ck_assert_int_eq(spikeq_analysis_csv(ctx, json, temp_path("csv")), SPIKEQ_OK);
    FILE *file = fopen(temp_path("csv/classes.csv"), "r");
    ck_assert_ptr_nonnull(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    static const char *const cell[] = {"zero", "one", "two",          "three", "four",
                                       "five", "six", "\"seven, 7\"", "eight", "nine"};
    static const char *const word[] = {"zero", "one", "two",      "three", "four",
                                       "five", "six", "seven, 7", "eight", "nine"};
    const cJSON *class, *samples = cJSON_GetObjectItem(classes, "samples")->child;
    cJSON_ArrayForEach(class, cJSON_GetObjectItem(classes, "class"))
    {
        char part[64];
        snprintf(part, sizeof part, ",%s\n", cell[class->valueint]);
        ck_assert_msg(strstr(text, part) != NULL, "%s is not in the CSV file", part);
        snprintf(part, sizeof part, "\n%d %s ", class->valueint, word[class->valueint]);
        ck_assert_msg(samples->valueint == 0 || strstr(table, part) != NULL, "no %s", part);
        samples = samples->next;
    }
    cJSON_Delete(want);
    spikeq_free(table);
    spikeq_free(json);
}
END_TEST

/* A long name is cut in the table by its signs, not its bytes; files have it whole. */
START_TEST(long_names_are_cut_in_tables_alone)
{
    static const char text[] = "鶴鶴鶴鶴鶴鶴鶴鶴鶴鶴鶴鶴鶴鶴鶴鶴鶴鶴鶴鶴鶴鶴鶴鶴鶴鶴\n";
    char all[1000] = "";
    for (int i = 0; i < 10; i++)
        strcat(all, text);
    temp_text("names.txt", all);
    char *json = analyze_named("cifar-2-64", "names.txt", NULL), *table;
    ck_assert_msg(json != NULL, "%s", spikeq_error_text(ctx));
    ck_assert_int_eq(spikeq_analysis_table(ctx, json, 0, 0, &table), SPIKEQ_OK);
    ck_assert_ptr_nonnull(strstr(table, " 鶴鶴鶴鶴鶴鶴鶴鶴鶴鶴鶴鶴鶴鶴鶴鶴鶴鶴鶴...    "));
    ck_assert_ptr_null(strstr(table, "鶴鶴鶴鶴鶴鶴鶴鶴鶴鶴鶴鶴鶴鶴鶴鶴鶴鶴鶴鶴"));
    ck_assert_ptr_nonnull(strstr(json, "鶴鶴鶴鶴鶴鶴鶴鶴鶴鶴鶴鶴鶴鶴鶴鶴鶴鶴鶴鶴鶴鶴鶴鶴鶴鶴\""));
    spikeq_free(table);
    spikeq_free(json);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("sim/analysis");
    TCase *classes = tcase_create("class names");
    tcase_set_timeout(classes, 60);
    tcase_add_unchecked_fixture(classes, temp_make, temp_remove);
    tcase_add_checked_fixture(classes, make_context, free_context);
    tcase_add_loop_test(classes, line_ends_and_marks_are_no_names, 0, sizeof two / sizeof two[0]);
    tcase_add_test(classes, names_are_of_any_language_and_may_repeat);
    tcase_add_test(classes, thousands_of_names_fit);
    tcase_add_loop_test(classes, what_is_no_name_is_refused_by_line, 0,
                        sizeof wrong / sizeof wrong[0]);
    tcase_add_test(classes, long_lines_are_refused);
    tcase_add_test(classes, there_must_be_a_name_for_each_class);
    tcase_add_test(classes, tables_have_the_names);
    tcase_add_test(classes, long_names_are_cut_in_tables_alone);
    suite_add_tcase(s, classes);
    return s;
}

SQ_TEST_MAIN(suite())
