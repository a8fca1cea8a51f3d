#include "sim/account/price/pricing.h"

#include "kernels/base/option_names.h"

#include "sim/account/price/exact.h"

#include <string.h>

double sq_op_dense(const struct sq_op *op)
{
    if (op->kind == SQ_OP_CONV || op->kind == SQ_OP_LINEAR || op->kind == SQ_OP_DSSA)
        return (double)op->dense_full;
    if (op->kind == SQ_OP_SUM)
        return (double)op->n_in;
    if (op->kind != SQ_OP_SSA || op->heads == 0)
        return 0;
    const uint32_t of_head = op->dim / op->heads, of_head_v = sq_op_dim_v(op) / op->heads;
    const double d = of_head, d_v = of_head_v, n = op->tokens;
    return op->order == SQ_KV_FIRST ? 2 * (n * d * d_v * op->heads)
                                    : n * n * d * op->heads + n * n * d_v * op->heads;
}

/* An addition's energy is linear in its width. */
static double price_add(const struct sq_hardware *hardware, uint32_t bits)
{
    const double at8 = hardware->price[SQ_PRICE_AC_8].energy_pj;
    const double at32 = hardware->price[SQ_PRICE_AC_32].energy_pj;
    return at8 + (at32 - at8) * ((double)bits - 8) / (32 - 8);
}

int sq_is_by_width(const struct sq_op *op, const struct sq_hardware *hardware)
{
    return op->adder_bits > 0 && sq_hardware_knows_widths(hardware);
}

double sq_operations_pj(const struct sq_hardware *hardware, const struct sq_op *op, double acs,
                        double macs)
{
    if (op == NULL || !sq_is_by_width(op, hardware))
        return sq_price_of(hardware, SQ_PRICE_MAC, macs) + sq_price_of(hardware, SQ_PRICE_AC, acs);
    const double add = price_add(hardware, op->adder_bits);
    const double multiply =
        hardware->price[SQ_PRICE_MULTIPLY_8].energy_pj * op->factor_bits / (8 * 8);
    return acs * add + macs * (multiply + add);
}

double sq_neurons_pj(const struct sq_hardware *hardware, uint64_t spikes, uint64_t silent)
{
    const struct sq_price *price = hardware->price;
    return (double)spikes * price[SQ_PRICE_UPDATE].energy_pj +
           (double)silent * price[SQ_PRICE_UPDATE_SILENT].energy_pj +
           (double)spikes * price[SQ_PRICE_SPIKE].energy_pj;
}

const double *sq_source_rate(const struct sq_source *source, const struct sq_op *op)
{
    static const double none[3];
    return source->rate != NULL ? source->rate[op - source->counters.op] : none;
}

const struct sq_op *sq_population_of_role(const struct sq_counters *counters, int block,
                                          const char *role)
{
    for (size_t i = 0; i < counters->n_ops; i++) {
        const struct sq_op *op = &counters->op[i];
        if (op->kind == SQ_OP_NEURON && op->block == block && strcmp(op->role, role) == 0)
            return op;
    }
    return NULL;
}

void sq_cost_set_counts(struct sq_cost *cost, uint64_t acs, uint64_t macs, double samples)
{
    cost->is_whole = 1;
    cost->n_acs = acs;
    cost->n_macs = macs;
    cost->acs = (double)acs / samples;
    cost->macs = (double)macs / samples;
}

/* What every convention shares: how many operations there are to be saved, and how many were made.
 */
static void make_operands(const struct sq_pricing *pricing, const struct sq_op *op,
                          struct sq_cost *cost)
{
    const struct sq_op_count sum = sq_op_sum(op);
    const struct sq_switches plain = sq_switches_default();
    const double n = (double)op->n_in * (double)sum.frames;
    cost->dense = sq_op_dense(op) * (op->is_head ? 1 : pricing->source->counters.timesteps);
    cost->rate = cost->exact = -1;
    if (!pricing->source->has_counts)
        return;
    const struct sq_exact c = sq_exact_count(op);
    if (cost->dense > 0 && (op->kind != SQ_OP_SSA || c.has_ssa))
        cost->exact = (double)(sq_exact_acs(op, &c, &plain) + sq_exact_macs(op, &c, &plain)) /
                      pricing->samples;
    if ((sq_op_is_layer(op) || op->kind == SQ_OP_DSSA) && n > 0)
        cost->rate = (op->is_analog || op->is_head || op->is_real ? (double)sum.nonzeros
                                                                  : (double)sum.units) /
                     n;
    if (op->kind == SQ_OP_NEURON && n > 0)
        cost->rate = (double)sum.out_nonzeros / n;
}

