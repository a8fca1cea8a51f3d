/* HDF5 as NIR uses it: groups, scalars of text, tables of text, arrays of numbers. The only place of
 * this folder that touches the HDF5 library, which is not thread-safe.
 *
 * Links to other files, soft links and datasets that lie elsewhere are refused: a graph is one file. */
#ifndef SQ_NIR_FILE_H
#define SQ_NIR_FILE_H

#include "traces/files/hdf5_open.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SQ_NIR_PATH = 192, SQ_NIR_MOST_DIMS = 8 };

/* An array of numbers. */
struct sq_nir_extent {
    uint32_t n_dims; /* 0 of a scalar */
    uint64_t dim[SQ_NIR_MOST_DIMS];
    uint64_t n;    /* elements */
    bool is_float; /* else whole numbers */
    size_t bytes;  /* of an element */
};

/* As sq_hdf5_open(); the library prints nothing when the program ends, either. */
int sq_nir_file_open(struct sq_error *err, const char *path, struct sq_hdf5 **out);

/* Call visit(name, data) for each member of a group, in the order of names, until it returns a failure;
 * returns that. SQ_EFORMAT: there is no such group. */
int sq_nir_file_each(struct sq_error *err, const struct sq_hdf5 *file, const char *group,
                     int (*visit)(const char *name, void *data), void *data);

/* A text, cut to `size` - 1 bytes. SQ_EFORMAT: no text lies there. */
int sq_nir_file_text(struct sq_error *err, const struct sq_hdf5 *file, const char *path, char *out,
                     size_t size);

/* Rows of a table of two texts each. SQ_EFORMAT: no such table lies there. */
int sq_nir_file_rows(struct sq_error *err, const struct sq_hdf5 *file, const char *path,
                     uint64_t *n);
int sq_nir_file_row(struct sq_error *err, const struct sq_hdf5 *file, const char *path,
                    uint64_t row, char *first, char *second, size_t size);

/* The extent of an array of numbers, no larger than the file can justify. SQ_EFORMAT names it: it is
 * missing, or of another type. */
int sq_nir_file_extent(struct sq_error *err, const struct sq_hdf5 *file, const char *path,
                       struct sq_nir_extent *out);

/* All elements of an array: as float64 of this machine; as little-endian float32 or float64.
 *   extent   what sq_nir_file_extent() said
 * SQ_EFORMAT: damaged. */
int sq_nir_file_numbers(struct sq_error *err, const struct sq_hdf5 *file, const char *path,
                        double *out);
int sq_nir_file_floats(struct sq_error *err, const struct sq_hdf5 *file, const char *path,
                       bool is_double, void *out);

#endif
