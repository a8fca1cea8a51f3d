/* sim/checkpoint/checkpoint.c, checkpoint_find.c: opening by path, finding by name. */
#include "test/sim/checkpoint/expect.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

static char folder[] = "/tmp/spikeq-test-XXXXXX";

static void expect_path_refused(const char *path, int code, const char *says)
{
    struct sq_error err = {0};
    struct sq_checkpoint *c = NULL;
    ck_assert_int_eq(sq_checkpoint_open(&err, path, &c), code);
    ck_assert_int_eq(sq_checkpoint_open(NULL, path, &c), code);
    ck_assert_ptr_null(c);
    ck_assert_int_eq(strncmp(err.text, path, strlen(path)), 0);
    ck_assert_msg(strstr(err.text, says) != NULL, "%s", err.text);
}

START_TEST(what_is_no_regular_file_is_refused_at_once)
{
    char path[64];
    ck_assert_ptr_nonnull(mkdtemp(folder));
    expect_path_refused(folder, SQ_EUNSUPPORTED, "is a directory");
    expect_path_refused("/dev/null", SQ_EUNSUPPORTED, "is a pipe or a device");
    expect_path_refused("/dev/zero", SQ_EUNSUPPORTED, "is a pipe or a device");
    snprintf(path, sizeof path, "%s/missing.pth", folder);
    expect_path_refused(path, SQ_EIO, "cannot be opened: No such file");
    ck_assert_int_eq(mkfifo(path, 0600), 0); /* nobody writes to it */
    expect_path_refused(path, SQ_EUNSUPPORTED, "is a pipe or a device");
    ck_assert_int_eq(remove(path), 0);
    fclose(fopen(path, "w"));
    expect_path_refused(path, SQ_EFORMAT, "is empty");
    ck_assert_int_eq(remove(path), 0);
    ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

START_TEST(a_file_that_cannot_be_read_is_refused)
{
    struct sq_error err = {0};
    struct sq_checkpoint *c = NULL;
    char path[] = "/tmp/spikeq-test-XXXXXX";
    const int written = mkstemp(path);
    ck_assert_int_eq(write(written, "PK", 2), 2);
    const int fd = open(path, O_WRONLY);
    ck_assert_int_eq(sq_checkpoint_open_fd(&err, "FILE", fd, &c), SQ_EIO);
    ck_assert_msg(strstr(err.text, "reading failed at byte 0") != NULL, "%s", err.text);
    close(fd);
    ck_assert_int_eq(sq_checkpoint_open_fd(&err, "FILE", fd, &c), SQ_EIO);
    ck_assert_msg(strstr(err.text, "cannot be examined") != NULL, "%s", err.text);
    close(written);
    remove(path);
}
END_TEST

static const struct {
    const char *bytes;
    size_t n;
    const char *says;
} foreign[] = {
#define FOREIGN(text) text, sizeof text - 1
    {FOREIGN("\x89HDF\r\n\x1a\n...."), "an HDF5 file"},
    {FOREIGN("\x93NUMPY\1\0"), "a NumPy array (.npy)"},
    {FOREIGN("\x1f\x8b\x08"), "gzip-compressed"},
    {FOREIGN("BZh91AY"), "bzip2-compressed"},
    {FOREIGN("\xfd"
             "7zXZ\0"),
     "xz-compressed"},
    {FOREIGN("\x28\xb5\x2f\xfd"), "zstd-compressed"},
    {FOREIGN("\x89PNG\r\n"), "a PNG image"},
    {FOREIGN("\xff\xd8\xff\xe0"), "a JPEG image"},
    {FOREIGN("GGUF\3\0"), "a GGUF model"},
    {FOREIGN("\x7f"
             "ELF\2"),
     "a program"},
    {FOREIGN("SQLite format 3\0"), "an SQLite database"},
    {FOREIGN("version https://git-lfs.github.com/spec/v1\noid sha256:0\n"), "git lfs pull"},
    {FOREIGN("<!DOCTYPE html>"), "a web page"},
    {FOREIGN("<html><body>"), "a web page"},
    {FOREIGN("{\"T\": 4}\n"), "plain text"},
    {FOREIGN("T = 4\n"), "plain text"},
    {FOREIGN("x"), "plain text"},
    {FOREIGN("\0"), "neither .safetensors nor"},
    {FOREIGN("\x12\0\0\0\0\0\0"), "neither .safetensors nor"},
    {FOREIGN("abcdefgh{\"a\": 1}"), "plain text"},
};

START_TEST(other_files_are_named)
{
    struct bytes file = {0};
    bytes_put(&file, foreign[_i].bytes, foreign[_i].n);
    expect_refusal(&file, SQ_EUNSUPPORTED, foreign[_i].says);
}
END_TEST

START_TEST(a_tar_archive_is_named)
{
    struct bytes file = {0};
    while (file.n < 512)
        bytes_put_u8(&file, 0);
    memcpy(file.data + 257, "ustar", 5);
    expect_refusal(&file, SQ_EUNSUPPORTED, "a tar archive");
}
END_TEST

/* A safetensors file of scalars with these names. */
static struct sq_checkpoint *named(const char *const *name, size_t n)
{
    struct bytes header = {0};
    struct bytes file = {0};
    for (size_t i = 0; i < n; i++) {
        char entry[256];
        snprintf(entry, sizeof entry,
                 "%c\"%s\":{\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[%zu,%zu]}",
                 i > 0 ? ',' : '{', name[i], i, i + 1);
        bytes_put_text(&header, entry);
    }
    bytes_put_text(&header, "}");
    bytes_put_u64(&file, header.n);
    bytes_put(&file, header.data, header.n);
    for (size_t i = 0; i < n; i++)
        bytes_put_u8(&file, (unsigned)i);
    bytes_free(&header);
    return expect_checkpoint(&file);
}

START_TEST(tensors_are_found_by_prefix_and_name)
{
    struct sq_checkpoint *c = named(
        (const char *[]){"b.w", "a", "ab", "state_dict.a", "state_dict.ab", "\xc3\xa4", ""}, 7);
    ck_assert_ptr_eq(sq_checkpoint_find(c, "", "b.w"), sq_checkpoint_tensor(c, 0));
    ck_assert_ptr_eq(sq_checkpoint_find(c, "b.", "w"), sq_checkpoint_tensor(c, 0));
    ck_assert_ptr_eq(sq_checkpoint_find(c, "b.w", ""), sq_checkpoint_tensor(c, 0));
    ck_assert_ptr_eq(sq_checkpoint_find(c, "state_dict.", "a"), sq_checkpoint_tensor(c, 3));
    ck_assert_ptr_eq(sq_checkpoint_find(c, "state_dict.", "ab"), sq_checkpoint_tensor(c, 4));
    ck_assert_ptr_eq(sq_checkpoint_find(c, "", "\xc3\xa4"), sq_checkpoint_tensor(c, 5));
    ck_assert_ptr_eq(sq_checkpoint_find(c, "", ""), sq_checkpoint_tensor(c, 6));
    ck_assert_ptr_null(sq_checkpoint_find(c, "state_dict.", "b"));
    ck_assert_ptr_null(sq_checkpoint_find(c, "b.w.", ""));
    ck_assert_ptr_null(sq_checkpoint_find(c, "", "abc"));
    ck_assert_ptr_null(sq_checkpoint_find(c, "b.www", "w"));
    sq_checkpoint_free(c);
}
END_TEST

#define KNOWN "patch_embed.proj_conv.weight"

static const struct {
    const char *name[4];
    size_t n;
    const char *root;
} rooted[] = {
    {{KNOWN}, 1, ""},
    {{"module." KNOWN}, 1, "module."},
    {{"_orig_mod." KNOWN}, 1, "_orig_mod."},
    {{"_orig_mod.module." KNOWN}, 1, "_orig_mod.module."},
    {{"state_dict." KNOWN}, 1, "state_dict."},
    {{"state_dict.module." KNOWN}, 1, "state_dict.module."},
    {{"a.b." KNOWN}, 1, "a.b."},
    {{"x" KNOWN}, 1, NULL}, /* does not begin at a dot */
    {{KNOWN ".x"}, 1, NULL},
    {{"proj_conv.weight"}, 1, NULL},
    {{"b." KNOWN, KNOWN}, 2, ""},
    {{"state_dict_ema." KNOWN, "state_dict." KNOWN}, 2, "state_dict."},
    {{"state_dict_ema." KNOWN, "model_state_dict." KNOWN}, 2, "model_state_dict."},
    {{"model_state_dict." KNOWN, "model." KNOWN}, 2, "model."},
    {{"model." KNOWN, "state_dict.module." KNOWN}, 2, "state_dict.module."},
    {{"state_dict." KNOWN, "module._orig_mod." KNOWN}, 2, "module._orig_mod."},
    {{"ema." KNOWN, "state_dict_ema." KNOWN}, 2, "state_dict_ema."},
    {{"model.state_dict." KNOWN, "model.module." KNOWN}, 2, "model.module."},
    {{"first." KNOWN, "second." KNOWN}, 2, "first."},
    {{"a.very.long.way.to.go.down.before.the.weights." KNOWN, "statedict." KNOWN},
     2,
     "a.very.long.way.to.go.down.before.the.weights."},
    {{"optimizer.0", "model." KNOWN, "teacher.model." KNOWN}, 3, "model."},
};

START_TEST(the_root_is_chosen_by_preference)
{
    struct sq_checkpoint *c = named(rooted[_i].name, rooted[_i].n);
    const char *root = sq_checkpoint_root(c, KNOWN);
    if (rooted[_i].root == NULL) {
        ck_assert_ptr_null(root);
    } else {
        ck_assert_ptr_nonnull(root);
        ck_assert_str_eq(root, rooted[_i].root);
        ck_assert_ptr_nonnull(sq_checkpoint_find(c, root, KNOWN));
    }
    sq_checkpoint_free(c);
}
END_TEST

START_TEST(free_accepts_nothing)
{
    sq_checkpoint_free(NULL);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("sim/checkpoint checkpoint");
    TCase *t = tcase_create("checkpoint");
    tcase_add_test(t, what_is_no_regular_file_is_refused_at_once);
    tcase_add_test(t, a_file_that_cannot_be_read_is_refused);
    tcase_add_loop_test(t, other_files_are_named, 0, (int)(sizeof foreign / sizeof *foreign));
    tcase_add_test(t, a_tar_archive_is_named);
    tcase_add_test(t, tensors_are_found_by_prefix_and_name);
    tcase_add_loop_test(t, the_root_is_chosen_by_preference, 0,
                        (int)(sizeof rooted / sizeof *rooted));
    tcase_add_test(t, free_accepts_nothing);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
