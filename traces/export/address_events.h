/* The address-event form, as text and as bytes: docs/address-events.md specifies it.
 *
 *   struct sq_aer aer = {.form = SQ_AER_BINARY, .selection = selection};
 *   sq_aer_head(err, &aer, &buffer);
 *   sq_aer_frame(err, &aer, &events, &buffer);    for each frame, in the order of time
 *   sq_aer_end(err, &aer, &buffer);
 *
 * Each adds to the buffer, which the caller empties as it likes. */
#ifndef SQ_ADDRESS_EVENTS_H
#define SQ_ADDRESS_EVENTS_H

#include "traces/export/buffer.h"
#include "traces/read/trace_events.h"

enum { SQ_AER_VERSION = 1 };
#define SQ_AER_MAGIC "spikeqAE" /* 8 bytes */

enum sq_aer_form { SQ_AER_TEXT, SQ_AER_BINARY };

struct sq_aer {
    enum sq_aer_form form;
    const struct sq_selection *selection; /* must outlive it */
    uint64_t n_frames, n_events;          /* so far */
};

/* SQ_EUNSUPPORTED: the text form of a population whose name has blanks in it; SQ_ENOMEM. */
int sq_aer_head(struct sq_error *err, struct sq_aer *aer, struct sq_buffer *buffer);

/* SQ_ENOMEM. */
int sq_aer_frame(struct sq_error *err, struct sq_aer *aer, const struct sq_frame_events *events,
                 struct sq_buffer *buffer);
int sq_aer_end(struct sq_error *err, struct sq_aer *aer, struct sq_buffer *buffer);

#endif
