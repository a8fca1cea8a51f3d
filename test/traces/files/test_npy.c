/* The header parser: what NumPy writes is understood, everything else is refused with a reason. */
#include "test/traces/files/make_array.h"
#include "traces/files/npy.h"

static struct sq_error err;
static struct sq_array array;

static int parse(const char *dictionary)
{
    unsigned char file[128];
    const size_t n = make_npy(file, dictionary, NULL, 0);
    return sq_npy_parse(&err, "x.npy", file, n, &array);
}

START_TEST(numpys_own_header)
{
    expect_ok(&err, parse("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3, 28, 20), }"));
    ck_assert_int_eq(array.kind, 'f');
    ck_assert_uint_eq(array.item_bytes, 4);
    ck_assert_int_eq(array.big_endian, 0);
    ck_assert_int_eq(array.fortran, 0);
    ck_assert_uint_eq(array.n_dims, 4);
    ck_assert_uint_eq(array.dim[0], 2);
    ck_assert_uint_eq(array.dim[3], 20);
    ck_assert_uint_eq(array.offset, 128);
}
END_TEST

START_TEST(every_order_and_spelling)
{
    expect_ok(&err, parse("{'shape': (7,), 'fortran_order': True, 'descr': '>i8'}"));
    ck_assert_int_eq(array.big_endian, 1);
    ck_assert_int_eq(array.fortran, 0); /* one dimension has no order */
    expect_ok(&err, parse("{\"descr\":\"|b1\",\"fortran_order\":True,\"shape\":(3L,4L,),}"));
    ck_assert_int_eq(array.fortran, 1);
    ck_assert_int_eq(array.kind, 'b');
    expect_ok(&err, parse("{'descr': '=u2', 'fortran_order': False, 'shape': ()}"));
    ck_assert_uint_eq(array.n_dims, 0);
}
END_TEST

static const struct {
    const char *dictionary;
    int code;
    const char *part;
} bad[] = {
    {"", SQ_EFORMAT, "'{' expected"},
    {"{}", SQ_EFORMAT, "each once"},
    {"{'descr': '<f4', 'shape': (1,)}", SQ_EFORMAT, "each once"},
    {"{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", SQ_EFORMAT,
     "each once"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'more': 1}", SQ_EFORMAT, "each once"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} x", SQ_EFORMAT, "nothing but blanks"},
    {"{'descr': '<f4' 'fortran_order': False, 'shape': (1,)}", SQ_EFORMAT, "',' or '}'"},
    {"{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}", SQ_EFORMAT, "True or False"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': [1]}", SQ_EFORMAT, "'('"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (1 2)}", SQ_EFORMAT, "',' or ')'"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}", SQ_EFORMAT, "a size"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (,)}", SQ_EFORMAT, "a size"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}", SQ_EFORMAT,
     "below 2^63"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,1)}", SQ_EFORMAT,
     "more than 8 dimensions"},
    {"{'descr': '|O', 'fortran_order': False, 'shape': (1,)}", SQ_EUNSUPPORTED,
     "Python objects (a pickle)"},
    {"{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}", SQ_EUNSUPPORTED,
     "structured"},
    {"{'descr': '<c8', 'fortran_order': False, 'shape': (1,)}", SQ_EUNSUPPORTED, "'<c8'"},
    {"{'descr': '<f16', 'fortran_order': False, 'shape': (1,)}", SQ_EUNSUPPORTED, "'<f16'"},
    {"{'descr': '<f1', 'fortran_order': False, 'shape': (1,)}", SQ_EUNSUPPORTED, "'<f1'"},
    {"{'descr': '<f4x', 'fortran_order': False, 'shape': (1,)}", SQ_EUNSUPPORTED, "'<f4x'"},
    {"{'descr': 'f', 'fortran_order': False, 'shape': (1,)}", SQ_EUNSUPPORTED, "'f'"},
    {"{'descr': <f4, 'fortran_order': False, 'shape': (1,)}", SQ_EFORMAT, "a type such as"},
    {"{'descr': '<f4, 'fortran_order': False, 'shape': (1,)}", SQ_EUNSUPPORTED, "'<f4, '"},
};

START_TEST(other_headers_are_refused)
{
    expect(&err, parse(bad[_i].dictionary), bad[_i].code, bad[_i].part);
}
END_TEST

START_TEST(versions)
{
    unsigned char file[256] = {0};
    static const char text[] = "{'descr': '|u1', 'fortran_order': False, 'shape': (5,)}";
    make_npy(file, text, NULL, 0);
    for (unsigned version = 2; version <= 3; version++) { /* four bytes of length */
        memmove(file + 12, text, sizeof text - 1);
        memset(file + 12 + sizeof text - 1, ' ', 256 - 12 - sizeof text);
        file[6] = (unsigned char)version;
        file[8] = 116;
        file[9] = file[10] = file[11] = 0;
        expect_ok(&err, sq_npy_parse(&err, "x.npy", file, sizeof file, &array));
        ck_assert_uint_eq(array.offset, 128);
        ck_assert_uint_eq(array.dim[0], 5);
    }
    file[11] = 0x7f; /* two gigabytes of header */
    expect(&err, sq_npy_parse(&err, "x.npy", file, sizeof file, &array), SQ_EFORMAT,
           "at most 16384");
    file[6] = 4;
    expect(&err, sq_npy_parse(&err, "x.npy", file, sizeof file, &array), SQ_EUNSUPPORTED,
           "version 4.0");
}
END_TEST

START_TEST(truncated_at_every_byte)
{
    unsigned char file[128];
    make_npy(file, "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", NULL, 0);
    for (size_t n = 0; n < sizeof file; n++) {
        unsigned char *part = malloc(n > 0 ? n : 1); /* exactly so long: for the sanitizer */
        memcpy(part, file, n);
        expect(&err, sq_npy_parse(&err, "x.npy", part, n, &array), SQ_EFORMAT, "truncated");
        free(part);
    }
}
END_TEST

/* Every byte of the header replaced by every value: an answer always, and never a shape of more
 * dimensions than there is room for. */
START_TEST(no_byte_is_trusted)
{
    unsigned char file[128];
    make_npy(file, "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", NULL, 0);
    for (size_t i = 0; i < sizeof file; i++)
        for (unsigned value = 0; value < 256; value++) {
            const unsigned char kept = file[i];
            file[i] = (unsigned char)value;
            if (sq_npy_parse(&err, "x.npy", file, sizeof file, &array) == SQ_OK) {
                ck_assert_uint_le(array.n_dims, SQ_ARRAY_MAX_DIMS);
                ck_assert_uint_le(array.offset, sizeof file);
            }
            file[i] = kept;
        }
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("traces/files/npy");
    TCase *t = tcase_create("header");
    tcase_set_timeout(t, 60); /* loaded machines, sanitizers */
    tcase_add_test(t, numpys_own_header);
    tcase_add_test(t, every_order_and_spelling);
    tcase_add_loop_test(t, other_headers_are_refused, 0, sizeof bad / sizeof *bad);
    tcase_add_test(t, versions);
    tcase_add_test(t, truncated_at_every_byte);
    tcase_add_test(t, no_byte_is_trusted);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
