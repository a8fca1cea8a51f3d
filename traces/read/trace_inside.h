/* The inside of the trace reader: an open file and what was found in it. */
#ifndef SQ_TRACE_INSIDE_H
#define SQ_TRACE_INSIDE_H

#include "kernels/base/arena.h"
#include "traces/format/store.h"
#include "traces/read/trace_reader.h"

struct sq_trace {
    struct sq_store store;
    struct sq_arena arena; /* of the plan's arrays and texts */
    struct sq_trace_plan plan;
    uint64_t n_samples;
    int is_complete;
    sqlite3_stmt *samples, *frames; /* in order; one frame by its row number */
    float *logits;                  /* of the sample at hand */
    size_t n_logits_room;
};

/* Read meta, population and synapse into trace->plan and check them. */
int sq_trace_read_plan(struct sq_error *err, struct sq_trace *trace);

/* Read node and operation, which version 1 does not have, and check them. */
int sq_trace_read_graph(struct sq_error *err, struct sq_trace *trace);

/* The frame of a row (SQ_TRACE_FRAME_COLUMNS) whose sample, population and timestep are asked for
 * in `sample` and *frame: checked, then put there. 1, or SQ_EFORMAT as sq_trace_frame(). */
#define SQ_TRACE_FRAME_COLUMNS \
    "sample, population, timestep, spikes, encoding, codec, checksum, data"
int sq_trace_take_frame(struct sq_error *err, const struct sq_trace *trace, sqlite3_stmt *row,
                        uint64_t sample, struct sq_trace_frame *frame);

/* Rows of a table numbered by id, `sql` = "SELECT id FROM TABLE NOT INDEXED ORDER BY id". Stepped,
 * not count(*): in a damaged file that goes round in circles the numbers do not ascend. */
int sq_trace_count_rows(struct sq_error *err, const struct sq_trace *trace, const char *sql,
                        uint64_t *n);

#endif
