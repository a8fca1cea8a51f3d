/* The conventions spikingjelly and neurobench. */
#ifndef SQ_TEST_TWIN_TOOLS_H
#define SQ_TEST_TWIN_TOOLS_H

#include "test/sim/account/sheets/twin_case.h"

#include <math.h>

/* spikingjelly's LIF: six additions a neuron and step, fewer where both tensors are binary. */
static double lif_additions(const struct twin_op *op, uint32_t b)
{
    const size_t m = (size_t)op->c_in * op->h * op->w;
    double sum = 0;
    int charged = 0; /* is some membrane not 0? */
    for (uint32_t t = 0; t < op->frames; t++) {
        const size_t first = ((size_t)b * op->frames + t) * m;
        uint64_t currents = 0, spikes = 0;
        for (size_t i = first; i < first + m; i++) {
            currents += op->in_b == NULL || op->in_b[i] != 0;
            spikes += op->in[i] != 0;
        }
        const double n = (double)m;
        sum += n + n + n;                       /* v - v_reset, v - v_th, 1 - s */
        sum += charged || currents > 0 ? n : 0; /* x - (v - v_reset) */
        sum += charged || currents > 0 ? n : 0; /* v + ... */
        charged = spikes != (charged ? m : currents);
        sum += charged ? n : 0; /* (1 - s) v + s v_reset */
    }
    return sum;
}

struct tensors {
    double synop, ac, mac, state_ac;
};

static void jelly_layer(const struct state *s, size_t i, uint32_t b, struct tensors *sum)
{
    const struct twin_op *op = &s->twin.op[i];
    const struct twin_synapses *x = &s->synapses[i][b];
    if (x->is_binary && (!op->is_first || x->nonzeros == 0) && (!op->is_head || x->nonzeros == 0))
        sum->synop += (double)x->events;
    else
        sum->mac += flops(op) * op->frames;
    if (op->has_bias && !op->is_conv &&
        (s->choice[SJ_BIAS] == 2 || (s->choice[SJ_BIAS] == 0 && op->bias_apart)))
        sum->ac += outputs(op) * op->frames;
}

static int is_binary(const float *value, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (value[i] != 0 && value[i] != 1)
            return 0;
    return 1;
}

static uint64_t nonzeros(const float *value, size_t n)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += value[i] != 0;
    return sum;
}

static void jelly_ssa(const struct state *s, size_t i, uint32_t b, struct tensors *sum)
{
    const struct twin_op *op = &s->twin.op[i];
    const struct twin_products *p = &s->products[i][b];
    const int kv = is_kv_first(s);
    const double scale = s->twin.net->layout == TINY_CIFAR10 ? (double)s->twin.net->attn_scale : 1;
    const double d = (double)s->twin.net->dim / s->twin.net->heads, n = (double)op->h * op->w;
    sum->synop += (double)p->first[kv];
    if (p->is_binary[kv])
        sum->synop += floor((double)p->units * (kv ? 1 : scale));
    else
        sum->synop += kv ? (double)p->q * d : (double)p->v * n;
}

static struct tensors jelly_op(const struct state *s, size_t i, uint32_t b)
{
    const struct twin_op *op = &s->twin.op[i];
    const size_t n = twin_elements(op);
    struct tensors sum = {0, 0, 0, 0};
    if (op->kind == TWIN_LAYER)
        jelly_layer(s, i, b, &sum);
    if (op->kind == TWIN_SSA)
        jelly_ssa(s, i, b, &sum);
    if (op->kind == TWIN_NORM) {
        sum.ac += op->c_in + (double)n;
        sum.mac += (double)n;
    }
    if (op->kind == TWIN_LIF)
        sum.state_ac = lif_additions(op, b);
    if (op->kind == TWIN_ADD) {
        const float *x = op->in + b * n, *y = op->in_b + b * n;
        sum.ac += is_binary(x, n) && is_binary(y, n) ? (double)(nonzeros(x, n) + nonzeros(y, n))
                                                     : (double)n;
    }
    if (op->kind == TWIN_MEAN)
        sum.ac += (double)n - op->c_in;
    sum.ac += sum.synop;
    return sum;
}

static struct bill bill_jelly(const struct state *s)
{
    struct bill bill = {0, 0, 0};
    for (size_t i = 0; i < s->twin.n; i++)
        for (uint32_t b = 0; b < s->twin.net->batch; b++) {
            const struct tensors sum = jelly_op(s, i, b);
            bill.acs += (sum.ac + sum.state_ac) / n_samples(s);
            bill.macs += sum.mac / n_samples(s);
        }
    bill.pj = bill.acs * AC_PJ + bill.macs * MAC_PJ;
    return bill;
}

static struct bill bill_neurobench(const struct state *s)
{
    struct bill bill = {0, 0, 0};
    for (size_t i = 0; i < s->twin.n; i++)
        for (uint32_t b = 0; s->twin.op[i].kind == TWIN_LAYER && b < s->twin.net->batch; b++) {
            const struct twin_synapses *x = &s->synapses[i][b];
            const int is_real = s->twin.op[i].is_first || s->twin.op[i].is_head;
            const int is_ac = x->is_binary && (!is_real || x->nonzeros == 0);
            *(is_ac ? &bill.acs : &bill.macs) += (double)x->live / n_samples(s);
        }
    bill.pj = bill.acs * AC_PJ + bill.macs * MAC_PJ;
    return bill;
}

#endif
