#include "sim/replay/diff_text.h"

#include "kernels/base/arena.h"
#include "sim/account/sheets/energy.h"
#include "sim/replay/report_from_trace.h"
#include "sim/report/run_source.h"

/* Does the first sample of the range carry operations? Either all do or none. */
static int is_priced(struct sq_error *err, struct sq_trace *trace, const struct sq_range *samples)
{
    struct sq_trace_sample sample;
    return sq_trace_meta(trace, "config") != NULL &&
           sq_trace_seek(err, trace, samples->first) == SQ_OK &&
           sq_trace_next(err, trace, &sample) == 1 && sample.id < samples->end &&
           sample.operations_bytes > 0;
}

static int price(struct sq_error *err, const char *path, struct spikeq_report *report,
                 const struct sq_hardware *hardware, double *energy_mj)
{
    const struct sq_switches switches = sq_switches_default();
    const struct sq_source source = sq_run_source(report->network, report->record);
    struct sq_arena arena = {NULL, 0};
    struct sq_bill bill;
    const struct sq_priced priced = {.origin = path,
                                     .source = &source,
                                     .hardware = hardware,
                                     .switches = &switches,
                                     .bill = &bill,
                                     .n_bills = 1};
    int status = sq_bill_make(err, &arena, &source, SQ_EXACT, hardware, &switches, &bill);
    if (status == SQ_OK)
        status = sq_priced_warn(err, &priced);
    if (status == SQ_OK)
        *energy_mj = bill.energy_mj;
    sq_arena_free(&arena);
    return status;
}

int sq_diff_energy(struct sq_error *err, struct sq_trace *trace, const struct sq_range *samples,
                   const struct sq_hardware *hardware, double *energy_mj)
{
    struct spikeq_report *report;
    *energy_mj = -1;
    if (!is_priced(err, trace, samples))
        return SQ_OK;
    int status = sq_report_begin_from_trace(err, trace, &report);
    if (status != SQ_OK)
        return status;
    status = sq_report_add_trace(err, trace, samples, report);
    if (status == SQ_OK)
        status = price(err, sq_trace_path(trace), report, hardware, energy_mj);
    sq_report_free(report);
    return status;
}
