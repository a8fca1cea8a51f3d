/* What the scope's samples cost by every convention, and at each timestep by `exact`: the bills of
 * spikeq energy. */
#include "sim/account/sheets/energy.h"
#include "sim/analysis/cost/trace_cost.h"
#include "sim/report/run_source.h"

static int price_timestep(struct sq_error *err, struct sq_trace_cost *cost, uint32_t t)
{
    const struct sq_switches switches = sq_switches_default();
    struct sq_source at;
    const int status = sq_source_at_timestep(err, &cost->arena, &cost->source, t, &at);
    return status == SQ_OK ? sq_bill_make(err, &cost->arena, &at, SQ_EXACT, cost->hardware,
                                          &switches, &cost->step[t])
                           : status;
}

int sq_trace_cost_price(struct sq_error *err, struct sq_trace_cost *cost, const char *path)
{
    const struct sq_counters *counters = sq_record_counters(cost->record);
    const struct sq_switches switches = sq_switches_default();
    cost->source = sq_run_source(cost->network, cost->record);
    cost->step = sq_arena_alloc(&cost->arena, counters->timesteps, sizeof *cost->step);
    if (cost->step == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", path);
    int status = sq_bill_make_all(err, &cost->arena, &cost->source, cost->hardware, &switches,
                                  cost->bill, &cost->n_bills);
    for (uint32_t t = 0; status == SQ_OK && t < counters->timesteps; t++)
        status = price_timestep(err, cost, t);
    const struct sq_priced priced = {.origin = path,
                                     .source = &cost->source,
                                     .hardware = cost->hardware,
                                     .switches = &switches,
                                     .bill = cost->bill,
                                     .n_bills = cost->n_bills,
                                     .with_ann = 1};
    return status == SQ_OK ? sq_priced_warn(err, &priced) : status;
}
