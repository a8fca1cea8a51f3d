/* Ranks of a dry run, and a rank alone: sums, shares, gathers and verdicts are what each rank's part
 * says they are, in the order of the ranks. MPI's are tested by test/cluster/mpi.sh. */
#include "kernels/base/warnings.h"
#include "sim/cluster/cluster.h"
#include "test/unit.h"

#include <string.h>

enum { WORDS = 1000 };

/* Rank r gives r + i in word i; the sum of ranks 0 .. n - 1 has a formula. */
static int add_up(struct sq_error *err, void *data, struct sq_cluster *cluster)
{
    uint64_t value[WORDS];
    (void)data;
    for (uint64_t i = 0; i < WORDS; i++)
        value[i] = cluster->rank + i;
    const int status = sq_cluster_sum(err, cluster, value, WORDS);
    for (uint64_t i = 0; cluster->rank == 0 && i < WORDS; i++)
        ck_assert_uint_eq(value[i], cluster->size * i + cluster->size * (cluster->size - 1) / 2);
    return status;
}

/* Rank r gives r bytes of the value r. */
static int collect(struct sq_error *err, void *data, struct sq_cluster *cluster)
{
    unsigned char bytes[64];
    struct sq_gathered all;
    char text[8] = "";
    (void)data;
    memset(bytes, (int)cluster->rank, sizeof bytes);
    int status = sq_cluster_gather(err, cluster, bytes, cluster->rank, &all);
    ck_assert_int_eq(status, SQ_OK);
    for (unsigned rank = 0; cluster->rank == 0 && rank < cluster->size; rank++) {
        size_t n;
        const unsigned char *of = sq_gathered_of(&all, rank, &n);
        ck_assert_uint_eq(n, rank);
        ck_assert_mem_eq(of, memset(bytes, (int)rank, sizeof bytes), n);
    }
    sq_gathered_free(&all);
    if (cluster->rank == 0)
        memcpy(text, "shared", 7);
    status = sq_cluster_share(err, cluster, text, sizeof text);
    ck_assert_str_eq(text, "shared");
    return status;
}

/* Which rank fails with what; the rest is fine. */
struct failures {
    int of_1, of_3, agreed;
    const char *sentence;
};

static int fail_some(struct sq_error *err, void *data, struct sq_cluster *cluster)
{
    const struct failures *failures = data;
    int status = SQ_OK;
    if (cluster->rank == 1 && failures->of_1 != SQ_OK)
        status = sq_fail(err, failures->of_1, "one");
    if (cluster->rank == 3 && failures->of_3 != SQ_OK)
        status = sq_fail(err, failures->of_3, "three");
    status = sq_cluster_agree(err, cluster, status);
    ck_assert_int_eq(status, failures->agreed);
    if (status != SQ_OK)
        ck_assert_str_eq(err->text, failures->sentence);
    return status;
}

static struct sq_block count_questions(void *data, unsigned rank,
                                       const struct sq_question *question)
{
    uint64_t *asked = data;
    asked[rank] += !question->leaves;
    return (struct sq_block){rank, rank + asked[rank]};
}

/* Each rank hears the answers to its own questions. */
static int ask_often(struct sq_error *err, void *data, struct sq_cluster *cluster)
{
    const struct sq_desk desk = {.answer = count_questions, .data = data};
    struct sq_question question = {.n_done = 0};
    int status = sq_cluster_open_desk(err, cluster, &desk);
    for (uint64_t i = 1; status == SQ_OK && i <= 50; i++) {
        struct sq_block block = {0, 0};
        ck_assert_int_eq(sq_cluster_ask(err, cluster, &question), SQ_OK);
        status = sq_cluster_hear(err, cluster, &block);
        ck_assert_uint_eq(block.first, cluster->rank);
        ck_assert_uint_eq(block.end, cluster->rank + i);
    }
    question.leaves = 1;
    return sq_cluster_close_desk(err, cluster, &question);
}

/* The number of ranks of a loop test. */
static unsigned size_of(int i)
{
    static const unsigned size[] = {1, 2, 3, 4, 7};
    return size[i];
}

START_TEST(sums_are_those_of_all_ranks)
{
    struct sq_error err = {0};
    ck_assert_int_eq(sq_cluster_dry_run(&err, size_of(_i), add_up, NULL), SQ_OK);
}
END_TEST

START_TEST(bytes_come_in_the_order_of_the_ranks)
{
    struct sq_error err = {0};
    ck_assert_int_eq(sq_cluster_dry_run(&err, size_of(_i), collect, NULL), SQ_OK);
}
END_TEST

START_TEST(every_rank_gets_its_own_answers)
{
    struct sq_error err = {0};
    uint64_t asked[8] = {0};
    ck_assert_int_eq(sq_cluster_dry_run(&err, size_of(_i), ask_often, asked), SQ_OK);
    for (unsigned rank = 0; rank < size_of(_i); rank++)
        ck_assert_uint_eq(asked[rank], 50);
}
END_TEST

START_TEST(one_verdict_for_all)
{
    static const struct failures row[] = {
        {SQ_OK, SQ_OK, SQ_OK, ""},
        {SQ_EIO, SQ_OK, SQ_EIO, "rank 1: one"},
        {SQ_OK, SQ_EVALUE, SQ_EVALUE, "rank 3: three"},
        {SQ_EIO, SQ_EVALUE, SQ_EIO, "rank 1: one"},
        {SQ_EINTERRUPTED, SQ_OK, SQ_EINTERRUPTED, "one"},
        {SQ_EINTERRUPTED, SQ_EVALUE, SQ_EVALUE, "rank 3: three"},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct sq_error err = {0};
        struct failures failures = row[i];
        ck_assert_int_eq(sq_cluster_dry_run(&err, 4, fail_some, &failures), failures.agreed);
    }
}
END_TEST

START_TEST(a_rank_alone_is_a_cluster)
{
    struct sq_error err = {0};
    struct sq_cluster *cluster = NULL;
    struct sq_machine_memory memory;
    ck_assert_int_eq(sq_cluster_local(&err, &cluster), SQ_OK);
    ck_assert_int_eq(add_up(&err, NULL, cluster), SQ_OK);
    ck_assert_int_eq(collect(&err, NULL, cluster), SQ_OK);
    ck_assert_int_eq(sq_cluster_take_machine_memory(&err, cluster, 100, &memory), SQ_OK);
    ck_assert_ptr_null(memory.base);
    sq_cluster_free(cluster);
}
END_TEST

static Suite *cluster_suite(void)
{
    Suite *suite = suite_create("cluster");
    TCase *tests = tcase_create("ranks");
    tcase_add_loop_test(tests, sums_are_those_of_all_ranks, 0, 5);
    tcase_add_loop_test(tests, bytes_come_in_the_order_of_the_ranks, 0, 5);
    tcase_add_loop_test(tests, every_rank_gets_its_own_answers, 0, 5);
    tcase_add_test(tests, one_verdict_for_all);
    tcase_add_test(tests, a_rank_alone_is_a_cluster);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(cluster_suite())
