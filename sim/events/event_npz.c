/* NumPy archives of events as SpikingJelly writes them: zip members t.npy, x.npy, y.npy, p.npy,
 * each [N], stored or deflated; all four are inflated together, chunk by chunk. */
#include "sim/events/column_event.h"
#include "sim/events/event_format.h"
#include "sim/events/zip_array.h"

#include <inttypes.h>
#include <string.h>

struct npz {
    struct zip *zip;
    uint64_t n, left;
    struct sq_zip_array member[SQ_COLUMNS];
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
        sq_zip_array_close(&state->member[c]);
    sq_zip_archive_close(state->zip);
}

static int refuse(struct sq_camera *reader, unsigned column, const char *what)
{
    struct npz *state = reader->state;
    return sq_event_damage(reader, 0, "zip member %s, event %" PRIu64 ": %s", member_name[column],
                           state->n - state->left, what);
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
    struct sq_zip_array *array = &state->member[column];
    const char *damage;
    const int rc = sq_zip_array_open(reader->err, reader->path, state->zip, member_name[column],
                                     array, &damage);
    if (rc != SQ_OK)
        return !sq_zip_array_is_open(array) ? refuse_archive(reader, column) : rc;
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
        const char *damage = sq_zip_array_end(&state->member[c]);
        if (damage != NULL)
            rc = refuse(reader, c, damage);
    }
    reader->ended = true;
    return rc;
}

/* The next n numbers of a member. */
static int take(struct sq_camera *reader, unsigned c, size_t n, struct sq_column *column)
{
    struct npz *state = reader->state;
    const struct sq_array *type = &state->member[c].type;
    const char *damage = NULL;
    *column = (struct sq_column){.type = type, .stride = type->item_bytes};
    column->item = sq_zip_array_take(&state->member[c], n * type->item_bytes, &damage);
    return damage == NULL ? SQ_OK : refuse(reader, c, damage);
}

static int next(struct sq_camera *reader)
{
    struct npz *state = reader->state;
    const size_t n = state->left < SQ_EVENT_BATCH ? (size_t)state->left : SQ_EVENT_BATCH;
    struct sq_column column[SQ_COLUMNS];
    int rc = SQ_OK;
    if (n == 0)
        return check_ends(reader);
    for (unsigned c = 0; c < SQ_COLUMNS && rc == SQ_OK && !reader->ended; c++)
        rc = take(reader, c, n, &column[c]);
    if (rc != SQ_OK || reader->ended)
        return rc;
    const size_t good = sq_column_events(&reader->batch, column, n, 0);
    if (good < n)
        return sq_event_damage(reader, 0, "event %" PRIu64 ": " SQ_COLUMN_EXPECTED,
                               state->n - state->left + good);
    state->left -= n;
    return SQ_OK;
}

const struct sq_event_format sq_format_npz = {.key = "npz",
                                              .name = "NumPy archive of events",
                                              .views = sq_views_as_stored,
                                              .knows = knows,
                                              .open = open_npz,
                                              .next = next,
                                              .is_dear = true,
                                              .close = close_npz};
