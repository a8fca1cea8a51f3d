/* What a call's counts say about its tensors, and which counts cannot be. */
#include "sim/account/count/counters.h"

#include <inttypes.h>

/* "Sparse" of the lemaire convention: 1 - nonzeros / n >= 0.5. The tool evaluates that in binary64,
 * which for less than 2^52 elements comes out as it does in integers. */
static int is_sparse(uint64_t nonzeros, uint64_t n, int is_binary)
{
    return is_binary || (n > 0 && nonzeros <= n / 2);
}

struct sq_lif_acs sq_lif_acs(const struct sq_op_group *call, uint64_t neurons)
{
    struct sq_lif_acs acs = {0};
    int v_is_zero = 1;
    for (size_t t = 0; t < call->n_steps; t++) {
        const struct sq_op_count *step = &call->step[t];
        const uint64_t m = neurons * step->frames;
        const int x_is_binary = step->nonzeros == 0 || (call->is & SQ_IS_BINARY) != 0;
        acs.rsub += m;                                            /* 1 - s */
        acs.sub += 2 * m;                                         /* v - v_reset, v - v_th */
        acs.sub += v_is_zero && x_is_binary ? step->nonzeros : m; /* x - (v - v_reset) */
        acs.add += v_is_zero && step->nonzeros == 0 ? 0 : m;      /* v + ... / tau */
        const uint64_t charged = v_is_zero ? step->nonzeros : m;
        v_is_zero = step->out_nonzeros == charged; /* every neuron that held a charge fired */
        acs.add += v_is_zero ? 0 : m;              /* (1 - s) v + s v_reset */
    }
    return acs;
}

static void classify_neuron(const struct sq_op *op, struct sq_op_group *call)
{
    for (size_t t = 0; t < call->n_steps; t++) {
        struct sq_op_count *step = &call->step[t];
        const int sparse =
            is_sparse(step->nonzeros, op->n_in * step->frames, (call->is & SQ_IS_BINARY) != 0);
        step->sparse_calls = sparse ? call->n_calls : 0;
        step->sparse_nonzeros = sparse ? step->nonzeros : 0;
    }
    const struct sq_lif_acs acs = sq_lif_acs(call, op->n_in);
    call->neuron_acs = acs.sub + acs.rsub + acs.add;
}

/* Whole numbers: binary exactly if every nonzero is a one. */
static void classify_integers(const struct sq_op_count *sum, struct sq_op_group *call)
{
    call->is &= ~(unsigned)(SQ_IS_BINARY | SQ_IS_TERNARY);
    if (sum->units == sum->nonzeros) {
        call->is |= SQ_IS_BINARY | SQ_IS_TERNARY;
        call->max = sum->nonzeros > 0;
        call->distinct = 2;
    } else if (call->distinct == 0) {
        call->distinct = (uint64_t)call->max + 1;
    }
}

static void classify_tensors(const struct sq_op *op, const struct sq_op_count *sum,
                             struct sq_op_group *call)
{
    if (!(call->is & SQ_IS_REAL))
        classify_integers(sum, call);
    else if (sum->nonzeros == 0)
        call->is |= SQ_IS_BINARY | SQ_IS_TERNARY;
    else if (call->distinct == 0)
        call->distinct = SQ_MANY_VALUES; /* an image, or what a layer sent: no spikes */
    call->is &= ~(unsigned)(SQ_IS_SPARSE | SQ_IS_SPARSE_OUT);
    if (is_sparse(sum->nonzeros, op->n_in * sum->frames, (call->is & SQ_IS_BINARY) != 0))
        call->is |= SQ_IS_SPARSE;
    if (is_sparse(sum->out_nonzeros, op->n_out * sum->frames, 0))
        call->is |= SQ_IS_SPARSE_OUT;
    call->max_nonzeros = sum->nonzeros;
    call->max_out_nonzeros = sum->out_nonzeros;
}

void sq_call_classify(const struct sq_op *op, struct sq_op_group *call, struct sq_op_count *sum)
{
    if (op->kind == SQ_OP_NEURON)
        classify_neuron(op, call);
    sq_call_sum(op, call, sum);
    if (op->kind != SQ_OP_NEURON && op->kind != SQ_OP_SSA && op->kind != SQ_OP_ADD &&
        op->kind != SQ_OP_MEAN && op->kind != SQ_OP_GATE && op->kind != SQ_OP_SUM &&
        op->kind != SQ_OP_DSSA)
        classify_tensors(op, sum, call);
}

