/* Formats of event_files.h whose events lie in packets. */
#ifndef SQ_TEST_EVENT_FILES_PACKETS_H
#define SQ_TEST_EVENT_FILES_PACKETS_H

#include "sim/events/reader/event.h"
#include "test/support/bytes.h"

/* AEDAT 3.1: three packets, each with special events in a packet before it and an invalid event in
 * it. */
void write_aedat3(struct bytes *out, const struct sq_camera_event *event, size_t n);

/* AEDAT 4.0: three packets, more where they would exceed 4096 events, each behind one of another
 * stream; a data table. */
void write_aedat4_plain(struct bytes *out, const struct sq_camera_event *event, size_t n);
void write_aedat4_lz4(struct bytes *out, const struct sq_camera_event *event, size_t n);
void write_aedat4_zstd(struct bytes *out, const struct sq_camera_event *event, size_t n);

/* Address events: 10 events a timestep, one population "input" and another of 2 spikes. */
void write_address_text(struct bytes *out, const struct sq_camera_event *event, size_t n);
void write_address_binary(struct bytes *out, const struct sq_camera_event *event, size_t n);

#endif
