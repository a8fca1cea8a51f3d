/* Samples of other traces copied into one that is being written, row by row as they are stored: SQLite does the
 * work, and nothing is decoded or encoded. Memory is that of SQLite's page caches, whatever is copied: 4 MiB, and 2 for
 * each of at most ten traces that are open. */
#ifndef SQ_TRACE_COPY_H
#define SQ_TRACE_COPY_H

#include "traces/format/select.h"
#include "traces/write/trace_writer.h"

struct sq_trace_copier;

/* Begin to fill a new trace by copying alone (sq_trace_create_beside()): until sq_trace_copier_end() nothing
 * that is written is safe from a failure of the machine, as the file has not taken its name. The copier holds
 * the writer, which outlives it. SQ_EIO, SQ_ENOMEM. */
int sq_trace_copier_begin(struct sq_error *err, struct sq_trace_writer *writer,
                          struct sq_trace_copier **out);

/* Copy the samples of a range that the trace at `path` holds, with their frames; behind all that were copied
 * before. The description of that trace is the writer's, its rows were verified (sq_trace_verify()), and it
 * holds every sample of the range.
 *   from     a number of the trace, the same for each of its ranges
 *   is_all   1: it holds nothing else, which is copied faster; the trace is let go of then
 * SQ_EIO (a full disk), SQ_EFORMAT (it does not hold as many samples). */
struct sq_trace_part {
    const char *path;
    size_t from;
    struct sq_range samples;
    int is_all;
};
int sq_trace_copy(struct sq_error *err, struct sq_trace_copier *copier,
                  const struct sq_trace_part *part);

/* Let go of all traces, and write safely from now on; sq_trace_amend() and sq_trace_finish() follow. */
int sq_trace_copier_end(struct sq_error *err, struct sq_trace_copier *copier);

/* Accepts NULL. */
void sq_trace_copier_free(struct sq_trace_copier *copier);

#endif
