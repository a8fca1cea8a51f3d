/* The bytes of a collection's samples, as open files: files as they are, members of archives from memory, so
 * that whatever reads a file reads a member. */
#ifndef SQ_COLLECTION_READER_H
#define SQ_COLLECTION_READER_H

#include "sim/input/collection_items.h"

#include <stdio.h>

struct sq_archive;

/* Begins zeroed but for the collection, which outlives it. */
struct sq_collection_reader {
    const struct sq_collection *collection;
    struct sq_archive *archive; /* the one that is open, or NULL, */
    uint32_t folder;            /* its number */
    bool is_plain;              /* its members are reached by seeking */
    uint64_t next;              /* byte behind the last header that was read of it */
    unsigned char *bytes;       /* of the last member, [room] */
    size_t room;
};

/* Open sample `i` for reading; the caller closes *file before the next one. Files of frames have a
 * descriptor (fileno()).
 *   name   filled: what messages call the sample
 * Samples of a plain archive are reached at once, those of a compressed one by decompressing what
 * lies in front of them: in order, nothing is decompressed twice. SQ_EIO, SQ_EFORMAT, SQ_ENOMEM. */
int sq_collection_reader_open(struct sq_error *err, struct sq_collection_reader *reader, uint64_t i,
                              char name[SQ_COLLECTION_NAME], FILE **file);

/* Close the archive, and free what was read of it. */
void sq_collection_reader_close(struct sq_collection_reader *reader);

#endif
