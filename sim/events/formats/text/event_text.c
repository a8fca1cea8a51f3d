/* Text: one event "t x y p" a line, separated by blanks, TABs or commas; lines that begin with #
 * are comments. t in whole us; p 1 (ON), 0 or -1 (OFF). A heading in front of the events may name
 * the four columns, in another order too. A byte order mark is not part of the text. */
#include "sim/events/formats/arrays/column_event.h"
#include "sim/events/formats/arrays/column_name.h"
#include "sim/events/formats/text/text_events.h"
#include "sim/events/formats/text/text_formats.h"
#include "sim/events/formats/text/text_number.h"
#include "sim/events/reader/event_format.h"
#include "sim/events/source/text_line.h"

#include <string.h>

struct text {
    unsigned column[SQ_COLUMNS]; /* of each field of a line */
    bool is_usual;               /* t x y p */
    bool is_begun;               /* a heading or an event has come */
};

static bool read_number(struct sq_word word, unsigned column, int64_t *number)
{
    const bool is_true = sq_word_is(word, "true");
    if (column != SQ_COLUMN_P || (!is_true && !sq_word_is(word, "false")))
        return sq_word_whole(word, number);
    *number = is_true;
    return true;
}

/* The numbers of a line by their column; false: not four numbers. */
static bool read_fields(const struct text *state, const struct sq_word *word, size_t n_words,
                        int64_t field[SQ_COLUMNS])
{
    if (n_words != SQ_COLUMNS)
        return false;
    for (unsigned i = 0; i < SQ_COLUMNS; i++)
        if (!read_number(word[i], state->column[i], &field[state->column[i]]))
            return false;
    return field[SQ_COLUMN_P] >= -1 && field[SQ_COLUMN_P] <= 1;
}

/* A line in front of all events that names each column once. */
static bool read_heading(struct text *state, const struct sq_word *word, size_t n_words)
{
    unsigned column[SQ_COLUMNS], seen = 0;
    if (state->is_begun || n_words != SQ_COLUMNS)
        return false;
    for (unsigned i = 0; i < SQ_COLUMNS; i++) {
        if (!sq_column_of_name((const char *)word[i].at, word[i].n, &column[i]))
            return false;
        seen |= 1u << column[i];
    }
    if (seen != (1u << SQ_COLUMNS) - 1)
        return false;
    memcpy(state->column, column, sizeof column);
    state->is_usual = true;
    for (unsigned i = 0; i < SQ_COLUMNS; i++)
        state->is_usual &= column[i] == i;
    return true;
}

/* Is everything visible text? Binary formats without a magic have zeros. */
static bool knows(const unsigned char *head, size_t n)
{
    const size_t seen = n < 4096 ? n : 4096;
    for (size_t i = 0, line; i < seen; i += line + 1) {
        const unsigned char *end = memchr(head + i, '\n', seen - i);
        line = end != NULL ? (size_t)(end - head) - i : seen - i;
        if (!sq_text_is(head + i, line))
            return false;
    }
    return !sq_text_begins(head, n, "#!AER") && !sq_text_begins(head, n, "% ");
}

static int open_text(struct sq_camera *reader)
{
    static const struct text usual = {
        {SQ_COLUMN_T, SQ_COLUMN_X, SQ_COLUMN_Y, SQ_COLUMN_P}, true, false};
    const int rc = sq_event_alloc_state(reader, sizeof(struct text));
    if (rc != SQ_OK)
        return rc;
    memcpy(reader->state, &usual, sizeof usual);
    return sq_event_pass_mark(reader);
}

static int refuse_line(struct sq_camera *reader, const unsigned char *line, size_t n, size_t at,
                       bool has_end)
{
    return (has_end ? sq_event_damage
                    : sq_event_cut)(reader, reader->batch.base + at,
                                    "expected a line \"t x y p\", t in whole us, p 0, 1 or -1%s",
                                    sq_text_has(line, n, ";")   ? " (separated by blanks or commas)"
                                    : sq_text_has(line, n, ".") ? " (decimal seconds are not read)"
                                                                : "");
}

/* One line, without its LF; the last may have none. */
static int read_line(struct sq_camera *reader, const unsigned char *line, size_t n, size_t at,
                     bool has_end)
{
    struct text *state = reader->state;
    struct sq_word word[SQ_COLUMNS];
    int64_t field[SQ_COLUMNS];
    const size_t n_words = n > 0 && line[0] == '#' ? 0 : sq_text_words(line, n, word, SQ_COLUMNS);
    if (n_words == 0)
        return SQ_OK;
    if (read_fields(state, word, n_words, field))
        sq_event_put(&reader->batch, field[SQ_COLUMN_T], sq_coordinate(field[SQ_COLUMN_X]),
                     sq_coordinate(field[SQ_COLUMN_Y]), field[SQ_COLUMN_P] == 1, at);
    else if (!read_heading(state, word, n_words))
        return refuse_line(reader, line, n, at, has_end);
    state->is_begun = true;
    return SQ_OK;
}

static int next(struct sq_camera *reader)
{
    struct sq_event_batch *batch = &reader->batch;
    struct text *state = reader->state;
    const unsigned char *at;
    size_t n = 1;
    int rc = SQ_OK;
    while (rc == SQ_OK && batch->n == 0 && !reader->ended && n > 0) {
        size_t done = 0;
        rc = sq_event_peek_lines(reader, &at, &n);
        batch->base = sq_source_offset(reader->source);
        while (rc == SQ_OK && done < n && batch->n < SQ_EVENT_BATCH && !reader->ended) {
            if (state->is_usual)
                done = sq_text_events(batch, at, done, n);
            state->is_begun |= batch->n > 0;
            if (done == n || batch->n == SQ_EVENT_BATCH)
                break;
            const unsigned char *end = memchr(at + done, '\n', n - done);
            const size_t line = end != NULL ? (size_t)(end - at) - done : n - done;
            rc = read_line(reader, at + done, line, done, end != NULL);
            done += line + (end != NULL);
        }
        sq_source_take(reader->source, done);
    }
    return rc;
}

const struct sq_event_format sq_format_text = {.key = "text",
                                               .name = "text",
                                               .views = sq_views_as_stored,
                                               .knows = knows,
                                               .open = open_text,
                                               .next = next,
                                               .is_slow_to_decode = true};
