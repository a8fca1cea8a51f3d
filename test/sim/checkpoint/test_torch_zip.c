/* sim/checkpoint/torch_zip.c, zip_archive.c, torch_storage.c, torch_tensor.c: what torch.save()
 * writes, and archives that lie. */
#include "test/sim/checkpoint/expect.h"
#include "test/support/pickle_writer.h"
#include "test/support/zip_writer.h"

#include <stdio.h>

static const float ramp[6] = {0, 1, 2, 3, 4, 5};
static const struct pickle_tensor matrix = {.storage = "FloatStorage",
                                            .key = "0",
                                            .storage_elements = 6,
                                            .n_dims = 2,
                                            .dim = {2, 3},
                                            .stride = {3, 1}};

/* {"w": tensor} */
static struct bytes pickle_of(const struct pickle_tensor *tensor)
{
    struct bytes pickle = {0};
    pickle_start(&pickle);
    pickle_op(&pickle, "}");
    pickle_text(&pickle, "w");
    pickle_put_tensor(&pickle, tensor);
    pickle_op(&pickle, "s");
    pickle_end(&pickle);
    return pickle;
}

/* An archive of data.pkl (which it takes over) and perhaps data/0. */
static struct bytes zip_of(struct bytes pickle, const void *storage, size_t n,
                           const struct zip_member *how)
{
    struct bytes file = {0};
    struct zip_writer writer = {.out = &file};
    zip_writer_add(&writer, "archive/data.pkl", pickle.data, pickle.n, how);
    if (storage != NULL)
        zip_writer_add(&writer, "archive/data/0", storage, n, how);
    zip_writer_end(&writer);
    bytes_free(&pickle);
    return file;
}

static struct bytes zip_of_tensor(const struct pickle_tensor *tensor)
{
    return zip_of(pickle_of(tensor), ramp, sizeof ramp, NULL);
}

static void expect_matrix(struct bytes *file)
{
    struct sq_checkpoint *c = expect_checkpoint(file);
    ck_assert_str_eq(sq_checkpoint_container(c), "PyTorch zip");
    ck_assert_uint_eq(sq_checkpoint_count(c), 1);
    ck_assert_mem_eq(values_of(sq_checkpoint_find(c, "", "w")), ramp, sizeof ramp);
    sq_checkpoint_free(c);
}

START_TEST(stored_and_deflated_members_are_read)
{
    for (int deflate = 0; deflate < 2; deflate++) {
        struct bytes file =
            zip_of(pickle_of(&matrix), ramp, sizeof ramp, &(struct zip_member){.deflate = deflate});
        expect_matrix(&file);
    }
}
END_TEST

START_TEST(the_root_folder_may_have_any_name)
{
    static const char *const root[] = {"", "archive/", "checkpoint.pth/", "a/b c/", "\xc3\xa4/"};
    for (size_t i = 0; i < sizeof root / sizeof *root; i++) {
        struct bytes pickle = pickle_of(&matrix);
        struct bytes file = {0};
        struct zip_writer writer = {.out = &file};
        char name[64];
        snprintf(name, sizeof name, "%sversion", root[i]);
        zip_writer_add(&writer, name, "3\n", 2, NULL);
        snprintf(name, sizeof name, "%sdata/0", root[i]);
        zip_writer_add(&writer, name, ramp, sizeof ramp, NULL);
        snprintf(name, sizeof name, "%sdata.pkl", root[i]);
        zip_writer_add(&writer, name, pickle.data, pickle.n, NULL);
        zip_writer_end(&writer);
        bytes_free(&pickle);
        expect_matrix(&file);
    }
}
END_TEST

static struct bytes zip_with_byteorder(const char *order, const void *storage)
{
    struct bytes pickle = pickle_of(&matrix);
    struct bytes file = {0};
    struct zip_writer writer = {.out = &file};
    zip_writer_add(&writer, "r/data.pkl", pickle.data, pickle.n, NULL);
    zip_writer_add(&writer, "r/byteorder", order, strlen(order), NULL);
    zip_writer_add(&writer, "r/data/0", storage, sizeof ramp, NULL);
    zip_writer_end(&writer);
    bytes_free(&pickle);
    return file;
}

