/* What a file holds besides a network and is no plain tensor: listed with its type, ignored,
 * refused by name where somebody wants its elements. What would execute something stays refused. */
#include "test/sim/checkpoint/expect.h"
#include "test/sim/checkpoint/torch_file.h"

#include <stdio.h>

#define STORAGE(type, n) "(Vstorage\nctorch\n" type "\nVk\nVcpu\nI" n "\ntQ"
#define ORDERED          "ccollections\nOrderedDict\n)R"
#define UNTYPED(n)       "(Vstorage\nctorch\nUntypedStorage\nVk\nVcpu\nI" n "\ntQ"
#define V2(type, n)      "ctorch._utils\n_rebuild_tensor_v2\n(" STORAGE(type, n) VIEW
#define VIEW             "I0\n(I2\nt(I1\nt\x89" ORDERED "tR"
#define V3(type, n)                                                                  \
    "ctorch._utils\n_rebuild_tensor_v3\n(" UNTYPED(n) "I0\n(I2\nt(I1\nt\x89" ORDERED \
                                                      "ctorch\n" type "\ntR"
#define FLOATS STORAGE("FloatStorage", "6") "I0\n(I2\nt(I1\nt\x89" ORDERED
#define FROM_TYPE(func, class, args) \
    "ctorch._tensor\n_rebuild_from_type_v2\n(c" func "\nc" class "\n(" args "t}Vtag\nI1\nstR"
#define DTYPE "cnumpy\ndtype\n(Vf8\n\x89\x88tR(I3\nV<\nNNNI-1\nI-1\nI0\ntb"
#define NDARRAY(core)                                                                           \
    "cnumpy." core ".multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntVb\ntR(I1\n(I3\nt" DTYPE \
    "\x89V0123\ntb"

/* Opcodes, zero bytes among them. */
struct text {
    const char *data;
    size_t n;
};
#define TEXT(literal)                \
    {                                \
        literal, sizeof(literal) - 1 \
    }

/* `type`: how it is listed; NULL: it can be read, as two elements of float32. */
static const struct {
    struct text value;
    const char *type;
    unsigned storage_bytes; /* of the archive's data/k */
} beside[] = {
    {TEXT(V2("ComplexFloatStorage", "2")), "complex64", 16},
    {TEXT(V2("ComplexDoubleStorage", "2")), "complex128", 32},
    {TEXT(V2("QInt8Storage", "2")), "qint8", 2},
    {TEXT(V2("QUInt4x2Storage", "2")), "quint4x2", 2},
    {TEXT(V2("BoolStorage", "2")), NULL, 2},
    {TEXT(V2("CharStorage", "2")), NULL, 2},
    {TEXT(V3("float8_e4m3fn", "2")), "float8_e4m3fn", 2},
    {TEXT(V3("float8_e5m2", "2")), "float8_e5m2", 2},
    {TEXT(V3("float8_e8m0fnu", "2")), "float8_e8m0fnu", 2},
    {TEXT(V3("float4_e2m1fn_x2", "2")), "float4_e2m1fn_x2", 2},
    {TEXT(V3("complex32", "8")), "complex32", 8},
    {TEXT(V3("bits16", "4")), "bits16", 4},
    {TEXT("ctorch._utils\n_rebuild_qtensor\n(" STORAGE(
         "QInt8Storage", "2") "I0\n(I2\nt(I1\nt("
                              "ctorch\nper_tensor_affine\nF0.5\nI0\nt\x89" ORDERED "tR"),
     "quantised tensor", 2},
    {TEXT("ctorch._utils\n_rebuild_sparse_tensor\n(ctorch.serialization\n_get_layout\n(Vtorch."
          "sparse_coo\n"
          "tR(" V2("LongStorage", "2") V2("LongStorage", "2") "ctorch\nSize\n((I4\nttRttR"),
     "sparse tensor", 16},
    {TEXT("ctorch._utils\n_rebuild_nested_tensor\n(NNNNtR"), "nested tensor", 1},
    {TEXT("ctorch._utils\n_rebuild_meta_tensor_no_storage\n(ctorch\nfloat32\n(I2\nt(I1\nt\x89tR"),
     "tensor without data", 1},
    {TEXT("ctorch._utils\n_rebuild_parameter\n(ctorch._utils\n_rebuild_sparse_tensor\n("
          "NNtR\x88" ORDERED "tR"),
     "sparse tensor", 1},
    {TEXT("ctorch.nn.parameter\nUninitializedParameter\n(\x88tR"), "tensor without data", 1},
    {TEXT(NDARRAY("core")), "numpy.ndarray", 1},
    {TEXT(NDARRAY("_core")), "numpy.ndarray", 1},
    {TEXT("cnumpy.core.numeric\n_frombuffer\n(\x96\x08\0\0\0\0\0\0\0aaaaaaaa" DTYPE "(I1\ntVC\ntR"),
     "numpy.ndarray", 1},
    {TEXT(FROM_TYPE("torch._utils\n_rebuild_tensor_v2", "torch\nTensor", FLOATS)), NULL, 24},
    {TEXT(FROM_TYPE("torch._utils\n_rebuild_tensor_v2", "torch.nn.parameter\nBuffer", FLOATS)),
     NULL, 24},
    {TEXT(FROM_TYPE("torch._utils\n_rebuild_tensor_v2", "torch.nn.parameter\nParameter", FLOATS)),
     NULL, 24},
    {TEXT(FROM_TYPE("torch._utils\n_rebuild_sparse_tensor", "torch\nTensor", "NN")),
     "sparse tensor", 1},
};

