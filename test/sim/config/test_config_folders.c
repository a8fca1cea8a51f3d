/* The folders of configurations: the list as text, and our own from where a file lies. */
#include "sim/config/config_folders.h"
#include "test/sim/input/temp_files.h"

static char folder[SQ_FOLDER_BYTES];

/* The entries of a list, each in brackets. */
static const char *entries(const char *list)
{
    static char text[256];
    size_t n = 0;
    text[0] = '\0';
    while (sq_folder_next(&list, folder))
        n += (size_t)snprintf(text + n, sizeof text - n, "[%s]", folder);
    return text;
}

START_TEST(a_list_is_stepped_through)
{
    ck_assert_str_eq(entries(NULL), "");
    ck_assert_str_eq(entries(""), "");
    ck_assert_str_eq(entries(":::"), "");
    ck_assert_str_eq(entries("a"), "[a]");
    ck_assert_str_eq(entries("/a b:c:"), "[/a b][c]");
    ck_assert_str_eq(entries("::a::b"), "[a][b]");
    ck_assert_str_eq(entries("a\\:b:c"), "[a:b][c]");
    ck_assert_str_eq(entries("a\\\\:b"), "[a\\][b]");
    ck_assert_str_eq(entries("a\\b\\"), "[a\\b\\]");
}
END_TEST

/* The longest path that can be opened is taken; a longer one is passed over, not cut off. */
START_TEST(an_entry_that_is_too_long_is_passed_over)
{
    static char list[SQ_FOLDER_BYTES + 8];
    memset(list, 'x', SQ_FOLDER_BYTES);
    memcpy(list + SQ_FOLDER_BYTES, ":b", 3);
    ck_assert_str_eq(entries(list), "[b]");
    const char *at = list + 1;
    ck_assert_int_eq(sq_folder_next(&at, folder), 1);
    ck_assert_uint_eq(strlen(folder), SQ_FOLDER_BYTES - 1);
}
END_TEST

static void make_folders(const char *path)
{
    char text[512];
    snprintf(text, sizeof text, "mkdir -p '%s'", temp_path(path));
    ck_assert_int_eq(system(text), 0); /* NOLINT(cert-env33-c): a test's own folder */
}

/* Where a file lies, the folder that is there, and the one that is found. */
static const struct {
    const char *file, *there, *found;
} layout[] = {
    {"p/bin/spikeq", "p/share/spikeq/configs", "p/share/spikeq/configs"},
    {"p/lib/libspikeq.so.0.1.0", "p/share/spikeq/configs", "p/share/spikeq/configs"},
    {"p/lib/some-gnu/libspikeq.so.0", "p/share/spikeq/configs", "p/share/spikeq/configs"},
    {"t/build/release/spikeq", "t/configs", "t/configs"},
    {"w/spikeq/libspikeq.so", "w/spikeq/configs", "w/spikeq/configs"},
    {"q:\\/bin/spikeq", "q:\\/share/spikeq/configs", "q:\\/share/spikeq/configs"},
};

START_TEST(our_own_is_found_from_where_we_lie)
{
    char file[512], want[512];
    snprintf(file, sizeof file, "%s", temp_path(layout[_i].file));
    make_folders(layout[_i].there);
    snprintf(want, sizeof want, "%s", temp_path(layout[_i].found));
    char *list = sq_folders_of("first", file);
    const char *at = list;
    ck_assert_int_eq(sq_folder_next(&at, folder), 1);
    ck_assert_str_eq(folder, "first");
    ck_assert_int_eq(sq_folder_next(&at, folder), 1);
    ck_assert_str_eq(folder, want);
    ck_assert_int_eq(sq_folder_next(&at, folder), 0);
    free(list);
}
END_TEST

/* With none there, every folder that was looked for is listed, so that a complaint names them. */
START_TEST(none_is_there)
{
    if (access("/usr/local/share/spikeq", F_OK) == 0 || access("/usr/share/spikeq", F_OK) == 0)
        return;
    char *list = sq_folders_of(NULL, "/no/such/place/bin/spikeq");
    ck_assert_str_eq(
        list, "/no/such/place/share/spikeq/configs:/no/such/share/spikeq/configs:"
              "/no/such/configs:/no/such/place/spikeq/configs:/usr/local/share/spikeq/configs:"
              "/usr/share/spikeq/configs");
    free(list);
    list = sq_folders_of("", "/spikeq");
    ck_assert_str_eq(list, "/usr/local/share/spikeq/configs:/usr/share/spikeq/configs");
    free(list);
    list = sq_folders_of("", NULL);
    ck_assert_str_eq(list, "/usr/local/share/spikeq/configs:/usr/share/spikeq/configs");
    free(list);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("sim/network/config_folders");
    TCase *t = tcase_create("folders");
    tcase_add_unchecked_fixture(t, temp_make, temp_remove);
    tcase_add_test(t, a_list_is_stepped_through);
    tcase_add_test(t, an_entry_that_is_too_long_is_passed_over);
    tcase_add_loop_test(t, our_own_is_found_from_where_we_lie, 0, sizeof layout / sizeof *layout);
    tcase_add_test(t, none_is_there);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
