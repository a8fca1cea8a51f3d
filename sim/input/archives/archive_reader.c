#include "sim/input/archives/archive_reader.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Small blocks: passing over a member seeks only from the next block on. */
enum { BLOCK_BYTES = 1 << 14, TAR_BLOCK = 512 };

struct sq_archive {
    const char *path;
    int fd;
    uint64_t file_bytes;
    struct archive *handle;
    uint64_t end;     /* of the last member with its padding */
    bool has_members; /* of which `last` is the name of the last one */
    char last[SQ_ARCHIVE_NAME];
};

static int refuse(struct sq_error *err, const struct sq_archive *archive, const char *name,
                  const char *why)
{
    return sq_fail(err, SQ_EVALUE, "%s: member %.256s: %s", archive->path, name, why);
}

/* What libarchive says is wrong. */
static int damaged(struct sq_error *err, const struct sq_archive *archive)
{
    const char *why = archive_error_string(archive->handle);
    const int reason = archive_errno(archive->handle);
    if (reason == ENOMEM)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", archive->path);
    if (reason == EIO)
        return sq_fail(err, SQ_EIO, "%s: cannot be read: %s", archive->path, strerror(EIO));
    return sq_fail(err, SQ_EFORMAT, "%s: a damaged archive%s%.256s: %s", archive->path,
                   archive->has_members ? ", behind member " : "", archive->last,
                   why != NULL ? why : "libarchive does not say why");
}

