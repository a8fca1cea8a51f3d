/* sim/checkpoint/torch_legacy.c: files of PyTorch before 1.6, and what is mistaken for one. */
#include "test/sim/checkpoint/expect.h"
#include "test/sim/checkpoint/torch_file.h"

#include <stdio.h>

/* The main pickle of one vector. */
static struct bytes vector(void)
{
    struct bytes pickle = {0};
    pickle_start(&pickle);
    torch_file_put_tensor(&pickle);
    pickle_end(&pickle);
    return pickle;
}

START_TEST(a_legacy_file_is_read)
{
    struct bytes pickle = vector();
    struct bytes file = torch_file_legacy(&pickle);
    bytes_put_text(&file, "what follows is ignored");
    struct sq_checkpoint *c = expect_checkpoint(&file);
    ck_assert_str_eq(sq_checkpoint_container(c), "PyTorch legacy");
    ck_assert_uint_eq(sq_checkpoint_count(c), 1);
    for (int i = 0; i < TORCH_FILE_ELEMENTS; i++)
        ck_assert_float_eq(values_of(sq_checkpoint_tensor(c, 0))[i], (float)i);
    sq_checkpoint_free(c);
}
END_TEST

/* Two storages of different element size, listed in another order than the pickle's. */
START_TEST(storages_are_found_in_the_order_of_the_list)
{
    const struct pickle_tensor a = {"DoubleStorage", "10", 1, 0, 0, {0}, {0}};
    const struct pickle_tensor b = {"ByteStorage", "9", 3, 1, 1, {2}, {1}};
    struct bytes file = {0};
    const double number = 0.5;
    pickle_legacy_start(&file);
    pickle_start(&file);
    pickle_op(&file, "(");
    pickle_put_tensor(&file, &a);
    pickle_put_tensor(&file, &b);
    pickle_op(&file, "t.](");
    pickle_text(&file, "9");
    pickle_text(&file, "10");
    pickle_op(&file, "e.");
    bytes_put_u64(&file, 3);
    bytes_put(&file, "\1\2\3", 3);
    bytes_put_u64(&file, 1);
    bytes_put(&file, &number, sizeof number);
    struct sq_checkpoint *c = expect_checkpoint(&file);
    ck_assert_float_eq(values_of(sq_checkpoint_find(c, "", "0"))[0], 0.5f);
    ck_assert_float_eq(values_of(sq_checkpoint_find(c, "", "1"))[0], 2.0f);
    ck_assert_float_eq(values_of(sq_checkpoint_find(c, "", "1"))[1], 3.0f);
    sq_checkpoint_free(c);
}
END_TEST

/* PyTorch before 0.4 could save a view of a storage: (key, offset, size) in the persistent id. */
START_TEST(views_of_storages_are_read)
{
    struct bytes pickle = {0};
    pickle_start(&pickle);
    pickle_global(&pickle, "torch._utils", "_rebuild_tensor");
    pickle_op(&pickle, "((");
    pickle_text(&pickle, "storage");
    pickle_global(&pickle, "torch", "FloatStorage");
    pickle_text(&pickle, "0");
    pickle_text(&pickle, "cpu");
    pickle_int(&pickle, TORCH_FILE_ELEMENTS);
    pickle_op(&pickle, "(");
    pickle_text(&pickle, "view");
    pickle_int(&pickle, 2); /* offset */
    pickle_int(&pickle, 3); /* size */
    pickle_op(&pickle, "ttQ");
    pickle_int(&pickle, 1);
    pickle_ints(&pickle, (int64_t[]){2}, 1);
    pickle_ints(&pickle, (int64_t[]){1}, 1);
    pickle_op(&pickle, "tR.");
    struct bytes copy = {0};
    bytes_put(&copy, pickle.data, pickle.n);
    struct bytes file = torch_file_legacy(&pickle);
    struct sq_checkpoint *c = expect_checkpoint(&file);
    ck_assert_float_eq(values_of(sq_checkpoint_tensor(c, 0))[0], 3.0f);
    ck_assert_float_eq(values_of(sq_checkpoint_tensor(c, 0))[1], 4.0f);
    sq_checkpoint_free(c);

    copy.data[copy.n - 12] = 2; /* offset 2: past the view, not past the storage */
    file = torch_file_legacy(&copy);
    expect_refusal(&file, SQ_EFORMAT, "past the end of its storage");
}
END_TEST

START_TEST(big_endian_files_are_read)
{
    struct bytes pickle = vector();
    struct bytes file = torch_file_legacy(&pickle);
    for (size_t i = 0; i < file.n; i++)
        if (file.data[i] == 0x88) {
            file.data[i] = 0x89; /* little_endian = False */
            break;
        }
    unsigned char *data = file.data + file.n - 8 - TORCH_FILE_ELEMENTS * 4;
    memcpy(data, "\0\0\0\0\0\0\0\6", 8);
    for (size_t i = 8; i < 8 + TORCH_FILE_ELEMENTS * 4; i += 4) {
        const unsigned char four[4] = {data[i + 3], data[i + 2], data[i + 1], data[i]};
        memcpy(data + i, four, 4);
    }
    struct sq_checkpoint *c = expect_checkpoint(&file);
    ck_assert_float_eq(values_of(sq_checkpoint_tensor(c, 0))[5], 5.0f);
    sq_checkpoint_free(c);
}
END_TEST

