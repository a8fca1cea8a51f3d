/* The bytes of a recording, in order: a file, a pipe, standard input or a TCP connection. What was
 * read and not yet taken lies in one window, so that memory does not grow with the recording. */
#ifndef SQ_BYTE_SOURCE_H
#define SQ_BYTE_SOURCE_H

#include "sim/events/source/source_stop.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The most that sq_source_peek() can be asked for. */
enum { SQ_SOURCE_WINDOW = 1 << 18 };

struct sq_byte_source;

/* Open `path`, which outlives the source.
 *   stop   ends every wait, for a writer or bytes, with SQ_EINTERRUPTED once it is set; it
 *          outlives the source. NULL: waits are not ended
 *   path   a file, FIFO or device; "-", standard input; "tcp://HOST:PORT", to connect to;
 *          "tcp-listen://HOST:PORT", to wait for a connection
 * *out is written only on success. SQ_EIO (also: a directory), SQ_EUSAGE (not an address),
 * SQ_ENOMEM. Opening a FIFO waits for its writer. */
int sq_source_open(struct sq_error *err, const char *path, const struct sq_source_stop *stop,
                   struct sq_byte_source **out);
void sq_source_close(struct sq_byte_source *source);

/* The next bytes, without taking them: *at, and how many are there in *n. At least `want`, at most
 * SQ_SOURCE_WINDOW, unless the end comes before. SQ_EIO. */
int sq_source_peek(struct sq_error *err, struct sq_byte_source *source, size_t want,
                   const unsigned char **at, size_t *n);

/* Take n bytes of those that the last peek showed. */
void sq_source_take(struct sq_byte_source *source, size_t n);

/* Skip n bytes; *passed < n only where the end comes before. SQ_EIO. */
int sq_source_skip(struct sq_error *err, struct sq_byte_source *source, uint64_t n,
                   uint64_t *passed);

/* Copy and take n bytes; *got < n only where the end comes before. SQ_EIO. */
int sq_source_read(struct sq_error *err, struct sq_byte_source *source, unsigned char *out,
                   size_t n, size_t *got);

/* Bytes taken so far: the offset of the next one. */
uint64_t sq_source_offset(const struct sq_byte_source *source);

/* Can the recording be read again, and is its size known? True of regular files. */
bool sq_source_is_file(const struct sq_byte_source *source);

/* Of a regular file, in bytes; else 0. */
uint64_t sq_source_size(const struct sq_byte_source *source);

/* Back to byte `offset` of a regular file. SQ_EIO. */
int sq_source_rewind(struct sq_error *err, struct sq_byte_source *source, uint64_t offset);

/* Connect to "HOST:PORT" or "[IPV6]:PORT". SQ_EUSAGE, SQ_EIO; then *fd is -1. */
int sq_source_connect(struct sq_error *err, const char *path, const char *address, int *fd);

/* Listen there, and take the first connection, unless `stop` is set before. */
int sq_source_listen(struct sq_error *err, const char *path, const char *address,
                     const struct sq_source_stop *stop, int *fd);

#endif
