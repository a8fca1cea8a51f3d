#include "sim/account/price/bill_cost.h"

#include "sim/account/price/exact.h"
#include "sim/account/price/neurobench.h"
#include "sim/account/price/paper.h"
#include "sim/account/price/spikingjelly.h"
#include "sim/account/price/syops.h"

#include <string.h>

double sq_op_dense(const struct sq_op *op)
{
    if (op->kind == SQ_OP_CONV || op->kind == SQ_OP_LINEAR)
        return (double)op->dense_full;
    if (op->kind != SQ_OP_SSA || op->heads == 0)
        return 0;
    const uint32_t of_head = op->dim / op->heads;
    const double d = of_head, n = op->tokens;
    return 2 * (op->order == SQ_KV_FIRST ? n * d * d * op->heads : n * n * d * op->heads);
}

double sq_ann_macs(const struct sq_counters *counters)
{
    double macs = 0;
    for (size_t i = 0; i < counters->n_ops; i++)
        macs += sq_op_dense(&counters->op[i]);
    return macs;
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

double sq_exact_pj(const struct sq_op *op, const struct sq_hardware *hardware, double acs,
                   double macs)
{
    if (!sq_is_by_width(op, hardware))
        return sq_price_of(hardware, SQ_PRICE_MAC, macs) + sq_price_of(hardware, SQ_PRICE_AC, acs);
    const double add = price_add(hardware, op->adder_bits);
    const double multiply =
        hardware->price[SQ_PRICE_MULTIPLY_8].energy_pj * op->factor_bits / (8 * 8);
    return acs * add + macs * (multiply + add);
}

/* Whole counts: exact sums, averaged once. */
static void set_counts(struct sq_biller *biller, uint64_t acs, uint64_t macs, struct sq_cost *cost)
{
    biller->is_whole = 1;
    biller->acs += acs;
    biller->macs += macs;
    cost->acs = (double)acs / biller->samples;
    cost->macs = (double)macs / biller->samples;
}

static void cost_exact(struct sq_biller *biller, const struct sq_op *op, struct sq_cost *cost)
{
    const struct sq_exact c = sq_exact_count(op);
    set_counts(biller, sq_exact_acs(op, &c, biller->switches),
               sq_exact_macs(op, &c, biller->switches), cost);
    if (op->kind == SQ_OP_NEURON && !biller->switches->neurons)
        cost->energy_pj =
            ((double)c.spikes * sq_biller_price(biller, SQ_PRICE_UPDATE) +
             (double)(c.updates - c.spikes) * sq_biller_price(biller, SQ_PRICE_UPDATE_SILENT) +
             (double)c.spikes * sq_biller_price(biller, SQ_PRICE_SPIKE)) /
            biller->samples;
    biller->extra_pj += cost->energy_pj;
}

static void cost_paper(const struct sq_biller *biller, const struct sq_op *op, const double *rate,
                       struct sq_cost *cost)
{
    const struct sq_paper p =
        biller->source->has_counts
            ? sq_paper_count(op, biller->source->counters.n_samples, biller->switches)
            : sq_paper_rate(op, biller->source->counters.timesteps, rate, biller->switches);
    cost->acs = p.sops;
    cost->macs = p.macs;
    if (op->kind == SQ_OP_CONV || op->kind == SQ_OP_LINEAR || op->kind == SQ_OP_SSA)
        cost->rate = p.rate;
}

/* Rate of a block's population "q", "k" or "v", as the row of its LIF module has it. */
static double population_rate(const struct sq_biller *biller, const struct sq_op *ssa, char which)
{
    for (const struct sq_op *op = ssa; op > biller->source->counters.op; op--) {
        const char *part = strstr(op->name, ".attn.");
        uint64_t n_calls;
        if (op->block != ssa->block || op->kind != SQ_OP_NEURON || part == NULL ||
            part[6] != which || part[7] != '_')
            continue;
        const struct sq_syops_row sum = sq_syops_count(op, biller->switches, &n_calls);
        return sq_syops_average(&sum, 1, n_calls).rate_percent / 100;
    }
    return 0;
}

static void cost_syops_ssa(const struct sq_biller *biller, const struct sq_op *op,
                           const double *rate, struct sq_cost *cost)
{
    struct sq_syops_ssa r = {rate[0], rate[1], rate[2]};
    if (biller->source->has_counts)
        r = (struct sq_syops_ssa){population_rate(biller, op, 'q'),
                                  population_rate(biller, op, 'k'),
                                  population_rate(biller, op, 'v')};
    const uint64_t base =
        sq_syops_base(biller->source->counters.timesteps, op->heads, op->tokens, op->dim);
    cost->acs = sq_syops_ssa_acs(base, &r);
    cost->rate = (r.k < r.v ? r.k : r.v) + r.q;
}

static void cost_syops(const struct sq_biller *biller, const struct sq_op *op, const double *rate,
                       struct sq_cost *cost)
{
    const int is_layer = op->kind == SQ_OP_CONV || op->kind == SQ_OP_LINEAR;
    struct sq_syops_row row;
    uint64_t n_calls = 1;
    if (op->kind == SQ_OP_SSA) {
        cost_syops_ssa(biller, op, rate, cost);
        return;
    }
    if (!sq_syops_is_priced(op->name, is_layer, biller->switches))
        return;
    if (biller->source->has_counts) {
        row = sq_syops_count(op, biller->switches, &n_calls);
        row = sq_syops_average(&row, biller->source->counters.n_samples, n_calls);
    } else {
        struct sq_op_count step = {.frames = op->is_head ? 1 : biller->source->counters.timesteps};
        struct sq_op_group call = {.n_calls = 1, .n_steps = 1, .step = &step};
        struct sq_op one = *op;
        one.group = &call;
        one.n_groups = 1;
        row = sq_syops_count(&one, biller->switches, &n_calls);
        const int is_mac =
            op->is_analog || op->is_head || (op->from_stream && !biller->switches->syops_max);
        row.acs = is_mac ? 0 : row.ops * rate[0];
        row.macs = is_mac ? row.ops : 0;
        row.rate_percent = is_mac ? 100 : 100 * rate[0];
    }
    cost->rate = row.rate_percent / 100;
    sq_syops_add(&cost->macs, &cost->acs, &row);
}

/* Was the state of a LIF layer before this operation charged? */
static int has_state_before(const struct sq_biller *biller, const struct sq_op *op)
{
    for (const struct sq_op *at = biller->source->counters.op; at < op; at++)
        if (at->kind == SQ_OP_NEURON)
            return 1;
    return 0;
}

static void cost_lemaire(struct sq_biller *biller, const struct sq_op *op, struct sq_cost *cost)
{
    const struct sq_spikingjelly ops = sq_spikingjelly_count(op, biller->switches);
    struct sq_lemaire own = {.has_state = has_state_before(biller, op)};
    sq_lemaire_add(&own, op, biller->switches);
    own.max_read_in = biller->lemaire.max_read_in;
    own.max_write_out = biller->lemaire.max_write_out;
    own.max_read_params = biller->lemaire.max_read_params;
    own.potential_size = biller->lemaire.potential_size;
    set_counts(biller, ops.ac, ops.mac, cost);
    cost->energy_pj = sq_lemaire_price(&own, biller->switches).total_pj / biller->samples;
}

/* Columns that every convention shares. */
static void make_operands(const struct sq_biller *biller, const struct sq_op *op,
                          struct sq_cost *cost)
{
    const struct sq_counters *counters = &biller->source->counters;
    const struct sq_op_count sum = sq_op_sum(op);
    const struct sq_switches plain = sq_switches_default();
    const double n = (double)op->n_in * (double)sum.frames;
    cost->dense = sq_op_dense(op) * (op->is_head ? 1 : counters->timesteps);
    cost->rate = cost->exact = -1;
    if (!biller->source->has_counts)
        return;
    const struct sq_exact c = sq_exact_count(op);
    if (cost->dense > 0 && (op->kind != SQ_OP_SSA || c.has_ssa))
        cost->exact = (double)(sq_exact_acs(op, &c, &plain) + sq_exact_macs(op, &c, &plain)) /
                      biller->samples;
    if ((op->kind == SQ_OP_CONV || op->kind == SQ_OP_LINEAR) && n > 0)
        cost->rate = (op->is_analog || op->is_head ? (double)sum.nonzeros : (double)sum.units) / n;
    if (op->kind == SQ_OP_NEURON && n > 0)
        cost->rate = (double)sum.out_nonzeros / n;
}

/* Additions and multiplications: by width where that is known, else at the profile's prices, and
 * what it does not price. */
static void cost_operations(struct sq_biller *biller, enum sq_convention convention,
                            const struct sq_op *op, struct sq_cost *cost)
{
    static const struct sq_op floats;
    const struct sq_hardware *hardware = biller->hardware;
    const struct sq_op *as = convention == SQ_EXACT ? op : &floats;
    cost->energy_pj += sq_exact_pj(as, hardware, cost->acs, cost->macs);
    if (sq_is_by_width(as, hardware)) {
        biller->is_by_width = 1;
        return;
    }
    biller->no_macs += hardware->price[SQ_PRICE_MAC].is_given ? 0 : cost->macs;
    biller->no_acs += hardware->price[SQ_PRICE_AC].is_given ? 0 : cost->acs;
}

void sq_bill_cost(struct sq_biller *biller, enum sq_convention convention, size_t i,
                  struct sq_cost *cost)
{
    static const double none[3];
    const struct sq_op *op = &biller->source->counters.op[i];
    make_operands(biller, op, cost);
    const double *rate = biller->source->rate != NULL ? biller->source->rate[i] : none;
    switch (convention) {
    case SQ_EXACT:
        cost_exact(biller, op, cost);
        break;
    case SQ_PAPER:
        cost_paper(biller, op, rate, cost);
        break;
    case SQ_SYOPS:
        cost_syops(biller, op, rate, cost);
        break;
    case SQ_SPIKINGJELLY: {
        const struct sq_spikingjelly c = sq_spikingjelly_count(op, biller->switches);
        set_counts(biller, c.ac, c.mac, cost);
        break;
    }
    case SQ_NEUROBENCH: {
        const struct sq_neurobench c = sq_neurobench_count(op);
        set_counts(biller, c.effective_acs, c.effective_macs, cost);
        break;
    }
    default:
        cost_lemaire(biller, op, cost);
    }
    if (convention != SQ_LEMAIRE)
        cost_operations(biller, convention, op, cost);
}
