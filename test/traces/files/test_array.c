/* Array files as a whole: both formats, plain and compressed, in both orders; and everything that
 * a damaged one can be. */
#include "test/traces/files/make_array.h"
#include "traces/files/array.h"

static struct sq_error err;
static struct sq_array_file *file;

static const unsigned char six[6] = {1, 2, 3, 4, 5, 6};

/* Opening `size` bytes must fail so. */
static void expect_refused(const void *data, size_t size, int code, const char *part)
{
    expect(&err, sq_array_open(&err, temp_write("x", data, size), &file), code, part);
}

START_TEST(npy_rows)
{
    const uint16_t value[6] = {1, 2, 3, 4, 5, 6};
    uint16_t row[4];
    expect_ok(&err, sq_array_open(&err, write_npy("x", "<u2", "(3, 2)", value, 12), &file));
    ck_assert_uint_eq(sq_array_row_elements(file), 2);
    expect_ok(&err, sq_array_read(&err, file, 1, 2, (unsigned char *)row));
    ck_assert_mem_eq(row, value + 2, 8);
    expect(&err, sq_array_read(&err, file, 2, 2, (unsigned char *)row), SQ_EIO, "shorter");
    char text[64];
    sq_array_describe(file, text, sizeof text);
    ck_assert_str_eq(text, "npy uint16 [3,2]");
    sq_array_close(file);
}
END_TEST

/* [2,3,2] with the first index fastest: element (a,b,c) lies at a + 2 b + 6 c. */
START_TEST(fortran_order)
{
    unsigned char stored[12], data[140], row[6];
    for (unsigned i = 0; i < 12; i++)
        stored[i % 2 + 2 * (i / 4) + 6 * (i / 2 % 2)] =
            (unsigned char)(100 * (i % 2) + 10 * (i / 4) + i / 2 % 2);
    const size_t n =
        make_npy(data, "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3, 2), }", stored, 12);
    expect_ok(&err, sq_array_open(&err, temp_write("x", data, n), &file));
    for (unsigned a = 0; a < 2; a++) {
        expect_ok(&err, sq_array_read(&err, file, a, 1, row));
        for (unsigned i = 0; i < 6; i++)
            ck_assert_uint_eq(row[i], 100 * a + 10 * (i / 2) + i % 2);
    }
    char text[64];
    sq_array_describe(file, text, sizeof text);
    ck_assert_str_eq(text, "npy uint8 [2,3,2] (Fortran order)");
    sq_array_close(file);
    expect(&err, sq_array_open(&err, write_gz("x.gz", data, n), &file), SQ_EUNSUPPORTED, "gunzip");
}
END_TEST

START_TEST(idx_plain_and_compressed)
{
    const uint32_t dim[2] = {3, 2};
    unsigned char data[32], row[4];
    const size_t n = make_idx(data, 0x08, 2, dim, six, 6);
    for (int gz = 0; gz < 2; gz++) {
        const char *path = gz ? write_gz("x.gz", data, n) : temp_write("x", data, n);
        char text[64];
        expect_ok(&err, sq_array_open(&err, path, &file));
        expect_ok(&err, sq_array_read(&err, file, 1, 2, row));
        ck_assert_mem_eq(row, six + 2, 4);
        expect_ok(&err, sq_array_read(&err, file, 0, 1, row)); /* backwards too */
        ck_assert_mem_eq(row, six, 2);
        sq_array_describe(file, text, sizeof text);
        ck_assert_str_eq(text, gz ? "IDX.gz uint8 [3,2]" : "IDX uint8 [3,2]");
        sq_array_close(file);
    }
}
END_TEST

static size_t example(unsigned char *out, int format)
{
    const uint32_t dim[2] = {3, 2};
    if (format == 0)
        return make_npy(out, "{'descr': '|u1', 'fortran_order': False, 'shape': (3, 2), }", six, 6);
    return make_idx(out, 0x08, 2, dim, six, 6);
}

