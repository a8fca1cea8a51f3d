/* Dumps: what is written comes back through the reader of sim/input, whole or shortened; what was
 * not finished leaves nothing behind. */
#include "sim/input/array.h"
#include "test/sim/input/temp_files.h"
#include "traces/write/npy_dump.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>

enum { T = 3, B = 7, CELLS = 30, N_ARRAYS = 3 };

static struct sq_error err;

static const struct sq_npy_plan plan[N_ARRAYS] = {
    {"block.0.attn.q_lif", SQ_NPY_U8, T, B, 2, {5, 6}},
    {"logits", SQ_NPY_F32, 0, B, 1, {CELLS}},
    {"head_in_sum", SQ_NPY_I32, T, B, 3, {2, 5, 3}},
};

/* Any value that tells its place. */
static int value_at(unsigned array, unsigned t, uint64_t b, unsigned i)
{
    return (int)(array * 50 + t * 35 + b * 7 + i) % 250;
}

static void make_slab(unsigned array, unsigned t, uint64_t b, void *slab)
{
    for (unsigned i = 0; i < CELLS; i++) {
        const int value = value_at(array, t, b, i);
        if (plan[array].type == SQ_NPY_U8)
            ((unsigned char *)slab)[i] = (unsigned char)value;
        else if (plan[array].type == SQ_NPY_F32)
            ((float *)slab)[i] = (float)value / 8;
        else
            ((int32_t *)slab)[i] = -value;
    }
}

static struct sq_npy_dump *open_dump(const char *dir, uint32_t id[N_ARRAYS])
{
    struct sq_npy_dump *dump;
    expect_ok(&err, sq_npy_dump_open(&err, dir, &dump));
    for (unsigned i = 0; i < N_ARRAYS; i++)
        expect_ok(&err, sq_npy_dump_add(&err, dump, &plan[i], &id[i]));
    return dump;
}

/* Every slab of samples 0 .. n - 1, last sample first, last timestep first. */
static void write_slabs(struct sq_npy_dump *dump, const uint32_t *id, uint64_t n)
{
    int32_t slab[CELLS];
    for (uint64_t b = n; b-- > 0;)
        for (unsigned i = 0; i < N_ARRAYS; i++)
            for (unsigned t = plan[i].timesteps > 0 ? plan[i].timesteps : 1; t-- > 0;) {
                make_slab(i, t, b, slab);
                expect_ok(&err, sq_npy_dump_write(&err, dump, id[i], t, b, slab));
            }
}

static void check_array(const char *dir, unsigned i, uint64_t n)
{
    char path[512];
    int32_t slab[CELLS];
    struct sq_array_file *file;
    const unsigned n_t = plan[i].timesteps > 0 ? plan[i].timesteps : 1;
    snprintf(path, sizeof path, "%s/%s.npy", dir, plan[i].name);
    expect_ok(&err, sq_array_open(&err, path, &file));
    const struct sq_array *a = sq_array_header(file);
    const bool has_t = plan[i].timesteps > 0;
    ck_assert_uint_eq(a->offset, 128);
    ck_assert_uint_eq(a->n_dims, plan[i].n_dims + 1 + has_t);
    ck_assert_uint_eq(a->dim[has_t], n);
    const size_t row = sq_array_row_elements(file) * a->item_bytes;
    unsigned char *data = malloc(row + 1);
    for (uint64_t r = 0; r < a->dim[0]; r++) {
        expect_ok(&err, sq_array_read(&err, file, r, 1, data));
        for (uint64_t b = 0; b < (has_t ? n : 1); b++) {
            make_slab(i, has_t ? (unsigned)r : 0, has_t ? b : r, slab);
            const size_t bytes = CELLS * a->item_bytes;
            ck_assert_mem_eq(data + b * bytes, slab, bytes);
        }
    }
    ck_assert_uint_eq(has_t ? a->dim[0] : n_t, n_t);
    free(data);
    sq_array_close(file);
}

static int count_files(const char *path)
{
    int n = 0;
    DIR *dir = opendir(path);
    while (dir != NULL && readdir(dir) != NULL)
        n++;
    if (dir != NULL)
        closedir(dir);
    return dir != NULL ? n - 2 : -1;
}

/* Finished with _i of B samples: from none to all. */
START_TEST(round_trip)
{
    uint32_t id[N_ARRAYS];
    char dir[256];
    const uint64_t n = (uint64_t)_i;
    snprintf(dir, sizeof dir, "%s/round%d", temp_dir, _i);
    struct sq_npy_dump *dump = open_dump(dir, id);
    write_slabs(dump, id, n);
    expect_ok(&err, sq_npy_dump_finish(&err, dump, n));
    sq_npy_dump_free(dump);
    ck_assert_int_eq(count_files(dir), N_ARRAYS);
    for (unsigned i = 0; i < N_ARRAYS; i++)
        check_array(dir, i, n);
}
END_TEST