static int open_file(struct sq_error *err, struct sq_archive *archive)
{
    struct stat status;
    archive->fd = open(archive->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (archive->fd < 0 || fstat(archive->fd, &status) != 0)
        return sq_fail(err, SQ_EIO, "%s: cannot be opened: %s", archive->path, strerror(errno));
    if (!S_ISREG(status.st_mode))
        return sq_fail(err, SQ_EIO, "%s: is not a regular file; an archive is read several times",
                       archive->path);
    archive->file_bytes = (uint64_t)status.st_size;
    return SQ_OK;
}

/* Anything but OK would mean a program that libarchive runs instead of a library. */
static bool support(struct archive *handle)
{
    return archive_read_support_filter_gzip(handle) == ARCHIVE_OK &&
           archive_read_support_filter_bzip2(handle) == ARCHIVE_OK &&
           archive_read_support_filter_xz(handle) == ARCHIVE_OK &&
           archive_read_support_filter_lz4(handle) == ARCHIVE_OK &&
           archive_read_support_filter_zstd(handle) == ARCHIVE_OK &&
           archive_read_support_format_tar(handle) == ARCHIVE_OK &&
           archive_read_set_format_option(handle, "tar", "read_concatenated_archives", "1") ==
               ARCHIVE_OK;
}

static int open_handle(struct sq_error *err, struct sq_archive *archive)
{
    archive->handle = archive_read_new();
    if (archive->handle == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", archive->path);
    if (!support(archive->handle) ||
        archive_read_open_fd(archive->handle, archive->fd, BLOCK_BYTES) != ARCHIVE_OK)
        return damaged(err, archive);
    return SQ_OK;
}

int sq_archive_open(struct sq_error *err, const char *path, struct sq_archive **out)
{
    struct sq_archive *archive = calloc(1, sizeof *archive);
    if (archive == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", path);
    archive->path = path;
    archive->fd = -1;
    int rc = open_file(err, archive);
    if (rc == SQ_OK)
        rc = open_handle(err, archive);
    if (rc == SQ_OK)
        *out = archive;
    else
        sq_archive_close(archive);
    return rc;
}

void sq_archive_close(struct sq_archive *archive)
{
    if (archive == NULL)
        return;
    if (archive->handle != NULL)
        archive_read_free(archive->handle);
    if (archive->fd >= 0)
        close(archive->fd);
    free(archive);
}

bool sq_archive_is_plain(const struct sq_archive *archive)
{
    return archive_filter_code(archive->handle, 0) == ARCHIVE_FILTER_NONE;
}

/* Does one part of the path lead upwards? */
static bool leads_upwards(const char *name)
{
    for (const char *part = name; part != NULL; part = strchr(part, '/')) {
        part += *part == '/';
        if (strncmp(part, "..", 2) == 0 && (part[2] == '/' || part[2] == '\0'))
            return true;
    }
    return false;
}

static int take_name(struct sq_error *err, struct sq_archive *archive, struct archive_entry *entry,
                     struct sq_archive_member *member)
{
    const char *name = archive_entry_pathname(entry);
    if (name == NULL)
        name = archive_entry_pathname_utf8(entry);
    if (name == NULL)
        return refuse(err, archive, "behind it", "its name cannot be read");
    if (name[0] == '/')
        return refuse(err, archive, name, "an absolute path");
    while (strncmp(name, "./", 2) == 0)
        for (name += 2; *name == '/';)
            name++;
    size_t n = strlen(name);
    while (n > 0 && name[n - 1] == '/')
        n--;
    if (n >= sizeof member->name)
        return refuse(err, archive, name, "a name of more than 4095 bytes");
    memcpy(member->name, name, n);
    member->name[n] = '\0';
    return leads_upwards(member->name)
               ? refuse(err, archive, member->name, "leads out of the archive (..)")
               : SQ_OK;
}

static int check_kind(struct sq_error *err, const struct sq_archive *archive,
                      struct archive_entry *entry, const char *name)
{
    const unsigned type = archive_entry_filetype(entry);
    if (archive_entry_hardlink(entry) != NULL)
        return refuse(err, archive, name, "a hard link; put a copy of the file in its place");
    if (type == AE_IFLNK)
        return refuse(err, archive, name, "a link; put the file itself in its place (tar -h)");
    if (type != AE_IFREG && type != AE_IFDIR)
        return refuse(err, archive, name, "a device, pipe or socket");
    if (archive_entry_sparse_count(entry) > 0)
        return refuse(err, archive, name, "a file with holes; make the archive without tar -S");
    return SQ_OK;
}

/* Its bytes, and where they lie. */
static int take_place(struct sq_error *err, struct sq_archive *archive, struct archive_entry *entry,
                      struct sq_archive_member *member)
{
    const int64_t size = archive_entry_size(entry), at = archive_filter_bytes(archive->handle, 0);
    member->is_folder = archive_entry_filetype(entry) == AE_IFDIR;
    member->size = member->is_folder ? 0 : (uint64_t)size;
    member->offset = (uint64_t)at;
    if (size < 0 || size > INT64_MAX - at - TAR_BLOCK)
        return refuse(err, archive, member->name, "a size that no file has");
    if (sq_archive_is_plain(archive) && (uint64_t)(at + size) > archive->file_bytes)
        return sq_fail(err, SQ_EFORMAT,
                       "%s: cut short: member %.256s has %" PRId64
                       " bytes, and the archive ends %" PRIu64 " bytes after its beginning",
                       archive->path, member->name, size,
                       archive->file_bytes > (uint64_t)at ? archive->file_bytes - (uint64_t)at : 0);
    archive->end = (uint64_t)at + (member->size + TAR_BLOCK - 1) / TAR_BLOCK * TAR_BLOCK;
    return SQ_OK;
}

/* No member is left. */
static int check_end(struct sq_error *err, const struct sq_archive *archive)
{
    if ((uint64_t)archive_filter_bytes(archive->handle, 0) >= archive->end + TAR_BLOCK)
        return SQ_OK;
    return sq_fail(err, SQ_EFORMAT,
                   "%s: cut short%s%.256s: the blocks of zeros that end an archive are missing",
                   archive->path, archive->has_members ? " behind member " : "", archive->last);
}

int sq_archive_next(struct sq_error *err, struct sq_archive *archive,
                    struct sq_archive_member *member, bool *is_end)
{
    struct archive_entry *entry;
    const int status = archive_read_next_header(archive->handle, &entry);
    *is_end = status == ARCHIVE_EOF;
    if (*is_end)
        return check_end(err, archive);
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN)
        return damaged(err, archive);
    int rc = take_name(err, archive, entry, member);
    if (rc == SQ_OK)
        rc = check_kind(err, archive, entry, member->name);
    if (rc == SQ_OK)
        rc = take_place(err, archive, entry, member);
    if (rc != SQ_OK)
        return rc;
    archive->has_members = true;
    memcpy(archive->last, member->name, sizeof archive->last);
    return SQ_OK;
}

int sq_archive_read(struct sq_error *err, struct sq_archive *archive, void *out, size_t n,
                    size_t *got)
{
    for (*got = 0; *got < n;) {
        const la_ssize_t now =
            archive_read_data(archive->handle, (unsigned char *)out + *got, n - *got);
        if (now < 0)
            return damaged(err, archive);
        if (now == 0)
            break;
        *got += (size_t)now;
    }
    return SQ_OK;
}

int sq_archive_read_at(struct sq_error *err, struct sq_archive *archive, uint64_t offset, void *out,
                       size_t n)
{
    for (size_t done = 0; done < n;) {
        const ssize_t got =
            pread(archive->fd, (unsigned char *)out + done, n - done, (off_t)(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return sq_fail(err, SQ_EIO, "%s: cannot be read: %s", archive->path, strerror(errno));
        if (got == 0)
            return sq_fail(err, SQ_EIO, "%s: became shorter while it was read", archive->path);
        done += (size_t)got;
    }
    return SQ_OK;
}

/* Compressed, by the first bytes. */
static bool is_compressed(const unsigned char *head, size_t n)
{
    static const struct {
        const char *magic;
        size_t n;
    } known[] = {
        {"\x1f\x8b", 2},         {"\xfd\x37zXZ\0", 6}, {"\x28\xb5\x2f\xfd", 4},
        {"\x04\x22\x4d\x18", 4}, {"BZh", 3},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (n >= known[i].n && memcmp(head, known[i].magic, known[i].n) == 0)
            return true;
    return false;
}

/* Does a tar header stand there, by its magic or (of old ones, which have no magic) by its checksum? */
static bool is_header(const unsigned char *head, size_t n)
{
    unsigned sum = 0;
    if (n >= 262 && memcmp(head + 257, "ustar", 5) == 0)
        return true;
    for (size_t i = 0; n >= TAR_BLOCK && i < TAR_BLOCK; i++)
        sum += i < 148 || i >= 156 ? head[i] : ' ';
    char text[9] = "";
    if (n >= TAR_BLOCK)
        memcpy(text, head + 148, 8);
    return text[0] != '\0' && sum > 8 * ' ' && strtoul(text, NULL, 8) == sum;
}

bool sq_archive_knows(const char *path, const unsigned char *head, size_t n)
{
    struct sq_archive *archive = NULL;
    struct archive_entry *entry;
    if (is_header(head, n))
        return true;
    if (!is_compressed(head, n) || sq_archive_open(NULL, path, &archive) != SQ_OK)
        return false;
    const int status = archive_read_next_header(archive->handle, &entry);
    sq_archive_close(archive);
    return status == ARCHIVE_OK || status == ARCHIVE_WARN;
}