START_TEST(truncated_at_every_byte)
{
    unsigned char data[160];
    size_t n = example(data, _i % 2);
    if (_i >= 2) { /* the bytes of the compressed file, the checksum's too */
        const char *path = write_gz("whole.gz", data, n);
        FILE *whole = fopen(path, "rb");
        n = fread(data, 1, sizeof data, whole);
        fclose(whole);
    }
    for (size_t cut = 0; cut < n; cut++)
        expect_refused(data, cut, SQ_EFORMAT,
                       cut == 0                  ? "the file is empty"
                       : cut < (_i == 1 ? 3 : 6) ? ""
                       : _i >= 2 && cut < 18     ? "" /* some of it is no stream yet */
                                                 : "truncated");
    expect_ok(&err, sq_array_open(&err, temp_write("x", data, n), &file));
    sq_array_close(file);
}
END_TEST

START_TEST(how_much_is_missing)
{
    unsigned char data[160];
    const size_t n = example(data, 0);
    expect_refused(data, n - 1, SQ_EFORMAT,
                   "truncated: it has 133 bytes and its shape [3,2] needs 134");
    data[n] = 0;
    expect_refused(data, n + 1, SQ_EFORMAT, "something follows the array");
    expect(&err, sq_array_open(&err, write_gz("x.gz", data, n - 1), &file), SQ_EFORMAT,
           "133 uncompressed bytes");
    expect(&err, sq_array_open(&err, write_gz("x.gz", data, n + 1), &file), SQ_EFORMAT,
           "something follows");
}
END_TEST

START_TEST(damaged_compression)
{
    unsigned char data[160];
    const size_t n = example(data, 0);
    const char *path = write_gz("x.gz", data, n);
    FILE *f = fopen(path, "r+b");
    fseek(f, -6, SEEK_END); /* the checksum */
    fputc('?', f);
    fclose(f);
    expect(&err, sq_array_open(&err, path, &file), SQ_EFORMAT, "damaged");
}
END_TEST

static const struct {
    const char *shape;
    int code;
    const char *part;
} absurd[] = {
    {"(4294967296, 4294967296)", SQ_EFORMAT, "larger than any file"},
    {"(9223372036854775000, )", SQ_EFORMAT, "larger than any file"},
    {"(4611686018427387904, 4)", SQ_EFORMAT, "larger than any file"},
    {"(1000000000000, )", SQ_EFORMAT, "needs 4000000000128"},
    {"()", SQ_ESHAPE, "a single number"},
};

START_TEST(absurd_shapes)
{
    expect(&err, sq_array_open(&err, write_npy("x", "<f4", absurd[_i].shape, six, 4), &file),
           absurd[_i].code, absurd[_i].part);
}
END_TEST

START_TEST(no_array_at_all)
{
    expect(&err, sq_array_open(&err, temp_path("none"), &file), SQ_EIO, "No such file");
    expect(&err, sq_array_open(&err, temp_dir, &file), SQ_EIO, "is a directory");
    expect(&err, sq_array_open(&err, "/dev/null", &file), SQ_EIO, "not a regular file");
    ck_assert_int_eq(mkfifo(temp_path("pipe"), 0600), 0);
    expect(&err, sq_array_open(&err, temp_path("pipe"), &file), SQ_EIO, "not a regular file");
    expect_refused("", 0, SQ_EFORMAT, "empty");
    expect_refused("x", 1, SQ_EFORMAT, "neither .npy nor IDX");
    expect_refused("PK\3\4....", 8, SQ_EFORMAT, "zip archive");
    expect_refused("\x89PNG....", 8, SQ_EFORMAT, "PNG");
    expect_refused("\xff\xd8\xff\xe0", 4, SQ_EFORMAT, "JPEG");
    expect_refused("\x80\4\x95", 3, SQ_EFORMAT, "pickle");
    expect_refused("\x1f\x8b\x08", 3, SQ_EFORMAT, "truncated");
    expect_refused("\x1f\x8bgarbage, and more of it", 25, SQ_EFORMAT, "damaged");
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("traces/files/array");
    TCase *t = tcase_create("array");
    tcase_set_timeout(t, 60); /* loaded machines, sanitizers */
    tcase_add_unchecked_fixture(t, temp_make, temp_remove);
    tcase_add_test(t, npy_rows);
    tcase_add_test(t, fortran_order);
    tcase_add_test(t, idx_plain_and_compressed);
    tcase_add_loop_test(t, truncated_at_every_byte, 0, 4);
    tcase_add_test(t, how_much_is_missing);
    tcase_add_test(t, damaged_compression);
    tcase_add_loop_test(t, absurd_shapes, 0, sizeof absurd / sizeof *absurd);
    tcase_add_test(t, no_array_at_all);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
