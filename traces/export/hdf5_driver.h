/* The HDF5 library's file driver. Once a write has failed the library cannot close its file any
 * more, and ends the process when that exits; so this driver records the failure, drops later
 * writes, and the caller checks it at the end. */
#ifndef SQ_HDF5_DRIVER_H
#define SQ_HDF5_DRIVER_H

#include <hdf5.h>

struct sq_hdf5_disk {
    hid_t driver, access; /* of the library; access goes to H5Fcreate() */
    int error;            /* errno of the first failure, 0: none */
};

/* 0, or negative: the library refused; then there is nothing to end. *disk must not move. */
int sq_hdf5_disk_begin(struct sq_hdf5_disk *disk);

/* After the file was closed. */
void sq_hdf5_disk_end(struct sq_hdf5_disk *disk);

#endif
