/* What an HDF5 file of spikes is made of: datasets of one axis that grow, and attributes,
 * without the times of their creation.
 *
 * Functions return a library handle or 0 where all is well, negative where the library refused. */
#ifndef SQ_HDF5_COLUMNS_H
#define SQ_HDF5_COLUMNS_H

#include <hdf5.h>
#include <stddef.h>
#include <stdint.h>

enum { SQ_HDF5_CHUNK = 4096 }; /* elements written at a time */

/* A dataset that grows, and what is not yet written of it. */
struct sq_hdf5_column {
    hid_t dataset, type;
    uint64_t n;    /* written */
    size_t n_held; /* waiting */
    union {
        uint64_t number[SQ_HDF5_CHUNK];
        double real[SQ_HDF5_CHUNK];
    } held;
};

/* Create a group in a file or group. Closed by H5Gclose(). */
hid_t sq_hdf5_group(hid_t parent, const char *name);

/* Attributes of a group or dataset: a text (UTF-8), a whole number, a list of them. */
int sq_hdf5_put_text(hid_t object, const char *name, const char *text);
int sq_hdf5_put_numbers(hid_t object, const char *name, const uint64_t *number, size_t n);

/* SONATA's attribute `sorting` of a population: by_time. */
int sq_hdf5_put_sorting(hid_t group);

/* Begin a column of uint64 or float64 numbers. Ended by sq_hdf5_column_end() whatever is returned.
 */
int sq_hdf5_column_begin(struct sq_hdf5_column *column, hid_t parent, const char *name,
                         int is_real);

/* Append what stands in column->held; called when it is full, and at the end. */
int sq_hdf5_column_flush(struct sq_hdf5_column *column);

/* Flush if `status` is 0, and close. */
int sq_hdf5_column_end(struct sq_hdf5_column *column, int status);

static inline int sq_hdf5_add_number(struct sq_hdf5_column *column, uint64_t number)
{
    column->held.number[column->n_held++] = number;
    return column->n_held < SQ_HDF5_CHUNK ? 0 : sq_hdf5_column_flush(column);
}

static inline int sq_hdf5_add_real(struct sq_hdf5_column *column, double real)
{
    column->held.real[column->n_held++] = real;
    return column->n_held < SQ_HDF5_CHUNK ? 0 : sq_hdf5_column_flush(column);
}

#endif
