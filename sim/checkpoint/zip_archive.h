/* A zip archive's members, with sizes that the file can justify. */
#ifndef SQ_CHECKPOINT_ZIP_ARCHIVE_H
#define SQ_CHECKPOINT_ZIP_ARCHIVE_H

#include "sim/checkpoint/checkpoint_reader.h"

#include "traces/files/zip_reader.h"

struct sq_zip {
    struct sq_checkpoint_reader *reader;
    struct zip *zip;  /* closed by sq_zip_close() */
    const char *root; /* the folder of data.pkl with its slash; not terminated there */
    size_t root_bytes;
    uint64_t
        packed_bytes; /* of all members checked so far: overlapping ones would exceed the file */
};

/* "FILE: zip member NAME: what", SQ_EFORMAT. */
int sq_zip_fail(const struct sq_zip *archive, const char *member, const char *what);

int sq_zip_open(struct sq_zip *archive);

/* Accepts NULL. The struct itself is its checkpoint's. */
void sq_zip_close(struct sq_zip *archive);

/* Check a member's sizes against the file. Call it once per member. */
int sq_zip_check(struct sq_zip *archive, const char *name, const struct sq_zip_entry *entry);

/* Read member number `index` of `bytes` bytes, which was checked, into a new buffer of the
 * checkpoint; its checksum is verified. */
int sq_zip_read(struct sq_zip *archive, uint64_t index, uint64_t bytes, unsigned char **out);

/* The same in pieces: open it; read n bytes that follow the last piece, `ends` with the last ones. The
 * caller closes the member by sq_zip_member_close(). */
int sq_zip_stream_open(struct sq_zip *archive, uint64_t index, struct zip_file **out);
int sq_zip_stream_read(struct sq_zip *archive, uint64_t index, struct zip_file *member, void *out,
                       size_t n, bool ends);

#endif
