/* Damage and malice: what a trace counts is right or refused, in bounded time. */
#include "test/support/tiny_trace.h"
#include "traces/compare/trace_digest.h"
#include "traces/format/store.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static char folder[] = "/tmp/spikeq-damage-XXXXXX";
static char path[64];

static void make_folder(void)
{
    strcpy(folder + sizeof folder - 7, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a.db", folder);
}

static void remove_folder(void)
{
    char command[80];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
}

/* Run SQL on the finished file, as an editor of it would; returns the number it selects last. */
static int64_t edit(const char *sql)
{
    struct sq_error err = {0};
    struct sq_store store;
    int64_t number = 0;
    ck_assert_int_eq(sq_store_open(&err, path, SQ_STORE_WRITE, &store), SQ_OK);
    sqlite3_db_config(store.db, SQLITE_DBCONFIG_DEFENSIVE, 0, NULL);
    if (strncmp(sql, "SELECT", 6) == 0 || strncmp(sql, "PRAGMA page", 11) == 0)
        ck_assert_int_eq(sq_store_number(&err, &store, sql, &number), SQ_OK);
    else
        ck_assert_msg(sq_store_exec(&err, &store, sql) == SQ_OK, "%s", err.text);
    sq_store_close(&store);
    return number;
}

/* Totals and digest of the file: SQ_OK, or the first refusal, which *err tells. */
static int read_all(struct sq_error *err, uint64_t *spikes, char digest[SQ_DIGEST_TEXT])
{
    struct sq_trace *trace;
    int status = sq_trace_open(err, path, &trace);
    if (status != SQ_OK)
        return status;
    status = sq_trace_totals(err, trace, spikes);
    if (status == SQ_OK)
        status = sq_trace_digest(err, trace, digest);
    sq_trace_close(trace);
    return status;
}

enum { N_TOTALS = TINY_POPULATIONS * TINY_TIMESTEPS };

START_TEST(totals_are_the_sums_of_the_frames)
{
    struct sq_error err = {0};
    struct sq_trace_plan plan = *tiny_plan();
    uint64_t got[N_TOTALS], bits[TINY_MAX_NEURONS];
    uint16_t value[TINY_MAX_NEURONS];
    char digest[SQ_DIGEST_TEXT];
    plan.detail = (enum sq_trace_detail)_i;
    tiny_trace(path, &plan, 8, 5);
    ck_assert_msg(read_all(&err, got, digest) == SQ_OK, "%s", err.text);
    for (uint32_t p = 0; p < TINY_POPULATIONS; p++)
        for (uint32_t t = 0; t < TINY_TIMESTEPS; t++) {
            uint64_t want = 0;
            for (uint64_t id = 0; id < 5; id++)
                want += p == 0 ? tiny_values(8, id, t, value) : tiny_bits(8, id, p, t, bits);
            ck_assert_uint_eq(got[p * TINY_TIMESTEPS + t], want);
        }
}
END_TEST

static const struct {
    const char *sql, *says;
} refused[] = {
    {"UPDATE frame SET spikes = spikes + 1 WHERE id = 17", "has a wrong checksum"},
    {"UPDATE frame SET population = 9 WHERE id = 17", "row 17: is not a frame of this trace"},
    {"UPDATE frame SET timestep = -1 WHERE id = 17", "row 17: is not a frame of this trace"},
    {"DELETE FROM frame WHERE id = 17", "a.proj_lif has 2 frames of timestep 2 for 3 samples"},
    {"DELETE FROM sample WHERE id = 1", "input has 3 frames of timestep 0 for 2 samples"},
    {"DELETE FROM frame WHERE sample = 1; DELETE FROM sample WHERE id = 2", "is missing"},
    {"UPDATE sample SET id = -7 WHERE id = 0", "row -7 follows row -1"},
    {"DROP TABLE frame; CREATE VIEW frame AS WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT "
     "i + 1 FROM r) SELECT i AS id FROM r",
     "lacks the frame"},
    {"DROP TABLE synapse; CREATE VIRTUAL TABLE synapse USING fts5(a)", "lacks the synapse"},
    {"DROP VIEW firing_rate; CREATE VIEW firing_rate AS WITH RECURSIVE r(i) AS (SELECT 1 UNION "
     "ALL SELECT i FROM r) SELECT * FROM r",
     "lacks the firing_rate"},
    {"WITH RECURSIVE r(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM r WHERE i < 9999) INSERT INTO "
     "meta SELECT 'k' || i, 'x' FROM r",
     "table meta has more than 4096 rows"},
    {"UPDATE meta SET value = zeroblob(2000000) WHERE key = 'command'",
     "is not text, or is far too long"},
    {"UPDATE frame SET spikes = 1 << 62 WHERE id = 17", "has a wrong checksum"},
};

START_TEST(what_is_lost_or_replaced_is_noticed)
{
    struct sq_error err = {0};
    uint64_t spikes[N_TOTALS];
    char digest[SQ_DIGEST_TEXT];
    tiny_trace(path, NULL, 1, 3);
    edit(refused[_i].sql);
    const int status = read_all(&err, spikes, digest);
    ck_assert_int_eq(status, SQ_EFORMAT);
    ck_assert_msg(strstr(err.text, refused[_i].says) != NULL, "%s", err.text);
}
END_TEST

/* What a population and a synapse may be: each of these is invalid. Of population 1, "a.proj_lif"
 * [5,8,3]. */
static const struct {
    const char *table, *change, *says;
} no_plan[] = {
    {"population", "name = hex(zeroblob(64))",
     "its number, name, kind, shape or axes is missing or invalid"},
    {"population", "name = ''", "its number, name, kind, shape or axes is missing or invalid"},
    {"population", "name = 'a/b'", "its number, name, kind, shape or axes is missing or invalid"},
    {"population", "name = x'6100'", "its number, name, kind, shape or axes is missing or invalid"},
    {"population", "kind = hex(zeroblob(16))",
     "its number, name, kind, shape or axes is missing or invalid"},
    {"population", "kind = 'lifs'", "its kind, shape or axes is unknown"},
    {"population", "axes = 'rows'", "its kind, shape or axes is unknown"},
    {"population", "shape = '[5,8,3'", "its kind, shape or axes is unknown"},
    {"population", "shape = '5,8,3]'", "its kind, shape or axes is unknown"},
    {"population", "shape = '[5,8,3]]'", "its kind, shape or axes is unknown"},
    {"population", "shape = '[5,,8,3]'", "its kind, shape or axes is unknown"},
    {"population", "shape = '[5,8,3,]'", "its kind, shape or axes is unknown"},
    {"population", "shape = '[5;8,3]'", "its kind, shape or axes is unknown"},
    {"population", "shape = '[05,8,3]'", "its kind, shape or axes is unknown"},
    {"population", "shape = '[]'", "its kind, shape or axes is unknown"},
    {"population", "shape = '[5,8,99999999999999999999]'", "its kind, shape or axes is unknown"},
    {"population", "shape = '[1,1,1,1,5,8,3]'", "its kind, shape or axes is unknown"},
    {"population", "shape = '[5,8,4]'", "its sizes do not fit together"},
    {"population", "neurons = 121", "its sizes do not fit together"},
    {"population", "neurons = -120", "its sizes do not fit together"},
    {"population", "n_rows = 25", "its sizes do not fit together"},
    {"population", "n_channels = 'five'", "its sizes do not fit together"},
    {"population", "threshold = 9e999", "its threshold is not a number"},
    {"population", "id = 9", "its number, name, kind, shape or axes is missing or invalid"},
    {"synapse", "name = hex(zeroblob(64))",
     "its number, name, kind, ends or sizes is missing or invalid"},
    {"synapse", "kind = hex(zeroblob(16))",
     "its number, name, kind, ends or sizes is missing or invalid"},
    {"synapse", "source = hex(zeroblob(64))",
     "its number, name, kind, ends or sizes is missing or invalid"},
    {"synapse", "target = x'00'", "its number, name, kind, ends or sizes is missing or invalid"},
    {"synapse", "n_in = -1", "its number, name, kind, ends or sizes is missing or invalid"},
    {"synapse", "n_out = 0.5", "its number, name, kind, ends or sizes is missing or invalid"},
    {"synapse", "dense = 'x'", "its number, name, kind, ends or sizes is missing or invalid"},
    {"synapse", "weight_zeros = -1", "its number, name, kind, ends or sizes is missing or invalid"},
    {"synapse", "id = 1", "its number, name, kind, ends or sizes is missing or invalid"},
};

START_TEST(what_is_no_population_or_synapse_is_refused)
{
    struct sq_error err = {0};
    struct sq_trace *trace;
    char sql[160];
    tiny_trace(path, NULL, 1, 1);
    snprintf(sql, sizeof sql, "UPDATE %s SET %s WHERE id = %d", no_plan[_i].table,
             no_plan[_i].change, strcmp(no_plan[_i].table, "population") == 0);
    edit(sql);
    ck_assert_msg(sq_trace_open(&err, path, &trace) == SQ_EFORMAT, "%s", no_plan[_i].change);
    ck_assert_msg(strstr(err.text, no_plan[_i].says) != NULL, "%s: %s", no_plan[_i].change,
                  err.text);
}
END_TEST

START_TEST(the_digest_notices_lost_samples)
{
    struct sq_error err = {0};
    struct sq_trace *trace;
    char digest[SQ_DIGEST_TEXT];
    tiny_trace(path, NULL, 1, 3);
    edit("DELETE FROM sample WHERE id = 2");
    ck_assert_int_eq(sq_trace_open(&err, path, &trace), SQ_OK);
    ck_assert_int_eq(sq_trace_digest(&err, trace, digest), SQ_EFORMAT);
    ck_assert_ptr_nonnull(
        strstr(err.text, "holds 36 frames, but only 24 of samples that are there"));
    sq_trace_close(trace);
}
END_TEST

/* Tables, indexes, triggers and views of one's own are nothing to a reader. */
START_TEST(additions_are_ignored)
{
    struct sq_error err = {0};
    uint64_t spikes[N_TOTALS], want[N_TOTALS];
    char digest[SQ_DIGEST_TEXT], plain[SQ_DIGEST_TEXT];
    tiny_trace(path, NULL, 1, 3);
    ck_assert_int_eq(read_all(&err, want, plain), SQ_OK);
    edit("CREATE INDEX mine ON frame(population, timestep, spikes); CREATE TABLE note(text);"
         "CREATE INDEX short ON sample(id) WHERE id > 1;"
         "CREATE TRIGGER t AFTER INSERT ON frame BEGIN DELETE FROM frame; END;"
         "CREATE VIEW endless AS WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r) "
         "SELECT * FROM r");
    ck_assert_msg(read_all(&err, spikes, digest) == SQ_OK, "%s", err.text);
    ck_assert_str_eq(digest, plain);
    ck_assert_mem_eq(spikes, want, sizeof want);
}
END_TEST

static unsigned char *load(size_t *size)
{
    FILE *file = fopen(path, "rb");
    struct stat info;
    ck_assert_int_eq(stat(path, &info), 0);
    *size = (size_t)info.st_size;
    unsigned char *bytes = malloc(*size);
    ck_assert_uint_eq(fread(bytes, 1, *size, file), *size);
    fclose(file);
    return bytes;
}

static void save(const unsigned char *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    ck_assert_uint_eq(fwrite(bytes, 1, size, file), size);
    fclose(file);
}

/* A tree whose branches are all the same leaf has as many rows as one likes. */
START_TEST(trees_that_go_round_are_refused)
{
    static const char *const table[] = {"sample", "frame"};
    struct sq_error err = {0};
    uint64_t spikes[N_TOTALS];
    char digest[SQ_DIGEST_TEXT], sql[80];
    size_t size;
    tiny_trace(path, NULL, 1, 300);
    snprintf(sql, sizeof sql, "SELECT rootpage FROM sqlite_schema WHERE name = '%s'", table[_i]);
    const size_t root = (size_t)edit(sql), page_size = (size_t)edit("PRAGMA page_size");
    unsigned char *bytes = load(&size), *page = bytes + (root - 1) * page_size;
    ck_assert_uint_eq(page[0], 5); /* an interior page */
    const size_t n_cells = (size_t)page[3] << 8 | page[4];
    ck_assert_uint_ge(n_cells, 1);
    const unsigned char *first = page + ((size_t)page[12] << 8 | page[13]);
    for (size_t i = 1; i < n_cells; i++)
        memcpy(page + ((size_t)page[12 + 2 * i] << 8 | page[13 + 2 * i]), first, 4);
    memcpy(page + 8, first, 4);
    save(bytes, size);
    free(bytes);
    ck_assert_int_eq(read_all(&err, spikes, digest), SQ_EFORMAT);
    ck_assert_msg(strstr(err.text, "damaged") != NULL, "%s", err.text);
}
END_TEST

/* Theorem: a file cut anywhere or with any byte changed is refused, or all that is read of it is
 * what it held before. */
START_TEST(damage_is_refused_or_harmless)
{
    struct sq_error err = {0};
    struct sq_rng rng = {77 + (uint64_t)_i};
    uint64_t spikes[N_TOTALS], want[N_TOTALS];
    char digest[SQ_DIGEST_TEXT], plain[SQ_DIGEST_TEXT];
    size_t size, n_refused = 0;
    struct sq_trace_plan plan = *tiny_plan();
    plan.codec = (enum sq_trace_codec)(_i % SQ_CODECS);
    tiny_trace(path, &plan, 1, 3);
    ck_assert_int_eq(read_all(&err, want, plain), SQ_OK);
    unsigned char *bytes = load(&size);
    for (int round = 0; round < 100; round++) {
        const size_t at = (size_t)sq_rng_below(&rng, size);
        const unsigned char kept = bytes[at];
        const size_t left = round % 4 == 0 ? at : size;
        bytes[at] ^= (unsigned char)(1 + sq_rng_below(&rng, 255));
        save(bytes, left);
        if (read_all(&err, spikes, digest) == SQ_OK) {
            ck_assert_msg(strcmp(digest, plain) == 0, "seed %d round %d byte %zu", _i, round, at);
            ck_assert_mem_eq(spikes, want, sizeof want);
        } else {
            n_refused++;
        }
        bytes[at] = kept;
    }
    ck_assert_uint_ge(n_refused, 25);
    free(bytes);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("traces/read");
    TCase *damage = tcase_create("damage");
    tcase_set_timeout(damage, 60);
    tcase_add_checked_fixture(damage, make_folder, remove_folder);
    tcase_add_loop_test(damage, totals_are_the_sums_of_the_frames, 0, 2);
    tcase_add_loop_test(damage, what_is_lost_or_replaced_is_noticed, 0,
                        sizeof refused / sizeof refused[0]);
    tcase_add_loop_test(damage, what_is_no_population_or_synapse_is_refused, 0,
                        sizeof no_plan / sizeof no_plan[0]);
    tcase_add_test(damage, the_digest_notices_lost_samples);
    tcase_add_test(damage, additions_are_ignored);
    tcase_add_loop_test(damage, trees_that_go_round_are_refused, 0, 2);
    tcase_add_loop_test(damage, damage_is_refused_or_harmless, 0, 9);
    suite_add_tcase(s, damage);
    return s;
}

SQ_TEST_MAIN(suite())
