/* Samples copied from trace to trace: the copy of all parts is the whole, whatever the parts. */
#include "test/support/tiny_trace.h"
#include "traces/compare/trace_digest.h"
#include "traces/write/trace_copy.h"

#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

enum { SAMPLES = 60, MOST_PARTS = 25 }; /* more than can be attached at a time */

static char folder[] = "/tmp/spikeq-copy-XXXXXX";
static char whole[80], made[80], part[MOST_PARTS][80];
static struct sq_error err;

static void make_folder(void)
{
    strcpy(folder + sizeof folder - 7, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(whole, sizeof whole, "%s/whole.db", folder);
    snprintf(made, sizeof made, "%s/made.db", folder);
    for (int i = 0; i < MOST_PARTS; i++)
        snprintf(part[i], sizeof part[i], "%s/part%d.db", folder, i);
}

static void remove_folder(void)
{
    unlink(whole);
    unlink(made);
    for (int i = 0; i < MOST_PARTS; i++)
        unlink(part[i]);
    rmdir(folder);
}

static void digest_of(const char *path, char text[SQ_DIGEST_TEXT])
{
    struct sq_trace *trace;
    ck_assert_msg(sq_trace_open(&err, path, &trace) == SQ_OK, "%s", err.text);
    ck_assert_msg(sq_trace_digest(&err, trace, text) == SQ_OK, "%s", err.text);
    ck_assert_int_eq(sq_trace_is_complete(trace), 1);
    sq_trace_close(trace);
}

/* Samples go to parts in runs of up to `longest`, one part after the other or at random; owner: of each. */
static void divide(struct sq_rng *rng, int n_parts, uint64_t longest, int owner[SAMPLES])
{
    struct sq_trace_writer *writer[MOST_PARTS];
    for (int i = 0; i < n_parts; i++)
        ck_assert_int_eq(sq_trace_create(&err, part[i], tiny_plan(), 0, &writer[i]), SQ_OK);
    for (uint64_t id = 0; id < SAMPLES;) {
        const int to = (int)sq_rng_below(rng, (uint64_t)n_parts);
        for (uint64_t n = 1 + sq_rng_below(rng, longest); n > 0 && id < SAMPLES; n--, id++) {
            tiny_put(writer[to], tiny_plan(), 4, id);
            owner[id] = to;
        }
    }
    for (int i = 0; i < n_parts; i++) {
        ck_assert_int_eq(sq_trace_finish(&err, writer[i]), SQ_OK);
        sq_trace_writer_free(writer[i]);
    }
}

/* Copy runs of samples of one owner, in order. */
static void copy_all(struct sq_trace_copier *copier, const int owner[SAMPLES])
{
    for (uint64_t first = 0, end = 0; first < SAMPLES; first = end) {
        int is_all = 1;
        while (end < SAMPLES && owner[end] == owner[first])
            end++;
        for (uint64_t id = 0; id < SAMPLES; id++)
            is_all &= owner[id] != owner[first] || (id >= first && id < end);
        const struct sq_trace_part from = {
            part[owner[first]], (size_t)owner[first], {first, end}, is_all};
        ck_assert_msg(sq_trace_copy(&err, copier, &from) == SQ_OK, "%s", err.text);
    }
}

START_TEST(all_parts_are_the_whole)
{
    struct sq_rng rng = {(uint64_t)_i + 1};
    struct sq_trace_writer *writer;
    struct sq_trace_copier *copier;
    int owner[SAMPLES];
    char want[SQ_DIGEST_TEXT], got[SQ_DIGEST_TEXT];
    divide(&rng, 1 + (int)sq_rng_below(&rng, MOST_PARTS), 1 + sq_rng_below(&rng, 20), owner);
    tiny_trace(whole, NULL, 4, SAMPLES);
    ck_assert_int_eq(sq_trace_create_beside(&err, made, tiny_plan(), 0, &writer), SQ_OK);
    ck_assert_int_ne(access(made, F_OK), 0); /* it has no name yet */
    ck_assert_msg(sq_trace_copier_begin(&err, writer, &copier) == SQ_OK, "%s", err.text);
    copy_all(copier, owner);
    ck_assert_msg(sq_trace_copier_end(&err, copier) == SQ_OK, "%s", err.text);
    sq_trace_copier_free(copier);
    ck_assert_msg(sq_trace_finish(&err, writer) == SQ_OK, "%s", err.text);
    sq_trace_writer_free(writer);
    digest_of(whole, want);
    digest_of(made, got);
    ck_assert_str_eq(got, want);
}
END_TEST

START_TEST(what_is_not_there_is_not_copied)
{
    struct sq_trace_writer *writer;
    struct sq_trace_copier *copier;
    tiny_trace(part[0], NULL, 4, 5);
    ck_assert_int_eq(sq_trace_create_beside(&err, made, tiny_plan(), 0, &writer), SQ_OK);
    ck_assert_int_eq(sq_trace_copier_begin(&err, writer, &copier), SQ_OK);
    const struct sq_trace_part gone = {part[1], 0, {0, 5}, 1}, more = {part[0], 1, {2, 9}, 0};
    ck_assert_int_eq(sq_trace_copy(&err, copier, &gone), SQ_EIO);
    ck_assert_ptr_nonnull(strstr(err.text, part[1]));
    ck_assert_int_eq(sq_trace_copy(&err, copier, &more), SQ_EFORMAT);
    ck_assert_ptr_nonnull(strstr(err.text, "changed while it was copied"));
    sq_trace_copier_free(copier);
    sq_trace_writer_free(writer);
    sq_trace_discard(made, 1);
    ck_assert_int_ne(access(made, F_OK), 0);
}
END_TEST

/* The most that SQLite had of memory while it copied whole parts of 10 samples, whose frames are this large: what
 * is in them does not matter to the copy. */
static sqlite3_int64 peak_of(int n_parts, unsigned frame_bytes)
{
    struct sq_trace_writer *writer;
    struct sq_trace_copier *copier;
    char command[400];
    for (int i = 0; i < n_parts; i++) {
        ck_assert_int_eq(sq_trace_create(&err, part[i], tiny_plan(), 0, &writer), SQ_OK);
        for (uint64_t id = 0; id < 10; id++)
            tiny_put(writer, tiny_plan(), 4, (uint64_t)i * 10 + id);
        ck_assert_int_eq(sq_trace_finish(&err, writer), SQ_OK);
        sq_trace_writer_free(writer);
        snprintf(command, sizeof command, "sqlite3 %.79s 'UPDATE frame SET data = zeroblob(%u)'",
                 part[i], frame_bytes);
        ck_assert_int_eq(system(command), 0);
    }
    sqlite3_memory_highwater(1);
    ck_assert_int_eq(sq_trace_create_beside(&err, made, tiny_plan(), 1, &writer), SQ_OK);
    ck_assert_int_eq(sq_trace_copier_begin(&err, writer, &copier), SQ_OK);
    for (size_t i = 0; i < (size_t)n_parts; i++) {
        const struct sq_trace_part from = {part[i], i, {i * 10, i * 10 + 10}, 1};
        ck_assert_msg(sq_trace_copy(&err, copier, &from) == SQ_OK, "%s", err.text);
    }
    ck_assert_int_eq(sq_trace_copier_end(&err, copier), SQ_OK);
    sq_trace_copier_free(copier);
    sq_trace_writer_free(writer);
    sq_trace_discard(made, 1);
    for (int i = 0; i < n_parts; i++)
        unlink(part[i]);
    return sqlite3_memory_highwater(0);
}

/* More than the caches hold, three times as much, and in three times as many files. */
START_TEST(memory_does_not_grow_with_what_is_copied)
{
    const sqlite3_int64 some = peak_of(2, 40000), more = peak_of(2, 120000),
                        many = peak_of(6, 40000), grown = 1 << 20;
    ck_assert_int_gt(some, grown);
    ck_assert_msg(more < some + grown, "%lld, %lld bytes", (long long)some, (long long)more);
    ck_assert_msg(many < some + grown, "%lld, %lld bytes", (long long)some, (long long)many);
}
END_TEST

/* Rows as they lie, frames of samples that are not there too. */
START_TEST(every_row_is_verified)
{
    static const char *const harm[] = {
        "UPDATE frame SET spikes = spikes + 1 WHERE id = 40",
        "UPDATE sample SET label = 4 WHERE id = 3",
        "DELETE FROM sample WHERE id = 3",
        "DELETE FROM frame WHERE id = 41",
        "UPDATE frame SET sample = 1 WHERE id = 41",
    };
    struct sq_trace *trace;
    struct sq_sample_set samples = {.n = 0};
    char command[400];
    tiny_trace(part[0], NULL, 4, 6);
    snprintf(command, sizeof command, "sqlite3 %s '%s'", part[0], _i == 0 ? "" : harm[_i - 1]);
    ck_assert_int_eq(system(command), 0);
    ck_assert_msg(sq_trace_open(&err, part[0], &trace) == SQ_OK, "%s", err.text);
    ck_assert_int_eq(sq_trace_samples(&err, trace, &samples), SQ_OK);
    ck_assert_uint_eq(sq_sample_set_count(&samples), sq_trace_n_samples(trace));
    const int status = sq_trace_verify(&err, trace, &samples);
    ck_assert_msg(status == (_i == 0 ? SQ_OK : SQ_EFORMAT), "%d: %s", _i, err.text);
    sq_sample_set_free(&samples);
    sq_trace_close(trace);
}
END_TEST

static Suite *trace_copy_suite(void)
{
    Suite *suite = suite_create("trace_copy");
    TCase *tests = tcase_create("copies");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, make_folder, remove_folder);
    tcase_add_loop_test(tests, all_parts_are_the_whole, 0, 20);
    tcase_add_test(tests, what_is_not_there_is_not_copied);
    tcase_add_test(tests, memory_does_not_grow_with_what_is_copied);
    tcase_add_loop_test(tests, every_row_is_verified, 0, 6);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(trace_copy_suite())