START_TEST(the_byte_order_is_obeyed)
{
    unsigned char swapped[sizeof ramp];
    for (size_t i = 0; i < sizeof ramp; i++)
        swapped[i] = ((const unsigned char *)ramp)[i ^ 3];
    struct bytes file = zip_with_byteorder("little", ramp);
    expect_matrix(&file);
    file = zip_with_byteorder("big", swapped);
    expect_matrix(&file);
    file = zip_with_byteorder("middle", ramp);
    expect_refusal(&file, SQ_EFORMAT, "neither little nor big");
    file = zip_with_byteorder("little-endian", ramp);
    expect_refusal(&file, SQ_EFORMAT, "neither little nor big");
}
END_TEST

START_TEST(views_share_a_storage)
{
    static const struct {
        const char *name;
        int64_t offset;
        unsigned n_dims;
        int64_t dim[3], stride[3];
        float want[6];
    } view[] = {
        {"whole", 0, 2, {2, 3}, {3, 1}, {0, 1, 2, 3, 4, 5}},
        {"transposed", 0, 2, {3, 2}, {1, 3}, {0, 3, 1, 4, 2, 5}},
        {"row", 3, 1, {3}, {1}, {3, 4, 5}},
        {"column", 1, 1, {2}, {3}, {1, 4}},
        {"expanded", 5, 2, {2, 3}, {0, 0}, {5, 5, 5, 5, 5, 5}},
        {"scalar", 4, 0, {0}, {0}, {4}},
        {"one of one", 2, 2, {1, 1}, {99999, 77}, {2}},
        {"none", 0, 2, {0, 3}, {3, 1}, {0}},
    };
    enum { N = sizeof view / sizeof *view };
    struct bytes pickle = {0};
    pickle_start(&pickle);
    pickle_op(&pickle, "}(");
    for (size_t i = 0; i < N; i++) {
        struct pickle_tensor tensor = {
            .storage = "FloatStorage", .key = "0", .storage_elements = 6};
        tensor.offset = view[i].offset;
        tensor.n_dims = view[i].n_dims;
        memcpy(tensor.dim, view[i].dim, sizeof view[i].dim);
        memcpy(tensor.stride, view[i].stride, sizeof view[i].stride);
        pickle_text(&pickle, view[i].name);
        pickle_put_tensor(&pickle, &tensor);
    }
    pickle_op(&pickle, "u.");
    struct bytes file = zip_of(pickle, ramp, sizeof ramp, NULL);
    struct sq_checkpoint *c = expect_checkpoint(&file);
    ck_assert_uint_eq(sq_checkpoint_count(c), N);
    for (size_t i = 0; i < N; i++) {
        const struct sq_tensor *tensor = sq_checkpoint_tensor(c, i);
        ck_assert_str_eq(tensor->name, view[i].name);
        ck_assert_mem_eq(values_of(tensor), view[i].want, tensor->n_elements * sizeof(float));
    }
    sq_checkpoint_free(c);
}
END_TEST

START_TEST(every_storage_type_is_read)
{
    static const struct {
        const char *storage;
        enum sq_dtype dtype;
    } type[] = {
        {"FloatStorage", SQ_DTYPE_F32},  {"DoubleStorage", SQ_DTYPE_F64},
        {"HalfStorage", SQ_DTYPE_F16},   {"BFloat16Storage", SQ_DTYPE_BF16},
        {"LongStorage", SQ_DTYPE_I64},   {"IntStorage", SQ_DTYPE_I32},
        {"ShortStorage", SQ_DTYPE_I16},  {"CharStorage", SQ_DTYPE_I8},
        {"ByteStorage", SQ_DTYPE_U8},    {"BoolStorage", SQ_DTYPE_BOOL},
        {"UntypedStorage", SQ_DTYPE_U8},
    };
    for (size_t i = 0; i < sizeof type / sizeof *type; i++) {
        const unsigned char data[16] = {1, 0};
        const struct pickle_tensor tensor = {.storage = type[i].storage,
                                             .key = "0",
                                             .storage_elements = 2,
                                             .n_dims = 1,
                                             .dim = {2},
                                             .stride = {1}};
        struct bytes file =
            zip_of(pickle_of(&tensor), data, 2 * sq_dtype_bytes(type[i].dtype), NULL);
        struct sq_checkpoint *c = expect_checkpoint(&file);
        ck_assert_int_eq(sq_checkpoint_tensor(c, 0)->dtype, type[i].dtype);
        ck_assert_float_eq(values_of(sq_checkpoint_tensor(c, 0))[1], 0.0f);
        sq_checkpoint_free(c);
    }
}
END_TEST

