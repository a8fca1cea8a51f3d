/* Dumps: what is written comes back through the reader of sim/input, whole or shortened; what was
 * not finished leaves nothing behind. */
#include "test/traces/files/dump_example.h"
#include "traces/files/array.h"

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
    const struct sq_npy_plan wide = {
        "wide", SQ_NPY_U8, 1000000000,
        0,      6,         {(uint64_t)1 << 62, 0, 1u << 31, 1u << 31, 1u << 31, 7}};
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

static Suite *suite(void)
{
    Suite *s = suite_create("traces/files/npy_dump");
    TCase *t = tcase_create("dump");
    tcase_set_timeout(t, 60); /* loaded machines, sanitizers */
    tcase_add_unchecked_fixture(t, temp_make, temp_remove);
    tcase_add_loop_test(t, round_trip, 0, B + 1);
    tcase_add_test(t, large_slabs_are_moved_whole);
    tcase_add_test(t, an_aborted_dump_leaves_nothing);
    tcase_add_test(t, an_old_dump_is_replaced_at_the_end);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
