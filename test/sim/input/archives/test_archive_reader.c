/* Archives: members, their order and places; and what is refused, each by one line. */
#include "sim/input/archives/archive_reader.h"
#include "test/sim/input/temp_files.h"
#include "test/support/tar_writer.h"

#include <zlib.h>

static struct bytes tar;

static void set_up(void)
{
    tar = (struct bytes){NULL, 0, 0};
}

static void tear_down(void)
{
    bytes_free(&tar);
}

static const char *write_gz(const char *name, const struct bytes *bytes)
{
    const char *path = temp_path(name);
    gzFile file = gzopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(gzwrite(file, bytes->data, (unsigned)bytes->n), (int)bytes->n);
    ck_assert_int_eq(gzclose(file), Z_OK);
    return path;
}

/* The archive as a file, _i 1: compressed. */
static const char *write_archive(int is_gz)
{
    return is_gz ? write_gz("a.tar.gz", &tar) : temp_write("a.tar", tar.data, tar.n);
}

/* All members; the number of them, or the status. */
static int walk(struct sq_error *err, const char *path)
{
    static struct sq_archive_member member;
    struct sq_archive *archive = NULL;
    bool is_end = false;
    int n = 0, rc = sq_archive_open(err, path, &archive);
    while (rc == SQ_OK && !is_end) {
        rc = sq_archive_next(err, archive, &member, &is_end);
        n += rc == SQ_OK && !is_end;
    }
    sq_archive_close(archive);
    return rc == SQ_OK ? n : rc;
}

static void expect_refusal(int code, const char *says)
{
    struct sq_error err = {0};
    for (int is_gz = 0; is_gz < 2; is_gz++) {
        const char *path = write_archive(is_gz);
        const int rc = walk(&err, path);
        ck_assert_msg(rc == code && strstr(err.text, says) != NULL &&
                          strstr(err.text, path) != NULL,
                      "%d %s", rc, err.text);
    }
}

static void put_samples(void)
{
    static const char text[] = "the bytes of a sample";
    char large[3000];
    memset(large, 'x', sizeof large);
    tar_put(&tar, "./", '5', "", 0);
    tar_put(&tar, "./set/", '5', "", 0);
    tar_put(&tar, "./set/a.png", '0', text, sizeof text);
    tar_put(&tar, "set/large", '0', large, sizeof large);
    tar_put(&tar, "empty", '0', "", 0);
}

START_TEST(members_in_their_order)
{
    static const struct {
        const char *name;
        uint64_t size;
        bool is_folder;
    } want[] = {{"", 0, true},
                {"set", 0, true},
                {"set/a.png", 22, false},
                {"set/large", 3000, false},
                {"empty", 0, false}};
    static struct sq_archive_member member;
    struct sq_error err = {0};
    struct sq_archive *archive = NULL;
    bool is_end;
    char text[22];
    put_samples();
    tar_put_end(&tar);
    expect_ok(&err, sq_archive_open(&err, write_archive(_i), &archive));
    for (size_t i = 0; i < 5; i++) {
        size_t got = 0;
        expect_ok(&err, sq_archive_next(&err, archive, &member, &is_end));
        ck_assert(!is_end);
        ck_assert_str_eq(member.name, want[i].name);
        ck_assert_uint_eq(member.size, want[i].size);
        ck_assert(member.is_folder == want[i].is_folder);
        ck_assert(member.offset + member.size <= tar.n);
        if (i == 2) {
            expect_ok(&err, sq_archive_read(&err, archive, text, sizeof text, &got));
            ck_assert_uint_eq(got, sizeof text);
            ck_assert_str_eq(text, "the bytes of a sample");
            ck_assert_mem_eq(tar.data + member.offset, text, sizeof text);
        }
    }
    ck_assert(sq_archive_is_plain(archive) == (_i == 0));
    expect_ok(&err, sq_archive_next(&err, archive, &member, &is_end));
    ck_assert(is_end);
    sq_archive_close(archive);
}
END_TEST

/* By the place of a member, without its neighbours, in any order. */
START_TEST(read_at_a_place)
{
    static struct sq_archive_member member[5];
    struct sq_error err = {0};
    struct sq_archive *archive = NULL;
    bool is_end;
    char got[3000];
    put_samples();
    tar_put_end(&tar);
    expect_ok(&err, sq_archive_open(&err, write_archive(0), &archive));
    for (int i = 0; i < 5; i++)
        expect_ok(&err, sq_archive_next(&err, archive, &member[i], &is_end));
    for (int i = 4; i >= 0; i--) {
        expect_ok(&err, sq_archive_read_at(&err, archive, member[i].offset, got, member[i].size));
        ck_assert(memcmp(got, tar.data + member[i].offset, member[i].size) == 0);
    }
    expect(&err, sq_archive_read_at(&err, archive, tar.n - 1, got, 2), SQ_EIO, "became shorter");
    sq_archive_close(archive);
}
END_TEST

