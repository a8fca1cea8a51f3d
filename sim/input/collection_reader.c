#define _GNU_SOURCE /* memfd_create() */

#include "sim/input/collection_reader.h"

#include "sim/input/archives/archive_reader.h"
#include "traces/files/whole_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

void sq_collection_reader_close(struct sq_collection_reader *reader)
{
    sq_archive_close(reader->archive);
    free(reader->bytes);
    *reader = (struct sq_collection_reader){.collection = reader->collection};
}

/* Open the archive of a member, and read its first header, which tells whether it is compressed. */
static int open_archive(struct sq_error *err, struct sq_collection_reader *reader, uint32_t folder,
                        struct sq_archive_member *found)
{
    bool is_end = false;
    sq_archive_close(reader->archive);
    reader->archive = NULL;
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

/* Room for the bytes of a member. */
static int make_room(struct sq_error *err, struct sq_collection_reader *reader, size_t n,
                     const char *name)
{
    if (n <= reader->room)
        return SQ_OK;
    free(reader->bytes);
    reader->room = 0;
    reader->bytes = malloc(n);
    if (reader->bytes == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory for %zu bytes", name, n);
    reader->room = n;
    return SQ_OK;
}

/* The bytes of a member, in reader->bytes. */
static int load_member(struct sq_error *err, struct sq_collection_reader *reader, uint64_t i,
                       const char *name)
{
    const struct sq_collected_member *member = &reader->collection->member[i];
    const uint32_t folder = reader->collection->item[i].folder;
    struct sq_archive_member *found = malloc(sizeof *found);
    size_t got = member->size;
    int rc = found == NULL ? sq_fail(err, SQ_ENOMEM, "%s: out of memory", name)
                           : make_room(err, reader, member->size, name);
    if (rc == SQ_OK && !is_in_front(reader, folder, member->offset))
        rc = open_archive(err, reader, folder, found);
    if (rc == SQ_OK && reader->is_plain)
        rc = sq_archive_read_at(err, reader->archive, member->offset, reader->bytes, got);
    else if (rc == SQ_OK) {
        rc = go_to(err, reader, member, found, name);
        if (rc == SQ_OK)
            rc = sq_archive_read(err, reader->archive, reader->bytes, member->size, &got);
        if (rc == SQ_OK && got < member->size)
            rc = has_changed(err, name);
    }
    free(found);
    return rc;
}

/* The n bytes as an open file that has a descriptor; NULL: errno says why not. */
static FILE *open_descriptor(const unsigned char *bytes, size_t n)
{
    const int fd = memfd_create("sample", MFD_CLOEXEC);
    FILE *file = fd >= 0 ? fdopen(fd, "w+b") : NULL;
    if (file == NULL && fd >= 0)
        close(fd);
    if (file == NULL)
        return NULL;
    if ((n == 0 || fwrite(bytes, 1, n, file) == n) && fseek(file, 0, SEEK_SET) == 0)
        return file;
    fclose(file);
    return NULL;
}

/* Images are read where they lie; frames, whose readers want a descriptor, and nothing at all, which
 * has no place in memory, from a copy. */
static int open_member(struct sq_error *err, struct sq_collection_reader *reader, uint64_t i,
                       const char *name, FILE **file)
{
    const size_t n = reader->collection->member[i].size;
    const int rc = load_member(err, reader, i, name);
    if (rc != SQ_OK)
        return rc;
    *file = n > 0 && reader->collection->kind == SQ_COLLECT_IMAGES
                ? sq_file_of_bytes(reader->bytes, n)
                : open_descriptor(reader->bytes, n);
    return *file != NULL
               ? SQ_OK
               : sq_fail(err, SQ_ENOMEM, "%s: cannot be held in memory: %s", name, strerror(errno));
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
