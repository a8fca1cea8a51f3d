#include "traces/import/event_file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_BYTES = 512 };

/* "PATH: line N: ..." */
static int bad_line(struct sq_error *err, const struct sq_event_file *csv, int code,
                    const char *what)
{
    return sq_fail(err, code, "%s: line %" PRIu32 ": %s", csv->recording->path, csv->line, what);
}

/* The next line without its end; 0 behind the last, negative: a failure. */
static int read_line(struct sq_error *err, struct sq_event_file *csv, char line[LINE_BYTES])
{
    if (fgets(line, LINE_BYTES, csv->file) == NULL)
        return ferror(csv->file) ? sq_fail(err, SQ_EIO, "%s: cannot be read: %s",
                                           csv->recording->path, strerror(errno))
                                 : 0;
    csv->line += csv->line < UINT32_MAX;
    const size_t n = strlen(line);
    if (n == LINE_BYTES - 1 && line[n - 1] != '\n')
        return bad_line(err, csv, SQ_EFORMAT, "is longer than a line of this format can be");
    line[strcspn(line, "\r\n")] = '\0';
    return 1;
}

/* A whole decimal number up to `most`, which ends the text. */
static int parse_number(const char *text, uint64_t most, uint64_t *value)
{
    char *end;
    errno = 0;
    *value = strtoull(text, &end, 10);
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0 && *value <= most;
}

/* End a field at its comma, or at the end of the line; NULL: neither. A
 * field in quotes loses them, and two quotes in it are one (RFC 4180). */
static char *cut_field(char **at, char end)
{
    char *field = *at, *to = field, *from = field;
    const int is_quoted = *from == '"';
    for (from += is_quoted; *from != '\0'; *to++ = *from++)
        if (is_quoted ? *from == '"' && *++from != '"' : *from == ',')
            break;
    if (*from != end)
        return NULL;
    *at = from + (end != '\0');
    *to = '\0';
    return field;
}

static int split(char *line, char *field[4])
{
    for (int i = 0; i < 4; i++) {
        field[i] = cut_field(&line, i < 3 ? ',' : '\0');
        if (field[i] == NULL)
            return 0;
    }
    return 1;
}

/* The heading, with quotes or without. */
static int is_heading(char *line)
{
    static const char *const name[] = {"sample", "timestep", "population", "index"};
    char *field[4];
    int is_one = split(line, field);
    for (int i = 0; is_one && i < 4; i++)
        is_one = strcmp(field[i], name[i]) == 0;
    return is_one;
}

static int find_population(struct sq_error *err, struct sq_event_file *csv, const char *name)
{
    const struct sq_recording *recording = csv->recording;
    struct sq_error found = {0};
    if (csv->last < recording->n_populations &&
        strcmp(recording->population[csv->last].name, name) == 0)
        return SQ_OK;
    const int status = sq_events_population(&found, csv->recording, &csv->want, name, &csv->last);
    if (status == SQ_OK)
        return SQ_OK;
    const char *what = found.text + strlen(recording->path) + strlen(": ");
    return status == SQ_ENOMEM ? sq_fail(err, status, "%s", found.text)
                               : bad_line(err, csv, status, what);
}

/* A field that is not a number within its range. */
static int bad_field(struct sq_error *err, const struct sq_event_file *csv, const char *name,
                     const char *text, uint64_t most)
{
    char what[160];
    snprintf(what, sizeof what, "%s is \"%.40s\", expected a whole number from 0 to %" PRIu64, name,
             text, most);
    return bad_line(err, csv, SQ_EVALUE, what);
}

static int parse_event(struct sq_error *err, struct sq_event_file *csv, char *line,
                       struct sq_event *event)
{
    const uint32_t timesteps = csv->want.timesteps;
    const uint64_t last_step = (timesteps > 0 ? timesteps : SQ_TRACE_MAX_TIMESTEPS) - 1;
    uint64_t timestep, index;
    char *field[4];
    if (!split(line, field))
        return bad_line(err, csv, SQ_EFORMAT,
                        "expected four fields: sample,timestep,population,index");
    if (!parse_number(field[0], INT64_MAX, &event->sample))
        return bad_field(err, csv, "sample", field[0], INT64_MAX);
    if (!parse_number(field[1], last_step, &timestep))
        return bad_field(err, csv, "timestep", field[1], last_step);
    const int status = find_population(err, csv, field[2]);
    if (status != SQ_OK)
        return status;
    const uint64_t size = sq_events_size_of(&csv->want, csv->recording->population[csv->last].name);
    const uint64_t last_index = (size > 0 ? size : SQ_TRACE_MAX_NEURONS) - 1;
    if (!parse_number(field[3], last_index, &index))
        return bad_field(err, csv, "index", field[3], last_index);
    event->timestep = (uint32_t)timestep;
    event->population = (uint32_t)csv->last;
    event->index = (uint32_t)index;
    event->line = csv->line;
    return SQ_OK;
}

int sq_event_file_next(struct sq_error *err, struct sq_event_file *csv, struct sq_event *event)
{
    char line[LINE_BYTES];
    int status;
    do
        status = read_line(err, csv, line);
    while (status == 1 && line[0] == '\0');
    if (status != 1)
        return status;
    status = parse_event(err, csv, line, event);
    return status == SQ_OK ? 1 : status;
}

int sq_event_file_start(struct sq_error *err, struct sq_event_file *csv)
{
    char line[LINE_BYTES] = "", found[80];
    rewind(csv->file);
    csv->line = 0;
    const int status = read_line(err, csv, line);
    if (status < 0)
        return status;
    char *heading = line + (strncmp(line, "\xef\xbb\xbf", 3) == 0 ? 3 : 0);
    snprintf(found, sizeof found, "%.79s", heading);
    if (status == 1 && is_heading(heading))
        return SQ_OK;
    return sq_fail(err, SQ_EFORMAT,
                   "%s: line 1: expected the heading sample,timestep,population,index, found "
                   "\"%s\"; four columns, separated by commas, without an index of rows",
                   csv->recording->path, found);
}
