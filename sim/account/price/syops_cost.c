/* `syops` prices a network: modules by their rows, attention by the formula. */
#include "sim/account/price/bill.h"
#include "sim/account/price/syops.h"

/* Rate of the population of this role in an SSA operation's block, as the row of its LIF module has
 * it. */
static double population_rate(const struct sq_pricing *pricing, const struct sq_op *ssa,
                              const char *role)
{
    const struct sq_op *op = sq_population_of_role(&pricing->source->counters, ssa->block, role);
    uint64_t n_calls;
    if (op == NULL)
        return 0;
    const struct sq_syops_row sum = sq_syops_count(op, pricing->switches, &n_calls);
    return sq_syops_average(&sum, 1, n_calls).rate_percent / 100;
}

static void cost_ssa(const struct sq_pricing *pricing, const struct sq_op *op, const double *rate,
                     struct sq_cost *cost)
{
    struct sq_syops_ssa r = {rate[0], rate[1], rate[2]};
    if (pricing->source->has_counts)
        r = (struct sq_syops_ssa){population_rate(pricing, op, "q"),
                                  population_rate(pricing, op, "k"),
                                  population_rate(pricing, op, "v")};
    const uint64_t base =
        sq_syops_base(pricing->source->counters.timesteps, op->heads, op->tokens, op->dim);
    cost->acs = sq_syops_ssa_acs(base, &r);
    cost->rate = (r.k < r.v ? r.k : r.v) + r.q;
}

/* The row of one image whose input has this rate. */
static struct sq_syops_row row_of_rate(const struct sq_pricing *pricing, const struct sq_op *op,
                                       double rate)
{
    const struct sq_switches *switches = pricing->switches;
    struct sq_op_count step = {.frames = op->is_head ? 1 : pricing->source->counters.timesteps};
    struct sq_op_group call = {.n_calls = 1, .n_steps = 1, .step = &step};
    struct sq_op one = *op;
    uint64_t n_calls;
    one.group = &call;
    one.n_groups = 1;
    struct sq_syops_row row = sq_syops_count(&one, switches, &n_calls);
    const int is_mac =
        op->is_analog || op->is_head || op->is_real || (op->from_stream && !switches->syops_max);
    row.acs = is_mac ? 0 : row.ops * rate;
    row.macs = is_mac ? row.ops : 0;
    row.rate_percent = is_mac ? 100 : 100 * rate;
    return row;
}

static struct sq_syops_row row_of_counts(const struct sq_pricing *pricing, const struct sq_op *op)
{
    uint64_t n_calls;
    const struct sq_syops_row sum = sq_syops_count(op, pricing->switches, &n_calls);
    return sq_syops_average(&sum, pricing->source->counters.n_samples, n_calls);
}

void sq_syops_cost(const struct sq_pricing *pricing, const struct sq_op *op, struct sq_cost *cost)
{
    const int is_layer = op->kind == SQ_OP_CONV || op->kind == SQ_OP_LINEAR;
    const double *rate = sq_source_rate(pricing->source, op);
    if (op->kind == SQ_OP_SSA) {
        cost_ssa(pricing, op, rate, cost);
        return;
    }
    if (!sq_syops_is_priced(op->name, is_layer, pricing->switches))
        return;
    const struct sq_syops_row row = pricing->source->has_counts ? row_of_counts(pricing, op)
                                                                : row_of_rate(pricing, op, rate[0]);
    cost->rate = row.rate_percent / 100;
    sq_syops_add(&cost->macs, &cost->acs, &row);
}

/* The tool adds its SSA formula behind the modules. */
void sq_syops_sum(const struct sq_pricing *pricing, struct sq_bill *bill)
{
    const struct sq_op *op = pricing->source->counters.op;
    const struct sq_price *price = pricing->hardware->price;
    for (int is_ssa = 0; is_ssa < 2; is_ssa++)
        for (size_t i = 0; i < bill->n_ops; i++)
            if ((op[i].kind == SQ_OP_SSA) == is_ssa) {
                bill->acs += bill->cost[i].acs;
                bill->macs += bill->cost[i].macs;
            }
    bill->known_mj = bill->macs / 1e9 * price[SQ_PRICE_MAC].energy_pj +
                     bill->acs / 1e9 * price[SQ_PRICE_AC].energy_pj;
}
