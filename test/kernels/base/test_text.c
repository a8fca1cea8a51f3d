/* Text that grows: whole, whatever is written, or not there at all. */
#include "kernels/base/text.h"
#include "test/unit.h"

#include <stdlib.h>
#include <string.h>

START_TEST(text_is_what_was_written)
{
    struct sq_text text;
    size_t size = 0;
    FILE *to = sq_text_open(&text);
    for (int i = 0; i < 20000; i++)
        fprintf(to, "%06d\n", i);
    fputc('\0', to);
    fputs("end", to);
    char *bytes = sq_text_close(&text, &size);
    ck_assert_uint_eq(size, 20000 * 7 + 4);
    ck_assert_mem_eq(bytes + 7 * 12345, "012345\n", 7);
    ck_assert_mem_eq(bytes + size - 4, "\0end", 5); /* and a NUL behind it */
    free(bytes);
}
END_TEST

START_TEST(nothing_is_an_empty_text)
{
    struct sq_text text;
    ck_assert_ptr_nonnull(sq_text_open(&text));
    char *bytes = sq_text_close(&text, NULL);
    ck_assert_str_eq(bytes, "");
    free(bytes);
}
END_TEST

/* What glibc's open_memstream() forgets: a write that failed, with later ones that did not. */
START_TEST(a_failure_stays)
{
    struct sq_text text;
    FILE *to = sq_text_open(&text);
    fputs("before", to);
    fflush(to);
    sq_text_fail(&text);
    fputs("after", to);
    ck_assert_int_eq(fflush(to), EOF);
    ck_assert_ptr_null(sq_text_close(&text, NULL));
}
END_TEST

START_TEST(a_failure_before_anything_is_written)
{
    struct sq_text text;
    sq_text_open(&text);
    sq_text_fail(&text);
    ck_assert_ptr_null(sq_text_close(&text, NULL));
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("kernels/base text");
    TCase *t = tcase_create("text");
    tcase_add_test(t, text_is_what_was_written);
    tcase_add_test(t, nothing_is_an_empty_text);
    tcase_add_test(t, a_failure_stays);
    tcase_add_test(t, a_failure_before_anything_is_written);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
