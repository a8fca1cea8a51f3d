/* Opening a recording: what format it has, and how large the sensor is. */
#include "sim/events/formats/event_open.h"

#include "sim/events/formats/aedat/aedat_formats.h"
#include "sim/events/formats/arrays/array_formats.h"
#include "sim/events/formats/prophesee/prophesee_formats.h"
#include "sim/events/formats/text/text_formats.h"
#include "sim/events/reader/event_sensor.h"
#include "sim/events/source/text_line.h"
#include "traces/files/other_files.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Text comes last: it is whatever has printable bytes only. N-MNIST, which has no magic at all, is
 * taken by evidence (nmnist_evidence.c). */
const struct sq_event_format *const sq_event_formats[] = {
    &sq_format_aedat2,
    &sq_format_aedat3,
    &sq_format_aedat4,
    &sq_format_dat,
    &sq_format_evt2,
    &sq_format_evt21,
    &sq_format_evt3,
    &sq_format_npz,
    &sq_format_npy,
    &sq_format_address_text,
    &sq_format_address_binary,
    &sq_format_text,
    NULL,
};

const struct sq_event_format *sq_event_format_by_head(const unsigned char *head, size_t n)
{
    for (size_t i = 0; sq_event_formats[i] != NULL; i++)
        if (sq_event_formats[i]->knows(head, n))
            return sq_event_formats[i];
    return NULL;
}

/* Do these bytes determine the format, or are more needed? Comments and headers in front of other
 * lines must be over, unless what they say is known; N-MNIST shows after some records only. */
static bool is_enough(const unsigned char *head, size_t n)
{
    const struct sq_event_format *format = sq_event_format_by_head(head, n);
    size_t line;
    while (n > 0 && (*head == '#' || *head == '%')) {
        if (format != NULL && format != &sq_format_text)
            return true;
        if (!sq_text_line(head, n, &line))
            return *head == '#' && !sq_text_is(head, n);
        head += line;
        n -= line;
    }
    return format != NULL ? n > 0 : n >= SQ_NMNIST_LEAST_BYTES;
}

/* From a pipe, wait for no more than is needed. */
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

/* No format with a magic, and no N-MNIST. */
static int refuse_unknown(struct sq_camera *reader, const unsigned char *head, size_t n)
{
    const char *text = sq_other_file_guess(head, n);
    const size_t length = strlen(reader->path);
    if (length > 4 && strcmp(reader->path + length - 4, ".bs1") == 0)
        text = "SLAYER's 1-D spikes by its name (.bs1), which go to spikeq import";
    if (text == NULL && sq_text_begins(head, n, "% "))
        text = "a Prophesee header without a known \"% evt\", \"% format\" or \"% Version 2\"";
    if (text != NULL)
        return sq_fail(reader->err, SQ_EUNSUPPORTED, "%s: not a recording of events: %s",
                       reader->path, text);
    return sq_fail(reader->err, SQ_EUNSUPPORTED,
                   "%s: not a recording of events: its content fits none of the formats of "
                   "docs/events.md; N-MNIST has no magic: " SQ_OPT "format nmnist reads it as such",
                   reader->path);
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
    if (reader->format != NULL && reader->format != &sq_format_text)
        return SQ_OK;
    const char *text = sq_other_file(head, n);
    if (text == NULL && reader->format != NULL)
        text = sq_other_file_guess(head, n);
    if (text != NULL)
        return sq_fail(reader->err, SQ_EUNSUPPORTED, "%s: not a recording of events: %s",
                       reader->path, text);
    if (reader->format == NULL &&
        sq_nmnist_is_evident(reader->path, head, n,
                             sq_source_is_file(reader->source) ? sq_source_size(reader->source)
                                                               : 0))
        reader->format = &sq_format_nmnist;
    return reader->format != NULL ? SQ_OK : refuse_unknown(reader, head, n);
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

/* One pass over everything readable. Its events are kept if no later pass would refuse or drop any
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

/* Events before any damage show the size; the pass that reads them reports the damage. */
static int guess_size(struct sq_camera *reader)
{
    struct sq_event_extent extent = {0};
    if (!sq_source_is_file(reader->source))
        return sq_fail(reader->err, SQ_EUSAGE,
                       "%s: %s does not give the sensor's size; give " SQ_OPT "size WIDTHxHEIGHT",
                       reader->path, reader->facts.format);
    const bool tolerate = reader->options.tolerate;
    reader->options.tolerate = true;
    int rc = find_extent(reader, &extent);
    reader->options.tolerate = tolerate;
    if (rc != SQ_OK)
        return rc;
    if (!sq_sensor_guess(&extent, &reader->options.width, &reader->options.height))
        return sq_fail(reader->err, SQ_EVALUE,
                       "%s: pixel (%" PRIu32 ",%" PRIu32 ") is on no known sensor; give " SQ_OPT
                       "size WIDTHxHEIGHT",
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
    if (rc == SQ_OK && options->camera != NULL && reader->format != &sq_format_aedat2)
        rc = sq_fail(err, SQ_EUSAGE, "%s: " SQ_OPT "camera is for AEDAT 2.0 recordings; this is %s",
                     path, reader->format->name);
    if (rc == SQ_OK)
        rc = find_view(reader);
    if (rc == SQ_OK)
        rc = sq_event_open_format(reader);
    if (rc == SQ_OK && options->keep && reader->format->is_slow_to_decode &&
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
