/* Inside the readers: what a format implements, and what it can use. */
#ifndef SQ_EVENT_FORMAT_H
#define SQ_EVENT_FORMAT_H

#include "sim/events/reader/event_reader.h"
#include "sim/events/reader/event_store.h"
#include "sim/events/source/byte_source.h"

struct sq_camera {
    struct sq_error *err;
    const char *path;
    struct sq_event_options options;
    struct sq_byte_source *source;
    const struct sq_event_format *format;
    unsigned view; /* index in format->views */
    void *state;   /* the format's, made by its open() */
    struct sq_event_facts facts;
    bool ended;
    int64_t last_t; /* of the last event; INT64_MIN before */
    struct sq_event_batch batch;
    struct sq_event_store store; /* what the first pass keeps for later ones */
};

struct sq_event_format {
    const char *key, *name;
    const char *const *views; /* ended by NULL; the first is the canonical one */
    /* Does a file begin like this? The n bytes are the window's, at least 4 KiB of any longer
     * file. */
    bool (*knows)(const unsigned char *head, size_t n);
    /* From the first byte: read the header, fill camera, width, height as far as it gives them. */
    int (*open)(struct sq_camera *reader);
    /* Fill reader->batch, which is empty; none at the end. */
    int (*next)(struct sq_camera *reader);
    void (*close)(struct sq_camera *reader); /* frees the state; NULL: free() does */
    int64_t slack_us;       /* time words may step back so far without being wrong */
    bool is_slow_to_decode; /* decoding an event takes longer than keeping it for the next pass */
};

/* The recording is damaged at byte `offset`. Tolerated: it ends there, SQ_OK. Else SQ_EFORMAT,
 * "PATH: byte N: what; ...". */
int sq_event_damage(struct sq_camera *reader, uint64_t offset, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same where bytes are missing at the end, which a stream's writer that goes away leaves
 * behind: tolerated where the recording may be cut. */
int sq_event_cut(struct sq_camera *reader, uint64_t offset, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* As sq_source_peek(), of the reader's source. */
int sq_event_peek(struct sq_camera *reader, size_t want, const unsigned char **at, size_t *n);

/* At least one whole record of `size` bytes; *n = 0 at the end, where half a record is damage. */
int sq_event_peek_records(struct sq_camera *reader, size_t size, const unsigned char **at,
                          size_t *n);

/* next() of formats whose data are records of `size` bytes: `read` adds the events of one, at most
 * `most`. Continues where records hold none. Inlined, so that `read` is inlined too. */
static inline __attribute__((always_inline)) int sq_event_each_record(
    struct sq_camera *reader, size_t size, size_t most,
    void (*read)(struct sq_camera *, const unsigned char *, size_t))
{
    const unsigned char *at;
    size_t n;
    while (reader->batch.n == 0) {
        const int rc = sq_event_peek_records(reader, size, &at, &n);
        if (rc != SQ_OK || n == 0)
            return rc;
        const size_t room = SQ_EVENT_BATCH / most, there = n / size;
        const size_t records = there < room ? there : room;
        reader->batch.base = sq_source_offset(reader->source);
        for (size_t i = 0; i < records; i++)
            read(reader, at + i * size, i * size);
        sq_source_take(reader->source, records * size);
    }
    return SQ_OK;
}

/* How the lines of a header begin, and which of them ends it. */
struct sq_header_lines {
    const char *begin;
    bool (*is_end)(const unsigned char *line, size_t n); /* without CR and LF; NULL: none does */
};

/* A line of the header, with its LF; *line = 0: the header is over. A line is the header's if it is
 * text, or whatever it holds where a line that ends the header follows. At the end of the file
 * before its LF: damage. */
int sq_event_peek_line(struct sq_camera *reader, const struct sq_header_lines *lines,
                       const unsigned char **at, size_t *line);

/* Pass over a byte order mark, if the text begins with one. */
int sq_event_pass_mark(struct sq_camera *reader);

/* Whole lines, at least one: up to the last LF that is there, or up to the end of the file. A line
 * that never ends is damage. */
int sq_event_peek_lines(struct sq_camera *reader, const unsigned char **at, size_t *n);

/* The format's zeroed state. SQ_ENOMEM. */
int sq_event_alloc_state(struct sq_camera *reader, size_t size);

/* The format's header, with facts as at the beginning. */
int sq_event_open_format(struct sq_camera *reader);

/* Events as they are stored, whatever the sensor and the order of time; none at the end. */
int sq_event_next_raw(struct sq_camera *reader);

/* Are the events of the batch, not empty, on the sensor, in order of time and within 2^60 us? Then
 * the next batch follows them. If not, each must be looked at. */
bool sq_event_pass_clean(struct sq_camera *reader);

extern const char *const sq_views_as_stored[]; /* the only view of most formats */

#endif
