/* Text: one event "t x y p" a line, separated by blanks, TABs or commas; lines that begin with #
 * are comments. t in whole us; p 1 (ON), 0 or -1 (OFF). */
#include "sim/events/column_event.h"
#include "sim/events/event_format.h"
#include "sim/events/text_events.h"
#include "sim/events/text_line.h"

#include <string.h>

enum { FIELDS = 4 };

static bool is_blank(unsigned char c)
{
    return c == ' ' || c == '\t' || c == ',' || c == '\r';
}

/* A whole number at line[*i], *i behind it; false: there is none, or it exceeds 62 bits. */
static bool read_number(const unsigned char *line, size_t n, size_t *i, int64_t *number)
{
    const bool is_negative = *i < n && line[*i] == '-';
    const size_t first = *i += is_negative;
    *number = 0;
    for (; *i < n && line[*i] >= '0' && line[*i] <= '9'; ++*i) {
        if (*number > (INT64_MAX >> 1) / 10 - 9)
            return false;
        *number = *number * 10 + (line[*i] - '0');
    }
    if (is_negative)
        *number = -*number;
    return *i > first && (*i == n || is_blank(line[*i]));
}

/* The numbers of a line: how many, at most FIELDS; -1: something else stands there. */
static int read_fields(const unsigned char *line, size_t n, int64_t field[FIELDS])
{
    int found = 0;
    for (size_t i = 0;;) {
        while (i < n && is_blank(line[i]))
            i++;
        if (i == n)
            return found;
        if (found == FIELDS || !read_number(line, n, &i, &field[found]))
            return -1;
        found++;
    }
}

/* Is all that can be seen text? Binary formats without a magic have zeros and high bytes. */
static bool knows(const unsigned char *head, size_t n)
{
    const size_t seen = n < 4096 ? n : 4096;
    for (size_t i = 0; i < seen; i++)
        if (head[i] != '\n' && !sq_text_is(head + i, 1))
            return false;
    return !sq_text_begins(head, n, "#!AER") && !sq_text_begins(head, n, "% ");
}

static int open_text(struct sq_camera *reader)
{
    (void)reader;
    return SQ_OK;
}

/* One line, without its LF; the last may have none. */
static int read_line(struct sq_camera *reader, const unsigned char *line, size_t n, size_t at,
                     bool has_end)
{
    int64_t field[FIELDS];
    const int found = n > 0 && line[0] == '#' ? 0 : read_fields(line, n, field);
    if (found == FIELDS && field[3] >= -1 && field[3] <= 1)
        sq_event_put(&reader->batch, field[0], sq_coordinate(field[1]), sq_coordinate(field[2]),
                     field[3] == 1, at);
    else if (found != 0)
        return (has_end ? sq_event_damage : sq_event_cut)(
            reader, reader->batch.base + at,
            "expected a line \"t x y p\", t in whole us, p 0, 1 or -1%s",
            sq_text_has(line, n, ".") ? " (decimal seconds are not read)" : "");
    return SQ_OK;
}

static int next(struct sq_camera *reader)
{
    struct sq_event_batch *batch = &reader->batch;
    const unsigned char *at;
    size_t n = 1;
    int rc = SQ_OK;
    while (rc == SQ_OK && batch->n == 0 && !reader->ended && n > 0) {
        size_t done = 0;
        rc = sq_event_peek_lines(reader, &at, &n);
        batch->base = sq_source_offset(reader->source);
        while (rc == SQ_OK && done < n && batch->n < SQ_EVENT_BATCH && !reader->ended) {
            done = sq_text_events(batch, at, done, n);
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
                                               .is_dear = true};
