/* Opening a recording: what format it has, and how large the sensor is. */
#include "sim/events/event_format.h"
#include "sim/events/event_sensor.h"
#include "sim/events/text_line.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The files that people have and that are no recordings. A size of 0: a line of text that begins
 * like this. */
static const char *advice(const unsigned char *head, size_t n)
{
    static const struct {
        const char *magic;
        unsigned size;
        const char *text;
    } known[] = {
        {"#", 0, "AEDAT 1 or an unknown comment; AEDAT 2.0, 3.x and 4.0 are read"},
        {"\x89PNG", 4, "a PNG image"},
        {"\xff\xd8\xff", 3, "a JPEG image"},
        {"\x1f\x8b\x08", 3, "compressed by gzip; gunzip it first"},
        {"\x28\xb5\x2f\xfd", 4, "compressed by zstd; unzstd it first"},
        {"\x89HDF", 4, "HDF5, which is not read"},
        {"MATLAB", 6, "MATLAB data, which are not read; save them as .npy or text"},
        {"SQLite", 6, "an SQLite database; a trace is replayed by spikeq replay"},
        {"% ", 0, "a Prophesee header without a known \"% evt\", \"% format\" or \"% Version 2\""},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        const size_t size = known[i].size > 0 ? known[i].size : strlen(known[i].magic);
        const bool fits = known[i].size > 0 || sq_text_line(head, n, NULL);
        if (fits && n >= size && memcmp(head, known[i].magic, size) == 0)
            return known[i].text;
    }
    return NULL;
}

const struct sq_event_format *sq_event_format_by_head(const unsigned char *head, size_t n)
{
    for (size_t i = 0; sq_event_formats[i] != NULL; i++)
        if (sq_event_formats[i]->knows(head, n))
            return sq_event_formats[i];
    return NULL;
}

/* Can the format be told by these bytes, or must more come? Comments and headers in front of other
 * lines must be over, unless what they say is known. */
static bool is_enough(const unsigned char *head, size_t n)
{
    const struct sq_event_format *format = sq_event_format_by_head(head, n);
    size_t line;
    while (n > 0 && (*head == '#' || *head == '%')) {
        if (format != NULL && format != &sq_format_text)
            return true;
        if (!sq_text_line(head, n, &line))
            return !sq_text_is(head, n);
        head += line;
        n -= line;
    }
    return n > 0;
}

/* Of a pipe no more is waited for than is needed. */
static int peek_head(struct sq_camera *reader, const unsigned char **head, size_t *n)
{
    enum { LEAST = 16, MOST = 4096 };
    const bool is_file = sq_source_is_file(reader->source);
    for (size_t want = is_file ? MOST : LEAST;; want = *n + 1) {
        const int rc = sq_event_peek(reader, want, head, n);
        if (rc != SQ_OK || *n < want || *n >= MOST || is_enough(*head, *n))
            return rc;
    }
}

static int find_by_content(struct sq_camera *reader)
{
    const unsigned char *head;
    size_t n;
    const int rc = peek_head(reader, &head, &n);
    if (rc != SQ_OK)
        return rc;
    if (n == 0)
        return sq_fail(reader->err, SQ_EFORMAT, "%s: the recording is empty", reader->path);
    reader->format = sq_event_format_by_head(head, n);
    const char *text = advice(head, n);
    if (reader->format == NULL && text != NULL)
        return sq_fail(reader->err, SQ_EUNSUPPORTED, "%s: not a recording of events: %s",
                       reader->path, text);
    if (reader->format == NULL) /* has no magic: whatever is nothing else */
        reader->format = &sq_format_nmnist;
    return SQ_OK;
}

static int find_format(struct sq_camera *reader)
{
    const char *key = reader->options.format;
    if (key == NULL)
        return find_by_content(reader);
    for (size_t i = 0; sq_event_formats[i] != NULL; i++)
        if (strcmp(sq_event_formats[i]->key, key) == 0)
            reader->format = sq_event_formats[i];
    if (strcmp(key, sq_format_nmnist.key) == 0)
        reader->format = &sq_format_nmnist;
    return reader->format != NULL ? SQ_OK
                                  : sq_fail(reader->err, SQ_EUSAGE,
                                            "format %s: docs/events.md lists the formats", key);
}

