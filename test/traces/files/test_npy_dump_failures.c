/* Dumps that cannot be: one sentence each, and nothing left behind. */
#include "test/traces/files/dump_example.h"

#include <signal.h>
#include <sys/resource.h>

START_TEST(names_and_sizes_are_checked)
{
    static const char *const name[] = {"", ".hidden", "a/b", "..", "a b", "\n", "x", "x", NULL};
    struct sq_npy_dump *dump;
    uint32_t id;
    char slab[4] = {0};
    expect_ok(&err, sq_npy_dump_open(&err, temp_path("names"), &dump));
    for (int i = 0; name[i] != NULL; i++) {
        const struct sq_npy_plan p = {name[i], SQ_NPY_U8, 0, 1, 1, {4}};
        const int rc = sq_npy_dump_add(&err, dump, &p, &id);
        if (i == 6)
            expect_ok(&err, rc);
        else
            expect(&err, rc, SQ_EUSAGE, i == 7 ? "dumped twice" : "can be called");
    }
    const struct sq_npy_plan huge = {"h", SQ_NPY_F32, 4, 1u << 31, 1, {(uint64_t)1 << 31}};
    expect(&err, sq_npy_dump_add(&err, dump, &huge, &id), SQ_ESHAPE, "larger than any file");
    expect(&err, sq_npy_dump_write(&err, dump, 1, 0, 0, slab), SQ_EUSAGE, "no array 1");
    expect(&err, sq_npy_dump_write(&err, dump, 0, 1, 0, slab), SQ_EUSAGE, "timestep 1");
    expect(&err, sq_npy_dump_write(&err, dump, 0, 0, 1, slab), SQ_EUSAGE, "sample 1");
    sq_npy_dump_free(dump);
    sq_npy_dump_free(NULL);
}
END_TEST

START_TEST(folders_that_cannot_be)
{
    struct sq_npy_dump *dump, *second;
    expect(&err, sq_npy_dump_open(&err, temp_path("no/where"), &dump), SQ_EIO, "No such file");
    expect(&err, sq_npy_dump_open(&err, temp_text("file", "x"), &dump), SQ_EIO, "is not a folder");
    expect_ok(&err, sq_npy_dump_open(&err, temp_path("shared"), &dump));
    expect(&err, sq_npy_dump_open(&err, temp_path("shared"), &second), SQ_EIO, "another run");
    sq_npy_dump_free(dump);
}
END_TEST

START_TEST(a_folder_that_cannot_be_written)
{
    struct sq_npy_dump *dump;
    if (geteuid() == 0) {
        sq_skip("a folder that cannot be written: root writes everywhere");
        return;
    }
    ck_assert_int_eq(mkdir(temp_path("readonly"), 0500), 0);
    expect(&err, sq_npy_dump_open(&err, temp_path("readonly"), &dump), SQ_EIO, "Permission denied");
}
END_TEST

/* The limit on file sizes stands in for a full disk. */
START_TEST(a_write_that_fails_is_reported)
{
    const struct rlimit limit = {1000, 1000};
    uint32_t id[N_ARRAYS];
    int32_t slab[CELLS] = {0};
    struct sq_npy_dump *dump = open_dump(temp_path("full"), id);
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    expect(&err, sq_npy_dump_write(&err, dump, id[2], T - 1, B - 1, slab), SQ_EIO,
           "head_in_sum.npy: cannot be written: File too large");
    const struct sq_npy_plan large = {"large", SQ_NPY_U8, 0, 1, 1, {2000}};
    expect(&err, sq_npy_dump_add(&err, dump, &large, id), SQ_EIO, "File too large");
    sq_npy_dump_free(dump);
    ck_assert_int_eq(count_files(temp_path("full")), -1);
}
END_TEST

/* An array that vanishes under our hands: said at finish, and the others do not stay half done. */
START_TEST(a_file_taken_away)
{
    uint32_t id[N_ARRAYS];
    struct sq_npy_dump *dump = open_dump(temp_path("gone"), id);
    const float slab[CELLS] = {0};
    write_slabs(dump, id, 1);
    ck_assert_int_eq(unlink(temp_path("gone/.logits.npy.partial")), 0);
    expect(&err, sq_npy_dump_write(&err, dump, id[1], 0, 0, slab), SQ_EIO, "cannot be opened");
    expect(&err, sq_npy_dump_finish(&err, dump, 1), SQ_EIO, "logits.npy: cannot be opened");
    sq_npy_dump_free(dump);
    ck_assert_int_eq(count_files(temp_path("gone")), -1);
}
END_TEST

/* Folders where files should be. */
START_TEST(names_that_are_taken)
{
    uint32_t id[N_ARRAYS];
    struct sq_npy_dump *dump = open_dump(temp_path("taken"), id);
    const struct sq_npy_plan other = {"other", SQ_NPY_U8, 0, 1, 1, {4}};
    ck_assert_int_eq(mkdir(temp_path("taken/.other.npy.partial"), 0700), 0);
    expect(&err, sq_npy_dump_add(&err, dump, &other, &id[0]), SQ_EIO,
           "other.npy: cannot be made: File exists");
    ck_assert_int_eq(mkdir(temp_path("taken/logits.npy"), 0700), 0);
    expect(&err, sq_npy_dump_finish(&err, dump, 0), SQ_EIO,
           "logits.npy: cannot be renamed into place: Is a directory");
    sq_npy_dump_free(dump);
    ck_assert_int_eq(count_files(temp_path("taken")), 3); /* these two, and one array, whole */
}
END_TEST

/* 154 populations with nearly no descriptors left. */
START_TEST(many_arrays_need_few_descriptors)
{
    const struct rlimit limit = {16, 16};
    struct sq_npy_dump *dump;
    char name[16];
    uint32_t id;
    expect_ok(&err, sq_npy_dump_open(&err, temp_path("many"), &dump));
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    for (int i = 0; i < 154; i++) {
        const struct sq_npy_plan p = {name, SQ_NPY_U8, 2, 3, 1, {4}};
        snprintf(name, sizeof name, "lif%d", i);
        expect_ok(&err, sq_npy_dump_add(&err, dump, &p, &id));
        expect_ok(&err, sq_npy_dump_write(&err, dump, id, 1, 2, "abcd"));
    }
    expect_ok(&err, sq_npy_dump_finish(&err, dump, 3));
    sq_npy_dump_free(dump);
    ck_assert_int_eq(count_files(temp_path("many")), 154);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("traces/files/npy_dump: failures");
    TCase *t = tcase_create("failures");
    tcase_set_timeout(t, 60); /* loaded machines, sanitizers */
    tcase_add_unchecked_fixture(t, temp_make, temp_remove);
    tcase_add_test(t, names_and_sizes_are_checked);
    tcase_add_test(t, folders_that_cannot_be);
    tcase_add_test(t, a_folder_that_cannot_be_written);
    tcase_add_test(t, a_write_that_fails_is_reported);
    tcase_add_test(t, a_file_taken_away);
    tcase_add_test(t, names_that_are_taken);
    tcase_add_test(t, many_arrays_need_few_descriptors);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
