#include "traces/files/npz_target.h"

#include <errno.h>

static zip_int64_t failed(struct sq_npz_target *target, int code)
{
    zip_error_set(&target->error, code, errno);
    return -1;
}

static zip_int64_t begin(struct sq_npz_target *target)
{
    target->file = fopen(target->path, "wb");
    return target->file != NULL ? 0 : failed(target, ZIP_ER_TMPOPEN);
}

/* Close; some file systems report a full disk only here. */
static zip_int64_t end(struct sq_npz_target *target)
{
    FILE *file = target->file;
    target->file = NULL;
    return file == NULL || fclose(file) == 0 ? 0 : failed(target, ZIP_ER_WRITE);
}

static zip_int64_t put(struct sq_npz_target *target, const void *data, zip_uint64_t n)
{
    return fwrite(data, 1, n, target->file) == n ? (zip_int64_t)n : failed(target, ZIP_ER_WRITE);
}

static zip_int64_t seek(struct sq_npz_target *target, void *data, zip_uint64_t n)
{
    const zip_source_args_seek_t *to =
        ZIP_SOURCE_GET_ARGS(zip_source_args_seek_t, data, n, &target->error);
    if (to == NULL)
        return -1;
    return fseeko(target->file, to->offset, to->whence) == 0 ? 0 : failed(target, ZIP_ER_SEEK);
}

static zip_int64_t tell(struct sq_npz_target *target)
{
    const off_t at = ftello(target->file);
    return at >= 0 ? at : failed(target, ZIP_ER_TELL);
}

/* There is nothing to be read yet: the archive is new. */
static zip_int64_t describe(struct sq_npz_target *target)
{
    errno = ENOENT;
    return failed(target, ZIP_ER_READ);
}

static zip_int64_t serve(void *state, void *data, zip_uint64_t n, zip_source_cmd_t command)
{
    struct sq_npz_target *target = state;
    switch (command) {
    case ZIP_SOURCE_BEGIN_WRITE:
        return begin(target);
    case ZIP_SOURCE_WRITE:
        return put(target, data, n);
    case ZIP_SOURCE_SEEK_WRITE:
        return seek(target, data, n);
    case ZIP_SOURCE_TELL_WRITE:
        return tell(target);
    case ZIP_SOURCE_COMMIT_WRITE:
    case ZIP_SOURCE_ROLLBACK_WRITE:
    case ZIP_SOURCE_FREE:
        return end(target);
    case ZIP_SOURCE_STAT:
        return describe(target);
    case ZIP_SOURCE_ERROR:
        return zip_error_to_data(&target->error, data, n);
    case ZIP_SOURCE_SUPPORTS:
        return zip_source_make_command_bitmap(
            ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE, ZIP_SOURCE_SEEK, ZIP_SOURCE_TELL,
            ZIP_SOURCE_STAT, ZIP_SOURCE_ERROR, ZIP_SOURCE_FREE, ZIP_SOURCE_BEGIN_WRITE,
            ZIP_SOURCE_WRITE, ZIP_SOURCE_SEEK_WRITE, ZIP_SOURCE_TELL_WRITE, ZIP_SOURCE_COMMIT_WRITE,
            ZIP_SOURCE_ROLLBACK_WRITE, ZIP_SOURCE_REMOVE, -1);
    default: /* what is claimed so that libzip takes it for a file, and never asked of a new one */
        zip_error_set(&target->error, ZIP_ER_OPNOTSUPP, 0);
        return -1;
    }
}

zip_t *sq_npz_target_open(struct sq_npz_target *target)
{
    zip_error_init(&target->error);
    zip_source_t *source = zip_source_function_create(serve, target, NULL);
    zip_t *zip =
        source != NULL ? zip_open_from_source(source, ZIP_CREATE | ZIP_TRUNCATE, NULL) : NULL;
    if (zip == NULL)
        zip_source_free(source);
    return zip;
}
