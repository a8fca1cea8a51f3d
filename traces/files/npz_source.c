#include "traces/files/npz_source.h"

#include "kernels/base/checked.h"

#include <stdlib.h>
#include <string.h>

/* Only the member being written has a slab. */
static zip_int64_t open_source(struct sq_npz_source *source)
{
    source->at = 0;
    source->slab = malloc(source->slab_bytes);
    if (source->slab != NULL)
        return 0;
    zip_error_set(&source->error, ZIP_ER_MEMORY, 0);
    return -1;
}

static void drop_slab(struct sq_npz_source *source)
{
    free(source->slab);
    source->slab = NULL;
    source->held = 0;
}

static uint64_t size_of(const struct sq_npz_source *source)
{
    return source->header_bytes + source->n_slabs * source->slab_bytes;
}

/* The slab of the byte at source->at. */
static int hold_slab(struct sq_npz_source *source)
{
    const uint64_t wanted = (source->at - source->header_bytes) / source->slab_bytes;
    if (source->held == wanted + 1)
        return SQ_OK;
    memset(source->slab, 0, source->slab_bytes);
    source->status = source->member->fill(source->err, source->member->data, wanted, source->slab);
    source->held = source->status == SQ_OK ? wanted + 1 : 0;
    return source->status;
}

static zip_int64_t read_source(struct sq_npz_source *source, char *out, uint64_t room)
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

static zip_int64_t describe(const struct sq_npz_source *source, void *data, uint64_t room)
{
    zip_stat_t *stat = data;
    if (room < sizeof *stat)
        return -1;
    zip_stat_init(stat);
    stat->valid = ZIP_STAT_SIZE;
    stat->size = size_of(source);
    return sizeof *stat;
}

zip_int64_t sq_npz_source_serve(void *state, void *data, zip_uint64_t room,
                                zip_source_cmd_t command)
{
    struct sq_npz_source *source = state;
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

int sq_npz_source_init(struct sq_error *err, const char *path, const struct sq_npz_array *member,
                       struct sq_npz_source *source)
{
    const struct sq_npy_plan *plan = &member->plan;
    size_t whole;
    *source = (struct sq_npz_source){.member = member, .err = err};
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

void sq_npz_source_free(struct sq_npz_source *source)
{
    free(source->header);
    drop_slab(source);
}