static int check_step(struct sq_error *err, const struct sq_op *op, const struct sq_op_group *group,
                      size_t t)
{
    const struct sq_op_count *c = &group->step[t];
    const uint64_t levels = op->levels > 1 ? op->levels : 1;
    const struct {
        const char *name;
        uint64_t found, most;
    } limit[] = {
        {"nonzeros", c->nonzeros, op->n_in * c->frames * levels},
        {"out_nonzeros", c->out_nonzeros, op->n_out * c->frames * levels},
        {"fanout", c->fanout, op->dense_in * c->frames * levels},
        {"nonzeros_b", c->nonzeros_b, op->n_in * c->frames * levels},
        {"both", c->both, c->nonzeros},
        {"q", c->q, op->n_in * c->frames * levels},
        {"k", c->k, op->n_in * c->frames * levels},
        {"v", c->v, op->n_out * c->frames * levels},
    };
    for (size_t i = 0; i < sizeof limit / sizeof *limit; i++)
        if (limit[i].found > limit[i].most)
            return sq_fail(err, SQ_EVALUE,
                           "%s: %s at t = %zu is %" PRIu64 ", expected at most %" PRIu64
                           "; counters of another network?",
                           op->name, limit[i].name, t, limit[i].found, limit[i].most);
    if (!(group->is & SQ_IS_REAL) && c->units < c->nonzeros && op->kind != SQ_OP_NEURON)
        return sq_fail(err, SQ_EVALUE,
                       "%s: units at t = %zu is %" PRIu64 ", expected at least %" PRIu64, op->name,
                       t, c->units, c->nonzeros);
    return SQ_OK;
}

/* Prices are products of a count and a size: none may leave 64 bits. */
static int check_sizes(struct sq_error *err, const struct sq_op *op)
{
    const struct sq_op_count sum = sq_op_sum(op);
    const uint64_t size[] = {op->n_in,     op->n_out,   op->dense_full,
                             op->dense_in, op->weights, op->or_dense};
    const uint64_t tokens = op->tokens, heads = op->heads;
    uint64_t product;
    if (tokens * tokens > UINT64_MAX / 64 / (heads + 1) / (op->dim / 64 + 1) / (sum.frames + 1))
        return sq_fail(err, SQ_EVALUE, "%s: its operations exceed 64 bits; give fewer samples",
                       op->name);
    for (size_t i = 0; i < sizeof size / sizeof *size; i++)
        if (__builtin_mul_overflow(size[i], sum.frames, &product) || product > UINT64_MAX / 64)
            return sq_fail(err, SQ_EVALUE, "%s: its operations exceed 64 bits; give fewer samples",
                           op->name);
    if (__builtin_mul_overflow(sum.nonzeros, op->fan, &product) || product > UINT64_MAX / 64)
        return sq_fail(err, SQ_EVALUE, "%s: its operations exceed 64 bits; give fewer samples",
                       op->name);
    return SQ_OK;
}

/* No sum of an operation may come near 2^64: totals over operations must fit as well. */
static int check_sums(struct sq_error *err, const struct sq_op *op)
{
    struct sq_op_count sum = {0};
    uint64_t neuron_acs = 0;
    int fits = 1;
    for (size_t g = 0; g < op->n_groups; g++) {
        for (size_t t = 0; t < op->group[g].n_steps; t++)
            fits &= sq_op_count_add(&sum, &op->group[g].step[t]);
        fits &= !__builtin_add_overflow(neuron_acs, op->group[g].neuron_acs, &neuron_acs);
    }
    const uint64_t *member = (const uint64_t *)&sum;
    for (size_t i = 0; i < sizeof sum / sizeof *member; i++)
        fits &= member[i] < (uint64_t)1 << 56;
    if (fits && neuron_acs < (uint64_t)1 << 56)
        return SQ_OK;
    return sq_fail(err, SQ_EVALUE, "%s: a sum of its counters exceeds 2^56; give fewer samples",
                   op->name);
}

int sq_counters_check(struct sq_error *err, const struct sq_counters *counters)
{
    int rc = SQ_OK;
    for (size_t i = 0; rc == SQ_OK && i < counters->n_ops; i++) {
        const struct sq_op *op = &counters->op[i];
        rc = check_sums(err, op);
        if (rc == SQ_OK)
            rc = check_sizes(err, op);
        for (size_t g = 0; rc == SQ_OK && g < op->n_groups; g++)
            for (size_t t = 0; rc == SQ_OK && t < op->group[g].n_steps; t++)
                rc = check_step(err, op, &op->group[g], t);
    }
    return rc;
}
