/* Array files made by hand, so that readers are not tested with our own writer. */
#ifndef SQ_TEST_MAKE_ARRAY_H
#define SQ_TEST_MAKE_ARRAY_H

#include "test/sim/input/temp_files.h"

#include <zlib.h>

/* A .npy file, version 1.0, header padded to 128 bytes; returns its size. */
static inline size_t make_npy(unsigned char *out, const char *dictionary, const void *data,
                              size_t size)
{
    memcpy(out, "\x93NUMPY\x01", 8);
    out[8] = 118;
    out[9] = 0;
    snprintf((char *)out + 10, 118, "%-117s", dictionary);
    out[127] = '\n';
    if (size > 0)
        memcpy(out + 128, data, size);
    return 128 + size;
}

static inline const char *write_npy(const char *name, const char *descr, const char *shape,
                                    const void *data, size_t size)
{
    char dictionary[118];
    unsigned char *file = malloc(128 + size);
    snprintf(dictionary, sizeof dictionary,
             "{'descr': '%s', 'fortran_order': False, 'shape': %s, }", descr, shape);
    const char *path = temp_write(name, file, make_npy(file, dictionary, data, size));
    free(file);
    return path;
}

/* An IDX file of bytes; returns its size. */
static inline size_t make_idx(unsigned char *out, unsigned type, unsigned n_dims,
                              const uint32_t *dim, const void *data, size_t size)
{
    const unsigned char head[4] = {0, 0, (unsigned char)type, (unsigned char)n_dims};
    memcpy(out, head, sizeof head);
    for (unsigned i = 0; i < n_dims; i++)
        for (unsigned k = 0; k < 4; k++)
            out[4 + 4 * i + k] = (unsigned char)(dim[i] >> (24 - 8 * k));
    if (size > 0)
        memcpy(out + 4 + 4 * (size_t)n_dims, data, size);
    return 4 + 4 * (size_t)n_dims + size;
}

static inline const char *write_gz(const char *name, const void *data, size_t size)
{
    const char *path = temp_path(name);
    gzFile file = gzopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(gzwrite(file, data, (unsigned)size), (int)size);
    ck_assert_int_eq(gzclose(file), Z_OK);
    return path;
}

#endif
