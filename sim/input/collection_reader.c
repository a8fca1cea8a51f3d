#define _GNU_SOURCE /* memfd_create() */

#include "sim/input/collection_reader.h"

#include "sim/input/archives/archive_reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

void sq_collection_reader_close(struct sq_collection_reader *reader)
{
    sq_archive_close(reader->archive);
    reader->archive = NULL;
}

/* Open the archive of a member, and read its first header, which tells whether it is compressed. */
static int open_archive(struct sq_error *err, struct sq_collection_reader *reader, uint32_t folder,
                        struct sq_archive_member *found)
{
    bool is_end = false;
    sq_collection_reader_close(reader);
    reader->folder = folder;
    int rc = sq_archive_open(err, reader->collection->folder[folder], &reader->archive);
    if (rc == SQ_OK)
        rc = sq_archive_next(err, reader->archive, found, &is_end);
    if (rc != SQ_OK)
        return rc;
    reader->is_plain = sq_archive_is_plain(reader->archive);
    reader->next = is_end ? UINT64_MAX : found->offset;
    return SQ_OK;
}

static int has_changed(struct sq_error *err, const char *name)
{
    return sq_fail(err, SQ_EIO, "%s: is not what it was when the archive was listed", name);
}

/* Of a compressed archive: pass over members up to this one. */
static int go_to(struct sq_error *err, struct sq_collection_reader *reader,
                 const struct sq_collected_member *member, struct sq_archive_member *found,
                 const char *name)
{
    bool is_end = false;
    int rc = SQ_OK;
    while (rc == SQ_OK && !is_end && reader->next < member->offset) {
        rc = sq_archive_next(err, reader->archive, found, &is_end);
        reader->next = rc == SQ_OK && !is_end ? found->offset : UINT64_MAX;
    }
    if (rc != SQ_OK)
        return rc;
    return is_end || reader->next != member->offset || found->size != member->size
               ? has_changed(err, name)
               : SQ_OK;
}

/* Is the archive open, in front of the member? Its header was not read, unless it was the first. */
static bool is_in_front(const struct sq_collection_reader *reader, uint32_t folder, uint64_t offset)
{
    return reader->archive != NULL && reader->folder == folder &&
           (reader->is_plain || reader->next < offset);
}

static int copy_member(struct sq_error *err, struct sq_collection_reader *reader, uint64_t i,
                       const char *name, int to)
{
    const struct sq_collected_member *member = &reader->collection->member[i];
    const uint32_t folder = reader->collection->item[i].folder;
    struct sq_archive_member *found = malloc(sizeof *found);
    int rc = SQ_OK;
    if (found == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", name);
    if (!is_in_front(reader, folder, member->offset))
        rc = open_archive(err, reader, folder, found);
    if (rc == SQ_OK && reader->is_plain)
        rc = sq_archive_copy_at(err, reader->archive, member->offset, member->size, to);
    else if (rc == SQ_OK) {
        rc = go_to(err, reader, member, found, name);
        if (rc == SQ_OK)
            rc = sq_archive_copy(err, reader->archive, member->size, to);
    }
    free(found);
    return rc;
}

static int open_member(struct sq_error *err, struct sq_collection_reader *reader, uint64_t i,
                       const char *name, FILE **file)
{
    const int fd = memfd_create("sample", MFD_CLOEXEC);
    int rc =
        fd < 0 ? sq_fail(err, SQ_EIO, "%s: no memory with a descriptor: %s", name, strerror(errno))
               : copy_member(err, reader, i, name, fd);
    if (rc == SQ_OK && (lseek(fd, 0, SEEK_SET) != 0 || (*file = fdopen(fd, "rb")) == NULL))
        rc = sq_fail(err, SQ_ENOMEM, "%s: out of memory", name);
    if (rc != SQ_OK && fd >= 0)
        close(fd);
    return rc;
}

int sq_collection_reader_open(struct sq_error *err, struct sq_collection_reader *reader, uint64_t i,
                              char name[SQ_COLLECTION_NAME], FILE **file)
{
    sq_collection_name(reader->collection, i, name);
    if (reader->collection->member != NULL)
        return open_member(err, reader, i, name, file);
    *file = fopen(name, "rb");
    return *file != NULL ? SQ_OK
                         : sq_fail(err, SQ_EIO, "%s: cannot be opened: %s", name, strerror(errno));
}
