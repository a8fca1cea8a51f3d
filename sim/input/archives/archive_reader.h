/* Archives of samples: the members of a tar archive, plain or compressed (gzip, zstd, xz, bzip2, LZ4), in
 * their order, by libarchive. Nothing is ever written to disk, no other program is run, and what a
 * member says of itself is untrusted:
 *
 *   1. A member is a file or a folder. Links, devices, pipes and files with holes are refused, and
 *      so are names that are absolute or lead upwards: no archive of samples has them.
 *   2. The bytes of a member of a plain archive lie in the file as a whole, or the archive is
 *      refused: it is cut short.
 *   3. An archive ends with the mark of its end; one without it is refused. What follows the mark
 *      is an archive again (cat a.tar b.tar), or refused.
 *   4. Memory does not grow with the archive or its members. */
#ifndef SQ_ARCHIVE_READER_H
#define SQ_ARCHIVE_READER_H

#include "kernels/base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SQ_ARCHIVE_NAME = 4096 };

struct sq_archive;

struct sq_archive_member {
    char name[SQ_ARCHIVE_NAME]; /* without "./" in front and "/" behind */
    uint64_t size, offset;      /* of its bytes, in the archive as it is without compression */
    bool is_folder;
};

/* Is a file that begins with these n bytes a tar archive, as far as they show? Of a compressed one the
 * first member is looked at. */
bool sq_archive_knows(const char *path, const unsigned char *head, size_t n);

/* Open `path`, which outlives the archive. *out is written only on success. SQ_EIO, SQ_EFORMAT,
 * SQ_ENOMEM. */
int sq_archive_open(struct sq_error *err, const char *path, struct sq_archive **out);
void sq_archive_close(struct sq_archive *archive);

/* Not compressed: members lie in the file at their offsets, and sq_archive_read_at() reaches them. Known
 * after the first sq_archive_next(). */
bool sq_archive_is_plain(const struct sq_archive *archive);

/* The next member; *is_end: there is no other. What is left of the one before is passed over: by
 * seeking in a plain archive, by decompressing else. SQ_EFORMAT (damaged, cut short), SQ_EVALUE (a
 * member that is refused), SQ_EIO, SQ_ENOMEM. */
int sq_archive_next(struct sq_error *err, struct sq_archive *archive,
                    struct sq_archive_member *member, bool *is_end);

/* The next bytes of the member, n of them or as many as are left: *got. */
int sq_archive_read(struct sq_error *err, struct sq_archive *archive, void *out, size_t n,
                    size_t *got);

/* The n bytes at `offset` of a plain archive, all of them. Leaves the order of sq_archive_next() as it
 * is. SQ_EIO. */
int sq_archive_read_at(struct sq_error *err, struct sq_archive *archive, uint64_t offset, void *out,
                       size_t n);

#endif
