/* Labels: the right number of integers in range, or a reason why not. */
#include "sim/input/labels.h"
#include "test/traces/files/make_array.h"

static struct sq_error err;
static struct sq_array_file *file;

static const struct {
    const char *descr, *shape;
    size_t size;
    uint64_t n_samples;
    uint32_t classes;
    int code;
    const char *part;
} row[] = {
    {"|u1", "(4,)", 4, 4, 10, SQ_OK, ""},
    {"|u1", "(4,)", 4, 5, 10, SQ_ESHAPE, "4 labels for 5 samples"},
    {"|u1", "(4,)", 4, 3, 10, SQ_ESHAPE, "4 labels for 3 samples"},
    {"|u1", "(4, 1)", 4, 4, 10, SQ_ESHAPE, "holds [4,1]; labels are one list of 4 integers"},
    {"<f4", "(1,)", 4, 1, 10, SQ_EUNSUPPORTED, "holds float32"},
    {"|b1", "(4,)", 4, 4, 10, SQ_EUNSUPPORTED, "holds bool"},
    {"|u1", "(4,)", 4, 4, 3, SQ_EVALUE, "label 3 is 3; the network has the classes 0..2"},
    {"|i1", "(5,)", 5, 5, 10, SQ_EVALUE, "label 4 is -1"},
    {"|u1", "(5,)", 5, 5, 0, SQ_OK, ""}, /* classes not known */
    {"<u4", "(2,)", 8, 2, 0, SQ_EVALUE, "label 1 is 4294967295"},
    {"<i8", "(1,)", 8, 1, 10, SQ_EVALUE, "label 0 is"},
    {"<u8", "(1,)", 8, 1, 10, SQ_EVALUE, "exceeds 64 bits"},
};

START_TEST(checked_when_opened)
{
    const unsigned char data[8] = {0, 1, 2, 3, 0xff, 0xff, 0xff, 0xff};
    const char *path = write_npy("y", row[_i].descr, row[_i].shape, data, row[_i].size);
    const int rc = sq_labels_open(&err, path, row[_i].n_samples, row[_i].classes, &file);
    expect(&err, rc, row[_i].code, row[_i].part);
    if (rc == SQ_OK)
        sq_array_close(file);
}
END_TEST

/* More than one batch, compressed; a wrong one at the end is found. */
START_TEST(many)
{
    enum { N = 5000 };
    const uint32_t dim[1] = {N};
    unsigned char value[N], data[N + 8];
    int32_t label;
    for (unsigned i = 0; i < N; i++)
        value[i] = (unsigned char)(i * 7 % 10);
    const char *path = write_gz("y.gz", data, make_idx(data, 8, 1, dim, value, N));
    expect_ok(&err, sq_labels_open(&err, path, N, 10, &file));
    for (unsigned i = 0; i < N; i++) {
        expect_ok(&err, sq_labels_read(&err, file, i, &label));
        ck_assert_int_eq(label, value[i]);
    }
    sq_array_close(file);
    value[N - 1] = 10;
    path = temp_write("y", data, make_idx(data, 8, 1, dim, value, N));
    expect(&err, sq_labels_open(&err, path, N, 10, &file), SQ_EVALUE, "label 4999 is 10");
}
END_TEST

START_TEST(files_that_are_none_or_change)
{
    const unsigned char two[2] = {1, 2};
    int32_t label;
    expect(&err, sq_labels_open(&err, temp_path("no"), 2, 10, &file), SQ_EIO, "No such file");
    const char *path = write_npy("y", "|i1", "(2,)", two, 2);
    expect_ok(&err, sq_labels_open(&err, path, 2, 10, &file));
    FILE *f = fopen(path, "r+b");
    fseek(f, -1, SEEK_END);
    fputc(0xff, f);
    fclose(f);
    expect(&err, sq_labels_read(&err, file, 1, &label), SQ_EIO, "label 1 changed");
    ck_assert_int_eq(truncate(path, 128), 0);
    expect(&err, sq_labels_read(&err, file, 1, &label), SQ_EIO, "became shorter");
    sq_array_close(file);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("sim/input/labels");
    TCase *t = tcase_create("labels");
    tcase_set_timeout(t, 60); /* loaded machines, sanitizers */
    tcase_add_unchecked_fixture(t, temp_make, temp_remove);
    tcase_add_loop_test(t, checked_when_opened, 0, sizeof row / sizeof *row);
    tcase_add_test(t, many);
    tcase_add_test(t, files_that_are_none_or_change);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
