/* Golden arrays: members of .npz files and .npy files as bytes with their header. Tests only: every
 * failure ends the test. */
#ifndef SQ_TEST_NPZ_H
#define SQ_TEST_NPZ_H

#include "traces/files/array.h"

struct npz_array {
    char name[128]; /* member without ".npy" */
    struct sq_array header;
    unsigned char *data; /* behind the header */
    size_t n_bytes;
};

/* All members of an .npz file in file order; *n of them. Freed by npz_free(). */
struct npz_array *npz_load(const char *path, size_t *n);

/* One .npy file; n = 1. */
struct npz_array *npy_load(const char *path);

void npz_free(struct npz_array *array, size_t n);

#endif
