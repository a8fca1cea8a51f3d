/* The schema of a trace file: the only place that knows its SQL text. */
#ifndef SQ_SCHEMA_H
#define SQ_SCHEMA_H

#include "traces/format/trace.h"

enum { SQ_TRACE_APPLICATION_ID = 0x53504b51 /* "SPKQ" */ };

/* A table or view: its name, the exact text that creates it (which SQLite keeps and a reader
 * compares), and the first version that has it. NULL-terminated list in the order of creation. */
struct sq_schema_object {
    const char *name, *sql;
    uint32_t since;
};
extern const struct sq_schema_object sq_schema[];

/* Names of kinds and details as the file holds them, and back (-1: unknown). */
const char *sq_trace_kind_name(enum sq_trace_kind kind);
int sq_trace_kind_find(const char *name);
const char *sq_trace_detail_name(enum sq_trace_detail detail);
const char *sq_trace_edge_name(enum sq_trace_edge edge);
int sq_trace_edge_find(const char *name);

/* "channels_last" or "channels_first". */
const char *sq_trace_axes_name(const struct sq_trace_population *population);

/* Row number of a frame: no index is needed to find it. */
static inline uint64_t sq_frame_id(const struct sq_trace_plan *plan, uint64_t sample,
                                   uint32_t population, uint32_t timestep)
{
    return (sample * plan->n_populations + population) * plan->timesteps + timestep;
}

#endif
