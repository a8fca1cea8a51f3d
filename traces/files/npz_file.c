#include "traces/files/npz_file.h"

#include "traces/files/npz_source.h"
#include "traces/files/npz_target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* zip dates begin here; NumPy's own savez writes the same. */
enum { NO_TIME = 0, FIRST_DATE = 1 << 5 | 1 };
enum { DEFLATE_LEVEL = 1 }; /* spikes are mostly zeros: more effort gains little */

struct archive {
    struct sq_npz_target target;
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
                       "%s: two arrays would be called %s; leave one out by --populations",
                       archive->path, member->plan.name);
    struct sq_npz_source *source = &archive->source[archive->n_sources++];
    const int status = sq_npz_source_init(err, archive->path, member, source);
    if (status != SQ_OK)
        return status;
    return put_source(archive->zip, name, source) == 0 ? SQ_OK : zip_failed(err, archive);
}

/* Write what was added: this is where the members are made. */
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
    archive.zip = sq_npz_target_open(&archive.target);
    if (archive.zip == NULL)
        status = sq_fail(err, SQ_ENOMEM, "%s: out of memory", output->path);
    for (size_t i = 0; status == SQ_OK && i < n_members; i++)
        status = add_member(err, &archive, &member[i]);
    if (status == SQ_OK)
        status = close_archive(err, &archive);
    free_archive(&archive);
    return status;
}
