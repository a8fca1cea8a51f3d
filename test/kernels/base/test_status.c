#include "kernels/base/warnings.h"

#include "test/unit.h"

#include <string.h>

START_TEST(fail_records_sentence_and_code)
{
    struct sq_error err = {0};
    ck_assert_int_eq(sq_fail(&err, SQ_ESHAPE, "%s takes %d inputs", "head", 384), SQ_ESHAPE);
    ck_assert_int_eq(err.code, SQ_ESHAPE);
    ck_assert_str_eq(err.text, "head takes 384 inputs");
    ck_assert_int_eq(sq_fail(&err, SQ_EIO, "gone"), SQ_EIO);
    ck_assert_str_eq(err.text, "gone");
    ck_assert_int_eq(sq_fail(NULL, SQ_ENOMEM, "nobody listens"), SQ_ENOMEM);
}
END_TEST

/* A name from a file may hold any byte but 0: none below 32, nor 127, reaches the terminal. */
START_TEST(control_bytes_are_replaced)
{
    char name[256], want[256];
    struct sq_error err = {0};
    for (int c = 1; c < 256; c++) {
        name[c - 1] = (char)c;
        want[c - 1] = c < 32 || c == 127 ? '?' : (char)c;
    }
    name[255] = want[255] = '\0';
    sq_fail(&err, SQ_EFORMAT, "%s", name);
    ck_assert_str_eq(err.text, want);
}
END_TEST

/* An option is named as the outermost list of warnings says; without one its mark stays, through a
 * worker's error too, until an error with a list receives the sentence. */
START_TEST(options_are_named_by_the_outermost_list)
{
    static const char *const want[] = {SQ_OPT "force x; " SQ_OPT "resume?", "force x; resume?",
                                       "--force x; --resume?"};
    struct sq_error worker = {0};
    sq_fail(&worker, SQ_EUSAGE, SQ_OPT "%s x", "force");
    sq_fail_add(&worker, "; " SQ_OPT "resume\n");
    ck_assert_str_eq(worker.text, want[SQ_NAMES_MARKED]);
    for (int names = SQ_NAMES_MARKED; names <= SQ_NAMES_DASHED; names++) {
        struct sq_warnings outer = {.names = (enum sq_option_names)names}, inner = {.n = 0};
        struct sq_error err = {.warnings = &outer};
        sq_warnings_begin(&err, &inner);
        sq_error_copy(&err, &worker);
        ck_assert_str_eq(err.text, want[names]);
        sq_fail(&err, SQ_EUSAGE, "%s", worker.text);
        ck_assert_str_eq(err.text, want[names]);
        sq_warn(&err, "name", "%s", worker.text);
        ck_assert_str_eq(inner.item[0].text, want[names]);
        ck_assert_str_eq(outer.item[0].text, want[names]);
        sq_warnings_end(&err, &inner);
    }
}
END_TEST

START_TEST(long_sentences_are_cut)
{
    static char name[5000];
    struct sq_error err = {0};
    memset(name, 'a', sizeof name - 1);
    sq_fail(&err, SQ_EFORMAT, "%s", name);
    ck_assert_uint_eq(strlen(err.text), sizeof err.text - 1);
}
END_TEST

START_TEST(every_code_has_name_and_text)
{
    static const struct {
        int code;
        const char *name;
    } status[] = {
#define XX(name, code, text) {code, #name},
        SQ_STATUS_MAP(XX)
#undef XX
    };
    for (size_t i = 0; i < sizeof status / sizeof status[0]; i++) {
        ck_assert_int_lt(status[i].code, 0);
        ck_assert_str_eq(sq_status_name(status[i].code), status[i].name);
        ck_assert_str_ne(sq_status_text(status[i].code), sq_status_text(1));
    }
    ck_assert_str_eq(sq_status_name(SQ_OK), "OK");
    ck_assert_str_eq(sq_status_name(-1000), "unknown");
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("base");
    TCase *t = tcase_create("status");
    tcase_add_test(t, fail_records_sentence_and_code);
    tcase_add_test(t, control_bytes_are_replaced);
    tcase_add_test(t, options_are_named_by_the_outermost_list);
    tcase_add_test(t, long_sentences_are_cut);
    tcase_add_test(t, every_code_has_name_and_text);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
