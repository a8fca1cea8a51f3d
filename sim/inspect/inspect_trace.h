/* What a trace holds, as text: for people, or JSON. */
#ifndef SQ_INSPECT_TRACE_H
#define SQ_INSPECT_TRACE_H

#include "kernels/base/status.h"

/* Read the whole file once, verifying every sample and the count and checksum of every frame, and
 * describe it. *text is the caller's, by free(). What sq_trace_open(), sq_trace_next() and
 * sq_trace_totals() refuse; SQ_ENOMEM. */
int sq_inspect_trace(struct sq_error *err, const char *path, int as_json, char **text);

#endif
