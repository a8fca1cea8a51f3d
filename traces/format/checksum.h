/* Checksums: CRC-32 (that of zlib, ISO 3309) over what a row says and holds, so that damage inside
 * a page that SQLite cannot see is found, and its place named. */
#ifndef SQ_CHECKSUM_H
#define SQ_CHECKSUM_H

#include "traces/format/trace.h"

/* CRC-32 of: id, spikes (8 bytes each, low first), encoding, codec (1 byte each), data. */
uint32_t sq_checksum_frame(uint64_t id, const struct sq_trace_frame *frame);

/* CRC-32 of: id, label, prediction (8 bytes each, low first), logits (4 bytes each), operations. */
uint32_t sq_checksum_sample(const struct sq_trace_sample *sample);

#endif
