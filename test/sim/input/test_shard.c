/* Shards: parts that make the whole, as the user says them and as launchers do. */
#include "sim/input/shard.h"
#include "test/unit.h"

#include <string.h>

static struct sq_error err;

static const char *const variable[] = {"OMPI_COMM_WORLD_RANK",
                                       "OMPI_COMM_WORLD_SIZE",
                                       "PMI_RANK",
                                       "PMI_SIZE",
                                       "SLURM_PROCID",
                                       "SLURM_NTASKS",
                                       "SLURM_ARRAY_TASK_ID",
                                       "SLURM_ARRAY_TASK_COUNT",
                                       "SLURM_ARRAY_TASK_MIN",
                                       "SLURM_ARRAY_TASK_MAX",
                                       "SLURM_ARRAY_TASK_STEP",
                                       "JOB_COMPLETION_INDEX"};

/* "NAME=VALUE NAME=VALUE" and no other variable of a launcher. */
static void set_environment(const char *text)
{
    char copy[400];
    for (size_t i = 0; i < sizeof variable / sizeof *variable; i++)
        unsetenv(variable[i]);
    snprintf(copy, sizeof copy, "%s", text);
    char *rest = NULL;
    for (char *pair = strtok_r(copy, " ", &rest); pair != NULL; pair = strtok_r(NULL, " ", &rest)) {
        char *value = strchr(pair, '=');
        *value++ = '\0';
        setenv(pair, value, 1);
    }
}

START_TEST(parts_make_the_whole)
{
    const unsigned couple[] = {0, 1, 2, 5, 7};
    for (uint64_t n = 1; n <= 40; n++)
        for (size_t c = 0; c < sizeof couple / sizeof *couple; c++) {
            const uint64_t unit = couple[c] > 1 ? couple[c] : 1, n_units = (n + unit - 1) / unit;
            for (uint64_t of = 1; of <= n_units; of++) {
                uint64_t next = 0, least = UINT64_MAX, most = 0;
                for (uint64_t i = 1; i <= of; i++) {
                    const struct sq_shard shard = {.index = i, .of = of};
                    struct sq_range samples;
                    ck_assert_int_eq(sq_shard_samples(&err, &shard, n, couple[c], &samples), SQ_OK);
                    ck_assert_uint_eq(samples.first, next);
                    ck_assert_uint_eq(samples.first % unit, 0);
                    next = samples.end;
                    const uint64_t units = (samples.end - samples.first + unit - 1) / unit;
                    least = units < least ? units : least;
                    most = units > most ? units : most;
                }
                ck_assert_uint_eq(next, n);
                ck_assert_uint_ge(least, 1);
                ck_assert_uint_le(most - least, 1);
            }
        }
}
END_TEST

START_TEST(no_part_is_empty)
{
    struct sq_range samples;
    ck_assert_int_eq(
        sq_shard_samples(&err, &(struct sq_shard){.index = 2, .of = 6}, 5, 0, &samples), SQ_EUSAGE);
    ck_assert_ptr_nonnull(strstr(err.text, "the input has only 5 samples to be divided"));
    ck_assert_int_eq(
        sq_shard_samples(&err, &(struct sq_shard){.index = 1, .of = 3}, 5, 4, &samples), SQ_EUSAGE);
    ck_assert_ptr_nonnull(strstr(err.text, "only 2 batches to be divided"));
    /* Numbers near 2^64 do not wrap around. */
    const struct sq_shard last = {.index = SQ_MAX_SHARDS, .of = SQ_MAX_SHARDS};
    ck_assert_int_eq(sq_shard_samples(&err, &last, UINT64_MAX, 4, &samples), SQ_OK);
    ck_assert_uint_eq(samples.end, UINT64_MAX);
    ck_assert_int_eq(sq_shard_samples(&err, &last, UINT64_MAX, 0, &samples), SQ_OK);
    ck_assert_uint_eq(samples.end, UINT64_MAX);
}
END_TEST

