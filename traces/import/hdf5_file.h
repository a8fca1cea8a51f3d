/* HDF5 files: the few things that a SONATA reader asks for, with errors as messages; open
 * them by traces/files/hdf5_open.h. */
#ifndef SQ_HDF5_FILE_H
#define SQ_HDF5_FILE_H

#include "traces/files/hdf5_open.h"

#include <stddef.h>
#include <stdint.h>

/* Call visit(name, data) for each member of a group, in the order of names, until it
 * returns a failure; returns that. SQ_EFORMAT: there is no such group. */
int sq_hdf5_each(struct sq_error *err, struct sq_hdf5 *file, const char *group,
                 int (*visit)(const char *name, void *data), void *data);

/* Elements of a one-dimensional dataset of numbers, no more than the file can justify. SQ_EFORMAT
 * names it: it is missing, or of other dimensions or type. */
int sq_hdf5_count(struct sq_error *err, struct sq_hdf5 *file, const char *dataset, uint64_t *n);

/* Bits of the numbers' significands: 24 of float32, 53 of float64; 53 of whole numbers too, and
 * where there is no such dataset. */
unsigned sq_hdf5_precision(struct sq_hdf5 *file, const char *dataset);

/* Elements first .. first + n - 1 as double, or as int64. SQ_EFORMAT: damaged. */
int sq_hdf5_read_f64(struct sq_error *err, struct sq_hdf5 *file, const char *dataset,
                     uint64_t first, size_t n, double *out);
int sq_hdf5_read_i64(struct sq_error *err, struct sq_hdf5 *file, const char *dataset,
                     uint64_t first, size_t n, int64_t *out);

/* A text attribute; "" where there is none. */
void sq_hdf5_text(struct sq_hdf5 *file, const char *object, const char *attribute, char *out,
                  size_t size);

/* A whole number, or a list of up to `room`: how many there are, 0 where there is no such attribute
 * (or object), or a longer one. */
size_t sq_hdf5_numbers(struct sq_hdf5 *file, const char *object, const char *attribute,
                       uint64_t *out, size_t room);

#endif
