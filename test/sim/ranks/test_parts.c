/* Parts of a trace: found by their names alone, in the order of the ranks, and removed with what lies beside them. */
#include "sim/ranks/parts.h"
#include "test/unit.h"

#include <string.h>
#include <unistd.h>

static void make(const char *folder, const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fclose(file);
}

static int is_there(const char *folder, const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return access(path, F_OK) == 0;
}

START_TEST(parts_are_found_and_removed)
{
    char folder[] = "/tmp/spikeq-parts-XXXXXX", whole[64];
    struct sq_parts parts;
    static const char *const names[] = {"t.db.rank-10", "t.db.rank-2", "t.db.rank-2-journal",
                                        "t.db.rank-3.partial", "t.db.rank-3.partial-journal"};
    static const char *const others[] = {"t.db", "t.db.rank-02", "t.db.rank-", "t.db.rank-1x",
                                         "other.db.rank-1"};
    enum { N = 5 };
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(whole, sizeof whole, "%s/t.db", folder);
    for (size_t i = 0; i < N; i++)
        make(folder, names[i]);
    for (size_t i = 0; i < N; i++)
        make(folder, others[i]);
    ck_assert_int_eq(sq_parts_find(NULL, whole, &parts), 0);
    ck_assert_uint_eq(parts.n, 2);
    ck_assert_uint_eq(parts.rank[0], 2);
    ck_assert_uint_eq(parts.rank[1], 10);
    char *path = sq_part_path(whole, 10);
    ck_assert_ptr_nonnull(path);
    ck_assert_str_eq(path + strlen(folder) + 1, "t.db.rank-10");
    free(path);
    ck_assert_int_eq(sq_parts_remove(NULL, whole), 0);
    sq_parts_free(&parts);
    for (size_t i = 0; i < N; i++)
        ck_assert(!is_there(folder, names[i]));
    for (size_t i = 0; i < N; i++) {
        char other[512];
        ck_assert(is_there(folder, others[i]));
        snprintf(other, sizeof other, "%s/%s", folder, others[i]);
        unlink(other);
    }
    ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

START_TEST(a_folder_that_is_not_there)
{
    struct sq_error err = {0};
    struct sq_parts parts;
    ck_assert_int_eq(sq_parts_find(&err, "/nowhere/t.db", &parts), SQ_EIO);
    ck_assert_str_eq(err.text, "/nowhere: cannot be listed: No such file or directory");
    sq_parts_free(&parts);
}
END_TEST

static Suite *parts_suite(void)
{
    Suite *suite = suite_create("parts");
    TCase *tests = tcase_create("files");
    tcase_add_test(tests, parts_are_found_and_removed);
    tcase_add_test(tests, a_folder_that_is_not_there);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(parts_suite())
