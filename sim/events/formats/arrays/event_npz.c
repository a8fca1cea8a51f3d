/* NumPy archives of events: zip members t.npy, x.npy, y.npy, p.npy, each [N], as SpikingJelly
 * writes them, or one member of records or rows (npy_columns.h); stored or deflated, all that are
 * open inflated together, chunk by chunk. */
#include "sim/events/formats/arrays/array_formats.h"
#include "sim/events/formats/arrays/column_event.h"
#include "sim/events/formats/arrays/npy_columns.h"
#include "sim/events/formats/arrays/npz_names.h"
#include "sim/events/reader/event_format.h"
#include "traces/files/zip_array.h"

#include <inttypes.h>
#include <string.h>

struct npz {
    struct zip *zip;
    uint64_t n, left;
    struct sq_npz_names names;
    unsigned n_open;                        /* members: one of records, else one a column */
    struct sq_npy_columns columns;          /* of records */
    struct sq_zip_array member[SQ_COLUMNS]; /* rows in Fortran order: the same one, each at its own
                                             * list */
};

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
    const struct npz *state = reader->state;
    return sq_event_damage(reader, 0, "zip member %s, event %" PRIu64 ": %s",
                           state->names.name[column], state->n - state->left, what);
}

/* A column's own member and its header: a list of numbers. */
static int open_list(struct sq_camera *reader, unsigned column)
{
    struct npz *state = reader->state;
    struct sq_zip_array *array = &state->member[column];
    const char *damage;
    const int rc = sq_zip_array_open(reader->err, reader->path, state->zip,
                                     state->names.name[column], array, &damage);
    if (rc != SQ_OK)
        return rc;
    if (damage != NULL)
        return refuse(reader, column, damage);
    if (array->type.n_dims != 1 || (column > 0 && array->type.dim[0] != state->n))
        return refuse(reader, column, "t, x, y and p must be lists of one length");
    state->n = state->left = array->type.dim[0];
    return SQ_OK;
}

/* Skip the lists before a column's, in Fortran order. */
static int skip_lists(struct sq_camera *reader, unsigned column)
{
    struct npz *state = reader->state;
    const struct sq_npy_columns *columns = &state->columns;
    uint64_t left = columns->n * columns->place[column] * columns->type[column].item_bytes;
    const char *damage = NULL;
    while (left > 0 && damage == NULL) {
        const size_t piece = left < SQ_NPZ_CHUNK ? (size_t)left : SQ_NPZ_CHUNK;
        sq_zip_array_take(&state->member[column], piece, &damage);
        left -= piece;
    }
    return damage == NULL ? SQ_OK : refuse(reader, column, damage);
}

/* The member of records, or of rows, from one of its columns on. */
static int open_records(struct sq_camera *reader, unsigned column)
{
    struct npz *state = reader->state;
    struct sq_npy_columns *columns = &state->columns;
    unsigned char head[SQ_ARRAY_HEAD_BYTES];
    const char *damage;
    size_t n;
    int rc = sq_zip_array_head(reader->err, reader->path, state->zip, state->names.name[column],
                               &state->member[column], head, &n, &damage);
    if (rc == SQ_OK && damage != NULL)
        return refuse(reader, column, damage);
    if (rc == SQ_OK)
        rc = sq_npy_columns_parse(reader->err, reader->path, head, n, columns);
    if (rc != SQ_OK)
        return rc;
    state->n = state->left = columns->n;
    state->n_open = columns->is_apart ? SQ_COLUMNS : 1;
    return columns->is_apart ? skip_lists(reader, column) : SQ_OK;
}

static int open_members(struct sq_camera *reader)
{
    struct npz *state = reader->state;
    int rc = sq_npz_names_find(reader->err, reader->path, state->zip, &state->names);
    state->n_open = SQ_COLUMNS;
    for (unsigned c = 0; rc == SQ_OK && !reader->ended && c < state->n_open; c++)
        rc = state->names.is_records ? open_records(reader, c) : open_list(reader, c);
    return rc;
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
    state->zip = sq_zip_archive_open(reader->path, NULL);
    if (state->zip == NULL)
        return sq_event_damage(
            reader, 0, "begins like a zip archive but cannot be read as one; is it cut short?");
    return open_members(reader);
}

/* Behind the last event: the members' checksums are compared when their ends are reached; of rows
 * in Fortran order by the last list. */
static int check_ends(struct sq_camera *reader)
{
    struct npz *state = reader->state;
    int rc = SQ_OK;
    for (unsigned c = 0; c < state->n_open && rc == SQ_OK && !reader->ended; c++) {
        const bool has_end = !state->columns.is_apart || state->columns.place[c] == SQ_COLUMNS - 1;
        const char *damage = has_end ? sq_zip_array_end(&state->member[c]) : NULL;
        if (damage != NULL)
            rc = refuse(reader, c, damage);
    }
    reader->ended = true;
    return rc;
}

/* The next n numbers of a list. */
static int take(struct sq_camera *reader, unsigned c, size_t n, struct sq_event_column *column)
{
    struct npz *state = reader->state;
    const struct sq_array *type =
        state->names.is_records ? &state->columns.type[c] : &state->member[c].type;
    const char *damage = NULL;
    *column = (struct sq_event_column){.type = type, .stride = type->item_bytes};
    column->item = sq_zip_array_take(&state->member[c], n * type->item_bytes, &damage);
    return damage == NULL ? SQ_OK : refuse(reader, c, damage);
}

/* The next n records. */
static int take_records(struct sq_camera *reader, size_t n,
                        struct sq_event_column column[SQ_COLUMNS])
{
    struct npz *state = reader->state;
    const struct sq_npy_columns *columns = &state->columns;
    const char *damage = NULL;
    const unsigned char *at =
        sq_zip_array_take(&state->member[0], n * columns->record_bytes, &damage);
    if (damage != NULL)
        return refuse(reader, 0, damage);
    for (unsigned c = 0; c < SQ_COLUMNS; c++)
        column[c] =
            (struct sq_event_column){&columns->type[c], at + columns->at[c], columns->record_bytes};
    return SQ_OK;
}

/* As many of the next events as fit a batch and a chunk. */
static size_t room_for(const struct npz *state)
{
    const size_t in_chunk =
        state->n_open == 1 ? SQ_NPZ_CHUNK / state->columns.record_bytes : SQ_EVENT_BATCH;
    const size_t most = in_chunk < SQ_EVENT_BATCH ? in_chunk : SQ_EVENT_BATCH;
    return state->left < most ? (size_t)state->left : most;
}

static int next(struct sq_camera *reader)
{
    struct npz *state = reader->state;
    struct sq_event_column column[SQ_COLUMNS];
    const size_t n = state->left > 0 ? room_for(state) : 0;
    int rc = SQ_OK;
    if (n == 0)
        return check_ends(reader);
    if (state->n_open == 1)
        rc = take_records(reader, n, column);
    for (unsigned c = 0; state->n_open > 1 && c < SQ_COLUMNS && rc == SQ_OK && !reader->ended; c++)
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
                                              .is_slow_to_decode = true,
                                              .close = close_npz};
