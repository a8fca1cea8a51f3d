#include "sim/events/reader/event_format.h"

#include "sim/events/source/text_line.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The most that is looked at for the line that ends a header. */
enum { MAX_HEADER = 1 << 16 };

const char *const sq_views_as_stored[] = {"as stored", NULL};

static const struct {
    const char *key, *text;
} drop_name[SQ_DROP_KINDS] = {
    [SQ_DROP_FRAME] = {"frame", "records of frames and of the IMU"},
    [SQ_DROP_EXTERNAL] = {"external", "external and synchronisation records"},
    [SQ_DROP_OTHER] = {"other", "records of other kinds"},
    [SQ_DROP_INVALID] = {"invalid", "events marked as not valid"},
    [SQ_DROP_UNTIMED] = {"untimed", "words before the first time"},
    [SQ_DROP_OVERFLOW] = {"overflow", "marks of time overflow"},
    [SQ_DROP_OUTSIDE] = {"outside", "events outside the sensor"},
};

const char *sq_event_drop_key(enum sq_event_drop kind)
{
    return drop_name[kind].key;
}

const char *sq_event_drop_text(enum sq_event_drop kind)
{
    return drop_name[kind].text;
}

static int end_at(struct sq_camera *reader, uint64_t offset, bool is_tolerated, const char *format,
                  va_list args)
{
    struct sq_event_facts *facts = &reader->facts;
    const uint64_t size = sq_source_size(reader->source);
    vsnprintf(facts->damage, sizeof facts->damage, format, args);
    if (!is_tolerated)
        return sq_fail(reader->err, SQ_EFORMAT,
                       "%s: byte %" PRIu64 ": %s; " SQ_OPT "tolerate uses the events before it",
                       reader->path, offset, facts->damage);
    facts->is_damaged = true;
    facts->damage_offset = offset;
    facts->damage_bytes = size > offset ? size - offset : 0;
    reader->ended = true;
    return SQ_OK;
}

int sq_event_damage(struct sq_camera *reader, uint64_t offset, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const int rc = end_at(reader, offset, reader->options.tolerate, format, args);
    va_end(args);
    return rc;
}

int sq_event_cut(struct sq_camera *reader, uint64_t offset, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const int rc = end_at(reader, offset, reader->options.tolerate || reader->options.may_be_cut,
                          format, args);
    va_end(args);
    return rc;
}

int sq_event_peek(struct sq_camera *reader, size_t want, const unsigned char **at, size_t *n)
{
    return sq_source_peek(reader->err, reader->source, want, at, n);
}

int sq_event_peek_records(struct sq_camera *reader, size_t size, const unsigned char **at,
                          size_t *n)
{
    const int rc = sq_event_peek(reader, size, at, n);
    if (rc != SQ_OK || *n >= size || *n == 0)
        return rc;
    const size_t rest = *n;
    *n = 0;
    return sq_event_cut(reader, sq_source_offset(reader->source),
                        "the recording is cut short: %zu of a record's %zu bytes", rest, size);
}

/* Do header lines lead from here to the line that ends the header? */
static int find_end_line(struct sq_camera *reader, const struct sq_header_lines *lines, bool *found)
{
    const unsigned char *at;
    size_t n, first = 0;
    *found = false;
    for (size_t want = 1;; want = n + 1) {
        const int rc = sq_event_peek(reader, want, &at, &n);
        const unsigned char *lf;
        if (rc != SQ_OK || n < want)
            return rc;
        while ((lf = memchr(at + first, '\n', n - first)) != NULL) {
            const size_t next = (size_t)(lf - at) + 1;
            *found = lines->is_end(at + first, sq_text_trim(at + first, next - first));
            first = next;
            if (*found || (n - first >= strlen(lines->begin) &&
                           !sq_text_begins(at + first, n - first, lines->begin)))
                return SQ_OK;
        }
        if (n >= MAX_HEADER)
            return SQ_OK;
    }
}

/* The line in front is whole, or there will never be more of it: is it one of the header's? */
static int judge_line(struct sq_camera *reader, const struct sq_header_lines *lines,
                      const unsigned char **at, size_t bytes, size_t *line)
{
    bool is_header = sq_text_is(*at, bytes - 1);
    int rc = SQ_OK;
    size_t n;
    if (!is_header && lines->is_end != NULL)
        rc = find_end_line(reader, lines, &is_header);
    if (rc == SQ_OK)
        rc = sq_event_peek(reader, bytes, at, &n); /* looking ahead may have moved the window */
    *line = rc == SQ_OK && is_header ? bytes : 0;
    return rc;
}

int sq_event_peek_line(struct sq_camera *reader, const struct sq_header_lines *lines,
                       const unsigned char **at, size_t *line)
{
    size_t n;
    *line = 0;
    for (size_t want = strlen(lines->begin);; want = n + 1) { /* no more than is needed */
        const int rc = sq_event_peek(reader, want, at, &n);
        if (rc != SQ_OK || n == 0 || !sq_text_begins(*at, n, lines->begin))
            return rc;
        const unsigned char *lf = memchr(*at, '\n', n);
        if (lf != NULL)
            return judge_line(reader, lines, at, (size_t)(lf - *at) + 1, line);
        const bool is_text = sq_text_is(*at, n);
        if (n >= SQ_EVENT_MAX_LINE || (!is_text && lines->is_end == NULL))
            return SQ_OK;
        if (n < want)
            return !is_text ? SQ_OK
                            : sq_event_damage(reader, sq_source_offset(reader->source),
                                              "the recording ends in its header");
    }
}

int sq_event_pass_mark(struct sq_camera *reader)
{
    const unsigned char *at;
    size_t n;
    const int rc = sq_event_peek(reader, 3, &at, &n);
    if (rc == SQ_OK)
        sq_source_take(reader->source, sq_text_mark(at, n));
    return rc;
}

int sq_event_peek_lines(struct sq_camera *reader, const unsigned char **at, size_t *n)
{
    for (size_t want = 1;; want = *n + 1) {
        const int rc = sq_event_peek(reader, want, at, n);
        size_t whole = *n;
        while (whole > 0 && (*at)[whole - 1] != '\n')
            whole--;
        if (rc != SQ_OK || whole > 0 || *n < want) {
            *n = whole > 0 ? whole : *n;
            return rc;
        }
        if (*n > SQ_EVENT_MAX_LINE) {
            *n = 0;
            return sq_event_damage(reader, sq_source_offset(reader->source),
                                   "a line of more than %d bytes", SQ_EVENT_MAX_LINE);
        }
    }
}

int sq_event_alloc_state(struct sq_camera *reader, size_t size)
{
    reader->state = calloc(1, size);
    return reader->state != NULL
               ? SQ_OK
               : sq_fail(reader->err, SQ_ENOMEM, "%s: out of memory", reader->path);
}