/* {"w": six floats, "x": the value}. */
static struct bytes pickle_with(const struct text *value)
{
    struct bytes out = {0};
    pickle_start(&out);
    pickle_op(&out, "}(");
    pickle_text(&out, "w");
    torch_file_put_tensor(&out);
    pickle_text(&out, "x");
    bytes_put(&out, value->data, value->n);
    pickle_op(&out, "u.");
    return out;
}

static struct bytes zip_with(const struct text *value, unsigned storage_bytes)
{
    static const unsigned char zeros[64];
    struct bytes file = {0}, ramp = {0}, pickle = pickle_with(value);
    struct zip_writer writer = {.out = &file};
    torch_file_ramp(&ramp);
    zip_writer_add(&writer, "r/data.pkl", pickle.data, pickle.n, NULL);
    zip_writer_add(&writer, "r/data/0", ramp.data, ramp.n, NULL);
    zip_writer_add(&writer, "r/data/k", zeros, storage_bytes, NULL);
    zip_writer_end(&writer);
    bytes_free(&ramp);
    bytes_free(&pickle);
    return file;
}

static void expect_opaque(const struct sq_tensor *x, const char *type)
{
    struct sq_error err = {0};
    float value[4];
    ck_assert_str_eq(sq_tensor_type(x), type);
    ck_assert_int_eq(sq_tensor_read_f32(&err, x, value), SQ_EUNSUPPORTED);
    ck_assert_msg(strstr(err.text, "tensor x (") != NULL && strstr(err.text, type) != NULL, "%s",
                  err.text);
}

START_TEST(what_lies_beside_is_listed_and_in_nobodys_way)
{
    struct bytes file = zip_with(&beside[_i].value, beside[_i].storage_bytes);
    struct sq_checkpoint *c = expect_checkpoint(&file);
    const struct sq_tensor *x = sq_checkpoint_find(c, "", "x");
    ck_assert_ptr_nonnull(x);
    ck_assert_float_eq(values_of(sq_checkpoint_find(c, "", "w"))[5], 5.0f);
    if (beside[_i].type != NULL)
        expect_opaque(x, beside[_i].type);
    else
        ck_assert_float_eq(values_of(x)[1], 0.0f);
    sq_checkpoint_free(c);
}
END_TEST

