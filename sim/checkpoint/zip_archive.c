#include "sim/checkpoint/zip_archive.h"

#include <string.h>
#include <unistd.h>

enum {
    MAX_INFLATION = 1032, /* the best that deflate can do: 258 bytes in 2 bits */
};

int sq_zip_fail(const struct sq_zip *archive, const char *member, const char *what)
{
    char shown[128];
    return sq_fail(archive->reader->err, SQ_EFORMAT, "%s: zip member %s: %s", archive->reader->path,
                   sq_printable(shown, sizeof shown, member, strlen(member)), what);
}

/* Pass on what libzip says about a member. */
static int fail_by(const struct sq_zip *archive, const char *member, zip_error_t *error)
{
    if (zip_error_code_zip(error) != ZIP_ER_MEMORY)
        return sq_zip_fail(archive, member, zip_error_strerror(error));
    return sq_fail(archive->reader->err, SQ_ENOMEM, "%s: no memory", archive->reader->path);
}

int sq_zip_open(struct sq_zip *archive)
{
    const struct sq_checkpoint_reader *reader = archive->reader;
    const int fd = dup(reader->fd);
    int code = 0;
    if (fd < 0)
        return sq_fail(reader->err, SQ_EIO, "%s: no more files can be opened", reader->path);
    archive->zip = zip_fdopen(fd, 0, &code); /* owns fd from here on, if it succeeds */
    if (archive->zip != NULL)
        return SQ_OK;
    close(fd);
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    const int rc = sq_fail(reader->err, code == ZIP_ER_MEMORY ? SQ_ENOMEM : SQ_EFORMAT,
                           "%s: begins like a zip archive but cannot be read as one (%s); is the "
                           "file truncated?",
                           reader->path, zip_error_strerror(&error));
    zip_error_fini(&error);
    return rc;
}

void sq_zip_close(struct sq_zip *archive)
{
    if (archive != NULL && archive->zip != NULL)
        zip_discard(archive->zip);
}

int sq_zip_check(struct sq_zip *archive, const char *name, const zip_stat_t *st)
{
    const zip_uint64_t needed = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD;
    if ((st->valid & needed) != needed)
        return sq_zip_fail(archive, name, "its sizes are unknown");
    if (st->comp_method != ZIP_CM_STORE && st->comp_method != ZIP_CM_DEFLATE)
        return sq_fail(archive->reader->err, SQ_EUNSUPPORTED,
                       "%s: compressed by method %u; only stored and deflated members are read, "
                       "pack it anew",
                       archive->reader->path, st->comp_method);
    if (st->comp_size > archive->reader->size - archive->packed_bytes)
        return sq_zip_fail(archive, name, "is larger than the file; is it truncated?");
    archive->packed_bytes += st->comp_size;
    if (st->comp_method == ZIP_CM_STORE ? st->size != st->comp_size
                                        : st->size / MAX_INFLATION > st->comp_size)
        return sq_zip_fail(archive, name, "its sizes cannot be true; is the file damaged?");
    return SQ_OK;
}

static int read_open_member(struct sq_zip *archive, zip_file_t *file, const char *name,
                            unsigned char *out, uint64_t n)
{
    unsigned char rest;
    for (uint64_t done = 0; done < n;) {
        const zip_int64_t got = zip_fread(file, out + done, n - done);
        if (got < 0)
            return fail_by(archive, name, zip_file_get_error(file));
        if (got == 0)
            return sq_zip_fail(archive, name, "is shorter than its size says; is it damaged?");
        done += (uint64_t)got;
    }
    /* The checksum is compared when the end is reached. */
    const zip_int64_t more = zip_fread(file, &rest, 1);
    if (more < 0)
        return fail_by(archive, name, zip_file_get_error(file));
    return more == 0 ? SQ_OK : sq_zip_fail(archive, name, "is longer than its size says");
}

int sq_zip_read(struct sq_zip *archive, uint64_t index, uint64_t bytes, unsigned char **out)
{
    const char *name = zip_get_name(archive->zip, index, ZIP_FL_ENC_RAW);
    unsigned char *buffer = sq_checkpoint_new_buffer(archive->reader, (size_t)bytes);
    if (buffer == NULL)
        return SQ_ENOMEM;
    zip_file_t *file = zip_fopen_index(archive->zip, index, 0);
    if (file == NULL || name == NULL)
        return fail_by(archive, name != NULL ? name : "?", zip_get_error(archive->zip));
    const int rc = read_open_member(archive, file, name, buffer, bytes);
    zip_fclose(file);
    if (rc == SQ_OK)
        *out = buffer;
    return rc;
}
