/* One array of a recording, wherever its bytes lie: a .npy file of a folder, a member of an .npz
 * that is stored uncompressed, or an unnamed copy of one that was compressed. */
#ifndef SQ_MEMBER_H
#define SQ_MEMBER_H

#include "traces/files/npy.h"
#include "traces/files/zip_reader.h"
#include "traces/format/trace.h"

struct sq_member {
    char name[2 * SQ_TRACE_NAME_BYTES]; /* without ".npy"; untrusted */
    struct sq_array header;
    size_t row_elements; /* of one index of the first dimension */
    int fd;              /* the file or the copy, or -1: */
    struct zip_file *stored;
};

struct sq_members {
    const char *path;
    struct zip *zip;       /* NULL: a folder */
    uint64_t packed_bytes; /* of all members so far: overlapping ones would exceed the file */
    struct sq_member *member;
    size_t n, capacity;
};

/* Open every array of an .npz file or of a folder, in the order of the file, or of the names. Sizes
 * are checked against what is there, checksums of members are verified. sq_members_close() is due
 * also after a failure. SQ_EIO (also: no room for copies in TMPDIR), SQ_EFORMAT, SQ_EUNSUPPORTED,
 * SQ_ENOMEM. */
int sq_npz_members(struct sq_error *err, const char *path, struct sq_members *out);
int sq_folder_members(struct sq_error *err, const char *path, struct sq_members *out);

/* The same of one .npy file: out->path is the file, whose only member is called `name`. */
int sq_file_member(struct sq_error *err, const char *path, const char *name,
                   struct sq_members *out);
void sq_members_close(struct sq_members *members);

/* Append a member for the file NAME.npy, whose fd and stored are to be set; SQ_EUNSUPPORTED for
 * other names. */
int sq_members_add(struct sq_error *err, struct sq_members *members, const char *file_name,
                   struct sq_member **out);

/* Parse its header; `size` bytes are there in all. */
int sq_member_parse(struct sq_error *err, const struct sq_members *members,
                    struct sq_member *member, uint64_t size);

/* `n` bytes at `offset` of the .npy file. SQ_EIO, SQ_EFORMAT. */
int sq_member_read(struct sq_error *err, const struct sq_members *members,
                   const struct sq_member *member, uint64_t offset, void *out, size_t n);

#endif
