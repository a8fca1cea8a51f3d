/* The members of an .npz file. Stored ones are read where they lie; compressed ones, which cannot
 * be read at an offset, are inflated once into an unnamed file in TMPDIR. */
#include "traces/import/member.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK_BYTES = 1 << 16 };

static int bad_member(struct sq_error *err, const struct sq_members *members,
                      const struct sq_zip_entry *entry, const char *what)
{
    return sq_fail(err, SQ_EFORMAT, "%s: member %.200s: %s", members->path, entry->name, what);
}

/* Sizes that a member of this file can have. */
static int check_member(struct sq_error *err, struct sq_members *members,
                        const struct sq_zip_entry *entry, uint64_t file_bytes)
{
    const enum sq_zip_verdict verdict = sq_zip_judge(entry, file_bytes, &members->packed_bytes);
    if (verdict == SQ_ZIP_UNKNOWN || entry->name == NULL)
        return sq_fail(err, SQ_EFORMAT, "%s: a member's name or sizes are unknown", members->path);
    if (verdict == SQ_ZIP_OTHER_METHOD)
        return bad_member(err, members, entry,
                          "only stored and deflated members are read, save it again by NumPy");
    return verdict == SQ_ZIP_FITS
               ? SQ_OK
               : bad_member(err, members, entry, "its sizes cannot be true; is the file damaged?");
}

static int open_copy(struct sq_error *err, int *fd)
{
    const char *folder = getenv("TMPDIR");
    char path[1024];
    snprintf(path, sizeof path, "%s/spikeq-XXXXXX", folder != NULL ? folder : "/tmp");
    *fd = mkstemp(path);
    if (*fd < 0)
        return sq_fail(err, SQ_EIO, "%s: no temporary file can be made: %s", path, strerror(errno));
    unlink(path);
    return SQ_OK;
}

static int write_all(int fd, const unsigned char *data, size_t n)
{
    while (n > 0) {
        const ssize_t done = write(fd, data, n);
        if (done < 0 && errno != EINTR)
            return 0;
        if (done > 0) {
            data += done;
            n -= (size_t)done;
        }
    }
    return 1;
}

/* Read the member to its end, where libzip compares the checksum; into `fd` unless that is -1. */
static int read_through(struct sq_error *err, const struct sq_members *members,
                        const struct sq_zip_entry *entry, struct zip_file *file, int fd)
{
    unsigned char chunk[CHUNK_BYTES];
    uint64_t all = 0;
    for (;;) {
        const int64_t n = sq_zip_member_read(file, chunk, sizeof chunk);
        if (n < 0)
            return bad_member(err, members, entry, sq_zip_fault_of(members->zip, file).why);
        if (n == 0)
            break;
        all += (uint64_t)n;
        if (all > entry->size)
            return bad_member(err, members, entry, "is longer than its size says");
        if (fd >= 0 && !write_all(fd, chunk, (size_t)n))
            return sq_fail(err, SQ_EIO,
                           "%s: member %.200s cannot be unpacked: %s; TMPDIR says where to",
                           members->path, entry->name, strerror(errno));
    }
    return all == entry->size ? SQ_OK
                              : bad_member(err, members, entry, "is shorter than its size says");
}

static int add_member(struct sq_error *err, struct sq_members *members, uint64_t index,
                      uint64_t file_bytes)
{
    struct sq_zip_entry entry;
    struct sq_member *member;
    if (!sq_zip_entry_at(members->zip, index, SQ_ZIP_NAMES_GUESSED, &entry))
        return sq_fail(err, SQ_EFORMAT, "%s: a member cannot be read: %s", members->path,
                       sq_zip_fault_of(members->zip, NULL).why);
    int status = check_member(err, members, &entry, file_bytes);
    if (status == SQ_OK)
        status = sq_members_add(err, members, entry.name, &member);
    if (status != SQ_OK)
        return status;
    member->stored = sq_zip_member_open(members->zip, index);
    if (member->stored == NULL)
        return bad_member(err, members, &entry, sq_zip_fault_of(members->zip, NULL).why);
    if (entry.is_deflated)
        status = open_copy(err, &member->fd);
    if (status == SQ_OK)
        status = read_through(err, members, &entry, member->stored, member->fd);
    return status == SQ_OK ? sq_member_parse(err, members, member, entry.size) : status;
}

int sq_npz_members(struct sq_error *err, const char *path, struct sq_members *out)
{
    int status = SQ_OK;
    struct sq_zip_fault fault;
    struct stat file;
    *out = (struct sq_members){.path = path};
    if (stat(path, &file) != 0)
        return sq_fail(err, SQ_EIO, "%s: cannot be opened: %s", path, strerror(errno));
    out->zip = sq_zip_archive_open(path, &fault);
    if (out->zip == NULL)
        return sq_fail(err, SQ_EFORMAT, "%s: cannot be read as an .npz file: %s; was it cut off?",
                       path, fault.why);
    const size_t n = sq_zip_archive_count(out->zip);
    for (size_t i = 0; status == SQ_OK && i < n; i++)
        status = add_member(err, out, i, (uint64_t)file.st_size);
    return status;
}
