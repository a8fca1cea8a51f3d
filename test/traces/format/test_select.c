/* Theorem: a range holds exactly the samples that its text says; a name is selected exactly when
 * one of the patterns matches it. */
#include "test/unit.h"
#include "traces/format/select.h"

static const struct {
    const char *text;
    uint64_t first, end;
} good[] = {{NULL, 0, INT64_MAX}, {"", 0, INT64_MAX}, {"7", 7, 8},
            {"10:20", 10, 20},    {":5", 0, 5},       {"3:", 3, INT64_MAX}};

START_TEST(a_range_is_what_it_says)
{
    struct sq_error err = {0};
    struct sq_range range;
    ck_assert_int_eq(sq_range_parse(&err, "--samples", good[_i].text, &range), SQ_OK);
    ck_assert_uint_eq(range.first, good[_i].first);
    ck_assert_uint_eq(range.end, good[_i].end);
}
END_TEST

static const char *const bad[] = {
    ":", "x", "5:5", "6:5", "1:2:3", "-1", "1-2", "99999999999999999999", "1:x", " 1"};

START_TEST(what_is_no_range_is_refused)
{
    struct sq_error err = {0};
    struct sq_range range;
    ck_assert_int_eq(sq_range_parse(&err, "--samples", bad[_i], &range), SQ_EUSAGE);
}
END_TEST

START_TEST(patterns_select_names)
{
    const char *const name = "block.0.attn.q_lif";
    ck_assert_int_eq(sq_globs_match(NULL, name), 1);
    ck_assert_int_eq(sq_globs_match("block.*", name), 1);
    ck_assert_int_eq(sq_globs_match("*.q_lif", name), 1);
    ck_assert_int_eq(sq_globs_match("patch_embed.*,block.0.attn.[qk]_lif", name), 1);
    ck_assert_int_eq(sq_globs_match("block.1.*", name), 0);
    ck_assert_int_eq(sq_globs_match("block.0", name), 0);
    ck_assert_int_eq(sq_globs_match("a,b,", name), 0);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("traces/format");
    TCase *select = tcase_create("select");
    tcase_add_loop_test(select, a_range_is_what_it_says, 0, sizeof good / sizeof good[0]);
    tcase_add_loop_test(select, what_is_no_range_is_refused, 0, sizeof bad / sizeof bad[0]);
    tcase_add_test(select, patterns_select_names);
    suite_add_tcase(s, select);
    return s;
}

SQ_TEST_MAIN(suite())