int sq_pricing_begin(struct sq_error *err, struct sq_arena *arena, const struct sq_source *source,
                     enum sq_convention convention, const struct sq_hardware *hardware,
                     const struct sq_switches *switches, struct sq_pricing *out)
{
    char names[120];
    if (!source->has_counts && !sq_convention_is(convention, SQ_TAKES_RATES))
        return sq_fail(err, SQ_EUNSUPPORTED,
                       SQ_OPT
                       "convention %s: needs counts, and rates are not counts; expected a report, "
                       "or %s",
                       sq_convention_table[convention].name,
                       sq_convention_names(SQ_TAKES_RATES, NULL, names, sizeof names));
    *out = (struct sq_pricing){.source = source,
                               .convention = convention,
                               .hardware = hardware,
                               .switches = switches,
                               .samples = 1};
    if (source->has_counts && source->counters.n_samples > 0)
        out->samples = (double)source->counters.n_samples;
    return sq_convention_table[convention].begin(err, arena, out);
}

void sq_price_operation(const struct sq_pricing *pricing, size_t i, struct sq_cost *cost)
{
    const struct sq_op *op = &pricing->source->counters.op[i];
    const struct sq_convention_row *row = &sq_convention_table[pricing->convention];
    const struct sq_price *price = pricing->hardware->price;
    *cost = (struct sq_cost){0};
    make_operands(pricing, op, cost);
    row->cost(pricing, op, cost);
    cost->energy_pj = cost->own_pj;
    if (row->is & SQ_OWN_PRICES)
        return;
    cost->is_by_width = (row->is & SQ_BY_WIDTH) && sq_is_by_width(op, pricing->hardware);
    cost->energy_pj +=
        sq_operations_pj(pricing->hardware, cost->is_by_width ? op : NULL, cost->acs, cost->macs);
    cost->lacks_mac = !cost->is_by_width && !price[SQ_PRICE_MAC].is_given && cost->macs > 0;
    cost->lacks_ac = !cost->is_by_width && !price[SQ_PRICE_AC].is_given && cost->acs > 0;
}

/* Groups whose only step is that of timestep t; of what runs once a sample, at the last one alone.
 */
static void keep_timestep(struct sq_op *op, const struct sq_op_group *from, uint32_t t, int is_last)
{
    for (size_t g = 0; g < op->n_groups; g++) {
        struct sq_op_group *group = &op->group[g];
        *group = from[g];
        if (op->is_static && t > 0)
            group->n_calls = 0; /* what an image costs once it costs at the first */
        const size_t at = group->n_steps > 1 ? t : is_last ? 0 : 1;
        group->step += at < group->n_steps ? at : 0;
        group->n_steps = at < group->n_steps;
    }
}

int sq_source_at_timestep(struct sq_error *err, struct sq_arena *arena,
                          const struct sq_source *source, uint32_t t, struct sq_source *out)
{
    const size_t n = source->counters.n_ops;
    *out = *source;
    out->counters.op = sq_arena_alloc(arena, n, sizeof *out->counters.op);
    if (out->counters.op == NULL)
        return sq_fail(err, SQ_ENOMEM, "out of memory for timestep %u", t);
    for (size_t i = 0; i < n; i++) {
        struct sq_op *op = &out->counters.op[i];
        *op = source->counters.op[i];
        op->group = sq_arena_alloc(arena, op->n_groups, sizeof *op->group);
        if (op->group == NULL)
            return sq_fail(err, SQ_ENOMEM, "out of memory for timestep %u", t);
        keep_timestep(op, source->counters.op[i].group, t, t + 1 == out->counters.timesteps);
    }
    return SQ_OK;
}