/* What the user or a launcher says, and the shard, or a part of the refusal. */
static const struct {
    const char *text, *environment;
    uint64_t index, of;
    const char *said; /* the source, or a part of the sentence where of is 0 */
} given[] = {
    {"3/10", "", 3, 10, ""},
    {"1/1", "SLURM_PROCID=1 SLURM_NTASKS=2", 1, 1, ""},
    {"0/4", "", 0, 0, "numbered from 1: 1/4 to 4/4"},
    {"5/4", "", 0, 0, "there are 4 shards"},
    {"4", "", 0, 0, "expected I/N"},
    {"1/0", "", 0, 0, "expected I/N"},
    {"-1/4", "", 0, 0, "expected I/N"},
    {"1/4x", "", 0, 0, "expected I/N"},
    {"1/99999999999999999999", "", 0, 0, "expected I/N"},
    {"", "", 0, 0, "expected I/N"},
    {"automatic", "", 0, 0, "expected auto/N"},
    {"auto/0", "", 0, 0, "expected auto/N"},
    {"auto", "", 0, 0, "no launcher says"},
    {"auto", "OMPI_COMM_WORLD_RANK=2 OMPI_COMM_WORLD_SIZE=4", 3, 4,
     "OMPI_COMM_WORLD_RANK=2, OMPI_COMM_WORLD_SIZE=4"},
    {"auto", "PMI_RANK=0 PMI_SIZE=4", 1, 4, "PMI_RANK=0, PMI_SIZE=4"},
    {"auto", "SLURM_PROCID=3 SLURM_NTASKS=4", 4, 4, "SLURM_PROCID=3, SLURM_NTASKS=4"},
    {"auto", "SLURM_PROCID=0 SLURM_ARRAY_TASK_ID=2 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_COUNT=4",
     2, 4, "SLURM_ARRAY_TASK_ID=2, SLURM_ARRAY_TASK_COUNT=4"},
    {"auto", "OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=2 SLURM_PROCID=0 SLURM_NTASKS=2", 2, 2,
     "OMPI_COMM_WORLD_RANK=1, OMPI_COMM_WORLD_SIZE=2"},
    {"auto", "OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=2 PMI_RANK=1 PMI_SIZE=2", 2, 2,
     "OMPI_COMM_WORLD_RANK=1, OMPI_COMM_WORLD_SIZE=2"},
    {"auto", "OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=2 PMI_RANK=0 PMI_SIZE=2", 0, 0,
     "is 1 of 2, but PMI_RANK of PMI_SIZE is 0 of 2"},
    {"auto", "PMI_RANK=2", 0, 0, "PMI_RANK is set, PMI_SIZE is not"},
    {"auto", "PMI_RANK=4 PMI_SIZE=4", 0, 0, "there is no such process"},
    {"auto", "PMI_RANK=two PMI_SIZE=4", 0, 0, "PMI_RANK is \"two\", expected a whole number"},
    {"auto", "PMI_RANK=-1 PMI_SIZE=4", 0, 0, "PMI_RANK is \"-1\""},
    {"auto", "PMI_RANK=1 PMI_SIZE=99999999999999999999", 0, 0, "PMI_SIZE is"},
    {"auto",
     "SLURM_ARRAY_TASK_ID=7 SLURM_ARRAY_TASK_MIN=5 SLURM_ARRAY_TASK_MAX=8 SLURM_ARRAY_TASK_COUNT=4",
     3, 4, "SLURM_ARRAY_TASK_ID=7, SLURM_ARRAY_TASK_COUNT=4"},
    {"auto",
     "SLURM_ARRAY_TASK_ID=20 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_MAX=30 "
     "SLURM_ARRAY_TASK_STEP=10 "
     "SLURM_ARRAY_TASK_COUNT=4",
     3, 4, "SLURM_ARRAY_TASK_ID=20, SLURM_ARRAY_TASK_COUNT=4"},
    {"auto",
     "SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=7 SLURM_ARRAY_TASK_COUNT=3",
     0, 0, "is not one of 3 in a row from 1"},
    {"auto", "SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_COUNT=3", 0, 0, "SLURM_ARRAY_TASK_MIN is not"},
    {"auto", "SLURM_ARRAY_TASK_ID=3", 0, 0, "SLURM_ARRAY_TASK_COUNT is not"},
    {"auto",
     "SLURM_ARRAY_TASK_ID=2 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_COUNT=4 SLURM_PROCID=0 "
     "SLURM_NTASKS=1",
     2, 4, "SLURM_ARRAY_TASK_ID=2, SLURM_ARRAY_TASK_COUNT=4"},
    {"auto",
     "SLURM_ARRAY_TASK_ID=2 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_COUNT=4 SLURM_PROCID=0 "
     "SLURM_NTASKS=2",
     0, 0, "SLURM_NTASKS and SLURM_ARRAY_TASK_ID both divide the work"},
    {"auto",
     "SLURM_ARRAY_TASK_ID=5 SLURM_ARRAY_TASK_MIN=5 SLURM_ARRAY_TASK_COUNT=1 SLURM_PROCID=1 "
     "SLURM_NTASKS=2",
     2, 2, "SLURM_PROCID=1, SLURM_NTASKS=2"},
    {"auto", "JOB_COMPLETION_INDEX=2", 0, 0, "does not say how many shards there are"},
    {"auto/5", "JOB_COMPLETION_INDEX=2", 3, 5, "JOB_COMPLETION_INDEX=2"},
    {"auto/5", "JOB_COMPLETION_INDEX=5", 0, 0, "makes this shard 6 of 5"},
    {"auto/4", "PMI_RANK=2 PMI_SIZE=4", 3, 4, "PMI_RANK=2, PMI_SIZE=4"},
    {"auto/5", "PMI_RANK=2 PMI_SIZE=4", 0, 0, "PMI_SIZE is 4"},
};

START_TEST(a_shard_is_what_was_said)
{
    struct sq_shard shard;
    set_environment(given[_i].environment);
    const int status = sq_shard_parse(&err, given[_i].text, &shard);
    if (given[_i].of == 0) {
        ck_assert_int_eq(status, SQ_EUSAGE);
        ck_assert_msg(strstr(err.text, given[_i].said) != NULL, "%s: %s", given[_i].said, err.text);
        return;
    }
    ck_assert_msg(status == SQ_OK, "%s", err.text);
    ck_assert_uint_eq(shard.index, given[_i].index);
    ck_assert_uint_eq(shard.of, given[_i].of);
    ck_assert_str_eq(shard.source, given[_i].said);
}
END_TEST

START_TEST(without_a_word_nothing_is_divided)
{
    struct sq_shard shard = {.of = 3};
    set_environment("PMI_RANK=2 PMI_SIZE=4");
    ck_assert_int_eq(sq_shard_parse(&err, NULL, &shard), SQ_OK);
    ck_assert_uint_eq(shard.of, 0);
}
END_TEST

static Suite *shard_suite(void)
{
    Suite *suite = suite_create("shard");
    TCase *tests = tcase_create("parts");
    tcase_add_test(tests, parts_make_the_whole);
    tcase_add_test(tests, no_part_is_empty);
    tcase_add_loop_test(tests, a_shard_is_what_was_said, 0, sizeof given / sizeof *given);
    tcase_add_test(tests, without_a_word_nothing_is_divided);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(shard_suite())
