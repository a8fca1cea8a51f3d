/* A zip archive's members, with sizes that the file can justify. */
#ifndef SQ_CHECKPOINT_ZIP_ARCHIVE_H
#define SQ_CHECKPOINT_ZIP_ARCHIVE_H

#include "sim/checkpoint/checkpoint_reader.h"

#include <zip.h>

struct sq_zip {
    struct sq_checkpoint_reader *reader;
    zip_t *zip;       /* closed by zip_discard() */
    const char *root; /* the folder of data.pkl with its slash; not terminated there */
    size_t root_bytes;
    uint64_t packed_bytes; /* of all members read so far: overlapping ones would exceed the file */
};

/* "FILE: zip member NAME: what", SQ_EFORMAT. */
int sq_zip_fail(const struct sq_zip *archive, const char *member, const char *what);

int sq_zip_open(struct sq_zip *archive);

/* Read the member `st` into a new buffer of the checkpoint, st->size bytes, checksum verified. */
int sq_zip_read(struct sq_zip *archive, const char *name, const zip_stat_t *st,
                unsigned char **out);

#endif