/* More than one chunk of moving, and a header longer than 128 bytes. */
START_TEST(large_slabs_are_moved_whole)
{
    const struct sq_npy_plan large = {"big", SQ_NPY_U8, 3, 4, 6, {1, 1, 1, 1, 1, 100000}};
    const struct sq_npy_plan wide = {"wide", SQ_NPY_U8, 1000000000,
                                     0,      6,         {1000000000, 1, 1, 1, 1, 1}};
    struct sq_npy_dump *dump;
    struct sq_array_file *file;
    uint32_t id, other;
    unsigned char *slab = malloc(300000);
    const char *dir = temp_path("large");
    expect_ok(&err, sq_npy_dump_open(&err, dir, &dump));
    expect_ok(&err, sq_npy_dump_add(&err, dump, &large, &id));
    expect_ok(&err, sq_npy_dump_add(&err, dump, &wide, &other));
    for (unsigned t = 0; t < 3; t++)
        for (unsigned b = 0; b < 4; b++) {
            memset(slab, (int)(t * 16 + b), 100000);
            expect_ok(&err, sq_npy_dump_write(&err, dump, id, t, b, slab));
        }
    expect_ok(&err, sq_npy_dump_finish(&err, dump, 3));
    sq_npy_dump_free(dump);
    expect_ok(&err, sq_array_open(&err, temp_path("large/big.npy"), &file));
    for (unsigned t = 0; t < 3; t++) {
        expect_ok(&err, sq_array_read(&err, file, t, 1, slab));
        bool moved = true; /* one assertion for each byte would take seconds */
        for (unsigned i = 0; i < 300000; i++)
            moved &= slab[i] == t * 16 + i / 100000;
        ck_assert(moved);
    }
    sq_array_close(file);
    free(slab);
    expect_ok(&err, sq_array_open(&err, temp_path("large/wide.npy"), &file));
    ck_assert_uint_eq(sq_array_header(file)->offset % 64, 0);
    sq_array_close(file);
}
END_TEST

START_TEST(an_aborted_dump_leaves_nothing)
{
    uint32_t id[N_ARRAYS];
    const char *dir = temp_path("aborted");
    struct sq_npy_dump *dump = open_dump(dir, id);
    write_slabs(dump, id, 2);
    ck_assert_int_eq(count_files(dir), N_ARRAYS);
    sq_npy_dump_free(dump);
    ck_assert_int_eq(count_files(dir), -1); /* it made the folder, it takes it away */
}
END_TEST

/* Old arrays stay until new ones are whole; what a killed run left is cleared away. */
START_TEST(an_old_dump_is_replaced_at_the_end)
{
    uint32_t id[N_ARRAYS];
    char old[8] = "";
    ck_assert_int_eq(mkdir(temp_path("old"), 0700), 0);
    temp_text("old/logits.npy", "old");
    temp_text("old/.logits.npy.partial", "left by a killed run, and longer than it should be");
    struct sq_npy_dump *dump = open_dump(temp_path("old"), id);
    write_slabs(dump, id, B);
    FILE *f = fopen(temp_path("old/logits.npy"), "rb");
    ck_assert_uint_eq(fread(old, 1, sizeof old, f), 3);
    fclose(f);
    expect_ok(&err, sq_npy_dump_finish(&err, dump, B));
    sq_npy_dump_free(dump);
    check_array(temp_path("old"), 1, B);
    ck_assert_int_eq(count_files(temp_path("old")), N_ARRAYS);
}
END_TEST

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
    expect(&err, sq_npy_dump_open(&err, temp_text("file", "x"), &dump), SQ_EIO, "is no folder");
    expect_ok(&err, sq_npy_dump_open(&err, temp_path("shared"), &dump));
    expect(&err, sq_npy_dump_open(&err, temp_path("shared"), &second), SQ_EIO, "another run");
    sq_npy_dump_free(dump);
    if (geteuid() == 0)
        return; /* root writes everywhere */
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
    write_slabs(dump, id, 1);
    ck_assert_int_eq(unlink(temp_path("gone/.logits.npy.partial")), 0);
    expect(&err, sq_npy_dump_finish(&err, dump, 1), SQ_EIO, "logits.npy: cannot be opened");
    sq_npy_dump_free(dump);
    ck_assert_int_eq(count_files(temp_path("gone")), -1);
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
    Suite *s = suite_create("traces/write/npy_dump");
    TCase *t = tcase_create("dump");
    tcase_add_unchecked_fixture(t, temp_make, temp_remove);
    tcase_add_loop_test(t, round_trip, 0, B + 1);
    tcase_add_test(t, large_slabs_are_moved_whole);
    tcase_add_test(t, an_aborted_dump_leaves_nothing);
    tcase_add_test(t, an_old_dump_is_replaced_at_the_end);
    tcase_add_test(t, names_and_sizes_are_checked);
    tcase_add_test(t, folders_that_cannot_be);
    tcase_add_test(t, a_write_that_fails_is_reported);
    tcase_add_test(t, a_file_taken_away);
    tcase_add_test(t, many_arrays_need_few_descriptors);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
