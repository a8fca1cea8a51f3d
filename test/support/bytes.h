/* A growing run of bytes, from which tests build files. Out of memory ends the test. */
#ifndef SQ_TEST_BYTES_H
#define SQ_TEST_BYTES_H

#include <stddef.h>
#include <stdint.h>

struct bytes {
    unsigned char *data;
    size_t n, capacity;
};

void bytes_put(struct bytes *bytes, const void *data, size_t n);
void bytes_put_text(struct bytes *bytes, const char *text); /* without its zero */
void bytes_put_u8(struct bytes *bytes, unsigned value);
void bytes_put_u16(struct bytes *bytes, unsigned value); /* these little-endian */
void bytes_put_u32(struct bytes *bytes, uint32_t value);
void bytes_put_u64(struct bytes *bytes, uint64_t value);
void bytes_free(struct bytes *bytes);

/* A temporary file of these bytes, without a name; close() it. */
int bytes_open(const struct bytes *bytes);

#endif
