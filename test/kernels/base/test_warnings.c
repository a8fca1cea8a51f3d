#include "kernels/base/warnings.h"

#include "test/unit.h"

#include <stdio.h>
#include <string.h>

struct heard {
    unsigned n;
    char last[SQ_WARNING_NAME + SQ_WARNING_TEXT + 2];
};

static void hear(void *data, const struct sq_warning *warning)
{
    struct heard *heard = data;
    heard->n++;
    snprintf(heard->last, sizeof heard->last, "%s: %s", warning->name, warning->text);
}

START_TEST(a_warning_is_kept_and_passed_on_once)
{
    struct heard heard = {.n = 0};
    struct sq_warnings list = {.pass = hear, .data = &heard};
    struct sq_error err = {.warnings = &list};
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(sq_warn(&err, "zero-weights", "%s: %d of 4", "a.pth", 3), SQ_OK);
    ck_assert_uint_eq(list.n, 1);
    ck_assert_uint_eq(heard.n, 1);
    ck_assert_str_eq(heard.last, "zero-weights: a.pth: 3 of 4");
    sq_warn(&err, "zero-weights", "b.pth: 1 of 4");
    sq_warn(&err, "other", "b.pth: 1 of 4");
    ck_assert_uint_eq(list.n, 3);
    ck_assert_uint_eq(heard.n, 3);
    ck_assert_int_eq(err.code, SQ_OK);
}
END_TEST

/* The inner list collects its part of the work; what both saw is heard once. */
START_TEST(lists_nest)
{
    struct heard heard = {.n = 0};
    struct sq_warnings outer = {.pass = hear, .data = &heard}, inner = {.n = 0};
    struct sq_error err = {.warnings = &outer};
    sq_warn(&err, "a", "first");
    sq_warnings_begin(&err, &inner);
    sq_warn(&err, "a", "first");
    sq_warn(&err, "b", "second");
    sq_warnings_end(&err, &inner);
    sq_warn(&err, "c", "third");
    ck_assert_ptr_eq(err.warnings, &outer);
    ck_assert_uint_eq(inner.n, 2);
    ck_assert_str_eq(inner.item[1].name, "b");
    ck_assert_uint_eq(outer.n, 3);
    ck_assert_uint_eq(heard.n, 3);
}
END_TEST

/* A list for which a warning is settled neither keeps it, nor hands it on, nor makes it an error; lists within it do keep it. */
START_TEST(what_is_settled_goes_no_further)
{
    struct heard heard = {.n = 0};
    struct sq_warnings outer = {.pass = hear, .data = &heard, .is_strict = 1},
                       chosen = {.settled = "zero-weights"}, inner = {.n = 0};
    struct sq_error err = {.warnings = &outer};
    sq_warnings_begin(&err, &chosen);
    sq_warnings_begin(&err, &inner);
    ck_assert_int_eq(sq_warn(&err, "zero-weights", "a.pth: 3 of 4"), SQ_OK);
    ck_assert_int_eq(sq_warn(&err, "zero-weights-not-counted", "a.pth"), SQ_EVALUE);
    ck_assert_uint_eq(inner.n, 2);
    ck_assert_uint_eq(chosen.n, 1);
    ck_assert_uint_eq(outer.n, 1);
    ck_assert_str_eq(outer.item[0].name, "zero-weights-not-counted");
}
END_TEST

START_TEST(strict_makes_it_an_error)
{
    struct heard heard = {.n = 0};
    struct sq_warnings outer = {.pass = hear, .data = &heard, .is_strict = 1}, inner = {.n = 0};
    struct sq_error err = {.warnings = &outer};
    sq_warnings_begin(&err, &inner);
    ck_assert_int_eq(sq_warn(&err, "zero-weights", "a.pth: 3 of 4"), SQ_EVALUE);
    ck_assert_str_eq(err.text,
                     "a.pth: 3 of 4 [zero-weights: " SQ_OPT "strict makes this warning an error]");
    ck_assert_uint_eq(heard.n, 0);
    ck_assert_int_eq(sq_warnings_repeat(&err, &inner), SQ_EVALUE);
}
END_TEST

START_TEST(a_full_list_still_passes_on)
{
    struct heard heard = {.n = 0};
    struct sq_warnings list = {.pass = hear, .data = &heard};
    struct sq_error err = {.warnings = &list};
    for (int i = 0; i < SQ_MAX_WARNINGS + 3; i++)
        ck_assert_int_eq(sq_warn(&err, "a", "number %d", i), SQ_OK);
    ck_assert_uint_eq(list.n, SQ_MAX_WARNINGS);
    ck_assert_uint_eq(heard.n, SQ_MAX_WARNINGS + 3);
}
END_TEST

START_TEST(nobody_listens)
{
    struct sq_error err = {0}, worker = {.code = SQ_EIO, .text = "gone"};
    struct sq_warnings list = {.n = 0};
    ck_assert_int_eq(sq_warn(NULL, "a", "b"), SQ_OK);
    ck_assert_int_eq(sq_warn(&err, "a", "b"), SQ_OK);
    sq_warnings_begin(NULL, &list);
    sq_warnings_end(NULL, &list);
    err.warnings = &list;
    sq_error_copy(&err, &worker);
    sq_error_copy(NULL, &worker);
    ck_assert_int_eq(err.code, SQ_EIO);
    ck_assert_str_eq(err.text, "gone");
    ck_assert_ptr_eq(err.warnings, &list);
}
END_TEST

START_TEST(control_bytes_and_length)
{
    struct sq_warnings list = {.n = 0};
    struct sq_error err = {.warnings = &list};
    char name[2 * SQ_WARNING_TEXT];
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    name[0] = '\n';
    sq_warn(&err, "a", "%s", name);
    ck_assert_int_eq(list.item[0].text[0], '?');
    ck_assert_uint_eq(strlen(list.item[0].text), SQ_WARNING_TEXT - 1);
}
END_TEST

static Suite *warnings_suite(void)
{
    Suite *suite = suite_create("warnings");
    TCase *all = tcase_create("all");
    tcase_add_test(all, a_warning_is_kept_and_passed_on_once);
    tcase_add_test(all, lists_nest);
    tcase_add_test(all, what_is_settled_goes_no_further);
    tcase_add_test(all, strict_makes_it_an_error);
    tcase_add_test(all, a_full_list_still_passes_on);
    tcase_add_test(all, nobody_listens);
    tcase_add_test(all, control_bytes_and_length);
    suite_add_tcase(suite, all);
    return suite;
}

SQ_TEST_MAIN(warnings_suite())