/* _rebuild_tensor_v3(storage, offset, size, stride, requires_grad, hooks, dtype): its storage
 * counts bytes, its offset elements. */
static struct bytes pickle_v3(const char *dtype, int64_t offset, int64_t n)
{
    struct bytes pickle = {0};
    pickle_start(&pickle);
    pickle_global(&pickle, "torch._utils", "_rebuild_tensor_v3");
    pickle_op(&pickle, "((");
    pickle_text(&pickle, "storage");
    pickle_global(&pickle, "torch.storage", "UntypedStorage");
    pickle_text(&pickle, "0");
    pickle_text(&pickle, "cpu");
    pickle_int(&pickle, 8);
    pickle_op(&pickle, "tQ");
    pickle_int(&pickle, offset);
    pickle_ints(&pickle, &n, 1);
    pickle_ints(&pickle, &(int64_t){1}, 1);
    bytes_put_u8(&pickle, 0x89);
    pickle_op(&pickle, "}");
    if (dtype != NULL)
        pickle_global(&pickle, "torch", dtype);
    pickle_op(&pickle, "tR.");
    return pickle;
}

START_TEST(untyped_storages_take_the_type_of_the_tensor)
{
    const unsigned char data[8] = {1, 0, 2, 0, 3, 0, 255, 255};
    struct bytes file = zip_of(pickle_v3("uint16", 1, 3), data, sizeof data, NULL);
    struct sq_checkpoint *c = expect_checkpoint(&file);
    const struct sq_tensor *tensor = sq_checkpoint_find(c, "", "tensor");
    const float want[] = {2, 3, 65535};
    ck_assert_int_eq(tensor->dtype, SQ_DTYPE_U16);
    ck_assert_mem_eq(values_of(tensor), want, sizeof want);
    sq_checkpoint_free(c);
    file = zip_of(pickle_v3("uint16", 2, 3), data, sizeof data, NULL);
    expect_refusal(&file, SQ_EFORMAT, "past the end of its storage");
    file = zip_of(pickle_v3("FloatStorage", 0, 1), data, sizeof data, NULL);
    expect_refusal(&file, SQ_EFORMAT, "something else for a type");
    file = zip_of(pickle_v3(NULL, 0, 1), data, sizeof data, NULL);
    expect_refusal(&file, SQ_EFORMAT, "has no type");
    file = zip_of(pickle_v3("complex64", 0, 1), data, sizeof data, NULL);
    expect_refusal(&file, SQ_EUNSUPPORTED, "complex64");
}
END_TEST

