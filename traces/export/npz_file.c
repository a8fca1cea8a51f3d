#include "traces/export/npz_file.h"

#include "kernels/base/checked.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

/* zip dates begin here; NumPy's own savez writes the same. */
enum { NO_TIME = 0, FIRST_DATE = 1 << 5 | 1 };
enum { DEFLATE_LEVEL = 1 }; /* spikes are mostly zeros: more effort gains little */

/* A member that libzip reads while it writes the archive. */
struct source {
    const struct sq_npz_member *member;
    struct sq_error *err;
    int status;          /* of the last fill */
    char *header;        /* the .npy header */
    unsigned char *slab; /* the slab at hand, between open and close */
    size_t header_bytes, slab_bytes;
    uint64_t n_slabs, at; /* byte position in the whole member */
    uint64_t held;        /* which slab `slab` holds, + 1; 0: none */
    zip_error_t error;
};

struct archive {
    zip_t *zip;
    const char *path;
    struct source *source;
    size_t n_sources;
};

/* Only the member being written has a slab. */
static zip_int64_t open_source(struct source *source)
{
    source->at = 0;
    source->slab = malloc(source->slab_bytes);
    if (source->slab != NULL)
        return 0;
    zip_error_set(&source->error, ZIP_ER_MEMORY, 0);
    return -1;
}

static void drop_slab(struct source *source)
{
    free(source->slab);
    source->slab = NULL;
    source->held = 0;
}

static uint64_t size_of(const struct source *source)
{
    return source->header_bytes + source->n_slabs * source->slab_bytes;
}

/* The slab of the byte at source->at. */
static int hold_slab(struct source *source)
{
    const uint64_t wanted = (source->at - source->header_bytes) / source->slab_bytes;
    if (source->held == wanted + 1)
        return SQ_OK;
    memset(source->slab, 0, source->slab_bytes);
    source->status = source->member->fill(source->err, source->member->data, wanted, source->slab);
    source->held = source->status == SQ_OK ? wanted + 1 : 0;
    return source->status;
}

static zip_int64_t read_source(struct source *source, char *out, uint64_t room)
{
    uint64_t done = 0;
    while (done < room && source->at < size_of(source)) {
        const int in_header = source->at < source->header_bytes;
        if (!in_header && hold_slab(source) != SQ_OK) {
            zip_error_set(&source->error, ZIP_ER_READ, 0);
            return -1;
        }
        const uint64_t from =
            in_header ? source->at : (source->at - source->header_bytes) % source->slab_bytes;
        const uint64_t left = (in_header ? source->header_bytes : source->slab_bytes) - from;
        const uint64_t now = left < room - done ? left : room - done;
        memcpy(out + done, (in_header ? source->header : (char *)source->slab) + from, now);
        source->at += now;
        done += now;
    }
    return (zip_int64_t)done;
}

static zip_int64_t describe(const struct source *source, void *data, uint64_t room)
{
    zip_stat_t *stat = data;
    if (room < sizeof *stat)
        return -1;
    zip_stat_init(stat);
    stat->valid = ZIP_STAT_SIZE;
    stat->size = size_of(source);
    return sizeof *stat;
}

static zip_int64_t serve(void *state, void *data, zip_uint64_t room, zip_source_cmd_t command)
{
    struct source *source = state;
    switch (command) {
    case ZIP_SOURCE_OPEN:
        return open_source(source);
    case ZIP_SOURCE_READ:
        return read_source(source, data, room);
    case ZIP_SOURCE_CLOSE:
    case ZIP_SOURCE_FREE:
        drop_slab(source);
        return 0;
    case ZIP_SOURCE_STAT:
        return describe(source, data, room);
    case ZIP_SOURCE_ERROR:
        return zip_error_to_data(&source->error, data, room);
    case ZIP_SOURCE_SUPPORTS:
        return zip_source_make_command_bitmap(ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE,
                                              ZIP_SOURCE_STAT, ZIP_SOURCE_ERROR, ZIP_SOURCE_FREE,
                                              -1);
    default:
        zip_error_set(&source->error, ZIP_ER_OPNOTSUPP, 0);
        return -1;
    }
}

static int prepare(struct sq_error *err, const char *path, const struct sq_npz_member *member,
                   struct source *source)
{
    const struct sq_npy_plan *plan = &member->plan;
    size_t whole;
    *source = (struct source){.member = member, .err = err};
    zip_error_init(&source->error);
    source->n_slabs = plan->samples * (plan->timesteps > 0 ? plan->timesteps : 1);
    if (!sq_mul_dims(plan->dim, plan->n_dims, &source->slab_bytes) ||
        !sq_mul_size(source->slab_bytes, sq_npy_item_bytes(plan->type), &source->slab_bytes) ||
        !sq_mul_size(source->slab_bytes, source->n_slabs, &whole) || whole > INT64_MAX / 2)
        return sq_fail(err, SQ_ESHAPE, "%s: %s would be larger than any file", path, plan->name);
    source->header = malloc(SQ_NPY_MAX_HEADER);
    if (source->header == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", path);
    source->header_bytes = sq_npy_header(plan, 0, source->header);
    return SQ_OK;
}

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

static int add_member(struct sq_error *err, struct archive *archive,
                      const struct sq_npz_member *member)
{
    char name[2 * SQ_NPY_MAX_NAME];
    snprintf(name, sizeof name, "%s.npy", member->plan.name);
    if (zip_name_locate(archive->zip, name, 0) >= 0)
        return sq_fail(err, SQ_EUSAGE,
                       "%s: two arrays would be called %s; leave one out by --populations",
                       archive->path, member->plan.name);
    struct source *source = &archive->source[archive->n_sources++];
    const int status = prepare(err, archive->path, member, source);
    if (status != SQ_OK)
        return status;
    zip_source_t *from = zip_source_function(archive->zip, serve, source);
    if (from == NULL)
        return zip_failed(err, archive);
    const zip_int64_t index = zip_file_add(archive->zip, name, from, ZIP_FL_ENC_UTF_8);
    if (index < 0) {
        zip_source_free(from);
        return zip_failed(err, archive);
    }
    if (zip_set_file_compression(archive->zip, (zip_uint64_t)index, ZIP_CM_DEFLATE,
                                 DEFLATE_LEVEL) != 0 ||
        zip_file_set_dostime(archive->zip, (zip_uint64_t)index, NO_TIME, FIRST_DATE, 0) != 0)
        return zip_failed(err, archive);
    return SQ_OK;
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
    for (size_t i = 0; i < archive->n_sources; i++) {
        free(archive->source[i].header);
        drop_slab(&archive->source[i]);
    }
    free(archive->source);
}

int sq_npz_write(struct sq_error *err, const struct sq_output *output,
                 const struct sq_npz_member *member, size_t n_members)
{
    const char *path = sq_output_path(err, output);
    if (path == NULL)
        return SQ_EUSAGE;
    struct archive archive = {.path = output->path};
    int code = 0, status = SQ_OK;
    archive.source = calloc(n_members, sizeof *archive.source);
    if (archive.source == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", output->path);
    archive.zip = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &code);
    if (archive.zip == NULL)
        status = sq_fail(err, SQ_EIO, "%s: cannot be made: %s", output->path, strerror(errno));
    for (size_t i = 0; status == SQ_OK && i < n_members; i++)
        status = add_member(err, &archive, &member[i]);
    if (status == SQ_OK)
        status = close_archive(err, &archive);
    free_archive(&archive);
    return status;
}
