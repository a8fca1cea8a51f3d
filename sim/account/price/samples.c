#include "sim/account/price/samples.h"

#include "sim/account/price/exact.h"
#include "sim/account/price/paper.h"
#include "sim/account/price/pricing.h"

#include <math.h>
#include <stdlib.h>

void sq_sample_add_call(struct sq_sample *s, const struct sq_op *op, const struct sq_op_group *call,
                        const struct sq_op_count *sum, const struct sq_switches *switches)
{
    if (op->kind != SQ_OP_NEURON && !sq_op_is_synaptic(op))
        return;
    if (op->kind == SQ_OP_NEURON) {
        s->spikes += sum->out_nonzeros;
        s->silent += op->n_in * sum->frames - sum->out_nonzeros;
        return;
    }
    const struct sq_exact c = sq_exact_of(op, sum, call->n_calls, call->is);
    const struct sq_paper p = sq_paper_of(op, sum, 1, switches);
    s->acs += sq_exact_acs(op, &c, switches);
    s->macs += sq_exact_macs(op, &c, switches);
    s->paper_acs += p.sops;
    s->paper_macs += p.macs;
}

struct sq_sample sq_sample_of(const struct sq_counters *counters, const struct sq_op_group *call,
                              int64_t label)
{
    const struct sq_switches switches = sq_switches_default();
    struct sq_sample s = {.label = label};
    for (size_t i = 0; i < counters->n_ops; i++) {
        struct sq_op_count sum = {0};
        sq_call_sum(&counters->op[i], &call[i], &sum);
        sq_sample_add_call(&s, &counters->op[i], &call[i], &sum, &switches);
    }
    return s;
}

int sq_samples_add(struct sq_error *err, struct sq_samples *samples, const struct sq_sample *sample)
{
    if (samples->n == samples->room) {
        const size_t room = samples->room * 2 + 64;
        struct sq_sample *grown = realloc(samples->sample, room * sizeof *grown);
        if (grown == NULL)
            return sq_fail(err, SQ_ENOMEM, "out of memory for %zu samples", room);
        samples->sample = grown;
        samples->room = room;
    }
    samples->sample[samples->n++] = *sample;
    return SQ_OK;
}

void sq_samples_free(struct sq_samples *samples)
{
    free(samples->sample);
    *samples = (struct sq_samples){.n = 0};
}

double sq_sample_mj(const struct sq_sample *s, const struct sq_hardware *hardware,
                    enum sq_convention convention)
{
    if (convention == SQ_PAPER)
        return sq_operations_pj(hardware, NULL, s->paper_acs, s->paper_macs) / 1e9;
    return (sq_operations_pj(hardware, NULL, (double)s->acs, (double)s->macs) +
            sq_neurons_pj(hardware, s->spikes, s->silent)) /
           1e9;
}

struct sq_spread sq_samples_spread(const struct sq_samples *samples,
                                   const struct sq_hardware *hardware,
                                   enum sq_convention convention, int64_t label)
{
    struct sq_spread spread = {.n = 0};
    double sum = 0, squares = 0;
    for (size_t i = 0; i < samples->n; i++)
        if (label == SQ_ALL_LABELS || samples->sample[i].label == label) {
            sum += sq_sample_mj(&samples->sample[i], hardware, convention);
            spread.n++;
        }
    spread.mean_mj = spread.n > 0 ? sum / (double)spread.n : 0;
    for (size_t i = 0; i < samples->n; i++)
        if (label == SQ_ALL_LABELS || samples->sample[i].label == label) {
            const double off =
                sq_sample_mj(&samples->sample[i], hardware, convention) - spread.mean_mj;
            squares += off * off;
        }
    spread.std_mj = spread.n > 1 ? sqrt(squares / (double)(spread.n - 1)) : 0;
    return spread;
}