static const struct {
    struct pickle_tensor tensor;
    int code;
    const char *says;
} bad_view[] = {
    {{"FloatStorage", "0", 6, 0, 1, {7}, {1}}, SQ_EFORMAT, "tensor w reaches past the end"},
    {{"FloatStorage", "0", 6, 1, 1, {6}, {1}}, SQ_EFORMAT, "past the end"},
    {{"FloatStorage", "0", 6, 6, 0, {0}, {0}}, SQ_EFORMAT, "past the end"},
    {{"FloatStorage", "0", 6, 0, 2, {2, 2}, {5, 1}}, SQ_EFORMAT, "past the end"},
    {{"FloatStorage", "0", 6, 0, 2, {3, 2}, {INT64_MAX, 1}}, SQ_EFORMAT, "past the end"},
    {{"FloatStorage", "0", 6, 0, 3, {3, 3, 3}, {INT64_MAX, INT64_MAX, 2}},
     SQ_EFORMAT,
     "past the end"},
    {{"FloatStorage", "0", 6, INT64_MAX, 1, {2}, {INT64_MAX}}, SQ_EFORMAT, "past the end"},
    {{"FloatStorage", "0", 6, -1, 1, {2}, {1}}, SQ_EFORMAT, "offset that is not a number"},
    {{"FloatStorage", "0", 6, 5, 1, {2}, {-1}}, SQ_EFORMAT, "size or stride that is not"},
    {{"FloatStorage", "0", 6, 0, 1, {-2}, {1}}, SQ_EFORMAT, "size or stride that is not"},
    {{"FloatStorage", "0", 6, 0, 3, {INT64_MAX, INT64_MAX, 4}, {0, 0, 0}},
     SQ_EFORMAT,
     "more elements than 64 bits count"},
    {{"FloatStorage", "0", 6, 0, 1, {(1 << 24) + 1}, {0}}, SQ_EUNSUPPORTED, "repeats few"},
    {{"FloatStorage", "0", 6, 0, 9, {1, 1, 1, 1, 1, 1, 1, 1, 1}, {0}},
     SQ_EUNSUPPORTED,
     "has more than 8 dimensions"},
    {{"FloatStorage", "0", 5, 0, 1, {5}, {1}}, SQ_EFORMAT, "has 20 bytes, the archive says 24"},
    {{"FloatStorage", "0", 7, 0, 1, {5}, {1}}, SQ_EFORMAT, "has 28 bytes, the archive says 24"},
    {{"FloatStorage", "0", -6, 0, 1, {5}, {1}}, SQ_EFORMAT, "a size that is not a number"},
    {{"FloatStorage", "0", INT64_MAX, 0, 1, {5}, {1}}, SQ_EFORMAT, "a size past 64 bits"},
    {{"CharStorage", "0", INT64_MAX, 0, 1, {5}, {1}}, SQ_EFORMAT, "the archive says 24"},
    {{"FloatStorage", "1", 6, 0, 1, {5}, {1}}, SQ_EFORMAT, "storage data/1 is missing"},
    {{"FloatStorage", "../data.pkl", 6, 0, 1, {5}, {1}}, SQ_EFORMAT, "data/../data.pkl is missing"},
    {{"FloatStorage", "", 6, 0, 1, {5}, {1}}, SQ_EFORMAT, "is missing"},
    {{"ComplexFloatStorage", "0", 3, 0, 1, {3}, {1}},
     SQ_EUNSUPPORTED,
     "tensor w (complex64) has elements of a type that is not read"},
    {{"float32", "0", 6, 0, 1, {5}, {1}}, SQ_EFORMAT, "names no type of storage"},
};

START_TEST(views_outside_their_storage_are_refused)
{
    struct bytes file = zip_of_tensor(&bad_view[_i].tensor);
    expect_refusal(&file, bad_view[_i].code, bad_view[_i].says);
}
END_TEST

START_TEST(an_overlong_storage_key_is_refused)
{
    char key[2000];
    memset(key, 'k', sizeof key - 1);
    for (size_t n = 480; n < sizeof key; n += 10) {
        struct pickle_tensor tensor = matrix;
        memset(key, 'k', sizeof key);
        key[n - 1] = '\0';
        tensor.key = key;
        struct bytes file = zip_of_tensor(&tensor);
        expect_refusal(&file, SQ_EFORMAT, "kkkk");
    }
}
END_TEST