START_TEST(recognised)
{
    put_samples();
    tar_put_end(&tar);
    ck_assert(sq_archive_knows(write_archive(0), tar.data, 512));
    ck_assert(!sq_archive_knows(temp_path("a.tar"), tar.data, 256));
    const char *path = write_gz("a.tar.gz", &tar);
    ck_assert(sq_archive_knows(path, (const unsigned char *)"\x1f\x8b", 2));
    tar.n = 0;
    bytes_put_text(&tar, "no archive");
    path = write_gz("none.gz", &tar);
    ck_assert(!sq_archive_knows(path, (const unsigned char *)"\x1f\x8b", 2));
}
END_TEST

/* What follows the mark of the end is an archive again. */
START_TEST(several_in_one_file)
{
    struct sq_error err = {0};
    put_samples();
    tar_put_end(&tar);
    tar_put_text(&tar, "behind", "it");
    tar_put_end(&tar);
    ck_assert_int_eq(walk(&err, write_archive(_i)), 6);
}
END_TEST

START_TEST(no_file_or_folder)
{
    static const struct {
        char type;
        const char *says;
    } kind[] = {{'1', "member bad: a hard link; put"},
                {'2', "member bad: a link; put"},
                {'3', "member bad: a device, pipe"},
                {'4', "member bad: a device, pipe"},
                {'6', "member bad: a device, pipe"}};
    put_samples();
    tar_put_header(&tar, "bad", kind[_i].type, 0);
    tar_put_end(&tar);
    expect_refusal(SQ_EVALUE, kind[_i].says);
}
END_TEST

START_TEST(names_that_are_refused)
{
    static const struct {
        const char *name, *says;
    } bad[] = {{"/etc/passwd", "member /etc/passwd: an absolute path"},
               {"../a.png", "member ../a.png: leads out of the archive (..)"},
               {"set/../../a.png", "leads out of the archive (..)"},
               {"set/..", "leads out of the archive (..)"},
               {"./..", "leads out of the archive (..)"}};
    put_samples();
    tar_put_text(&tar, bad[_i].name, "x");
    tar_put_end(&tar);
    expect_refusal(SQ_EVALUE, bad[_i].says);
}
END_TEST

START_TEST(names_that_are_not)
{
    struct sq_error err = {0};
    tar_put_text(&tar, "..a/b..c/...", "x");
    tar_put_text(&tar, "with\nline", "x");
    tar_put_text(&tar, "caf\xc3\xa9\xff", "x");
    tar_put_end(&tar);
    ck_assert_int_eq(walk(&err, write_archive(_i)), 3);
}
END_TEST

START_TEST(a_name_that_is_too_long)
{
    char name[5001];
    memset(name, 'n', sizeof name);
    name[5000] = '\0';
    tar_put(&tar, "././@LongLink", 'L', name, sizeof name);
    tar_put_text(&tar, "short", "x");
    tar_put_end(&tar);
    expect_refusal(SQ_EVALUE, "a name of more than 4095 bytes");
}
END_TEST

/* GNU's header of a file with holes: 4 KiB of which 512 bytes are there. */
START_TEST(holes)
{
    unsigned char block[512] = {0};
    tar_put_header(&tar, "sparse", 'S', 512);
    unsigned char *header = tar.data + tar.n - 512;
    memcpy(header + 386, "00000004000", 11); /* where the bytes are */
    memcpy(header + 398, "00000001000", 11); /* how many */
    memcpy(header + 483, "00000010000", 11); /* the size with the holes */
    unsigned sum = 0;
    memset(header + 148, ' ', 8);
    for (int i = 0; i < 512; i++)
        sum += header[i];
    snprintf((char *)header + 148, 8, "%06o", sum);
    header[155] = ' ';
    tar_put_data(&tar, block, sizeof block);
    tar_put_end(&tar);
    expect_refusal(SQ_EVALUE, "member sparse: a file with holes");
}
END_TEST

/* Sizes that the archive does not have: nothing is allocated for them. */
START_TEST(huge_sizes)
{
    static const uint64_t size[] = {1 << 20, UINT64_C(1) << 40, INT64_MAX, INT64_MAX - 600,
                                    UINT64_MAX};
    struct sq_error err = {0};
    put_samples();
    tar_put_header(&tar, "huge", '0', size[_i]);
    tar_put_data(&tar, "x", 1);
    for (int is_gz = 0; is_gz < 2; is_gz++) {
        const int rc = walk(&err, write_archive(is_gz));
        ck_assert_msg((rc == SQ_EFORMAT || rc == SQ_EVALUE) && err.text[0] != '\0', "%d %s", rc,
                      err.text);
    }
    const int rc = walk(&err, write_archive(0));
    ck_assert_msg(_i > 1 || (rc == SQ_EFORMAT && strstr(err.text, ": cut short: member huge has ")),
                  "%d %s", rc, err.text);
}
END_TEST

