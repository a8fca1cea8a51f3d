/* A growing buffer of bytes that are encoded before they are written or sent. */
#ifndef SQ_BUFFER_H
#define SQ_BUFFER_H

#include <stddef.h>
#include <stdint.h>

struct sq_buffer {
    unsigned char *data; /* freed by sq_buffer_free() */
    size_t n, room;
};

/* Room for `more` bytes after the n present; NULL: out of memory. The caller writes there
 * and adds to n. */
unsigned char *sq_buffer_reserve(struct sq_buffer *buffer, size_t more);

/* Append; 0, or -1: out of memory. */
int sq_buffer_add(struct sq_buffer *buffer, const void *data, size_t n);

void sq_buffer_free(struct sq_buffer *buffer);

/* Whole numbers, low byte first; each returns the next place. */
unsigned char *sq_put_u32(unsigned char *out, uint32_t value);
unsigned char *sq_put_u64(unsigned char *out, uint64_t value);

#endif