START_TEST(contradictions_about_a_storage_are_refused)
{
    struct pickle_tensor other = matrix;
    struct bytes pickle = {0};
    other.storage = "IntStorage";
    pickle_start(&pickle);
    pickle_op(&pickle, "(");
    pickle_put_tensor(&pickle, &matrix);
    pickle_put_tensor(&pickle, &other);
    pickle_op(&pickle, "t.");
    struct bytes file = zip_of(pickle, ramp, sizeof ramp, NULL);
    expect_refusal(&file, SQ_EFORMAT, "contradicts an earlier one");
}
END_TEST

START_TEST(two_tensors_of_one_name_are_refused)
{
    struct bytes pickle = {0};
    pickle_start(&pickle);
    pickle_op(&pickle, "}(");
    pickle_text(&pickle, "w");
    pickle_put_tensor(&pickle, &matrix);
    pickle_text(&pickle, "w");
    pickle_put_tensor(&pickle, &matrix);
    pickle_op(&pickle, "u.");
    struct bytes file = zip_of(pickle, ramp, sizeof ramp, NULL);
    expect_refusal(&file, SQ_EFORMAT, "both called w");
}
END_TEST

/* Archives whose members lie about themselves. */
static const struct {
    struct zip_member how;
    int code;
    const char *says;
} bad_member[] = {
    {{.flags = 1}, SQ_EUNSUPPORTED, "is encrypted"},
    {{.method = 12}, SQ_EUNSUPPORTED, "method 12"},
    {{.crc_xor = 1}, SQ_EFORMAT, "data.pkl: CRC error"},
    {{.deflate = 1, .crc_xor = 1}, SQ_EFORMAT, "data.pkl: CRC error"},
    {{.size_plus = 1}, SQ_EFORMAT, "cannot be true"},
    {{.size_plus = 0x7fffffff}, SQ_EUNSUPPORTED, "are not read"},
    {{.deflate = 1, .size_plus = 0x03000000}, SQ_EFORMAT, "cannot be true"},
    {{.deflate = 1, .size_plus = 1}, SQ_EFORMAT, "archive/data.pkl"},
    {{.deflate = 1, .size_plus = UINT32_MAX}, SQ_EFORMAT, "archive/data.pkl"},
    {{.packed_plus = 10000}, SQ_EFORMAT, "larger than the file"},
    {{.deflate = 1, .packed_plus = UINT32_MAX}, SQ_EFORMAT, "archive/data"},
};

START_TEST(lying_members_are_refused)
{
    struct bytes file = zip_of(pickle_of(&matrix), ramp, sizeof ramp, &bad_member[_i].how);
    expect_refusal(&file, bad_member[_i].code, bad_member[_i].says);
}
END_TEST

/* A storage that inflates to more than its tensor needs is not inflated: 64 MiB of zeros in 64
 * KiB, for a tensor of six elements. */
START_TEST(a_zip_bomb_is_not_inflated)
{
    enum { BOMB = 1 << 26 };
    unsigned char *zeros = calloc(1, BOMB);
    struct bytes pickle = pickle_of(&matrix);
    struct bytes file = {0};
    struct zip_writer writer = {.out = &file};
    ck_assert_ptr_nonnull(zeros);
    zip_writer_add(&writer, "a/data.pkl", pickle.data, pickle.n, NULL);
    zip_writer_add(&writer, "a/data/0", zeros, BOMB, &(struct zip_member){.deflate = 1});
    zip_writer_end(&writer);
    bytes_free(&pickle);
    free(zeros);
    expect_refusal(&file, SQ_EFORMAT, "has 24 bytes, the archive says 67108864");
}
END_TEST

/* The same with a directory that hides the true size: reading stops at it. */
START_TEST(a_member_that_inflates_past_its_size_is_refused)
{
    unsigned char zeros[4096] = {0};
    struct bytes pickle = pickle_of(&matrix);
    struct bytes file = {0};
    struct zip_writer writer = {.out = &file};
    zip_writer_add(&writer, "a/data.pkl", pickle.data, pickle.n, NULL);
    zip_writer_add(
        &writer, "a/data/0", zeros, sizeof zeros,
        &(struct zip_member){.deflate = 1, .size_plus = (uint32_t)(sizeof ramp - sizeof zeros)});
    zip_writer_end(&writer);
    bytes_free(&pickle);
    expect_refusal(&file, SQ_EFORMAT, "a/data/0");
}
END_TEST