/* Headers in front of headers, and ones that say that they are large. */
START_TEST(bombs_of_headers)
{
    struct sq_error err = {0};
    if (_i == 0)
        for (int i = 0; i < 5000; i++)
            tar_put(&tar, "pax", 'x', "13 path=deep\n", 13);
    else
        tar_put_header(&tar, "pax", _i == 1 ? 'x' : 'L', UINT64_C(1) << 38);
    tar_put_text(&tar, "a", "x");
    tar_put_end(&tar);
    for (int is_gz = 0; is_gz < 2; is_gz++) {
        const int rc = walk(&err, write_archive(is_gz));
        ck_assert_msg(rc == SQ_EFORMAT || (_i == 0 && rc == SQ_EVALUE), "%d %s", rc, err.text);
    }
}
END_TEST

/* Cut anywhere: one line, unless all blocks are there and the mark of the end begins. */
START_TEST(cut_at_many_places)
{
    struct sq_error err = {0};
    put_samples();
    const size_t n_members = tar.n;
    tar_put_end(&tar);
    const char *path = write_archive(0);
    for (size_t cut = tar.n - 1; cut > 37; cut -= cut % 512 < 3 ? 1 : 37) {
        const int rc = walk(&err, temp_cut(path, cut));
        ck_assert_msg(rc == SQ_EFORMAT || rc == SQ_EIO || (rc == 5 && cut >= n_members + 512),
                      "cut at %zu of %zu: %d %s", cut, tar.n, rc, err.text);
    }
}
END_TEST

START_TEST(cut_while_compressed)
{
    struct sq_error err = {0};
    put_samples();
    tar_put_end(&tar);
    const char *path = write_gz("a.tar.gz", &tar);
    struct stat status;
    ck_assert_int_eq(stat(path, &status), 0);
    for (off_t cut = status.st_size - 1; cut > 0; cut--) {
        const int rc = walk(&err, temp_cut(path, (size_t)cut));
        ck_assert_msg(rc == SQ_EFORMAT, "cut at %ld: %d %s", (long)cut, rc, err.text);
    }
}
END_TEST

/* Every byte of a header but those that say nothing (time, owner, mode) is under its checksum: a change
 * of any is seen, and none makes members vanish without a sign. */
START_TEST(every_byte_changed)
{
    struct sq_error err = {0};
    tar_put_text(&tar, "a", "first");
    tar_put_text(&tar, "b", "second");
    tar_put_end(&tar);
    const char *path = write_archive(0);
    for (size_t i = 0; i < 512; i++) {
        const int rc = walk(&err, temp_poke(path, i, tar.data[i] ^ 0x10));
        ck_assert_msg(rc < 0 || rc == 2, "byte %zu: %d", i, rc);
        temp_poke(path, i, tar.data[i]);
    }
}
END_TEST

START_TEST(other_files)
{
    struct sq_error err = {0};
    ck_assert_int_eq(walk(&err, temp_path("none")), SQ_EIO);
    ck_assert_int_eq(walk(&err, temp_dir), SQ_EIO);
    ck_assert_int_eq(walk(&err, temp_write("e.tar", "", 0)), SQ_EFORMAT);
    ck_assert_int_eq(walk(&err, temp_text("t.tar", "text")), SQ_EFORMAT);
    tar_put_end(&tar);
    ck_assert_int_eq(walk(&err, write_archive(0)), 0);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("archives");
    TCase *tcase = tcase_create("archive_reader");
    tcase_add_unchecked_fixture(tcase, temp_make, temp_remove);
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_loop_test(tcase, members_in_their_order, 0, 2);
    tcase_add_test(tcase, read_at_a_place);
    tcase_add_test(tcase, recognised);
    tcase_add_loop_test(tcase, several_in_one_file, 0, 2);
    tcase_add_loop_test(tcase, no_file_or_folder, 0, 5);
    tcase_add_loop_test(tcase, names_that_are_refused, 0, 5);
    tcase_add_loop_test(tcase, names_that_are_not, 0, 2);
    tcase_add_test(tcase, a_name_that_is_too_long);
    tcase_add_test(tcase, holes);
    tcase_add_loop_test(tcase, huge_sizes, 0, 5);
    tcase_add_loop_test(tcase, bombs_of_headers, 0, 3);
    tcase_add_test(tcase, cut_at_many_places);
    tcase_add_test(tcase, cut_while_compressed);
    tcase_add_test(tcase, every_byte_changed);
    tcase_add_test(tcase, other_files);
    suite_add_tcase(suite, tcase);
    return suite;
}

SQ_TEST_MAIN(suite())
