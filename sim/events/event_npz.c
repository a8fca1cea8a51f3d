/* NumPy archives of events as SpikingJelly writes them: zip members t.npy, x.npy, y.npy, p.npy,
 * each [N], stored or deflated; all four are inflated together, chunk by chunk. */
#include "sim/events/column_event.h"
#include "sim/events/event_format.h"
#include "sim/events/zip_array.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = SQ_EVENT_BATCH * 8 };

/* One member, and bytes that were inflated for the batch at hand. */
struct member {
    struct sq_zip_array array;
    unsigned char bytes[CHUNK];
};

struct npz {
    struct zip *zip;
    uint64_t n, left;
    struct member member[SQ_COLUMNS];
};

static const char *const member_name[SQ_COLUMNS] = {"t.npy", "x.npy", "y.npy", "p.npy"};

static bool knows(const unsigned char *head, size_t n)
{
    return n >= 4 && memcmp(head, "PK\x03\x04", 4) == 0;
}

static void close_npz(struct sq_camera *reader)
{
    struct npz *state = reader->state;
    for (unsigned c = 0; c < SQ_COLUMNS; c++)
        sq_zip_array_close(&state->member[c].array);
    sq_zip_archive_close(state->zip);
}

static int refuse(struct sq_camera *reader, unsigned column, const char *what)
{
    struct npz *state = reader->state;
    return sq_event_damage(reader, 0, "zip member %s, event %" PRIu64 ": %s", member_name[column],
                           state->n - state->left, what);
}

/* Exactly n bytes of a member; fewer are damage. */
static int read_member(struct sq_camera *reader, unsigned column, size_t n)
{
    struct npz *state = reader->state;
    struct member *member = &state->member[column];
    const char *damage = sq_zip_array_read(&member->array, member->bytes, n);
    return damage == NULL ? SQ_OK : refuse(reader, column, damage);
}

/* No such member: does the archive hold what is given elsewhere? */
static int refuse_archive(struct sq_camera *reader, unsigned column)
{
    const struct npz *state = reader->state;
    if (!sq_zip_archive_has(state->zip, "frames.npy"))
        return SQ_EUNSUPPORTED;
    return sq_fail(reader->err, SQ_EUNSUPPORTED,
                   "%s: the archive has no readable member %s; it holds frames, which spikeq run "
                   "takes without --frames",
                   reader->path, member_name[column]);
}

/* A member and its header: a list of numbers. */
static int open_member(struct sq_camera *reader, unsigned column)
{
    struct npz *state = reader->state;
    struct sq_zip_array *array = &state->member[column].array;
    const char *damage;
    const int rc = sq_zip_array_open(reader->err, reader->path, state->zip, member_name[column],
                                     array, &damage);
    if (rc != SQ_OK)
        return array->file == NULL ? refuse_archive(reader, column) : rc;
    if (damage != NULL)
        return refuse(reader, column, damage);
    if (array->type.n_dims != 1 || (column > 0 && array->type.dim[0] != state->n))
        return refuse(reader, column, "t, x, y and p must be lists of one length");
    state->n = state->left = array->type.dim[0];
    return SQ_OK;
}

static int open_npz(struct sq_camera *reader)
{
    int rc = sq_event_alloc_state(reader, sizeof(struct npz));
    struct npz *state = reader->state;
    if (rc != SQ_OK)
        return rc;
    if (!sq_source_is_file(reader->source))
        return sq_fail(reader->err, SQ_EUNSUPPORTED, "%s: zip archives are read from files only",
                       reader->path);
    state->zip = sq_zip_archive_open(reader->path);
    if (state->zip == NULL)
        return sq_event_damage(
            reader, 0, "begins like a zip archive but cannot be read as one; is it cut short?");
    for (unsigned c = 0; c < SQ_COLUMNS && rc == SQ_OK && !reader->ended; c++)
        rc = open_member(reader, c);
    return rc;
}

/* Behind the last event: the members' checksums are compared when their ends are reached. */
static int check_ends(struct sq_camera *reader)
{
    struct npz *state = reader->state;
    int rc = SQ_OK;
    for (unsigned c = 0; c < SQ_COLUMNS && rc == SQ_OK && !reader->ended; c++) {
        const char *damage = sq_zip_array_end(&state->member[c].array);
        if (damage != NULL)
            rc = refuse(reader, c, damage);
    }
    reader->ended = true;
    return rc;
}

static int next(struct sq_camera *reader)
{
    struct npz *state = reader->state;
    const size_t n = state->left < SQ_EVENT_BATCH ? (size_t)state->left : SQ_EVENT_BATCH;
    struct sq_array type[SQ_COLUMNS];
    const unsigned char *item[SQ_COLUMNS];
    int rc = SQ_OK;
    if (n == 0)
        return check_ends(reader);
    for (unsigned c = 0; c < SQ_COLUMNS && rc == SQ_OK && !reader->ended; c++) {
        type[c] = state->member[c].array.type;
        rc = read_member(reader, c, n * type[c].item_bytes);
    }
    for (size_t i = 0; rc == SQ_OK && !reader->ended && i < n; i++) {
        for (unsigned c = 0; c < SQ_COLUMNS; c++)
            item[c] = state->member[c].bytes + i * type[c].item_bytes;
        if (!sq_column_event(&reader->batch, type, item, 0))
            rc = sq_event_damage(reader, 0, "event %" PRIu64 ": " SQ_COLUMN_EXPECTED,
                                 state->n - state->left + i);
    }
    state->left -= n;
    return rc;
}

const struct sq_event_format sq_format_npz = {.key = "npz",
                                              .name = "NumPy archive of events",
                                              .views = sq_views_as_stored,
                                              .knows = knows,
                                              .open = open_npz,
                                              .next = next,
                                              .close = close_npz};
