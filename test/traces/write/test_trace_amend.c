/* What a trace learns at its end: its length, and entries of meta; the description stays true. */
#include "test/support/tiny_trace.h"
#include "traces/format/description.h"
#include "traces/write/page_size.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/spikeq-amend-XXXXXX";
static char path[64];
static struct sq_trace_plan plan;

static void make_folder(void)
{
    strcpy(folder + sizeof folder - 7, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a.db", folder);
    plan = *tiny_plan();
    plan.n_samples = SQ_TRACE_SAMPLES_UNKNOWN;
}

static void remove_folder(void)
{
    unlink(path);
    rmdir(folder);
}

static struct sq_trace_writer *begin(uint64_t n)
{
    struct sq_error err = {0};
    struct sq_trace_writer *writer;
    ck_assert_int_eq(sq_trace_create(&err, path, &plan, 0, &writer), SQ_OK);
    for (uint64_t id = 0; id < n; id++)
        tiny_put(writer, &plan, 3, id);
    return writer;
}

static struct sq_trace *open_good(void)
{
    struct sq_error err = {0};
    struct sq_trace *trace;
    const int rc = sq_trace_open(&err, path, &trace);
    ck_assert_msg(rc == SQ_OK, "%s", err.text);
    return trace;
}

START_TEST(a_length_that_is_not_known_until_the_end)
{
    struct sq_error err = {0};
    struct sq_trace_writer *writer = begin(5);
    ck_assert_int_eq(sq_trace_commit(&err, writer), SQ_OK);
    sq_trace_writer_free(writer); /* cut */
    struct sq_trace *trace = open_good();
    ck_assert_uint_eq(sq_trace_plan_of(trace)->n_samples, SQ_TRACE_SAMPLES_UNKNOWN);
    ck_assert_str_eq(sq_trace_meta(trace, "samples"), "unknown");
    sq_trace_close(trace);
    unlink(path);
    writer = begin(6);
    ck_assert_int_eq(sq_trace_finish(&err, writer), SQ_OK);
    sq_trace_writer_free(writer);
    trace = open_good();
    ck_assert_uint_eq(sq_trace_plan_of(trace)->n_samples, 6);
    ck_assert_int_eq(sq_trace_is_complete(trace), 1);
    sq_trace_close(trace);
}
END_TEST

/* As if the length had been known: the same description. */
START_TEST(the_description_is_that_of_the_length)
{
    struct sq_error err = {0};
    char digest[2][65];
    for (int i = 0; i < 2; i++) {
        struct sq_trace_writer *writer = begin(4);
        ck_assert_int_eq(sq_trace_finish(&err, writer), SQ_OK);
        sq_trace_writer_free(writer);
        struct sq_trace *trace = open_good();
        snprintf(digest[i], sizeof digest[i], "%s", sq_trace_meta(trace, "description"));
        sq_trace_close(trace);
        unlink(path);
        plan.n_samples = 4;
    }
    ck_assert_str_eq(digest[0], digest[1]);
}
END_TEST

START_TEST(entries_of_meta)
{
    struct sq_error err = {0};
    struct sq_trace_writer *writer = begin(2);
    ck_assert_int_eq(sq_trace_amend(&err, writer, SQ_META_RECORDINGS, "{\"events\":1}"), SQ_OK);
    ck_assert_int_eq(sq_trace_amend(&err, writer, SQ_META_RECORDINGS, "{\"events\":2}"), SQ_OK);
    ck_assert_int_eq(sq_trace_amend(&err, writer, tiny_plan()->meta[0].key, "another"), SQ_OK);
    ck_assert_int_eq(sq_trace_amend(&err, writer, "no_such_key", "1"), SQ_EUSAGE);
    sq_trace_writer_free(writer); /* cut: what was amended stays */
    struct sq_trace *trace = open_good();
    ck_assert_str_eq(sq_trace_meta(trace, SQ_META_RECORDINGS), "{\"events\":2}");
    ck_assert_str_eq(sq_trace_meta(trace, tiny_plan()->meta[0].key), "another");
    ck_assert_ptr_null(sq_trace_meta(trace, "no_such_key"));
    ck_assert_uint_eq(sq_trace_n_samples(trace), 2);
    sq_trace_close(trace);
}
END_TEST

/* Counts of the samples so far are not those of a trace that is gone on with. */
START_TEST(what_is_gone_on_with_loses_its_counts)
{
    struct sq_error err = {0};
    uint64_t n_next;
    plan.n_samples = 4;
    struct sq_trace_writer *writer = begin(2);
    ck_assert_int_eq(sq_trace_amend(&err, writer, SQ_META_RECORDINGS, "{}"), SQ_OK);
    sq_trace_writer_free(writer); /* interrupted */
    ck_assert_int_eq(sq_trace_resume(&err, path, &plan, &writer, &n_next), SQ_OK);
    ck_assert_uint_eq(n_next, 2);
    tiny_put(writer, &plan, 3, 2);
    sq_trace_writer_free(writer); /* killed */
    struct sq_trace *trace = open_good();
    ck_assert_ptr_null(sq_trace_meta(trace, SQ_META_RECORDINGS));
    ck_assert_uint_eq(sq_trace_n_samples(trace), 3);
    sq_trace_close(trace);
}
END_TEST

START_TEST(pages_are_those_of_many_samples)
{
    struct sq_trace_plan many = plan;
    many.n_samples = 1000;
    ck_assert_uint_eq(sq_page_size(&plan), sq_page_size(&many));
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("trace");
    TCase *tcase = tcase_create("amend");
    tcase_add_checked_fixture(tcase, make_folder, remove_folder);
    tcase_add_test(tcase, a_length_that_is_not_known_until_the_end);
    tcase_add_test(tcase, the_description_is_that_of_the_length);
    tcase_add_test(tcase, entries_of_meta);
    tcase_add_test(tcase, what_is_gone_on_with_loses_its_counts);
    tcase_add_test(tcase, pages_are_those_of_many_samples);
    suite_add_tcase(suite, tcase);
    return suite;
}

SQ_TEST_MAIN(suite())
