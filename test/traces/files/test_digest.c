/* SHA-256 against the examples of FIPS 180-4, in one piece, in many, and from files. */
#include "traces/files/digest.h"

#include "test/sim/input/temp_files.h"

#include <string.h>

/* From NIST's "SHA256.pdf" and "SHA2_Additional.pdf". */
static const struct {
    const char *text;
    size_t times;
    const char *digest;
} example[] = {
    {"", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {"a", 1000000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
};
enum { N_EXAMPLES = sizeof example / sizeof example[0] };

START_TEST(bytes_in_pieces)
{
    struct sq_error err = {0};
    struct sq_hash *hash;
    char text[SQ_DIGEST_TEXT];
    ck_assert_int_eq(sq_hash_new(&err, &hash), SQ_OK);
    for (size_t i = 0; i < example[_i].times; i++)
        sq_hash_add(hash, example[_i].text, strlen(example[_i].text));
    sq_hash_end(hash, text);
    ck_assert_str_eq(text, example[_i].digest);
}
END_TEST

START_TEST(files)
{
    struct sq_error err = {0};
    char text[SQ_DIGEST_TEXT];
    const char *path = temp_path("bytes");
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    for (size_t i = 0; i < example[_i].times; i++)
        fputs(example[_i].text, file);
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_int_eq(sq_digest_file(&err, path, text), SQ_OK);
    ck_assert_str_eq(text, example[_i].digest);
    struct sq_digest_task task;
    memset(text, 0, sizeof text);
    sq_digest_begin(&task, path);
    ck_assert_int_eq(sq_digest_end(&err, &task, text), SQ_OK);
    ck_assert_str_eq(text, example[_i].digest);
}
END_TEST

START_TEST(what_cannot_be_read)
{
    struct sq_error err = {0};
    char text[SQ_DIGEST_TEXT] = "untouched";
    ck_assert_int_eq(sq_digest_file(&err, temp_path("none"), text), SQ_EIO);
    ck_assert_ptr_nonnull(strstr(err.text, "none: cannot be read: No such file"));
    ck_assert_int_eq(sq_digest_file(&err, temp_dir, text), SQ_EIO);
    ck_assert_ptr_nonnull(strstr(err.text, "cannot be read: Is a directory"));
    struct sq_digest_task task;
    err.text[0] = '\0';
    sq_digest_begin(&task, temp_dir);
    ck_assert_int_eq(sq_digest_end(&err, &task, text), SQ_EIO);
    ck_assert_ptr_nonnull(strstr(err.text, "cannot be read: Is a directory"));
    ck_assert_str_eq(text, "untouched");
}
END_TEST

START_TEST(given_up)
{
    struct sq_error err = {0};
    struct sq_hash *hash;
    ck_assert_int_eq(sq_hash_new(&err, &hash), SQ_OK);
    sq_hash_add(hash, "abc", 3);
    sq_hash_end(hash, NULL);
    sq_hash_end(NULL, NULL);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("digest");
    TCase *t = tcase_create("SHA-256");
    tcase_add_unchecked_fixture(t, temp_make, temp_remove);
    tcase_add_loop_test(t, bytes_in_pieces, 0, N_EXAMPLES);
    tcase_add_loop_test(t, files, 0, N_EXAMPLES);
    tcase_add_test(t, what_cannot_be_read);
    tcase_add_test(t, given_up);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
