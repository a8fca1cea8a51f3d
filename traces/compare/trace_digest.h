/* The digest of a trace's content: equal for equal content, whatever codec, file or page it
 * lie in. docs/trace-format.md, section 7. */
#ifndef SQ_TRACE_DIGEST_H
#define SQ_TRACE_DIGEST_H

#include "traces/files/digest.h"
#include "traces/read/trace_reader.h"

/* Read the whole trace, verify every checksum and every frame, and digest it: SHA-256 of
 *
 *   "spikeq trace 1\ntimesteps T\n", a line "population NAME SHAPE AXES\n" for each population, and
 *   for each sample: id, label (8 bytes each, low first; no label is -1), number of logits (8
 *   bytes), logits (4 bytes each), and for each population and timestep: encoding (1 byte),
 *   number of nonzero elements (8), number of bytes (8), the bytes, uncompressed.
 *
 * A frame that is missing has encoding 255 and nothing else. What sq_trace_next(),
 * sq_trace_frame() and sq_trace_decode() refuse; SQ_EFORMAT where frames belong to no sample, for
 * then samples were lost; SQ_ENOMEM. */
int sq_trace_digest(struct sq_error *err, struct sq_trace *trace, char text[SQ_DIGEST_TEXT]);

#endif
