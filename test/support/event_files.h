/* Recordings of event cameras in every format, written by a few lines of C from the events that a
 * reader must give back. Independent of the readers. */
#ifndef SQ_TEST_EVENT_FILES_H
#define SQ_TEST_EVENT_FILES_H

#include "sim/events/reader/event_reader.h"
#include "test/support/bytes.h"

/* One way to write a recording. */
struct event_file {
    const char *name;   /* "AEDAT 2.0, LF" */
    const char *format; /* as the reader calls it */
    uint32_t width, height;
    uint64_t drop[SQ_DROP_KINDS]; /* what the writer puts between the events */
    int is_timed;                 /* 0: the time is a timestep */
    void (*write)(struct bytes *out, const struct sq_camera_event *event, size_t n);
};

extern const struct event_file event_file[];
extern const size_t n_event_files;

/* Draw n events in order of time that fit the file's sensor. */
void event_file_draw(const struct event_file *file, uint64_t seed, struct sq_camera_event *event,
                     size_t n);

/* Write the bytes to a new file of this name. */
void event_file_save(const struct bytes *bytes, const char *path);

#endif
