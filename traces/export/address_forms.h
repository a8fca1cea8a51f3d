/* The two forms behind address_events.h. Each function adds to the buffer and returns 0, or -1: out
 * of memory. */
#ifndef SQ_ADDRESS_FORMS_H
#define SQ_ADDRESS_FORMS_H

#include "traces/export/buffer.h"
#include "traces/read/trace_events.h"

int sq_aer_text_head(const struct sq_selection *selection, struct sq_buffer *buffer);
int sq_aer_text_frame(const struct sq_selection *selection, const struct sq_frame_events *events,
                      struct sq_buffer *buffer);
int sq_aer_text_end(uint64_t n_frames, uint64_t n_events, struct sq_buffer *buffer);

int sq_aer_binary_head(const struct sq_selection *selection, struct sq_buffer *buffer);
int sq_aer_binary_frame(const struct sq_selection *selection, const struct sq_frame_events *events,
                        struct sq_buffer *buffer);
int sq_aer_binary_end(uint64_t n_frames, uint64_t n_events, struct sq_buffer *buffer);

#endif
