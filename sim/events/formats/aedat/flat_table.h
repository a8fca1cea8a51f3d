/* FlatBuffers from untrusted files: every offset is checked against the buffer's size.
 *
 * A buffer begins with the offset of its root table; bytes 4-7 are an identifier. A table begins
 * with the distance back to its vtable: uint16 bytes of the vtable, of the table, then the offset
 * of each field in the table, 0 where it is absent. */
#ifndef SQ_FLAT_TABLE_H
#define SQ_FLAT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sq_flat_table {
    const unsigned char *buffer;
    size_t size;
    size_t table, vtable, n_fields;
};

/* The root table of `size` bytes; false: no table. */
bool sq_flat_root(const unsigned char *buffer, size_t size, struct sq_flat_table *out);

/* Is bytes 4-7 this identifier? */
bool sq_flat_is(const unsigned char *buffer, size_t size, const char identifier[4]);

/* Where field i lies, `bytes` long; 0: absent. False: it lies outside. */
bool sq_flat_field(const struct sq_flat_table *table, size_t i, size_t bytes, size_t *at);

/* A string or vector with elements of `item` bytes: its first element and how many there are; NULL
 * and 0: absent. False: it lies outside. */
bool sq_flat_vector(const struct sq_flat_table *table, size_t i, size_t item,
                    const unsigned char **first, size_t *n);

#endif
