/* NumPy archives of events as SpikingJelly writes them: zip members t.npy, x.npy, y.npy, p.npy,
 * each [N], stored or deflated; all four are inflated together, chunk by chunk. */
#include "sim/events/column_event.h"
#include "sim/events/event_format.h"
#include "sim/events/npz_member.h"

#include <inttypes.h>
#include <string.h>

struct npz {
    zip_t *zip;
    uint64_t n, left;
    struct sq_npz_member member[SQ_COLUMNS];
    struct sq_array type[SQ_COLUMNS];
};

enum { NPY_FIXED = 12 }; /* of version 2; a header of version 1 is not shorter */

static const char *const member_name[SQ_COLUMNS] = {"t.npy", "x.npy", "y.npy", "p.npy"};

static bool knows(const unsigned char *head, size_t n)
{
    return n >= 4 && memcmp(head, "PK\x03\x04", 4) == 0;
}

static void close_npz(struct sq_camera *reader)
{
    struct npz *state = reader->state;
    for (unsigned c = 0; c < SQ_COLUMNS; c++)
        sq_npz_member_close(&state->member[c]);
    if (state->zip != NULL)
        zip_discard(state->zip);
}

static int refuse(struct sq_camera *reader, unsigned column, const char *what)
{
    struct npz *state = reader->state;
    return sq_event_damage(reader, 0, "zip member %s, event %" PRIu64 ": %s", member_name[column],
                           state->n - state->left, what);
}

/* Exactly n bytes of a member; fewer are damage. */
static int take(struct sq_camera *reader, unsigned column, size_t n, const unsigned char **at)
{
    struct npz *state = reader->state;
    const char *wrong;
    *at = sq_npz_member_take(&state->member[column], n, &wrong);
    return *at != NULL ? SQ_OK : refuse(reader, column, wrong);
}

/* The header of a member: a list of numbers. */
static int read_type(struct sq_camera *reader, unsigned column)
{
    struct npz *state = reader->state;
    struct sq_array *type = &state->type[column];
    const unsigned char *at;
    unsigned char head[SQ_ARRAY_HEAD_BYTES];
    int rc = take(reader, column, NPY_FIXED, &at);
    if (rc != SQ_OK || reader->ended)
        return rc;
    memcpy(head, at, NPY_FIXED);
    size_t n = head[6] == 1 ? 10 : 12;
    n += head[8] | (size_t)head[9] << 8 |
         (head[6] == 1 ? 0 : (size_t)head[10] << 16 | (size_t)head[11] << 24);
    if (memcmp(head, "\x93NUMPY", 6) != 0 || n < NPY_FIXED || n > SQ_ARRAY_HEAD_BYTES)
        return refuse(reader, column, "it is no array");
    rc = take(reader, column, n - NPY_FIXED, &at);
    if (rc != SQ_OK || reader->ended)
        return rc;
    memcpy(head + NPY_FIXED, at, n - NPY_FIXED);
    rc = sq_npy_parse(reader->err, reader->path, head, n, type);
    if (rc != SQ_OK)
        return rc;
    if (type->n_dims != 1 || (column > 0 && type->dim[0] != state->n))
        return refuse(reader, column, "t, x, y and p must be lists of one length");
    state->n = state->left = type->dim[0];
    return SQ_OK;
}

static int open_member(struct sq_camera *reader, unsigned column)
{
    struct npz *state = reader->state;
    if (sq_npz_member_open(&state->member[column], state->zip, member_name[column]))
        return read_type(reader, column);
    const bool has_frames = zip_name_locate(state->zip, "frames.npy", 0) >= 0;
    return sq_fail(reader->err, SQ_EUNSUPPORTED, "%s: the archive has no readable member %s%s",
                   reader->path, member_name[column],
                   has_frames ? "; it holds frames: extract them (unzip) for spikeq run" : "");
}

static int open_npz(struct sq_camera *reader)
{
    int code = 0, rc = sq_event_alloc_state(reader, sizeof(struct npz));
    struct npz *state = reader->state;
    if (rc != SQ_OK)
        return rc;
    if (!sq_source_is_file(reader->source))
        return sq_fail(reader->err, SQ_EUNSUPPORTED, "%s: zip archives are read from files only",
                       reader->path);
    state->zip = zip_open(reader->path, ZIP_RDONLY, &code);
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
    for (unsigned c = 0; c < SQ_COLUMNS && rc == SQ_OK && !reader->ended; c++)
        if (!sq_npz_member_is_over(&state->member[c]))
            rc = refuse(reader, c, "its checksum is wrong, or something follows the events");
    reader->ended = true;
    return rc;
}

static int next(struct sq_camera *reader)
{
    struct npz *state = reader->state;
    const size_t n = state->left < SQ_EVENT_BATCH ? (size_t)state->left : SQ_EVENT_BATCH;
    struct sq_column column[SQ_COLUMNS];
    int rc = SQ_OK;
    if (n == 0)
        return check_ends(reader);
    for (unsigned c = 0; c < SQ_COLUMNS && rc == SQ_OK && !reader->ended; c++) {
        const struct sq_array *type = &state->type[c];
        column[c] = (struct sq_column){.type = type, .stride = type->item_bytes};
        rc = take(reader, c, n * type->item_bytes, &column[c].item);
    }
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
