/* Address-event streams, text form: a head of # lines, "SAMPLE TIMESTEP NAME INDEX [NUMBER]" lines,
 * and
 * "# end frames N events N". */
#include "sim/events/formats/text/address_input.h"
#include "sim/events/formats/text/text_formats.h"
#include "sim/events/source/text_line.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char magic[] = "# spikeq address events 1\n";

enum { MAX_TEXT = 512 };

static bool knows(const unsigned char *head, size_t n)
{
    const size_t mark = sq_text_mark(head, n);
    return sq_text_begins(head + mark, n - mark, magic);
}

/* "# population input numbers [2,4,6]" */
static int read_population(struct sq_camera *reader, const char *line)
{
    uint64_t dim[3];
    char rest = '\0';
    if (strncmp(line, "# population input numbers ", 27) != 0)
        return SQ_OK;
    const int found = sscanf(line + 27, "[%" SCNu64 ",%" SCNu64 ",%" SCNu64 "%c", &dim[0], &dim[1],
                             &dim[2], &rest);
    return sq_address_shape(reader, reader->state, dim, found == 4 && rest == ']' ? 3 : 0);
}

static int open_address_text(struct sq_camera *reader)
{
    static const struct sq_header_lines lines = {.begin = "#"};
    const unsigned char *at;
    char text[MAX_TEXT];
    size_t line;
    int rc = sq_event_alloc_state(reader, sizeof(struct sq_address_input));
    struct sq_address_input *input = reader->state;
    if (rc == SQ_OK)
        rc = sq_event_pass_mark(reader);
    while (rc == SQ_OK && (rc = sq_event_peek_line(reader, &lines, &at, &line)) == SQ_OK &&
           line > 0 && !sq_text_begins(at, line, "# end ")) {
        sq_text_copy(text, sizeof text, at, line);
        sscanf(text, "# timesteps %" SCNu64, &input->timesteps);
        sscanf(text, "# samples %" SCNu64, &input->samples);
        rc = read_population(reader, text);
        sq_source_take(reader->source, line);
    }
    return rc == SQ_OK ? sq_address_ready(reader, input) : rc;
}

/* How the lines of a timestep begin: "SAMPLE TIMESTEP input ". */
struct beginning {
    const unsigned char *at;
    size_t n; /* 0: none is known */
    uint64_t sample, timestep;
};

/* Digits at at[*i], *i behind them and the byte that must follow; false: more than 15, or none. */
static bool read_digits(const unsigned char *at, size_t n, size_t *i, unsigned char behind,
                        uint64_t *number)
{
    const size_t first = *i;
    *number = 0;
    for (; *i < n && at[*i] >= '0' && at[*i] <= '9'; ++*i)
        *number = *number * 10 + (at[*i] - '0');
    return *i > first && *i <= first + 15 && *i < n && at[(*i)++] == behind;
}

/* Does the line begin like the one before, or can later lines begin like it? */
static bool find_beginning(struct beginning *b, const unsigned char *at, size_t n)
{
    size_t i = 0;
    if (b->n > 0 && n >= b->n && memcmp(at, b->at, b->n) == 0)
        return true;
    if (!read_digits(at, n, &i, ' ', &b->sample) || !read_digits(at, n, &i, ' ', &b->timestep) ||
        !sq_text_begins(at + i, n - i, "input "))
        return b->n = 0, false;
    b->at = at;
    b->n = i + strlen("input ");
    return true;
}

/* Take the available lines that look exactly as spikeq writes them; leave others. */
static int read_plain_lines(struct sq_camera *reader)
{
    struct sq_address_input *input = reader->state;
    struct beginning b = {.n = 0};
    const unsigned char *at;
    size_t n, done = 0, end;
    uint64_t index, number;
    const int rc = sq_event_peek(reader, 0, &at, &n);
    const size_t before = (size_t)(sq_source_offset(reader->source) - reader->batch.base);
    while (rc == SQ_OK && reader->batch.n < SQ_EVENT_BATCH &&
           find_beginning(&b, at + done, n - done)) {
        end = done + b.n;
        if (!read_digits(at, n, &end, ' ', &index) || !read_digits(at, n, &end, '\n', &number) ||
            !sq_address_take(input, b.sample, b.timestep, index, number))
            break;
        sq_address_put(reader, input, before + done);
        done = end;
    }
    sq_source_take(reader->source, done);
    return rc;
}

/* One line after the header. */
static int read_line(struct sq_camera *reader, const unsigned char *at, size_t n)
{
    struct sq_address_input *input = reader->state;
    char text[MAX_TEXT], name[MAX_TEXT];
    uint64_t sample, timestep, index, number;
    sq_text_copy(text, sizeof text, at, n);
    if (strncmp(text, "# end ", 6) == 0)
        return reader->ended = true, SQ_OK;
    const int found = sscanf(text, "%" SCNu64 " %" SCNu64 " %511s %" SCNu64 " %" SCNu64, &sample,
                             &timestep, name, &index, &number);
    const bool is_input = found >= 3 && strcmp(name, "input") == 0;
    if (found < 4 ||
        (is_input && (found < 5 || !sq_address_take(input, sample, timestep, index, number))))
        return sq_event_damage(reader, sq_source_offset(reader->source),
                               "expected a line \"SAMPLE TIMESTEP NAME INDEX [NUMBER]\"");
    reader->facts.drop[SQ_DROP_OTHER] += !is_input;
    return SQ_OK;
}

/* Is a whole line available without waiting? */
static bool has_line(struct sq_camera *reader)
{
    const unsigned char *at;
    size_t n;
    return sq_event_peek(reader, 0, &at, &n) == SQ_OK && memchr(at, '\n', n) != NULL;
}

static int next(struct sq_camera *reader)
{
    struct sq_address_input *input = reader->state;
    const unsigned char *at;
    size_t n = 1;
    int rc = SQ_OK;
    reader->batch.base = sq_source_offset(reader->source);
    sq_address_put(reader, input, 0);
    while (rc == SQ_OK && !reader->ended && reader->batch.n < SQ_EVENT_BATCH) {
        if (reader->batch.n > 0 && !has_line(reader))
            return SQ_OK;
        rc = read_plain_lines(reader);
        if (rc != SQ_OK || reader->batch.n > 0)
            return rc;
        const size_t at_line = (size_t)(sq_source_offset(reader->source) - reader->batch.base);
        rc = sq_event_peek_lines(reader, &at, &n);
        if (rc != SQ_OK || reader->ended)
            return rc;
        const unsigned char *end = memchr(at, '\n', n);
        if (end == NULL)
            return sq_event_cut(reader, sq_source_offset(reader->source),
                                "the stream ends without its \"# end\" line");
        rc = read_line(reader, at, (size_t)(end - at));
        if (rc == SQ_OK && !reader->ended)
            sq_source_take(reader->source, (size_t)(end - at) + 1);
        sq_address_put(reader, input, at_line);
    }
    return rc;
}

const struct sq_event_format sq_format_address_text = {.key = "address-text",
                                                       .name = "address events, text",
                                                       .views = sq_views_as_stored,
                                                       .knows = knows,
                                                       .open = open_address_text,
                                                       .next = next,
                                                       .is_slow_to_decode = true};