static const struct text executes[] = {
    TEXT("cposix\nsystem\n(Vtrue\ntR"),
    TEXT("cnumpy.core.multiarray\n_reconstruct\n(cposix\nsystem\n(I0\ntVb\ntR"),
    TEXT("cnumpy\nndarray\n(I0\ntR"),
    TEXT("cnumpy\nndarray\n)\x81"),
    TEXT("ctorch\nTensor\n(I0\ntR"),
    TEXT("ctorch\nTensor\n)\x81"),
    TEXT("ctorch.nn.parameter\nParameter\n)R"),
    TEXT(FROM_TYPE("posix\nsystem", "torch\nTensor", "Vtrue\n")),
    TEXT(FROM_TYPE("torch._utils\n_rebuild_tensor_v2", "posix\nsystem", FLOATS)),
    TEXT(FROM_TYPE("torch\nTensor", "torch\nTensor", FLOATS)),
    TEXT(FROM_TYPE("collections\nOrderedDict", "torch\nTensor", "")),
    TEXT(FROM_TYPE("torch._tensor\n_rebuild_from_type_v2", "torch\nTensor", FLOATS)),
    TEXT("ctorch._tensor\n_rebuild_from_type_v2\n(NNNNtR"),
    TEXT("ctorch._tensor\n_rebuild_from_type_v2\n)R"),
    TEXT("ctorch._tensor\n_rebuild_from_type_v2\n(ctorch._utils\n_rebuild_tensor_"
         "v2\nctorch\nTensor\n"
         "NNtR"),
    TEXT("cnumpy.core.multiarray\nfromstring\n(V0\ntR"),
    TEXT("cnumpy.random._pickle\n__randomstate_ctor\n(cos\nsystem\ntR"),
    TEXT("ctorch\nload\n(Vx\ntR"),
    TEXT("ctorch.distributed.tensor\nDTensor\n)R"),
};

START_TEST(what_would_execute_stays_refused)
{
    struct bytes file = zip_with(&executes[_i], 24);
    expect_refusal(&file, SQ_EUNSUPPORTED, "refused: the pickle");
}
END_TEST

static const struct {
    const char *dtype;
    unsigned n, bytes; /* elements, and what they take */
} listed[] = {
    {"F8_E4M3", 3, 3}, {"F8_E5M2", 3, 3}, {"F8_E8M0", 3, 3}, {"F8_E4M3FNUZ", 3, 3},
    {"F4", 4, 2},      {"F6_E2M3", 4, 3}, {"C64", 2, 16},    {"BF8_OF_2030", 3, 7},
};

static struct bytes safetensors_with(const char *dtype, unsigned n, unsigned bytes)
{
    struct bytes out = {0};
    char header[256];
    snprintf(header, sizeof header,
             "{\"w\":{\"dtype\":\"F32\",\"shape\":[6],\"data_offsets\":[0,24]},"
             "\"x\":{\"dtype\":\"%s\",\"shape\":[%u],\"data_offsets\":[24,%u]}}",
             dtype, n, 24 + bytes);
    bytes_put_u64(&out, strlen(header));
    bytes_put_text(&out, header);
    torch_file_ramp(&out);
    for (unsigned i = 0; i < bytes; i++)
        bytes_put_u8(&out, i);
    return out;
}

START_TEST(other_types_of_safetensors_are_listed)
{
    struct bytes file = safetensors_with(listed[_i].dtype, listed[_i].n, listed[_i].bytes);
    struct sq_checkpoint *c = expect_checkpoint(&file);
    ck_assert_float_eq(values_of(sq_checkpoint_find(c, "", "w"))[5], 5.0f);
    expect_opaque(sq_checkpoint_find(c, "", "x"), listed[_i].dtype);
    ck_assert_uint_eq(sq_checkpoint_find(c, "", "x")->n_elements, listed[_i].n);
    sq_checkpoint_free(c);
}
END_TEST

START_TEST(their_sizes_are_checked_where_they_are_known)
{
    struct bytes file = safetensors_with("F8_E4M3", 3, 4);
    expect_refusal(&file, SQ_EFORMAT, "does not fit \"shape\"");
    file = safetensors_with("F4", 4, 4);
    expect_refusal(&file, SQ_EFORMAT, "does not fit \"shape\"");
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("sim/checkpoint other types");
    TCase *t = tcase_create("other types");
    tcase_add_loop_test(t, what_lies_beside_is_listed_and_in_nobodys_way, 0,
                        (int)(sizeof beside / sizeof *beside));
    tcase_add_loop_test(t, what_would_execute_stays_refused, 0,
                        (int)(sizeof executes / sizeof *executes));
    tcase_add_loop_test(t, other_types_of_safetensors_are_listed, 0,
                        (int)(sizeof listed / sizeof *listed));
    tcase_add_test(t, their_sizes_are_checked_where_they_are_known);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
