/* The warnings that a trace lists in its meta. */
#ifndef SQ_TRACE_WARNINGS_H
#define SQ_TRACE_WARNINGS_H

#include "traces/read/trace_reader.h"

/* Add the warnings of a trace, and pass them on: a user of its figures is warned again.
 *   list   where they are added; NULL: they are only passed on
 * SQ_EFORMAT: the meta is not a list of warnings; SQ_ENOMEM; what sq_warn() says. */
int sq_warnings_of_trace(struct sq_error *err, const struct sq_trace *trace,
                         struct sq_warnings *list);

#endif
