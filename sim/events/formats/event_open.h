/* Recordings of any format: which one a file has, and opening it. */
#ifndef SQ_EVENT_OPEN_H
#define SQ_EVENT_OPEN_H

#include "sim/events/reader/event_format.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

extern const struct sq_event_format sq_format_nmnist; /* it has no magic, and is not in the list */

/* All formats with a magic, in the order of the search; ended by NULL. */
extern const struct sq_event_format *const sq_event_formats[];

/* The first that knows the n bytes of a file's head, as knows() has them; NULL: none does. */
const struct sq_event_format *sq_event_format_by_head(const unsigned char *head, size_t n);

/* Open `path` (a file, FIFO, "-", "tcp://HOST:PORT"), read its header and find the sensor's size.
 *   err    outlives the reader
 *   out    written only on success; sq_camera_close() frees it
 * A size that the header does not give is found by reading a file twice; from a pipe it must be
 * given. SQ_EIO, SQ_EFORMAT, SQ_EUNSUPPORTED (no such format, codec or camera), SQ_EUSAGE (no such
 * view or format name), SQ_ENOMEM. */
int sq_camera_open(struct sq_error *err, const char *path, const struct sq_event_options *options,
                   struct sq_camera **out);

/* For commands that ask what a file holds. Does the regular file begin
 * as a recording does? True of whatever has a format's magic; of text whose first line is an event,
 * and of NumPy records and archives with the columns of events. */
bool sq_recording_is_known(const char *path);

/* N-MNIST has no magic: is the whole file what such a recording would be, and too much so for
 * chance? Only for files that are nothing else; reads the file. */
bool sq_recording_may_be_nmnist(const char *path);

/* With so many bytes, 8 records, evidence no longer depends on the file's name. */
enum { SQ_NMNIST_LEAST_BYTES = 40 };

/* Are the n bytes at the beginning of `path` records of 5 bytes whose coordinates lie within
 * N-Caltech101's 240x180 and whose times ascend, all but 3 in 100 (the reader reports damage),
 * ten a second at least?
 *   size   of the whole file; 0: not known
 * Fewer than 8 records must all be so, and either be a whole number within 34x34, two at least, or
 * in a file called .bin or .bs2: others would be taken for N-MNIST by chance. */
bool sq_nmnist_is_evident(const char *path, const unsigned char *head, size_t n, uint64_t size);

#endif