/* A legacy file of `vector`, its list of keys and what follows replaced. */
static struct bytes with_tail(const char *list, size_t n, uint64_t count, size_t n_data)
{
    struct bytes file = {0};
    struct bytes pickle = vector();
    pickle_legacy_start(&file);
    bytes_put(&file, pickle.data, pickle.n);
    bytes_put(&file, list, n);
    bytes_put_u64(&file, count);
    for (size_t i = 0; i < n_data; i++)
        bytes_put_u8(&file, 0);
    bytes_free(&pickle);
    return file;
}

#define LIST(text) text, sizeof text - 1

static const struct {
    const char *list;
    size_t n;
    uint64_t count;
    size_t n_data;
    const char *says;
} bad_tail[] = {
    {LIST("](U\1"
          "0U\1"
          "0e."),
     6, 1000, "or one twice"},
    {LIST("]U\1"
          "1a."),
     6, 24, "does not mention"},
    {LIST("]K\1a."), 6, 24, "does not mention"},
    {LIST("]."), 6, 24, "missing from the list"},
    {LIST("}."), 6, 24, "is not a list"},
    {LIST("]U\1"
          "0a."),
     5, 24, "has 6 elements, byte"},
    {LIST("]U\1"
          "0a."),
     UINT64_MAX, 24, "has 6 elements, byte"},
    {LIST("]U\1"
          "0a."),
     6, 23, "truncated: the file ends at byte"},
    {LIST("]U\1"
          "0a"),
     6, 24, "damaged"},
};

START_TEST(bad_lists_of_storages_are_refused)
{
    struct bytes file =
        with_tail(bad_tail[_i].list, bad_tail[_i].n, bad_tail[_i].count, bad_tail[_i].n_data);
    expect_refusal(&file, SQ_EFORMAT, bad_tail[_i].says);
}
END_TEST

START_TEST(another_version_is_refused)
{
    struct bytes pickle = vector();
    struct bytes file = torch_file_legacy(&pickle);
    file.data[18] = 0xe8; /* 1000 */
    expect_refusal(&file, SQ_EUNSUPPORTED, "unknown version (1001 is known)");
}
END_TEST

START_TEST(offsets_count_from_the_start_of_the_file)
{
    struct bytes file = {0};
    pickle_legacy_start(&file);
    char says[64];
    snprintf(says, sizeof says, "names os.system at byte %zu,", file.n + 2);
    pickle_start(&file);
    pickle_global(&file, "os", "system");
    pickle_op(&file, ".");
    expect_refusal(&file, SQ_EUNSUPPORTED, says);
}
END_TEST

static const struct {
    const char *file;
    size_t n;
    int code;
    const char *says;
} other[] = {
    {LIST("\x80\4}."), SQ_EUNSUPPORTED, "a plain Python pickle without PyTorch tensors"},
    {LIST("(lp0\nVa\np1\na."), SQ_EUNSUPPORTED, "a plain Python pickle without"},
    {LIST("\x80\2\x8a\x0a\x6d\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."), SQ_EUNSUPPORTED,
     "a plain Python pickle without"}, /* not quite the magic number */
    {LIST("\x80\2M\xe9\3."), SQ_EUNSUPPORTED, "a plain Python pickle without"},
    {LIST("\x80\2\x8a"), SQ_EFORMAT, "truncated: the pickle ends"},
    {LIST("\x80\2\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."), SQ_EFORMAT,
     "truncated: the pickle ends without STOP at byte 15"},
    {LIST("cposix\nsystem\nVid\n\x85R."), SQ_EUNSUPPORTED, "names posix.system at byte 0"},
    {LIST("class Spikformer(nn.Module):\n    pass\n"), SQ_EUNSUPPORTED, "looks like plain text"},
    {LIST("import torch\nprint(1)\n"), SQ_EUNSUPPORTED, "looks like plain text"},
    {LIST("hello"), SQ_EUNSUPPORTED, "looks like plain text"},
    {LIST("cmod\n\xf8\n"), SQ_EUNSUPPORTED, "neither .safetensors nor what torch.save() writes"},
    {LIST("\1\2\3\4"), SQ_EUNSUPPORTED, "neither .safetensors nor what torch.save() writes"},
};

START_TEST(other_files_are_told_apart)
{
    struct bytes file = {0};
    bytes_put(&file, other[_i].file, other[_i].n);
    expect_refusal(&file, other[_i].code, other[_i].says);
}
END_TEST

/* Only the first MiB is looked at. */
START_TEST(a_large_pickle_is_refused)
{
    struct bytes file = {0};
    bytes_put(&file, "\x80\2X\0\0\x20\0", 7);
    while (file.n < 7 + (2 << 20))
        bytes_put_u64(&file, 0);
    bytes_put_text(&file, ".");
    expect_refusal(&file, SQ_EUNSUPPORTED, "a large Python pickle");
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("sim/checkpoint torch_legacy");
    TCase *t = tcase_create("torch_legacy");
    tcase_add_test(t, a_legacy_file_is_read);
    tcase_add_test(t, storages_are_found_in_the_order_of_the_list);
    tcase_add_test(t, views_of_storages_are_read);
    tcase_add_test(t, big_endian_files_are_read);
    tcase_add_loop_test(t, bad_lists_of_storages_are_refused, 0,
                        (int)(sizeof bad_tail / sizeof *bad_tail));
    tcase_add_test(t, another_version_is_refused);
    tcase_add_test(t, offsets_count_from_the_start_of_the_file);
    tcase_add_loop_test(t, other_files_are_told_apart, 0, (int)(sizeof other / sizeof *other));
    tcase_add_test(t, a_large_pickle_is_refused);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