static int find_view(struct sq_camera *reader)
{
    const char *wanted = reader->options.view;
    const char *const *views = reader->format->views;
    char list[128] = "";
    if (wanted == NULL || strcmp(wanted, "canonical") == 0)
        return SQ_OK;
    for (unsigned i = 0; views[i] != NULL; i++) {
        if (strcmp(views[i], wanted) == 0)
            return reader->view = i, SQ_OK;
        snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s", i > 0 ? ", " : "",
                 views[i]);
    }
    return sq_fail(reader->err, SQ_EUSAGE, "%s: %s has no view %s; it has: %s", reader->path,
                   reader->format->name, wanted, list);
}

/* One pass over all that can be read. Its events are kept if no later pass would refuse or drop any
 * on a sensor that holds them. */
static int find_extent(struct sq_camera *reader, struct sq_event_extent *extent)
{
    const struct sq_event_batch *batch = &reader->batch;
    int rc;
    reader->facts.width = reader->facts.height = UINT16_MAX + 1;
    do {
        rc = sq_event_next_raw(reader);
        sq_extent_add(extent, batch);
        if (batch->n > 0 ? !sq_event_pass_clean(reader) : reader->facts.is_damaged)
            sq_event_store_stop(&reader->store);
        sq_event_store_add(&reader->store, batch);
    } while (rc == SQ_OK && batch->n > 0);
    return rc;
}

/* Events before any damage show the size; the damage itself is told by the pass that reads them. */
static int guess_size(struct sq_camera *reader)
{
    struct sq_event_extent extent = {0};
    if (!sq_source_is_file(reader->source))
        return sq_fail(reader->err, SQ_EUSAGE,
                       "%s: %s does not tell the sensor's size; give --size WIDTHxHEIGHT",
                       reader->path, reader->facts.format);
    const bool tolerate = reader->options.tolerate;
    reader->options.tolerate = true;
    int rc = find_extent(reader, &extent);
    reader->options.tolerate = tolerate;
    if (rc != SQ_OK)
        return rc;
    if (!sq_sensor_guess(&extent, &reader->options.width, &reader->options.height))
        return sq_fail(reader->err, SQ_EVALUE,
                       "%s: pixel (%" PRIu32 ",%" PRIu32
                       ") is on no known sensor; give --size WIDTHxHEIGHT",
                       reader->path, extent.x_max, extent.y_max);
    if (extent.x_max >= reader->options.width || extent.y_max >= reader->options.height)
        sq_event_store_stop(&reader->store);
    rc = sq_camera_rewind(reader);
    reader->facts.width = reader->options.width;
    reader->facts.height = reader->options.height;
    reader->facts.size_is_guessed = true;
    return rc;
}

int sq_camera_open(struct sq_error *err, const char *path, const struct sq_event_options *options,
                   struct sq_camera **out)
{
    struct sq_camera *reader = calloc(1, sizeof *reader);
    if (reader == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", path);
    reader->err = err;
    reader->path = path;
    reader->options = *options;
    int rc = sq_source_open(err, path, options->stop, &reader->source);
    if (rc == SQ_OK)
        rc = find_format(reader);
    if (rc == SQ_OK)
        rc = find_view(reader);
    if (rc == SQ_OK)
        rc = sq_event_open_format(reader);
    if (rc == SQ_OK && options->keep && reader->format->is_dear &&
        sq_source_is_file(reader->source))
        sq_event_store_begin(&reader->store);
    if (rc == SQ_OK && reader->facts.width == 0)
        rc = guess_size(reader);
    if (rc == SQ_OK)
        *out = reader;
    else
        sq_camera_close(reader);
    return rc;
}
