/* NumPy arrays of events in one .npy file (npy_columns.h). */
#include "sim/events/formats/arrays/array_formats.h"
#include "sim/events/formats/arrays/column_event.h"
#include "sim/events/reader/event_format.h"

#include <inttypes.h>
#include <string.h>

enum { NPY_FIXED = 12 }; /* of version 2; a header of version 1 is not shorter */

struct npy {
    struct sq_npy_columns columns;
    uint64_t left;
    struct sq_byte_source *list[SQ_COLUMNS]; /* of columns that lie apart, one each; else NULL */
};

/* The whole header, by its own length. */
static int peek_header(struct sq_camera *reader, const unsigned char **head, size_t *n)
{
    const int rc = sq_event_peek(reader, NPY_FIXED, head, n);
    if (rc != SQ_OK || *n < NPY_FIXED)
        return rc;
    const size_t size = (size_t)sq_npy_header_bytes(*head);
    return sq_event_peek(reader, size < SQ_ARRAY_HEAD_BYTES ? size : SQ_ARRAY_HEAD_BYTES, head, n);
}

static void close_npy(struct sq_camera *reader)
{
    struct npy *state = reader->state;
    for (unsigned c = 0; c < SQ_COLUMNS; c++)
        if (state->list[c] != NULL)
            sq_source_close(state->list[c]);
}

/* Columns that lie apart are read side by side, each through its own window. */
static int open_lists(struct sq_camera *reader)
{
    struct npy *state = reader->state;
    const struct sq_npy_columns *columns = &state->columns;
    int rc = SQ_OK;
    if (!sq_source_is_file(reader->source))
        return sq_fail(reader->err, SQ_EUNSUPPORTED,
                       "%s: arrays in Fortran order are read from files only; "
                       "numpy.ascontiguousarray() makes another",
                       reader->path);
    for (unsigned c = 0; rc == SQ_OK && c < SQ_COLUMNS; c++) {
        const uint64_t first = columns->n * columns->place[c] * columns->type[c].item_bytes;
        rc = sq_source_open(reader->err, reader->path, reader->options.stop, &state->list[c]);
        if (rc == SQ_OK)
            rc = sq_source_rewind(reader->err, state->list[c], columns->offset + first);
    }
    return rc;
}

static int open_npy(struct sq_camera *reader)
{
    const unsigned char *head;
    size_t n;
    int rc = sq_event_alloc_state(reader, sizeof(struct npy));
    struct npy *state = reader->state;
    if (rc == SQ_OK)
        rc = peek_header(reader, &head, &n);
    if (rc == SQ_OK)
        rc = sq_npy_columns_parse(reader->err, reader->path, head, n, &state->columns);
    if (rc != SQ_OK)
        return rc;
    sq_source_take(reader->source, (size_t)state->columns.offset);
    state->left = state->columns.n;
    return state->columns.is_apart ? open_lists(reader) : SQ_OK;
}

/* Fewer or more bytes than the shape says: `there` behind the last whole event. */
static int end_of_file(struct sq_camera *reader, size_t there)
{
    struct npy *state = reader->state;
    const uint64_t offset = sq_source_offset(reader->source);
    if (state->left > 0)
        return sq_event_cut(reader, offset,
                            "the recording is cut short: %" PRIu64 " of %" PRIu64
                            " events are missing",
                            state->left, state->columns.n);
    return there == 0 ? SQ_OK
                      : sq_event_damage(reader, offset, "something follows the %" PRIu64 " events",
                                        state->columns.n);
}

/* The end of the lists; or the last list of the file is cut short. */
static int end_of_lists(struct sq_camera *reader)
{
    const struct npy *state = reader->state;
    const struct sq_npy_columns *columns = &state->columns;
    const uint64_t whole = columns->offset + columns->n * columns->record_bytes;
    return end_of_file(reader, sq_source_size(reader->source) > whole);
}

/* next() where each column is its own list. */
static int next_apart(struct sq_camera *reader)
{
    struct npy *state = reader->state;
    const struct sq_npy_columns *columns = &state->columns;
    const size_t item = columns->type[0].item_bytes;
    const uint64_t done = columns->n - state->left;
    struct sq_event_column column[SQ_COLUMNS];
    size_t records = state->left < SQ_EVENT_BATCH ? (size_t)state->left : SQ_EVENT_BATCH;
    for (unsigned c = 0; c < SQ_COLUMNS; c++) {
        size_t n;
        column[c] = (struct sq_event_column){.type = &columns->type[c], .stride = item};
        const int rc = sq_source_peek(reader->err, state->list[c], item, &column[c].item, &n);
        if (rc != SQ_OK)
            return rc;
        records = n / item < records ? n / item : records;
    }
    if (records == 0)
        return end_of_lists(reader);
    reader->batch.base = columns->offset + done * item;
    const size_t good = sq_column_events(&reader->batch, column, records, item);
    if (good < records)
        return sq_event_damage(reader, reader->batch.base + good * item,
                               "event %" PRIu64 ": " SQ_COLUMN_EXPECTED, done + good);
    for (unsigned c = 0; c < SQ_COLUMNS; c++)
        sq_source_take(state->list[c], records * item);
    state->left -= records;
    return SQ_OK;
}

static int next(struct sq_camera *reader)
{
    struct npy *state = reader->state;
    const struct sq_npy_columns *columns = &state->columns;
    const unsigned char *at;
    struct sq_event_column column[SQ_COLUMNS];
    size_t n;
    if (columns->is_apart)
        return next_apart(reader);
    const int rc = sq_event_peek(reader, columns->record_bytes, &at, &n);
    size_t records = n / columns->record_bytes;
    if (rc != SQ_OK)
        return rc;
    records = records < SQ_EVENT_BATCH ? records : SQ_EVENT_BATCH;
    records = records < state->left ? records : (size_t)state->left;
    if (records == 0)
        return end_of_file(reader, n);
    reader->batch.base = sq_source_offset(reader->source);
    for (unsigned c = 0; c < SQ_COLUMNS; c++)
        column[c] =
            (struct sq_event_column){&columns->type[c], at + columns->at[c], columns->record_bytes};
    const size_t good = sq_column_events(&reader->batch, column, records, columns->record_bytes);
    if (good < records)
        return sq_event_damage(reader, reader->batch.base + good * columns->record_bytes,
                               "event %" PRIu64 ": " SQ_COLUMN_EXPECTED,
                               columns->n - state->left + good);
    sq_source_take(reader->source, records * columns->record_bytes);
    state->left -= records;
    return SQ_OK;
}

const struct sq_event_format sq_format_npy = {.key = "npy",
                                              .name = "NumPy events",
                                              .views = sq_views_as_stored,
                                              .knows = sq_npy_begins,
                                              .open = open_npy,
                                              .next = next,
                                              .close = close_npy,
                                              .is_slow_to_decode = true};
