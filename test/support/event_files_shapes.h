/* Less usual shapes of recordings, for the table of event_files.c. */
#ifndef SQ_TEST_EVENT_FILES_SHAPES_H
#define SQ_TEST_EVENT_FILES_SHAPES_H

#include "test/support/event_files.h"

/* Headers: lines in Latin-1; lines of any bytes in front of the line that ends them. */
void write_dvs640(struct bytes *out, const struct sq_camera_event *event, size_t n);
void write_dvs1280(struct bytes *out, const struct sq_camera_event *event, size_t n);

/* The upper halves first, size and order by the system's number. */
void write_evt21_legacy(struct bytes *out, const struct sq_camera_event *event, size_t n);

/* A compressed packet of frames between polarity packets. */
void write_aedat3_frames(struct bytes *out, const struct sq_camera_event *event, size_t n);

/* A byte order mark, a heading in another order, numbers as numpy.savetxt() writes them. */
void write_text_heading(struct bytes *out, const struct sq_camera_event *event, size_t n);

/* Records with padding, a field of text and columns by other names. */
void write_npy_padded(struct bytes *out, const struct sq_camera_event *event, size_t n);
void write_npy_fortran(struct bytes *out, const struct sq_camera_event *event, size_t n);
void write_npz_records(struct bytes *out, const struct sq_camera_event *event, size_t n);
void write_npz_fortran(struct bytes *out, const struct sq_camera_event *event, size_t n);

#endif
