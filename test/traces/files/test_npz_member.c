/* Members of zip archives (npz_member.h): their bytes come back in pieces of any size, and what the
 * directory says wrongly is found out at the end. */
#include "traces/files/npz_member.h"

#include "test/support/event_files.h"
#include "test/support/zip_writer.h"
#include "test/unit.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { BYTES = 60000 };

static char path[64];
static unsigned char data[BYTES];

static void setup(void)
{
    struct sq_rng rng = {1};
    snprintf(path, sizeof path, "/tmp/spikeq-member-%d", (int)getpid());
    for (size_t i = 0; i < BYTES; i++)
        data[i] = i % 3 == 0 ? (unsigned char)sq_rng_below(&rng, 9) : 0;
}

static void teardown(void)
{
    unlink(path);
}

static void save(const struct zip_member *how, size_t flip)
{
    struct bytes bytes = {NULL, 0, 0};
    struct zip_writer writer = {.out = &bytes};
    zip_writer_add(&writer, "other", "abc", 3, NULL);
    zip_writer_add(&writer, "t.npy", data, BYTES, how);
    zip_writer_end(&writer);
    bytes.data[flip] ^= flip > 0 ? 1 : 0;
    event_file_save(&bytes, path);
    bytes_free(&bytes);
}

/* How many bytes came before something was wrong, all of them true if `is_true`. */
static size_t read_member(size_t piece, bool is_true, bool *is_over)
{
    static struct sq_npz_member member;
    zip_t *zip = zip_open(path, ZIP_RDONLY, NULL);
    const unsigned char *at;
    const char *wrong;
    size_t done = 0;
    ck_assert_ptr_nonnull(zip);
    ck_assert(!sq_npz_member_open(&member, zip, "x.npy"));
    sq_npz_member_close(&member);
    ck_assert(sq_npz_member_open(&member, zip, "t.npy"));
    while (done < BYTES) {
        const size_t n = BYTES - done < piece ? BYTES - done : piece;
        at = sq_npz_member_take(&member, n, &wrong);
        if (at == NULL)
            break;
        ck_assert(!is_true || memcmp(at, data + done, n) == 0);
        done += n;
    }
    *is_over = done == BYTES && sq_npz_member_is_over(&member);
    sq_npz_member_close(&member);
    zip_discard(zip);
    return done;
}

START_TEST(bytes_come_back)
{
    static const size_t piece[] = {1, 12, 4096, 20001, SQ_NPZ_CHUNK};
    bool is_over;
    for (int deflate = 0; deflate < 2; deflate++) {
        save(&(struct zip_member){.deflate = deflate}, 0);
        ck_assert_uint_eq(read_member(piece[_i], true, &is_over), BYTES);
        ck_assert(is_over);
    }
}
END_TEST

START_TEST(lies_are_found_out)
{
    static const struct zip_member lie[] = {
        {.deflate = 1, .crc_xor = 1}, {.deflate = 1, .size_plus = 1}, {.crc_xor = 1}};
    bool is_over;
    save(&lie[_i], 0);
    read_member(4096, true, &is_over);
    ck_assert(!is_over);
}
END_TEST

/* A bit changed anywhere in deflated data: an error, or another checksum. */
START_TEST(damage_is_found_out)
{
    bool is_over;
    for (size_t flip = 200; flip < 4000; flip += 97) {
        save(&(struct zip_member){.deflate = 1}, flip);
        read_member(4096, false, &is_over);
        ck_assert_msg(!is_over, "byte %zu", flip);
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("events");
    TCase *tcase = tcase_create("npz_member");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, bytes_come_back, 0, 5);
    tcase_add_loop_test(tcase, lies_are_found_out, 0, 3);
    tcase_add_test(tcase, damage_is_found_out);
    suite_add_tcase(suite, tcase);
    return suite;
}

SQ_TEST_MAIN(suite())
