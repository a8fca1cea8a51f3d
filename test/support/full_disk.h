/* A disk that fills: an SQLite VFS over the real one in which only so many bytes can be written. */
#ifndef SQ_TEST_FULL_DISK_H
#define SQ_TEST_FULL_DISK_H

#include <stdint.h>

/* From now on every database of this process lies on it. */
void full_disk_install(void);

/* So many bytes more can be written; UINT64_MAX: as many as one likes. */
void full_disk_leave(uint64_t n_bytes);

/* Bytes written since full_disk_leave(). */
uint64_t full_disk_written(void);

#endif
