/* Sets of samples against plain arrays of flags. */
#include "test/unit.h"
#include "traces/format/sample_set.h"

#include <string.h>

enum { N = 40 };

static struct sq_error err;

/* A random set below N, and the same as flags. */
static void draw(struct sq_rng *rng, unsigned char flag[N], struct sq_sample_set *set)
{
    const uint64_t likely = sq_rng_below(rng, 5);
    *set = (struct sq_sample_set){.n = 0};
    for (uint64_t i = 0; i < N; i++) {
        flag[i] = sq_rng_below(rng, 4) < likely;
        if (flag[i])
            ck_assert_int_eq(sq_sample_set_append(&err, set, (struct sq_range){i, i + 1}), SQ_OK);
    }
}

static void require(const struct sq_sample_set *set, const unsigned char flag[N])
{
    uint64_t n = 0;
    for (uint64_t i = 0; i < N; i++) {
        ck_assert_int_eq(sq_sample_set_has(set, i), flag[i]);
        n += flag[i];
    }
    ck_assert_int_eq(sq_sample_set_has(set, N), 0);
    ck_assert_uint_eq(sq_sample_set_count(set), n);
    for (size_t i = 0; i < set->n; i++) {
        ck_assert_uint_lt(set->range[i].first, set->range[i].end);
        if (i > 0) /* else they were one */
            ck_assert_uint_lt(set->range[i - 1].end, set->range[i].first);
    }
}

START_TEST(sets_are_what_was_put_in)
{
    struct sq_rng rng = {(uint64_t)_i};
    unsigned char flag[N];
    struct sq_sample_set set;
    draw(&rng, flag, &set);
    ck_assert_int_eq(sq_sample_set_append(&err, &set, (struct sq_range){N, N}), SQ_OK);
    require(&set, flag);
    sq_sample_set_free(&set);
    ck_assert_uint_eq(sq_sample_set_count(&set), 0);
}
END_TEST

START_TEST(what_is_in_one_and_not_in_the_other)
{
    struct sq_rng rng = {(uint64_t)_i};
    unsigned char a[N], b[N], want[N];
    struct sq_sample_set set, other, rest = {.n = 0};
    uint64_t begun = 0, n = 0;
    draw(&rng, a, &set);
    draw(&rng, b, &other);
    for (int i = 0; i < N; i++) {
        want[i] = a[i] && !b[i];
        begun += a[i] && b[i] && begun == n;
        n += a[i];
    }
    ck_assert_int_eq(sq_sample_set_without(&err, &set, &other, &rest), SQ_OK);
    require(&rest, want);
    ck_assert_uint_eq(sq_sample_set_begun(&set, &other), begun);
    sq_sample_set_free(&set);
    sq_sample_set_free(&other);
    sq_sample_set_free(&rest);
}
END_TEST

START_TEST(what_lies_within_a_range)
{
    struct sq_rng rng = {(uint64_t)_i};
    const struct sq_range within = {sq_rng_below(&rng, N), sq_rng_below(&rng, N)};
    unsigned char flag[N];
    struct sq_sample_set set, part = {.n = 0};
    draw(&rng, flag, &set);
    for (uint64_t i = 0; i < N; i++)
        flag[i] &= i >= within.first && i < within.end;
    ck_assert_int_eq(sq_sample_set_clip(&err, &set, within, &part), SQ_OK);
    require(&part, flag);
    sq_sample_set_free(&set);
    sq_sample_set_free(&part);
}
END_TEST

static Suite *sample_set_suite(void)
{
    Suite *suite = suite_create("sample_set");
    TCase *tests = tcase_create("sets");
    tcase_add_loop_test(tests, sets_are_what_was_put_in, 0, 100);
    tcase_add_loop_test(tests, what_is_in_one_and_not_in_the_other, 0, 300);
    tcase_add_loop_test(tests, what_lies_within_a_range, 0, 100);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(sample_set_suite())
