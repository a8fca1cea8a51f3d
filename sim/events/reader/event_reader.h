/* Recordings of event cameras -> events, batch by batch, whatever the format.
 *
 *   sq_camera_open(&err, path, &options, &reader); (sim/events/formats/event_open.h)
 *   while ((rc = sq_camera_next(reader, &batch)) == SQ_OK && batch->n > 0) ...
 *
 * Formats are recognised by their first bytes (docs/events.md); nothing is read beyond the file,
 * and every count and size in it is untrusted. Damage is an error that names the byte; if it is
 * tolerated, the events before it are given, then the recording ends. Records that are not events
 * of a pixel are counted. */
#ifndef SQ_EVENT_READER_H
#define SQ_EVENT_READER_H

#include "kernels/base/status.h"
#include "sim/events/reader/event.h"
#include "sim/events/source/source_stop.h"

#include <stdbool.h>

/* Why a record is not among the events. */
enum sq_event_drop {
    SQ_DROP_FRAME,    /* records of other sensors in the camera: frames (APS), IMU */
    SQ_DROP_EXTERNAL, /* synchronisation, external inputs, triggers */
    SQ_DROP_OTHER,    /* packets and words of other kinds */
    SQ_DROP_INVALID,  /* marked as not valid by the camera */
    SQ_DROP_UNTIMED,  /* before the first time word */
    SQ_DROP_OVERFLOW, /* marks of time overflow */
    SQ_DROP_OUTSIDE,  /* coordinates outside the sensor; tolerated */
    SQ_DROP_KINDS
};

/* A word and a sentence for each. */
const char *sq_event_drop_key(enum sq_event_drop kind);
const char *sq_event_drop_text(enum sq_event_drop kind);

enum { SQ_EVENT_NAME = 48, SQ_EVENT_MAX_SIDE = 32768, SQ_EVENT_MAX_LINE = 1 << 14 };

/* How to read. Zero and NULL mean the default of each member. */
struct sq_event_options {
    const char *view;       /* a name of the format's views; NULL, "canonical": the first */
    const char *format;     /* "nmnist", ...: instead of looking at the content */
    const char *camera;     /* "DVS128": of an AEDAT 2.0 recording that does not name it */
    uint32_t width, height; /* of the sensor; 0: as the file says, or as its events need */
    bool tolerate;          /* use the events before damage, keep time that runs backwards,
                             * drop what lies outside the sensor */
    bool keep;              /* it will be read again: where decoding is slow, the first pass over a
                             * file keeps the events for the next ones, in at most 64 MiB */
    bool may_be_cut;        /* a stream, whose writer may go away within a record: it ends there, as
                             * if that were tolerated; other damage is damage */
    const struct sq_source_stop *stop; /* ends waiting for bytes: SQ_EINTERRUPTED; NULL: nothing */
};

/* What the header says, and counts from reading. */
struct sq_event_facts {
    const char *format;         /* "AEDAT 2.0" */
    char camera[SQ_EVENT_NAME]; /* "DVS128", or "" */
    bool camera_is_guessed;     /* by the addresses of the events */
    const char *view;
    uint32_t width, height;
    bool size_is_guessed;
    uint64_t n_timesteps; /* of all samples, where time is counted in timesteps (address events) */
    uint64_t drop[SQ_DROP_KINDS];
    uint64_t n_backwards;                 /* events earlier than the one before them; tolerated */
    bool is_damaged;                      /* tolerated: */
    uint64_t damage_offset, damage_bytes; /* first byte, and how many were not used; 0: not known */
    char damage[160];                     /* "the record is cut short" */
};

struct sq_camera; /* opened by sq_camera_open(), sim/events/formats/event_open.h */

void sq_camera_close(struct sq_camera *reader);

/* The next events; none: the recording is over. *batch is the reader's, until the next call.
 * SQ_EFORMAT, SQ_EVALUE (time backwards, outside the sensor), SQ_EIO, SQ_ENOMEM: all name the
 * byte. */
int sq_camera_next(struct sq_camera *reader, const struct sq_event_batch **batch);

/* From the first event again; files only. Facts start over too, unless the events were kept: then
 * they are those of the whole recording. SQ_EIO, and as sq_camera_open(). */
int sq_camera_rewind(struct sq_camera *reader);

/* May it be read again? */
bool sq_camera_is_file(const struct sq_camera *reader);

/* Facts so far: drops and damage are those up to the last batch. */
const struct sq_event_facts *sq_camera_facts(const struct sq_camera *reader);

#endif
