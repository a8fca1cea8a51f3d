/* Tar archives, header by header, so that tests can make those that no program writes. */
#ifndef SQ_TEST_TAR_WRITER_H
#define SQ_TEST_TAR_WRITER_H

#include "test/support/bytes.h"

/* A header of type '0' (file), '1', '2' (links), '3', '4', '6' (devices, pipe), '5' (folder), 'L' (a long
 * name follows), 'x' (pax), 'S' (GNU: holes), of up to 99 bytes of name. A size of 2^33 or more is written in
 * base 256. */
void tar_put_header(struct bytes *tar, const char *name, char type, uint64_t size);

/* The bytes of a member, padded to 512. */
void tar_put_data(struct bytes *tar, const void *data, size_t n);

/* A file or, with type '5', a folder. */
void tar_put(struct bytes *tar, const char *name, char type, const void *data, size_t n);
void tar_put_text(struct bytes *tar, const char *name, const char *text);

/* The mark of the end: two blocks of zeros. */
void tar_put_end(struct bytes *tar);

#endif
