#include "sim/account/price/paper.h"

#include "sim/account/price/pricing.h"

static double lesser(double a, double b)
{
    return a < b ? a : b;
}

static double share(uint64_t part, double whole)
{
    return whole > 0 ? (double)part / whole : 0;
}

double sq_paper_mj(double g_acs, double g_macs)
{
    return 0.9 * g_acs + 4.6 * g_macs;
}

/* SDSA: (R_q + R_k) * N * D (Yao et al., NeurIPS 2023, supplement), in the place of the sum over tokens;
 * else every sum of spikes is its rate times what it would add densely. */
static struct sq_paper price_sum(const struct sq_op *op, double timesteps, const double rate[3],
                                 const struct sq_switches *switches)
{
    struct sq_paper p = {.rate = rate[0], .flops = (double)op->n_in};
    if (switches->paper) {
        p.rate = rate[1];
        p.rate2 = rate[2];
    }
    p.sops = p.rate * timesteps * p.flops + p.rate2 * timesteps * p.flops;
    return p;
}

static struct sq_paper price_ssa(const struct sq_op *op, double timesteps, const double rate[3],
                                 const struct sq_switches *switches)
{
    const uint32_t of_head = op->heads > 0 ? op->dim / op->heads : 0;
    const uint32_t of_head_v = op->heads > 0 ? sq_op_dim_v(op) / op->heads : 0;
    const double d = of_head, d_v = of_head_v, n = op->tokens;
    double second;
    struct sq_paper p = {0};
    if (switches->paper) { /* SDSA: (R_q + R_k) * N * D, no product of matrices */
        p.rate = rate[0];
        p.rate2 = rate[1];
        second = p.flops = n * op->dim;
    } else if (op->order == SQ_KV_FIRST) {
        p.rate = switches->qkv == SQ_QKV_MEAN ? (rate[1] + rate[2]) / 2 : lesser(rate[1], rate[2]);
        p.rate2 = rate[0];
        second = p.flops = n * d * d_v * op->heads;
    } else {
        p.rate = switches->qkv == SQ_QKV_MEAN ? (rate[0] + rate[1]) / 2 : lesser(rate[0], rate[1]);
        p.rate2 = rate[2];
        p.flops = n * n * d * op->heads;
        second = n * n * d_v * op->heads;
    }
    p.sops = p.rate * timesteps * p.flops + p.rate2 * timesteps * second;
    return p;
}

struct sq_paper sq_paper_rate(const struct sq_op *op, double timesteps, const double rate[3],
                              const struct sq_switches *switches)
{
    struct sq_paper p = {0};
    if (op->kind == SQ_OP_SSA)
        return price_ssa(op, timesteps, rate, switches);
    if (op->kind == SQ_OP_SUM)
        return price_sum(op, timesteps, rate, switches);
    if (op->kind != SQ_OP_CONV && op->kind != SQ_OP_LINEAR && op->kind != SQ_OP_DSSA)
        return p;
    p.rate = rate[0];
    p.flops = (double)op->dense_full;
    if (op->is_head) {
        p.rate = 1;
        p.macs = switches->paper_head ? p.flops : 0;
    } else if (op->is_real) {
        p.rate = 1;
        p.macs = timesteps * p.flops;
    } else if (op->is_analog) {
        p.rate = 1;
        p.macs = switches->first_layer == SQ_FIRST_ONCE ? p.flops : timesteps * p.flops;
        if (switches->paper_table)
            p.macs = 0.347e9;
    } else {
        p.sops = p.rate * timesteps * p.flops;
    }
    return p;
}

struct sq_paper sq_paper_of(const struct sq_op *op, const struct sq_op_count *sum,
                            uint64_t n_samples, const struct sq_switches *switches)
{
    const double frames = (double)sum->frames, samples = n_samples > 0 ? (double)n_samples : 1;
    const double n = (double)op->n_in * frames;
    double rate[3] = {share(sum->units, n), 0, 0};
    if (switches->rate || switches->paper)
        rate[0] = share(sum->nonzeros, n);
    if (op->kind == SQ_OP_SSA) {
        rate[0] = share(sum->q, n);
        rate[1] = share(sum->k, n);
        rate[2] = share(sum->v, (double)op->n_out * frames);
    }
    if (op->kind == SQ_OP_SUM) {
        rate[1] = share(sum->q, n);
        rate[2] = share(sum->k, n);
    }
    struct sq_paper p = sq_paper_rate(op, frames / samples, rate, switches);
    if (op->kind == SQ_OP_SSA && switches->qkv == SQ_QKV_EXACT && !switches->paper)
        p.sops = (double)(sum->coincidences[op->order] + sum->unary2) / samples;
    return p;
}

struct sq_paper sq_paper_count(const struct sq_op *op, uint64_t n_samples,
                               const struct sq_switches *switches)
{
    const struct sq_op_count sum = sq_op_sum(op);
    return sq_paper_of(op, &sum, n_samples, switches);
}

void sq_paper_cost(const struct sq_pricing *pricing, const struct sq_op *op, struct sq_cost *cost)
{
    const struct sq_source *source = pricing->source;
    const struct sq_paper p =
        source->has_counts ? sq_paper_count(op, source->counters.n_samples, pricing->switches)
                           : sq_paper_rate(op, source->counters.timesteps,
                                           sq_source_rate(source, op), pricing->switches);
    cost->acs = p.sops;
    cost->macs = p.macs;
    if (sq_op_is_synaptic(op))
        cost->rate = p.rate;
}
