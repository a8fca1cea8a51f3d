/* Zip archives, written byte by byte, so that tests can also write what no tool would. */
#ifndef SQ_TEST_ZIP_WRITER_H
#define SQ_TEST_ZIP_WRITER_H

#include "test/support/bytes.h"

struct zip_writer {
    struct bytes *out;
    struct bytes directory;
    unsigned n_members;
    uint32_t hole; /* bytes in front of the directory that the caller's file adds */
};

/* How a member is written; all zero is stored and true. */
struct zip_member {
    int deflate;
    unsigned flags;       /* general purpose bits; 1 = encrypted */
    unsigned method;      /* instead of 0 or 8 */
    uint32_t crc_xor;     /* turns the checksum wrong */
    uint32_t size_plus;   /* is added to the uncompressed size */
    uint32_t packed_plus; /* and to the compressed size */
};

/* `member` may be NULL. */
void zip_writer_add(struct zip_writer *writer, const char *name, const void *data, size_t n,
                    const struct zip_member *member);

/* Write the directory and free the writer; the bytes stay. */
void zip_writer_end(struct zip_writer *writer);

#endif
