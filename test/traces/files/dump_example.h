/* A dump of three arrays whose every value tells its place. */
#ifndef SQ_TEST_DUMP_EXAMPLE_H
#define SQ_TEST_DUMP_EXAMPLE_H

#include "test/sim/input/temp_files.h"
#include "traces/files/npy_dump.h"

#include <stdbool.h>

enum { T = 3, B = 7, CELLS = 30, N_ARRAYS = 3 };

static struct sq_error err;

static const struct sq_npy_plan plan[N_ARRAYS] = {
    {"block.0.attn.q_lif", SQ_NPY_U8, T, B, 2, {5, 6}},
    {"logits", SQ_NPY_F32, 0, B, 1, {CELLS}},
    {"head_in_sum", SQ_NPY_I32, T, B, 3, {2, 5, 3}},
};

/* Any value that tells its place. */
static inline int value_at(unsigned array, unsigned t, uint64_t b, unsigned i)
{
    return (int)(array * 50 + t * 35 + b * 7 + i) % 250;
}

static inline void make_slab(unsigned array, unsigned t, uint64_t b, void *slab)
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

static inline struct sq_npy_dump *open_dump(const char *dir, uint32_t id[N_ARRAYS])
{
    struct sq_npy_dump *dump;
    expect_ok(&err, sq_npy_dump_open(&err, dir, &dump));
    for (unsigned i = 0; i < N_ARRAYS; i++)
        expect_ok(&err, sq_npy_dump_add(&err, dump, &plan[i], &id[i]));
    return dump;
}

/* Every slab of samples 0 .. n - 1, last sample first, last timestep first. */
static inline void write_slabs(struct sq_npy_dump *dump, const uint32_t *id, uint64_t n)
{
    int32_t slab[CELLS];
    for (uint64_t b = n; b-- > 0;)
        for (unsigned i = 0; i < N_ARRAYS; i++)
            for (unsigned t = plan[i].timesteps > 0 ? plan[i].timesteps : 1; t-- > 0;) {
                make_slab(i, t, b, slab);
                expect_ok(&err, sq_npy_dump_write(&err, dump, id[i], t, b, slab));
            }
}

static inline int count_files(const char *path)
{
    int n = 0;
    DIR *dir = opendir(path);
    while (dir != NULL && readdir(dir) != NULL)
        n++;
    if (dir != NULL)
        closedir(dir);
    return dir != NULL ? n - 2 : -1;
}

#endif