static struct bytes zip_of_names(const char *const *name, size_t n)
{
    struct bytes file = {0};
    struct zip_writer writer = {.out = &file};
    for (size_t i = 0; i < n; i++)
        zip_writer_add(&writer, name[i], "x", 1, NULL);
    zip_writer_end(&writer);
    return file;
}

START_TEST(other_archives_are_told_apart)
{
    static const struct {
        const char *name[3];
        size_t n;
        const char *says;
    } archive[] = {
        {{"m/data.pkl", "m/constants.pkl"}, 2, "TorchScript"},
        {{"m/code/__torch__.py", "m/data.pkl"}, 2, "TorchScript"},
        {{"a.npy", "b.npy"}, 2, "looks like NumPy arrays (.npz)"},
        {{"a.npy", "b.txt"}, 2, "a zip archive without data.pkl"},
        {{"mydata.pkl", "m/data.pkl.txt"}, 2, "a zip archive without data.pkl"},
        {{"m/data.pkl", "n/data.pkl"}, 2, "2 files called data.pkl"},
        {{NULL}, 0, "a zip archive without data.pkl"},
    };
    for (size_t i = 0; i < sizeof archive / sizeof *archive; i++) {
        struct bytes file = zip_of_names(archive[i].name, archive[i].n);
        expect_refusal(&file, SQ_EUNSUPPORTED, archive[i].says);
    }
}
END_TEST

START_TEST(a_file_that_only_begins_like_a_zip_is_refused)
{
    struct bytes file = {0};
    bytes_put_text(&file, "PK\3\4 and nothing more");
    expect_refusal(&file, SQ_EFORMAT, "cannot be read as one");
}
END_TEST

START_TEST(refused_globals_are_named_with_the_member)
{
    struct bytes pickle = {0};
    pickle_start(&pickle);
    pickle_global(&pickle, "posix", "system");
    pickle_op(&pickle, ".");
    struct bytes file = zip_of(pickle, NULL, 0, NULL);
    expect_refusal(&file, SQ_EUNSUPPORTED, "names posix.system at byte 2 of data.pkl");
}
END_TEST

START_TEST(an_archive_without_tensors_is_refused)
{
    struct bytes pickle = {0};
    pickle_start(&pickle);
    pickle_op(&pickle, "}.");
    struct bytes file = zip_of(pickle, NULL, 0, NULL);
    expect_refusal(&file, SQ_EUNSUPPORTED, "holds no tensor");
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("sim/checkpoint torch_zip");
    TCase *t = tcase_create("torch_zip");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, stored_and_deflated_members_are_read);
    tcase_add_test(t, the_root_folder_may_have_any_name);
    tcase_add_test(t, the_byte_order_is_obeyed);
    tcase_add_test(t, views_share_a_storage);
    tcase_add_test(t, every_storage_type_is_read);
    tcase_add_test(t, untyped_storages_take_the_type_of_the_tensor);
    tcase_add_loop_test(t, views_outside_their_storage_are_refused, 0,
                        (int)(sizeof bad_view / sizeof *bad_view));
    tcase_add_test(t, an_overlong_storage_key_is_refused);
    tcase_add_test(t, contradictions_about_a_storage_are_refused);
    tcase_add_test(t, two_tensors_of_one_name_are_refused);
    tcase_add_loop_test(t, lying_members_are_refused, 0,
                        (int)(sizeof bad_member / sizeof *bad_member));
    tcase_add_test(t, a_zip_bomb_is_not_inflated);
    tcase_add_test(t, a_member_that_inflates_past_its_size_is_refused);
    tcase_add_test(t, other_archives_are_told_apart);
    tcase_add_test(t, a_file_that_only_begins_like_a_zip_is_refused);
    tcase_add_test(t, refused_globals_are_named_with_the_member);
    tcase_add_test(t, an_archive_without_tensors_is_refused);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
