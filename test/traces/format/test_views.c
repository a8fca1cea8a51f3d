/* The views of a trace against rates computed from what was written: equal to the last digit. */
#include "test/support/tiny_trace.h"
#include "traces/format/store.h"

#include <stdio.h>
#include <string.h>

enum { SEED = 11, SAMPLES = 7 };

static char folder[] = "/tmp/spikeq-views-XXXXXX";
static char path[64];
static struct sq_store store;

static void open_trace(void)
{
    struct sq_error err = {0};
    strcpy(folder + sizeof folder - 7, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a.db", folder);
    tiny_trace(path, NULL, SEED, SAMPLES);
    ck_assert_int_eq(sq_store_open(&err, path, SQ_STORE_READ, &store), SQ_OK);
    /* As everyone but spikeq opens a file: SQLite 3.40 takes json_group_array() for no function
     * that a view of an untrusted file may call. */
    sqlite3_db_config(store.db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 1, NULL);
}

static void close_trace(void)
{
    char command[80];
    sq_store_close(&store);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
}

/* Spikes of a population: of one sample or all (-1), of one timestep or all, of one label or all
 * (-2; tiny_put() gives sample i the label i % 4 - 1); *n_frames of them. */
static uint64_t count(uint32_t p, int sample, int timestep, int label, double *n_frames)
{
    uint64_t bits[TINY_MAX_NEURONS], spikes = 0;
    *n_frames = 0;
    for (int i = 0; i < SAMPLES; i++)
        for (int t = 0; t < TINY_TIMESTEPS; t++) {
            if ((sample >= 0 && i != sample) || (timestep >= 0 && t != timestep) ||
                (label > -2 && i % 4 - 1 != label))
                continue;
            spikes += tiny_bits(SEED, (uint64_t)i, p, (uint32_t)t, bits);
            *n_frames += 1;
        }
    return spikes;
}

static uint32_t find(const unsigned char *name)
{
    for (uint32_t p = 1; p < TINY_POPULATIONS; p++)
        if (strcmp(tiny_plan()->population[p].name, (const char *)name) == 0)
            return p;
    ck_abort_msg("the view names %s", (const char *)name);
    return 0;
}

/* A query of rows (population, spikes, rate, sample, timestep, label), with the values for "all"
 * where the view has no such column. */
static const struct {
    const char *sql;
    int n_rows;
} view[] = {
    {"SELECT population, spikes, rate, -1, -1, -2 FROM firing_rate", 3},
    {"SELECT population, spikes, rate, -1, timestep, -2 FROM firing_rate_by_timestep", 9},
    {"SELECT population, spikes, rate, sample, -1, -2 FROM firing_rate_by_sample", 3 * SAMPLES},
    {"SELECT population, spikes, rate, -1, -1, label FROM firing_rate_by_label", 9},
};

START_TEST(rates_are_those_of_the_spikes)
{
    struct sq_error err = {0};
    sqlite3_stmt *row;
    int n_rows = 0;
    ck_assert_msg(sq_store_prepare(&err, &store, view[_i].sql, &row) == SQ_OK, "%s", err.text);
    for (; sqlite3_step(row) == SQLITE_ROW; n_rows++) {
        double n_frames;
        const uint32_t p = find(sqlite3_column_text(row, 0));
        const uint64_t spikes = count(p, sqlite3_column_int(row, 3), sqlite3_column_int(row, 4),
                                      sqlite3_column_int(row, 5), &n_frames);
        const double whole = (double)sq_trace_neurons(&tiny_plan()->population[p]) * n_frames;
        ck_assert_int_eq(sqlite3_column_int64(row, 1), (int64_t)spikes);
        ck_assert(sqlite3_column_double(row, 2) == (double)spikes / whole);
    }
    ck_assert_int_eq(n_rows, view[_i].n_rows);
    sqlite3_finalize(row);
}
END_TEST

/* The array is text: 15 digits, as SQLite prints a number. */
START_TEST(rates_per_timestep_are_one_json_array)
{
    struct sq_error err = {0};
    int64_t equal;
    ck_assert_int_eq(
        sq_store_number(&err, &store,
                        "SELECT sum(format('%.15g', r.rate) = j.value || '') FROM firing_rate f, "
                        "json_each(f.rate_per_timestep) j JOIN firing_rate_by_timestep r ON "
                        "r.population = f.population AND r.timestep = j.key",
                        &equal),
        SQ_OK);
    ck_assert_int_eq(equal, 9);
}
END_TEST

START_TEST(populations_come_in_the_order_of_the_data)
{
    struct sq_error err = {0};
    sqlite3_stmt *row;
    ck_assert_int_eq(sq_store_prepare(&err, &store, "SELECT population FROM firing_rate", &row),
                     SQ_OK);
    for (uint32_t p = 1; p < TINY_POPULATIONS; p++) {
        ck_assert_int_eq(sqlite3_step(row), SQLITE_ROW);
        ck_assert_uint_eq(find(sqlite3_column_text(row, 0)), p);
    }
    sqlite3_finalize(row);
}
END_TEST

START_TEST(predictions_are_right_or_not_or_unlabelled)
{
    struct sq_error err = {0};
    int64_t n, want_right = 0, want_none = 0;
    for (int i = 0; i < SAMPLES; i++) {
        want_right += i % 4 - 1 == i % TINY_CLASSES;
        want_none += i % 4 == 0;
    }
    ck_assert_int_eq(sq_store_number(&err, &store, "SELECT total(is_right) FROM prediction", &n),
                     SQ_OK);
    ck_assert_int_eq(n, want_right);
    ck_assert_int_eq(
        sq_store_number(&err, &store, "SELECT count(*) FROM prediction WHERE is_right IS NULL", &n),
        SQ_OK);
    ck_assert_int_eq(n, want_none);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("traces/format");
    TCase *views = tcase_create("views");
    tcase_add_checked_fixture(views, open_trace, close_trace);
    tcase_add_loop_test(views, rates_are_those_of_the_spikes, 0, sizeof view / sizeof view[0]);
    tcase_add_test(views, rates_per_timestep_are_one_json_array);
    tcase_add_test(views, populations_come_in_the_order_of_the_data);
    tcase_add_test(views, predictions_are_right_or_not_or_unlabelled);
    suite_add_tcase(s, views);
    return s;
}

SQ_TEST_MAIN(suite())
