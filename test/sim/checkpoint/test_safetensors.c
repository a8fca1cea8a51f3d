/* sim/checkpoint/safetensors.c: the format, and each way to break it. */
#include "test/sim/checkpoint/expect.h"

#include <stdio.h>

static struct bytes file_of(const char *header, size_t n_data)
{
    struct bytes file = {0};
    bytes_put_u64(&file, strlen(header));
    bytes_put_text(&file, header);
    for (size_t i = 0; i < n_data; i++)
        bytes_put_u8(&file, (unsigned)i);
    return file;
}

START_TEST(tensors_keep_the_order_of_the_header)
{
    struct bytes file =
        file_of("{\"__metadata__\":{\"format\":\"pt\"},"
                "\"b\":{\"dtype\":\"U8\",\"shape\":[2,2],\"data_offsets\":[2,6]},"
                "\"a\":{\"shape\":[],\"data_offsets\":[0,2],\"dtype\":\"I16\"},"
                "\"empty\":{\"dtype\":\"F32\",\"shape\":[0,7],\"data_offsets\":[6,6]}}   ",
                6);
    struct sq_checkpoint *c = expect_checkpoint(&file);
    ck_assert_str_eq(sq_checkpoint_container(c), "safetensors");
    ck_assert_uint_eq(sq_checkpoint_count(c), 3);
    const struct sq_tensor *b = sq_checkpoint_tensor(c, 0);
    ck_assert_str_eq(b->name, "b");
    ck_assert_uint_eq(b->n_dims, 2);
    ck_assert_float_eq(values_of(b)[3], 5.0f);
    ck_assert_float_eq(values_of(sq_checkpoint_tensor(c, 1))[0], 256.0f);
    ck_assert_uint_eq(sq_checkpoint_tensor(c, 2)->n_elements, 0);
    ck_assert_ptr_null(sq_checkpoint_tensor(c, 3));
    sq_checkpoint_free(c);
}
END_TEST

START_TEST(every_type_is_read)
{
    static const struct {
        const char *name;
        enum sq_dtype dtype;
    } type[] = {
        {"F32", SQ_DTYPE_F32},   {"F16", SQ_DTYPE_F16}, {"BF16", SQ_DTYPE_BF16},
        {"F64", SQ_DTYPE_F64},   {"I64", SQ_DTYPE_I64}, {"I32", SQ_DTYPE_I32},
        {"I16", SQ_DTYPE_I16},   {"I8", SQ_DTYPE_I8},   {"U64", SQ_DTYPE_U64},
        {"U32", SQ_DTYPE_U32},   {"U16", SQ_DTYPE_U16}, {"U8", SQ_DTYPE_U8},
        {"BOOL", SQ_DTYPE_BOOL},
    };
    for (size_t i = 0; i < sizeof type / sizeof *type; i++) {
        char header[128];
        const size_t n = sq_dtype_bytes(type[i].dtype);
        snprintf(header, sizeof header,
                 "{\"t\":{\"dtype\":\"%s\",\"shape\":[3],\"data_offsets\":[0,%zu]}}", type[i].name,
                 3 * n);
        struct bytes file = file_of(header, 3 * n);
        struct sq_checkpoint *c = expect_checkpoint(&file);
        ck_assert_int_eq(sq_checkpoint_tensor(c, 0)->dtype, type[i].dtype);
        sq_checkpoint_free(c);
    }
}
END_TEST

#define T(name, dtype, shape, from, to)                                                            \
    "\"" name "\":{\"dtype\":\"" dtype "\",\"shape\":[" shape "],\"data_offsets\":[" #from "," #to \
    "]}"

