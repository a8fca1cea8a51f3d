#include "traces/files/npz_file.h"

#include "traces/files/npz_source.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

/* The file of an archive under way, as libzip writes it: a new one, from its beginning, in place.
 *
 * libzip's own would write beside the file, under a name that libcrypto makes up, whose setting up
 * takes as long as a small export and crashes where memory ends. */
struct npz_target {
    const char *path;
    FILE *file; /* NULL: not under way */
    zip_error_t error;
};

static zip_int64_t failed(struct npz_target *target, int code)
{
    zip_error_set(&target->error, code, errno);
    return -1;
}

static zip_int64_t begin(struct npz_target *target)
{
    target->file = fopen(target->path, "wb");
    return target->file != NULL ? 0 : failed(target, ZIP_ER_TMPOPEN);
}

/* Close; some file systems report a full disk only here. */
static zip_int64_t end(struct npz_target *target)
{
    FILE *file = target->file;
    target->file = NULL;
    return file == NULL || fclose(file) == 0 ? 0 : failed(target, ZIP_ER_WRITE);
}

static zip_int64_t put(struct npz_target *target, const void *data, zip_uint64_t n)
{
    return fwrite(data, 1, n, target->file) == n ? (zip_int64_t)n : failed(target, ZIP_ER_WRITE);
}

static zip_int64_t seek(struct npz_target *target, void *data, zip_uint64_t n)
{
    const zip_source_args_seek_t *to =
        ZIP_SOURCE_GET_ARGS(zip_source_args_seek_t, data, n, &target->error);
    if (to == NULL)
        return -1;
    return fseeko(target->file, to->offset, to->whence) == 0 ? 0 : failed(target, ZIP_ER_SEEK);
}

static zip_int64_t tell(struct npz_target *target)
{
    const off_t at = ftello(target->file);
    return at >= 0 ? at : failed(target, ZIP_ER_TELL);
}

/* There is nothing to be read yet: the archive is new. */
static zip_int64_t describe(struct npz_target *target)
{
    errno = ENOENT;
    return failed(target, ZIP_ER_READ);
}

static zip_int64_t serve(void *state, void *data, zip_uint64_t n, zip_source_cmd_t command)
{
    struct npz_target *target = state;
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
    default: /* claimed so that libzip accepts it as a file; never used for a new one */
        zip_error_set(&target->error, ZIP_ER_OPNOTSUPP, 0);
        return -1;
    }
}

/* An empty archive that zip_close() writes to target->path; what lies there is replaced. *target is
 * zeroed but for its path, stays where it is, and outlives the archive. NULL: out of memory. */
static zip_t *open_target(struct npz_target *target)
{
    zip_error_init(&target->error);
    zip_source_t *source = zip_source_function_create(serve, target, NULL);
    zip_t *zip =
        source != NULL ? zip_open_from_source(source, ZIP_CREATE | ZIP_TRUNCATE, NULL) : NULL;
    if (zip == NULL)
        zip_source_free(source);
    return zip;
}

/* zip dates begin here; NumPy's own savez writes the same. */
enum { NO_TIME = 0, FIRST_DATE = 1 << 5 | 1 };
enum { DEFLATE_LEVEL = 1 }; /* spikes are mostly zeros: more effort gains little */

struct archive {
    struct npz_target target;
    zip_t *zip;
    const char *path;
    struct sq_npz_source *source;
    size_t n_sources;
};

static int zip_failed(struct sq_error *err, const struct archive *archive)
{
    zip_error_t *error = zip_get_error(archive->zip);
    if (zip_error_code_zip(error) == ZIP_ER_MEMORY)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", archive->path);
    const char *why = zip_error_system_type(error) == ZIP_ET_SYS
                          ? strerror(zip_error_code_system(error))
                          : zip_error_strerror(error);
    return sq_fail(err, SQ_EIO, "%s: cannot be written: %s", archive->path, why);
}

/* 0, or -1 and the archive's error. */
static int put_source(zip_t *zip, const char *name, struct sq_npz_source *source)
{
    zip_source_t *from = zip_source_function(zip, sq_npz_source_serve, source);
    if (from == NULL)
        return -1;
    const zip_int64_t index = zip_file_add(zip, name, from, ZIP_FL_ENC_UTF_8);
    if (index < 0) {
        zip_source_free(from);
        return -1;
    }
    if (zip_set_file_compression(zip, (zip_uint64_t)index, ZIP_CM_DEFLATE, DEFLATE_LEVEL) != 0)
        return -1;
    return zip_file_set_dostime(zip, (zip_uint64_t)index, NO_TIME, FIRST_DATE, 0);
}

static int add_member(struct sq_error *err, struct archive *archive,
                      const struct sq_npz_array *member)
{
    char name[2 * SQ_NPY_MAX_NAME];
    snprintf(name, sizeof name, "%s.npy", member->plan.name);
    if (zip_name_locate(archive->zip, name, 0) >= 0)
        return sq_fail(err, SQ_EUSAGE,
                       "%s: two arrays would be called %s; leave one out by " SQ_OPT "populations",
                       archive->path, member->plan.name);
    struct sq_npz_source *source = &archive->source[archive->n_sources++];
    const int status = sq_npz_source_init(err, archive->path, member, source);
    if (status != SQ_OK)
        return status;
    return put_source(archive->zip, name, source) == 0 ? SQ_OK : zip_failed(err, archive);
}

/* Write the archive: the members are made here. */
static int close_archive(struct sq_error *err, struct archive *archive)
{
    if (zip_close(archive->zip) == 0) {
        archive->zip = NULL;
        return SQ_OK;
    }
    for (size_t i = 0; i < archive->n_sources; i++)
        if (archive->source[i].status != SQ_OK)
            return archive->source[i].status; /* its sentence is there already */
    return zip_failed(err, archive);
}

static void free_archive(struct archive *archive)
{
    if (archive->zip != NULL)
        zip_discard(archive->zip);
    for (size_t i = 0; i < archive->n_sources; i++)
        sq_npz_source_free(&archive->source[i]);
    free(archive->source);
}

int sq_npz_write(struct sq_error *err, const struct sq_output *output,
                 const struct sq_npz_array *member, size_t n_members)
{
    const char *path = sq_output_path(err, output);
    if (path == NULL)
        return SQ_EUSAGE;
    struct archive archive = {.path = output->path, .target.path = path};
    int status = SQ_OK;
    archive.source = calloc(n_members, sizeof *archive.source);
    if (archive.source == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", output->path);
    archive.zip = open_target(&archive.target);
    if (archive.zip == NULL)
        status = sq_fail(err, SQ_ENOMEM, "%s: out of memory", output->path);
    for (size_t i = 0; status == SQ_OK && i < n_members; i++)
        status = add_member(err, &archive, &member[i]);
    if (status == SQ_OK)
        status = close_archive(err, &archive);
    free_archive(&archive);
    return status;
}
