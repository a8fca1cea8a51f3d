/* Theorem: what is put into a trace is what is read from it, whatever the codec; a damaged, foreign
 * or newer file is refused in one sentence that names the place; a trace cut short holds whole
 * samples and can be gone on with. */
#include "kernels/base/bits.h"
#include "test/support/tiny_trace.h"
#include "traces/compare/trace_digest.h"
#include "traces/format/store.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/spikeq-trace-XXXXXX";
static char path[64], other[64];

static void make_folder(void)
{
    strcpy(folder + sizeof folder - 7, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a.db", folder);
    snprintf(other, sizeof other, "%s/a.db.partial", folder);
}

static void remove_folder(void)
{
    char command[80];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
}

/* Every sample and frame is what tiny_put() wrote; returns the number of samples. */
static uint64_t check_content(struct sq_trace *trace, uint64_t seed)
{
    struct sq_error err = {0};
    struct sq_trace_sample sample;
    const struct sq_trace_plan *plan = sq_trace_plan_of(trace);
    uint64_t n = 0;
    ck_assert_int_eq(sq_trace_seek(&err, trace, 0), SQ_OK);
    for (; sq_trace_next(&err, trace, &sample) == 1; n++) {
        const struct sq_trace_place where = {path, sample.id};
        ck_assert_uint_eq(sample.id, n);
        ck_assert_uint_eq(sample.n_logits, TINY_CLASSES);
        ck_assert_int_eq(sample.label, (int64_t)(n % 4) - 1);
        for (uint32_t p = 0; p < plan->n_populations; p++)
            for (uint32_t t = 0; t < plan->timesteps; t++) {
                const struct sq_trace_population *of = &plan->population[p];
                struct sq_trace_frame frame;
                unsigned char scratch[4 * TINY_MAX_NEURONS];
                uint64_t want[TINY_MAX_NEURONS], got[TINY_MAX_NEURONS];
                uint16_t value[TINY_MAX_NEURONS], want_value[TINY_MAX_NEURONS];
                ck_assert_msg(sq_trace_frame(&err, trace, n, p, t, &frame) == 1, "%s", err.text);
                if (of->kind == SQ_TRACE_INPUT) {
                    ck_assert_uint_eq(frame.spikes, tiny_values(seed, n, t, want_value));
                    ck_assert_int_eq(
                        sq_trace_decode_values(&err, &where, of, &frame, scratch, value), SQ_OK);
                    ck_assert_mem_eq(value, want_value, sq_trace_neurons(of) * sizeof *value);
                    continue;
                }
                ck_assert_uint_eq(frame.spikes, tiny_bits(seed, n, p, t, want));
                ck_assert_int_eq(sq_trace_decode(&err, &where, of, &frame, scratch, got), SQ_OK);
                ck_assert_mem_eq(got, want,
                                 of->n_rows * sq_words_for(of->n_channels) * sizeof *got);
            }
    }
    return n;
}

static struct sq_trace *open_good(void)
{
    struct sq_error err = {0};
    struct sq_trace *trace;
    ck_assert_msg(sq_trace_open(&err, path, &trace) == SQ_OK, "%s", err.text);
    return trace;
}

START_TEST(what_is_written_is_read)
{
    struct sq_trace_plan plan = *tiny_plan();
    plan.codec = (enum sq_trace_codec)_i;
    tiny_trace(path, &plan, 5, 10);
    struct sq_trace *trace = open_good();
    const struct sq_trace_plan *got = sq_trace_plan_of(trace);
    ck_assert_uint_eq(got->n_populations, TINY_POPULATIONS);
    for (uint32_t p = 0; p < TINY_POPULATIONS; p++) {
        ck_assert_str_eq(got->population[p].name, plan.population[p].name);
        ck_assert_int_eq(got->population[p].kind, plan.population[p].kind);
        ck_assert_int_eq(got->population[p].channels_first, plan.population[p].channels_first);
        ck_assert_double_eq(got->population[p].threshold, plan.population[p].threshold);
        ck_assert_mem_eq(got->population[p].dim, plan.population[p].dim,
                         plan.population[p].n_dims * sizeof(uint64_t));
    }
    ck_assert_uint_eq(got->synapse[0].dense, plan.synapse[0].dense);
    ck_assert_str_eq(sq_trace_meta(trace, "command"), "spikeq run \"x\"");
    ck_assert_int_eq(sq_trace_is_complete(trace), 1);
    ck_assert_uint_eq(check_content(trace, 5), 10);
    sq_trace_close(trace);
}
END_TEST

START_TEST(counts_only_hold_no_spikes)
{
    struct sq_error err = {0};
    struct sq_trace_plan plan = *tiny_plan();
    struct sq_trace_frame frame;
    uint64_t bits[TINY_MAX_NEURONS];
    unsigned char scratch[4 * TINY_MAX_NEURONS];
    plan.detail = SQ_TRACE_COUNTS;
    tiny_trace(path, &plan, 5, 2);
    struct sq_trace *trace = open_good();
    ck_assert_int_eq(sq_trace_frame(&err, trace, 1, 2, 1, &frame), 1);
    ck_assert_uint_eq(frame.spikes, tiny_bits(5, 1, 2, 1, bits));
    ck_assert_ptr_null(frame.data);
    ck_assert_int_eq(sq_trace_decode(&err, &(struct sq_trace_place){path, 1}, &plan.population[2],
                                     &frame, scratch, bits),
                     SQ_EUNSUPPORTED);
    sq_trace_close(trace);
}
END_TEST

static void digest_of(char text[SQ_DIGEST_TEXT])
{
    struct sq_error err = {0};
    struct sq_trace *trace = open_good();
    ck_assert_msg(sq_trace_digest(&err, trace, text) == SQ_OK, "%s", err.text);
    sq_trace_close(trace);
}

START_TEST(the_digest_is_that_of_the_content)
{
    char plain[SQ_DIGEST_TEXT], packed[SQ_DIGEST_TEXT], changed[SQ_DIGEST_TEXT];
    struct sq_trace_plan plan = *tiny_plan();
    tiny_trace(path, &plan, 5, 4);
    digest_of(plain);
    for (int codec = SQ_CODEC_ZLIB; codec < SQ_CODECS; codec++) {
        plan.codec = (enum sq_trace_codec)codec;
        tiny_trace(path, &plan, 5, 4);
        digest_of(packed);
        ck_assert_str_eq(packed, plain);
    }
    tiny_trace(path, NULL, 6, 4);
    digest_of(changed);
    ck_assert_str_ne(changed, plain);
    tiny_trace(path, NULL, 5, 5);
    digest_of(changed);
    ck_assert_str_ne(changed, plain);
}
END_TEST

START_TEST(an_existing_file_is_kept)
{
    struct sq_error err = {0};
    struct sq_trace_writer *writer;
    tiny_trace(path, NULL, 1, 3);
    ck_assert_int_eq(sq_trace_create(&err, path, tiny_plan(), 0, &writer), SQ_EUSAGE);
    /* replaced only at the end */
    ck_assert_int_eq(sq_trace_create(&err, path, tiny_plan(), 1, &writer), SQ_OK);
    tiny_put(writer, tiny_plan(), 2, 0);
    struct sq_trace *trace = open_good();
    ck_assert_uint_eq(check_content(trace, 1), 3);
    sq_trace_close(trace);
    ck_assert_int_eq(sq_trace_finish(&err, writer), SQ_OK);
    sq_trace_writer_free(writer);
    trace = open_good();
    ck_assert_uint_eq(check_content(trace, 2), 1);
    sq_trace_close(trace);
    ck_assert_int_ne(access(other, F_OK), 0);
}
END_TEST

START_TEST(a_cut_recording_goes_on)
{
    struct sq_error err = {0};
    struct sq_trace_writer *writer;
    uint64_t next = 7;
    ck_assert_int_eq(sq_trace_resume(&err, path, tiny_plan(), &writer, &next), SQ_OK);
    ck_assert_uint_eq(next, 0); /* nothing there: begun */
    for (uint64_t id = 0; id < 4; id++)
        tiny_put(writer, tiny_plan(), 9, id);
    sq_trace_writer_free(writer); /* cut */
    struct sq_trace *trace = open_good();
    ck_assert_int_eq(sq_trace_is_complete(trace), 0);
    ck_assert_uint_eq(check_content(trace, 9), 4);
    sq_trace_close(trace);
    ck_assert_int_eq(sq_trace_resume(&err, path, tiny_plan(), &writer, &next), SQ_OK);
    ck_assert_uint_eq(next, 4);
    for (uint64_t id = 4; id < 10; id++)
        tiny_put(writer, tiny_plan(), 9, id);
    ck_assert_int_eq(sq_trace_finish(&err, writer), SQ_OK);
    sq_trace_writer_free(writer);
    trace = open_good();
    ck_assert_int_eq(sq_trace_is_complete(trace), 1);
    ck_assert_uint_eq(check_content(trace, 9), 10);
    sq_trace_close(trace);
}
END_TEST

START_TEST(another_plan_does_not_go_on)
{
    struct sq_error err = {0};
    struct sq_trace_writer *writer;
    struct sq_trace_plan plan = *tiny_plan();
    uint64_t next;
    tiny_trace(path, NULL, 1, 3);
    plan.n_samples = 11;
    ck_assert_int_eq(sq_trace_resume(&err, path, &plan, &writer, &next), SQ_ESHAPE);
    ck_assert_ptr_nonnull(
        strstr(err.text, "meta samples = 10, but this run has meta samples = 11"));
    struct sq_trace *trace = open_good();
    ck_assert_uint_eq(check_content(trace, 1), 3);
    sq_trace_close(trace);
}
END_TEST

START_TEST(an_empty_trace_leaves_nothing)
{
    struct sq_error err = {0};
    struct sq_trace_writer *writer;
    ck_assert_int_eq(sq_trace_create(&err, path, tiny_plan(), 0, &writer), SQ_OK);
    sq_trace_writer_free(writer);
    ck_assert_int_ne(access(path, F_OK), 0);
    ck_assert_int_ne(access(other, F_OK), 0);
}
END_TEST

/* Run SQL on the finished file, as an editor of it would. */
static void edit(const char *sql)
{
    struct sq_error err = {0};
    struct sq_store store;
    ck_assert_int_eq(sq_store_open(&err, path, SQ_STORE_WRITE, &store), SQ_OK);
    sqlite3_db_config(store.db, SQLITE_DBCONFIG_DEFENSIVE, 0, NULL);
    ck_assert_msg(sq_store_exec(&err, &store, sql) == SQ_OK, "%s", err.text);
    sq_store_close(&store);
}

static const struct {
    const char *sql, *says;
} refused[] = {
    {"PRAGMA user_version = 3", "use a newer spikeq"},
    {"PRAGMA user_version = 1", "was damaged or edited"},
    {"PRAGMA user_version = 0", "trace version 0 does not exist"},
    {"PRAGMA application_id = 7", "not a spikeq trace"},
    {"DROP VIEW prediction", "lacks the prediction"},
    {"DROP TABLE synapse; CREATE VIEW synapse AS SELECT 1", "lacks the synapse"},
    {"UPDATE meta SET value = '4' WHERE key = 'timesteps'", "was damaged or edited"},
    {"UPDATE meta SET value = '0' WHERE key = 'timesteps'", "timesteps = 0"},
    {"UPDATE meta SET value = '99999999999' WHERE key = 'timesteps'", "up to 65536"},
    {"DELETE FROM meta WHERE key = 'detail'", "has no detail"},
    {"UPDATE population SET n_rows = 25 WHERE id = 1", "do not fit together"},
    {"UPDATE population SET neurons = 1 << 40, n_rows = 1 << 40, n_channels = 1 WHERE id = 1",
     "do not fit together"},
    {"UPDATE population SET name = '../x' WHERE id = 1", "population, row 1"},
    {"UPDATE population SET kind = 'x' WHERE id = 1", "population, row 1"},
    {"UPDATE population SET shape = '[0]' WHERE id = 1", "population, row 1"},
    {"UPDATE population SET shape = '[24,5' WHERE id = 1", "population, row 1"},
    {"UPDATE population SET id = 9 WHERE id = 1", "population, row 1"},
    {"UPDATE synapse SET dense = -1", "synapse, row 0"},
};

START_TEST(a_file_that_is_no_trace_is_refused)
{
    struct sq_error err = {0};
    struct sq_trace *trace;
    tiny_trace(path, NULL, 1, 3);
    edit(refused[_i].sql);
    ck_assert_int_lt(sq_trace_open(&err, path, &trace), 0);
    ck_assert_msg(strstr(err.text, refused[_i].says) != NULL, "%s", err.text);
}
END_TEST

static const struct {
    const char *sql, *says;
} damaged[] = {
    {"UPDATE frame SET data = zeroblob(3) WHERE id = 17",
     "sample 1, timestep 2, a.proj_lif: the frame has a wrong checksum"},
    {"UPDATE frame SET spikes = spikes + 1 WHERE id = 17", "has a wrong checksum"},
    {"UPDATE frame SET encoding = 7 WHERE id = 17", "unknown encoding"},
    {"UPDATE frame SET encoding = 258 WHERE id = 17", "unknown encoding"},
    {"UPDATE frame SET encoding = 0 WHERE id = 17", "has a wrong checksum"},
    {"UPDATE frame SET encoding = 3 - encoding WHERE id = 17", "the frame"},
    {"UPDATE frame SET codec = 1 WHERE id = 17", "has a wrong checksum"},
    {"UPDATE frame SET timestep = 1 WHERE id = 17", "is another one's"},
    {"DELETE FROM frame WHERE id = 17", "is missing"},
};

START_TEST(a_damaged_frame_is_named)
{
    struct sq_error err = {0};
    struct sq_trace_frame frame;
    unsigned char scratch[4 * TINY_MAX_NEURONS];
    uint64_t bits[TINY_MAX_NEURONS];
    tiny_trace(path, NULL, 1, 3);
    edit(damaged[_i].sql);
    struct sq_trace *trace = open_good();
    int status = sq_trace_frame(&err, trace, 1, 1, 2, &frame);
    if (status == 1)
        status = sq_trace_decode(&err, &(struct sq_trace_place){path, 1},
                                 &sq_trace_plan_of(trace)->population[1], &frame, scratch, bits);
    ck_assert_int_eq(status, SQ_EFORMAT);
    ck_assert_msg(strstr(err.text, damaged[_i].says) != NULL, "%s", err.text);
    sq_trace_close(trace);
}
END_TEST

START_TEST(a_damaged_sample_is_named)
{
    struct sq_error err = {0};
    struct sq_trace_sample sample;
    tiny_trace(path, NULL, 1, 3);
    edit("UPDATE sample SET label = 3 WHERE id = 1");
    struct sq_trace *trace = open_good();
    ck_assert_int_eq(sq_trace_seek(&err, trace, 0), SQ_OK);
    ck_assert_int_eq(sq_trace_next(&err, trace, &sample), 1);
    ck_assert_int_eq(sq_trace_next(&err, trace, &sample), SQ_EFORMAT);
    ck_assert_ptr_nonnull(strstr(err.text, "sample 1: its checksum"));
    sq_trace_close(trace);
}
END_TEST

/* Theorem: cut anywhere, with any byte changed, the file is refused or read, never more. */
START_TEST(no_damage_is_fatal)
{
    struct sq_rng rng = {42 + (uint64_t)_i};
    struct stat info;
    tiny_trace(path, NULL, 1, 3);
    ck_assert_int_eq(stat(path, &info), 0);
    unsigned char *bytes = malloc((size_t)info.st_size);
    FILE *file = fopen(path, "rb");
    ck_assert_uint_eq(fread(bytes, 1, (size_t)info.st_size, file), (size_t)info.st_size);
    fclose(file);
    for (int round = 0; round < 60; round++) {
        size_t size = (size_t)info.st_size;
        const size_t at = (size_t)sq_rng_below(&rng, size);
        const unsigned char kept = bytes[at];
        bytes[at] = (unsigned char)sq_rng_next(&rng);
        if (sq_rng_below(&rng, 3) == 0)
            size = (size_t)sq_rng_below(&rng, size);
        file = fopen(path, "wb");
        fwrite(bytes, 1, size, file);
        fclose(file);
        bytes[at] = kept;
        struct sq_error err = {0};
        struct sq_trace *trace;
        struct sq_trace_sample sample;
        if (sq_trace_open(&err, path, &trace) != SQ_OK)
            continue;
        sq_trace_seek(&err, trace, 0);
        for (int left = 10; left > 0 && sq_trace_next(&err, trace, &sample) == 1; left--)
            for (uint32_t p = 1; p < sq_trace_plan_of(trace)->n_populations; p++) {
                struct sq_trace_frame frame;
                unsigned char scratch[4 * TINY_MAX_NEURONS];
                uint64_t bits[TINY_MAX_NEURONS];
                if (sq_trace_frame(&err, trace, sample.id, p, 1, &frame) == 1)
                    sq_trace_decode(&err, &(struct sq_trace_place){path, sample.id},
                                    &sq_trace_plan_of(trace)->population[p], &frame, scratch, bits);
            }
        sq_trace_close(trace);
    }
    free(bytes);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("traces/read");
    TCase *trace = tcase_create("trace");
    tcase_set_timeout(trace, 60);
    tcase_add_checked_fixture(trace, make_folder, remove_folder);
    tcase_add_loop_test(trace, what_is_written_is_read, 0, 3);
    tcase_add_test(trace, counts_only_hold_no_spikes);
    tcase_add_test(trace, the_digest_is_that_of_the_content);
    tcase_add_test(trace, an_existing_file_is_kept);
    tcase_add_test(trace, a_cut_recording_goes_on);
    tcase_add_test(trace, another_plan_does_not_go_on);
    tcase_add_test(trace, an_empty_trace_leaves_nothing);
    tcase_add_loop_test(trace, a_file_that_is_no_trace_is_refused, 0,
                        sizeof refused / sizeof refused[0]);
    tcase_add_loop_test(trace, a_damaged_frame_is_named, 0, sizeof damaged / sizeof damaged[0]);
    tcase_add_test(trace, a_damaged_sample_is_named);
    tcase_add_loop_test(trace, no_damage_is_fatal, 0, 4);
    suite_add_tcase(s, trace);
    return s;
}

SQ_TEST_MAIN(suite())