static const struct {
    const char *header;
    size_t n_data;
    int code;
    const char *says;
} broken[] = {
    {"{" T("a", "F32", "1", 0, 4) "," T("a", "F32", "1", 4, 8) "}", 8, SQ_EFORMAT, "both called a"},
    {"{" T("a", "F32", "2", 0, 8) "," T("b", "F32", "1", 4, 8) "}", 8, SQ_EFORMAT, "overlaps"},
    {"{" T("a", "F32", "1", 0, 4) "," T("b", "F32", "1", 8, 12) "}", 12, SQ_EFORMAT, "hole"},
    {"{" T("a", "F32", "1", 4, 8) "}", 8, SQ_EFORMAT, "hole"},
    {"{" T("a", "F32", "1", 0, 4) "}", 5, SQ_EFORMAT, "1 bytes follow"},
    {"{" T("a", "F32", "2", 0, 8) "}", 7, SQ_EFORMAT, "outside the file"},
    {"{" T("a", "F32", "1", 4, 0) "}", 8, SQ_EFORMAT, "outside the file"},
    {"{" T("a", "F32", "3", 0, 8) "}", 8, SQ_EFORMAT, "does not fit"},
    {"{" T("a", "F32", "4294967296,4294967296", 0, 0) "}", 0, SQ_EFORMAT, "exceeds 64 bits"},
    {"{" T("a", "F64", "4611686018427387904", 0, 0) "}", 0, SQ_EFORMAT,
     "something else than sizes"},
    {"{" T("a", "F64", "4503599627370496,1024", 0, 0) "}", 0, SQ_EFORMAT, "does not fit"},
    {"{" T("a", "F32", "-1", 0, 4) "}", 4, SQ_EFORMAT, "something else than sizes"},
    {"{" T("a", "F32", "1.5", 0, 4) "}", 4, SQ_EFORMAT, "something else than sizes"},
    {"{" T("a", "F32", "\"1\"", 0, 4) "}", 4, SQ_EFORMAT, "something else than sizes"},
    {"{" T("a", "F32", "1,1,1,1,1,1,1,1,1", 0, 4) "}", 4, SQ_EUNSUPPORTED, "more than 8 dim"},
    {"{" T("a", "F8_E4M3", "1", 0, 1) "}", 1, SQ_EUNSUPPORTED,
     "tensor a (F8_E4M3) has elements of a type that is not read"},
    {"{" T("a\\u0000b", "F32", "1", 0, 4) "}", 4, SQ_EFORMAT, "not a JSON object"},
    {"{" T("a\\n", "F32", "1", 0, 4) "}", 4, SQ_EFORMAT, "not valid text"},
    {"{" T("a\xff", "F32", "1", 0, 4) "}", 4, SQ_EFORMAT, "not valid text"},
    {"{\"a\":{\"dtype\":1,\"shape\":[1],\"data_offsets\":[0,4]}}", 4, SQ_EFORMAT, "not a string"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":1,\"data_offsets\":[0,4]}}", 4, SQ_EFORMAT, "not a list"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}", 4, SQ_EFORMAT, "a pair"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,4]}}", 4, SQ_EFORMAT, "a pair"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", 4, SQ_EFORMAT, "not an object of"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"x\":1}}", 4, SQ_EFORMAT,
     "not an object of"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"shape\":[1],\"data_offsets\":[0,4]}}", 4,
     SQ_EFORMAT, "not an object of"},
    {"{\"a\":[]}", 0, SQ_EFORMAT, "not an object of"},
    {"{\"__metadata__\":[]}", 0, SQ_EFORMAT, "__metadata__"},
    {"{\"__metadata__\":{}}", 0, SQ_EUNSUPPORTED, "holds no tensor"},
    {"{}", 0, SQ_EUNSUPPORTED, "holds no tensor"},
    {"{\"a\":", 0, SQ_EFORMAT, "not a JSON object"},
    {"{}x", 0, SQ_EFORMAT, "not a JSON object"},
    {"{}\n", 0, SQ_EFORMAT, "not a JSON object"},
};

START_TEST(every_broken_header_is_refused)
{
    struct bytes file = file_of(broken[_i].header, broken[_i].n_data);
    expect_refusal(&file, broken[_i].code, broken[_i].says);
}
END_TEST

START_TEST(lying_header_lengths_are_refused)
{
    struct bytes file = {0};
    bytes_put_u64(&file, 3);
    bytes_put_text(&file, "{}");
    expect_refusal(&file, SQ_EFORMAT, "header of 3 bytes in a file of 10; is the file truncated?");
    bytes_put_u64(&file, (uint64_t)1 << 47);
    bytes_put_text(&file, "{}");
    expect_refusal(&file, SQ_EFORMAT, "truncated?");
}
END_TEST

START_TEST(a_header_past_8_mib_is_refused)
{
    struct bytes file = {0};
    static const char spaces[1 << 16];
    bytes_put_u64(&file, (1 << 23) + 1);
    bytes_put_text(&file, "{}");
    while (file.n < (1 << 23) + 9)
        bytes_put(&file, spaces, sizeof spaces);
    expect_refusal(&file, SQ_EUNSUPPORTED, "header of 8388609 bytes");
}
END_TEST

START_TEST(an_overlong_name_is_refused)
{
    char header[1300];
    char name[1026];
    memset(name, 'n', 1025);
    name[1025] = '\0';
    snprintf(header, sizeof header,
             "{\"%s\":{\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[0,1]}}", name);
    struct bytes file = file_of(header, 1);
    expect_refusal(&file, SQ_EUNSUPPORTED, "a name of more than 1024 bytes");
}
END_TEST

/* cJSON stops at 1000 levels. */
START_TEST(deeply_nested_json_is_refused)
{
    struct bytes file = {0};
    struct bytes header = {0};
    bytes_put_text(&header, "{\"a\":");
    for (int i = 0; i < 100000; i++)
        bytes_put_text(&header, "[");
    bytes_put_u64(&file, header.n);
    bytes_put(&file, header.data, header.n);
    bytes_free(&header);
    expect_refusal(&file, SQ_EFORMAT, "not a JSON object");
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("sim/checkpoint safetensors");
    TCase *t = tcase_create("safetensors");
    tcase_add_test(t, tensors_keep_the_order_of_the_header);
    tcase_add_test(t, every_type_is_read);
    tcase_add_loop_test(t, every_broken_header_is_refused, 0,
                        (int)(sizeof broken / sizeof *broken));
    tcase_add_test(t, lying_header_lengths_are_refused);
    tcase_add_test(t, a_header_past_8_mib_is_refused);
    tcase_add_test(t, an_overlong_name_is_refused);
    tcase_add_test(t, deeply_nested_json_is_refused);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
