/* Cost: operations and energy of each population, timestep and class, from what the trace kept of
 * each sample (docs/trace-format.md, section 6). */
#ifndef SQ_COST_H
#define SQ_COST_H

#include "sim/analysis/scope.h"
#include "sim/engine/outcome.h"

#include <cjson/cJSON.h>

/* How a sample's operations are read: as sq_retell_sample() does it. SQ_EUNSUPPORTED: they were not
 * recorded. */
typedef int sq_cost_source(struct sq_error *err, const struct sq_trace *trace,
                           const struct sq_network *network, const struct sq_trace_sample *sample,
                           struct sq_outcome *outcome);

struct sq_cost {
    int is_recorded;
    struct sq_arena arena;
    uint64_t *additions; /* [n_samples][T] */
};

/* Read the operations of the scope's samples; cost->is_recorded says whether there are any. */
int sq_cost_read(struct sq_error *err, struct sq_scope *scope, const struct sq_range *samples,
                 struct sq_cost *cost);
void sq_cost_free(struct sq_cost *cost);

/* [n_samples][T] additions, or NULL: not recorded. */
static inline const uint64_t *sq_cost_additions(const struct sq_cost *cost)
{
    return cost->is_recorded ? cost->additions : NULL;
}

void sq_cost_write(cJSON *to, const struct sq_cost *cost, const struct sq_scope *scope);

#endif
