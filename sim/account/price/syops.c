#include "sim/account/price/syops.h"

#include <math.h>
#include <string.h>

int sq_syops_is_row(const struct sq_op *op)
{
    return op->kind != SQ_OP_SSA && op->kind != SQ_OP_ADD && op->kind != SQ_OP_MEAN &&
           op->kind != SQ_OP_GATE && op->kind != SQ_OP_SUM && op->kind != SQ_OP_DSSA;
}

double sq_syops_rate(double sum, uint64_t n, const struct sq_switches *switches)
{
    if (n == 0)
        return 0;
    if (switches->syops_device)
        return (double)((float)sum * (1.0f / (float)n));
    return (double)((float)sum / (float)n);
}

static int is_spike(const struct sq_op_group *group, const struct sq_switches *switches)
{
    const int most = switches->syops_max ? 30 : 1;
    return group->distinct <= (uint64_t)most + 1 && group->max <= most && group->min >= 0;
}

static uint64_t ops_of(const struct sq_op *op, const struct sq_op_group *group,
                       const struct sq_op_count *sum, const struct sq_switches *switches)
{
    switch (op->kind) {
    case SQ_OP_CONV:
        return (op->dense_full + (op->has_bias ? op->n_out : 0)) * sum->frames;
    case SQ_OP_LINEAR:
        return op->dense_full * sum->frames +
               (op->has_bias ? op->fan * (switches->syops_bias ? group->n_calls : sum->frames) : 0);
    case SQ_OP_NORM:
        return (op->is_affine ? 2 : 1) * op->n_in * sum->frames;
    default:
        return op->n_in * sum->frames;
    }
}

static void count_group(const struct sq_op *op, const struct sq_op_group *group,
                        const struct sq_switches *switches, struct sq_syops_row *row)
{
    const struct sq_op_count sum = sq_group_sum(group);
    const double ops = (double)ops_of(op, group, &sum, switches);
    const double n_calls = (double)group->n_calls;
    row->ops += ops;
    if (op->kind == SQ_OP_NEURON) {
        row->acs += ops;
        row->rate_percent +=
            100 * sq_syops_rate((double)sum.out_nonzeros, op->n_out * sum.frames, switches) *
            n_calls;
        return;
    }
    if (!is_spike(group, switches)) {
        row->macs += ops;
        row->rate_percent += 100 * n_calls;
        return;
    }
    const double s = group->is & SQ_IS_REAL ? group->real_sum : (double)sum.units;
    const double r = sq_syops_rate(s, op->n_in * sum.frames, switches);
    row->acs += ops * r;
    row->rate_percent += 100 * r * n_calls;
}

struct sq_syops_row sq_syops_count(const struct sq_op *op, const struct sq_switches *switches,
                                   uint64_t *n_calls)
{
    struct sq_syops_row row = {0};
    *n_calls = 0;
    if (!sq_syops_is_row(op))
        return row;
    for (size_t g = 0; g < op->n_groups; g++) {
        *n_calls += op->group[g].n_calls;
        count_group(op, &op->group[g], switches, &row);
    }
    return row;
}

struct sq_syops_row sq_syops_average(const struct sq_syops_row *sum, uint64_t n_images,
                                     uint64_t n_calls)
{
    const double images = n_images > 0 ? (double)n_images : 1;
    const double calls = n_calls > 0 ? (double)n_calls : 1;
    return (struct sq_syops_row){sum->ops / images, sum->acs / images, sum->macs / images,
                                 sum->rate_percent / calls};
}

int sq_syops_is_priced(const char *name, int is_layer, const struct sq_switches *switches)
{
    static const char *const priced[] = {
#define SQ_SYOPS_NAME(part) part,
#include "sim/account/price/syops_names.inc"
    };
    if (!switches->syops_names)
        return is_layer;
    for (size_t i = 0; i < sizeof priced / sizeof *priced; i++)
        if (strstr(name, priced[i]) != NULL)
            return 1;
    return 0;
}

void sq_syops_add(double *macs, double *acs, const struct sq_syops_row *row)
{
    if (fabs(row->rate_percent - 100) < 1e-4)
        *macs += row->macs;
    else
        *acs += row->acs;
}

uint64_t sq_syops_base(uint64_t timesteps, uint64_t heads, uint64_t tokens, uint64_t dim)
{
    const uint64_t head_dim = heads > 0 ? dim / heads : 0;
    return timesteps * heads * tokens * head_dim * head_dim;
}

double sq_syops_ssa_acs(uint64_t base, const struct sq_syops_ssa *rate)
{
    return (double)base * ((rate->k < rate->v ? rate->k : rate->v) + rate->q);
}

struct sq_syops_total sq_syops_price(double macs, double acs)
{
    struct sq_syops_total total = {macs / 1e9, acs / 1e9, 0};
    total.energy_mj = total.g_macs * 4.6 + total.g_acs * 0.9;
    return total;
}
