#include "sim/analysis/cost/trace_cost.h"

#include "sim/replay/rebuild.h"
#include "sim/replay/report_from_trace.h"
#include "sim/report/sops.h"

static int add_sample(struct sq_error *err, struct sq_scope *scope, struct sq_trace_cost *cost,
                      const struct sq_trace_sample *sample, uint64_t index,
                      struct sq_outcome *outcome)
{
    int status = sq_outcome_from_trace(err, scope->trace, cost->network, sample, outcome);
    if (status == SQ_OK)
        status = sq_record_add(err, cost->record, outcome);
    for (uint32_t t = 0; status == SQ_OK && t < scope->timesteps; t++)
        cost->additions[index * scope->timesteps + t] = sq_sops_at(cost->network, outcome, t);
    return status;
}

static int read_samples(struct sq_error *err, struct sq_scope *scope, struct sq_trace_cost *cost)
{
    struct sq_trace_sample sample;
    struct sq_outcome outcome;
    int status = sq_outcome_alloc(err, &cost->arena, cost->network, &outcome);
    if (status == SQ_OK)
        status = sq_trace_seek(err, scope->trace, scope->sample[0].id);
    for (uint64_t i = 0; status == SQ_OK && i < scope->n_samples; i++) {
        const int found = sq_trace_next(err, scope->trace, &sample);
        if (found < 0)
            return found;
        if (found == 0 || sample.id != scope->sample[i].id)
            return sq_fail(err, SQ_EFORMAT, "%s: was changed while it was read", scope->path);
        status = add_sample(err, scope, cost, &sample, i, &outcome);
    }
    return status;
}

/* Does the first sample carry operations? Either all do or none. */
static int is_recorded(struct sq_error *err, struct sq_scope *scope)
{
    struct sq_trace_sample sample;
    return scope->network != NULL &&
           sq_trace_seek(err, scope->trace, scope->sample[0].id) == SQ_OK &&
           sq_trace_next(err, scope->trace, &sample) == 1 && sample.operations_bytes > 0;
}

int sq_trace_cost_read(struct sq_error *err, struct sq_scope *scope,
                       const struct sq_hardware *hardware, struct sq_trace_cost *cost)
{
    *cost = (struct sq_trace_cost){.hardware = hardware};
    if (!is_recorded(err, scope))
        return SQ_OK;
    int status = sq_rebuild_network(err, scope->trace, &cost->network);
    if (status == SQ_OK)
        status = sq_record_new(err, cost->network, &cost->record);
    cost->additions =
        sq_arena_alloc(&cost->arena, scope->n_samples, scope->timesteps * sizeof *cost->additions);
    if (status == SQ_OK && cost->additions == NULL)
        status = sq_fail(err, SQ_ENOMEM, "%s: out of memory", scope->path);
    return status == SQ_OK ? read_samples(err, scope, cost) : status;
}

void sq_trace_cost_free(struct sq_trace_cost *cost)
{
    sq_record_free(cost->record);
    sq_network_free(cost->network);
    sq_arena_free(&cost->arena);
    *cost = (struct sq_trace_cost){0};
}
