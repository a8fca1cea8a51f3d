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

#endif
