/* An HDF5 file that is open for reading, for readers that call the library themselves; it is not
 * thread-safe. */
#ifndef SQ_HDF5_OPEN_H
#define SQ_HDF5_OPEN_H

#include "kernels/base/status.h"

#include <hdf5.h>

struct sq_hdf5 {
    const char *path;
    hid_t id;
    hsize_t bytes; /* of the file */
    int no_memory; /* a library call ran out of memory */
    H5E_auto2_t print;
    void *print_data;
};

/* Open for reading. The library prints nothing meanwhile. SQ_EIO, SQ_EFORMAT, SQ_ENOMEM. */
int sq_hdf5_open(struct sq_error *err, const char *path, struct sq_hdf5 **out);
void sq_hdf5_close(struct sq_hdf5 *file);

/* Is there an object of this path (below 512 bytes) in the file itself? Links to other files and soft links are
 * not followed. */
int sq_hdf5_has(const struct sq_hdf5 *file, const char *path);

/* The dataset of this path, whose elements lie in the file itself; the caller closes it with H5Dclose(). Below
 * zero: there is none. */
hid_t sq_hdf5_dataset(const struct sq_hdf5 *file, const char *path);

/* Did the library have enough memory? SQ_ENOMEM: what seemed to be missing from
 * the file may be there. */
int sq_hdf5_check(struct sq_error *err, const struct sq_hdf5 *file);

#endif
