#include "sim/checkpoint/zip_archive.h"

#include <string.h>
#include <unistd.h>

int sq_zip_fail(const struct sq_zip *archive, const char *member, const char *what)
{
    char shown[128];
    return sq_fail(archive->reader->err, SQ_EFORMAT, "%s: zip member %s: %s", archive->reader->path,
                   sq_printable(shown, sizeof shown, member, strlen(member)), what);
}

/* Pass on what libzip says about a member, or (NULL) the archive. */
static int fail_by(const struct sq_zip *archive, const char *name, struct zip_file *member)
{
    const struct sq_zip_fault fault = sq_zip_fault_of(archive->zip, member);
    if (!fault.no_memory)
        return sq_zip_fail(archive, name, fault.why);
    return sq_fail(archive->reader->err, SQ_ENOMEM, "%s: no memory", archive->reader->path);
}

int sq_zip_open(struct sq_zip *archive)
{
    const struct sq_checkpoint_reader *reader = archive->reader;
    const int fd = dup(reader->fd);
    struct sq_zip_fault fault;
    if (fd < 0)
        return sq_fail(reader->err, SQ_EIO, "%s: no more files can be opened", reader->path);
    archive->zip = sq_zip_archive_open_fd(fd, &fault);
    if (archive->zip != NULL)
        return SQ_OK;
    close(fd);
    return sq_fail(reader->err, fault.no_memory ? SQ_ENOMEM : SQ_EFORMAT,
                   "%s: begins like a zip archive but cannot be read as one (%s); is the file "
                   "truncated?",
                   reader->path, fault.why);
}

void sq_zip_close(struct sq_zip *archive)
{
    if (archive != NULL)
        sq_zip_archive_close(archive->zip);
}

int sq_zip_check(struct sq_zip *archive, const char *name, const struct sq_zip_entry *entry)
{
    const struct sq_checkpoint_reader *reader = archive->reader;
    switch (sq_zip_judge(entry, reader->size, &archive->packed_bytes)) {
    case SQ_ZIP_FITS:
        return SQ_OK;
    case SQ_ZIP_UNKNOWN:
        return sq_zip_fail(archive, name, "its sizes are unknown");
    case SQ_ZIP_OTHER_METHOD:
        return sq_fail(reader->err, SQ_EUNSUPPORTED,
                       "%s: compressed by method %u; only stored and deflated members are read, "
                       "repack it",
                       reader->path, entry->method);
    case SQ_ZIP_BEYOND_FILE:
        return sq_zip_fail(archive, name, "is larger than the file; is it truncated?");
    default:
        return sq_zip_fail(archive, name, "its sizes cannot be true; is the file damaged?");
    }
}

/* A member's name, for messages; "?" where it cannot be told. */
static const char *name_of(const struct sq_zip *archive, uint64_t index)
{
    struct sq_zip_entry entry = {.name = NULL};
    const bool is_known = sq_zip_entry_at(archive->zip, index, SQ_ZIP_NAMES_RAW, &entry);
    return is_known && entry.name != NULL ? entry.name : "?";
}

int sq_zip_stream_open(struct sq_zip *archive, uint64_t index, struct zip_file **out)
{
    *out = sq_zip_member_open(archive->zip, index);
    return *out != NULL ? SQ_OK : fail_by(archive, name_of(archive, index), NULL);
}

int sq_zip_stream_read(struct sq_zip *archive, uint64_t index, struct zip_file *member, void *out,
                       size_t n, bool ends)
{
    unsigned char rest;
    for (size_t done = 0; done < n;) {
        const int64_t got = sq_zip_member_read(member, (unsigned char *)out + done, n - done);
        if (got < 0)
            return fail_by(archive, name_of(archive, index), member);
        if (got == 0)
            return sq_zip_fail(archive, name_of(archive, index),
                               "is shorter than its size says; is it damaged?");
        done += (size_t)got;
    }
    /* The checksum is compared when the end is reached. */
    const int64_t more = ends ? sq_zip_member_read(member, &rest, 1) : 0;
    if (more < 0)
        return fail_by(archive, name_of(archive, index), member);
    return more == 0
               ? SQ_OK
               : sq_zip_fail(archive, name_of(archive, index), "is longer than its size says");
}

int sq_zip_read(struct sq_zip *archive, uint64_t index, uint64_t bytes, unsigned char **out)
{
    unsigned char *buffer = sq_checkpoint_new_buffer(archive->reader, (size_t)bytes);
    struct zip_file *member = NULL;
    if (buffer == NULL)
        return SQ_ENOMEM;
    int rc = sq_zip_stream_open(archive, index, &member);
    if (rc == SQ_OK)
        rc = sq_zip_stream_read(archive, index, member, buffer, (size_t)bytes, true);
    sq_zip_member_close(member);
    if (rc == SQ_OK)
        *out = buffer;
    return rc;
}
