/* The inside of event_aedat4.c: the state of an open recording, and its header. */
#ifndef SQ_AEDAT4_H
#define SQ_AEDAT4_H

#include "sim/events/formats/aedat/aedat4_codec.h"
#include "sim/events/formats/aedat/aedat4_info.h"
#include "sim/events/reader/event_format.h"

#define SQ_AEDAT4_MAGIC "#!AER-DAT4.0\r\n"

struct sq_aedat4 {
    struct sq_aedat4_info info;
    struct sq_aedat4_unpacker *unpacker;
    int64_t table; /* dataTablePosition, or -1 */
    unsigned char *packed;
    size_t packed_bytes;
    uint64_t offset;              /* of the packet at hand */
    const unsigned char *payload; /* its bytes in the file */
    size_t payload_bytes;
    const unsigned char *event; /* of its events, those remaining */
    size_t left;
};

/* `n` bytes into state->packed, which grows as they come; then they are the payload. Fewer: damage;
 * `what` are they? SQ_ENOMEM, SQ_EIO. */
int sq_aedat4_read_bytes(struct sq_camera *reader, const char *what, uint64_t n);

/* Read the header: streams, codec, where the data table lies. As sq_camera_open(). */
int sq_aedat4_read_header(struct sq_camera *reader);

#endif
