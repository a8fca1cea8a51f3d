/* Files by name: read to the end whatever their size and kind, refused above the limit. */
#include "traces/files/whole_file.h"

#include "test/sim/input/temp_files.h"

/* Around the sizes at which the buffer grows, and around the limit. */
static const size_t size_of_file[] = {0,     1,     8190,  8191,   8192,  8193,
                                      16383, 16384, 99999, 100000, 100001};
enum { N_SIZES = sizeof size_of_file / sizeof size_of_file[0], MOST = 100000 };

static char *content_of(size_t n)
{
    char *content = malloc(n + 1);
    ck_assert_ptr_nonnull(content);
    for (size_t i = 0; i < n; i++)
        content[i] = (char)(i * 7 % 251);
    return content;
}

START_TEST(sizes)
{
    struct sq_error err = {0};
    const size_t n = size_of_file[_i];
    char *content = content_of(n), *text = content;
    const char *path = temp_write("file", content, n);
    size_t size = 1;
    const int status = sq_file_read(&err, path, MOST, "larger than it may be", &text, &size);
    if (n > MOST) {
        ck_assert_int_eq(status, SQ_EFORMAT);
        ck_assert_ptr_nonnull(strstr(err.text, "file: larger than it may be"));
        ck_assert_ptr_null(text);
    } else {
        ck_assert_int_eq(status, SQ_OK);
        ck_assert_uint_eq(size, n);
        ck_assert(memcmp(text, content, n) == 0 && text[n] == '\0');
    }
    free(text);
    free(content);
}
END_TEST

START_TEST(a_pipe)
{
    struct sq_error err = {0};
    char path[32], *text;
    size_t size;
    int end[2];
    ck_assert_int_eq(pipe(end), 0);
    ck_assert_int_eq(write(end[1], "abc", 3), 3);
    close(end[1]);
    snprintf(path, sizeof path, "/dev/fd/%d", end[0]);
    ck_assert(!sq_file_is_regular(path));
    ck_assert_uint_eq(sq_file_head(path, (char[4]){0}, 4), 0);
    ck_assert_int_eq(sq_file_read(&err, path, 10, "", &text, &size), SQ_OK);
    ck_assert_uint_eq(size, 3);
    ck_assert_str_eq(text, "abc");
    free(text);
    close(end[0]);
}
END_TEST

START_TEST(what_cannot_be_read)
{
    struct sq_error err = {0};
    char *text, head[4];
    size_t size;
    ck_assert_int_eq(sq_file_read(&err, temp_path("none"), 9, "", &text, &size), SQ_EIO);
    ck_assert_ptr_nonnull(strstr(err.text, "none: cannot be opened: No such file"));
    ck_assert_int_eq(sq_file_read(&err, temp_dir, 9, "", &text, &size), SQ_EIO);
    ck_assert_ptr_nonnull(strstr(err.text, "cannot be read: Is a directory"));
    ck_assert_ptr_null(text);
    ck_assert_uint_eq(sq_file_head(temp_path("none"), head, sizeof head), 0);
    ck_assert_uint_eq(sq_file_head(temp_dir, head, sizeof head), 0);
}
END_TEST

START_TEST(heads)
{
    char head[4] = "----";
    const char *path = temp_write("head", "abcdef", 6);
    ck_assert(sq_file_is_regular(path));
    ck_assert_uint_eq(sq_file_head(path, head, 3), 3);
    ck_assert(memcmp(head, "abc-", 4) == 0);
    ck_assert_uint_eq(sq_file_head(temp_write("short", "xy", 2), head, 4), 2);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("traces/files/whole_file");
    TCase *t = tcase_create("reading");
    tcase_add_unchecked_fixture(t, temp_make, temp_remove);
    tcase_add_loop_test(t, sizes, 0, N_SIZES);
    tcase_add_test(t, a_pipe);
    tcase_add_test(t, what_cannot_be_read);
    tcase_add_test(t, heads);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
