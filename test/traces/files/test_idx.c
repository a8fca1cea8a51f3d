/* IDX headers: every type of element, and numbers of dimensions that cannot be. */
#include "test/traces/files/make_array.h"
#include "traces/files/array.h"

static struct sq_error err;
static struct sq_array_file *file;

static const unsigned char six[6] = {1, 2, 3, 4, 5, 6};

static void expect_refused(const void *data, size_t size, int code, const char *part)
{
    expect(&err, sq_array_open(&err, temp_write("x", data, size), &file), code, part);
}

START_TEST(idx_types)
{
    static const struct {
        unsigned code, bytes;
        const char *name;
    } type[] = {{0x09, 1, "int8"},    {0x0b, 2, "int16"},   {0x0c, 4, "int32"},
                {0x0d, 4, "float32"}, {0x0e, 8, "float64"}, {0x0a, 1, NULL}};
    const uint32_t dim[1] = {1};
    unsigned char data[32];
    char name[16];
    const size_t n = make_idx(data, type[_i].code, 1, dim, "\0\0\0\0\0\0\0\0", type[_i].bytes);
    const int rc = sq_array_open(&err, temp_write("x", data, n), &file);
    if (type[_i].name == NULL) {
        expect(&err, rc, SQ_EFORMAT, "type 0x0a is not known");
        return;
    }
    expect_ok(&err, rc);
    sq_element_name(sq_array_header(file), name, sizeof name);
    ck_assert_str_eq(name, type[_i].name);
    sq_array_close(file);
}
END_TEST

START_TEST(idx_dimensions)
{
    const uint32_t dim[9] = {1, 1, 1, 1, 1, 1, 1, 1, 1};
    unsigned char data[64];
    expect_refused(data, make_idx(data, 8, 0, dim, six, 6), SQ_EFORMAT, "0 dimensions");
    expect_refused(data, make_idx(data, 8, 9, dim, six, 1), SQ_EFORMAT, "9 dimensions");
    const uint32_t huge[8] = {-1u, -1u, -1u, -1u, -1u, -1u, -1u, -1u};
    expect_refused(data, make_idx(data, 8, 8, huge, six, 1), SQ_EFORMAT, "larger than any file");
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("traces/files/idx");
    TCase *t = tcase_create("header");
    tcase_set_timeout(t, 60); /* loaded machines, sanitizers */
    tcase_add_unchecked_fixture(t, temp_make, temp_remove);
    tcase_add_loop_test(t, idx_types, 0, 6);
    tcase_add_test(t, idx_dimensions);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
