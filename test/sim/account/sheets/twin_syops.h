/* The convention syops. */
#ifndef SQ_TEST_TWIN_SYOPS_H
#define SQ_TEST_TWIN_SYOPS_H

#include "test/sim/account/sheets/twin_case.h"

#include <math.h>

static double float_rate(const struct state *s, double sum, double n)
{
    return s->choice[SYOPS_DEVICE] ? (double)((float)sum * (1.0f / (float)n))
                                   : (double)((float)sum / (float)n);
}

static int is_syops_layer(const struct state *s, const struct twin_op *op)
{
    return op->kind == TWIN_LAYER && (!s->choice[SYOPS_NAMES] || strstr(op->name, "conv") != NULL ||
                                      strstr(op->name, "head") != NULL);
}

/* syops: a layer's row over the forward calls, of one image each. */
static void syops_layer(const struct state *s, size_t i, struct bill *bill)
{
    const struct twin_op *op = &s->twin.op[i];
    const double most = s->choice[SYOPS_MAX] ? 30 : 1;
    double acs = 0, macs = 0, rates = 0;
    for (uint32_t b = 0; b < s->twin.net->batch; b++) {
        const struct twin_synapses *x = &s->synapses[i][b];
        const double bias = !op->has_bias ? 0
                            : op->is_conv ? outputs(op) * op->frames
                                          : op->c_out * (s->choice[SYOPS_BIAS] ? 1.0 : op->frames);
        const double ops = flops(op) * op->frames + bias;
        const int is_spike = !op->is_first && (double)x->distinct <= most + 1 && x->max <= most;
        const double rate = is_spike ? float_rate(s, x->sum, (double)twin_elements(op)) : 1;
        acs += is_spike ? ops * rate : 0;
        macs += is_spike ? 0 : ops;
        rates += rate;
    }
    if (fabs(100 * rates / n_samples(s) - 100) < 1e-4)
        bill->macs += macs / n_samples(s);
    else
        bill->acs += acs / n_samples(s);
}

/* Mean rate of the neurons `which` ("q") of a block. */
static double syops_neurons(const struct state *s, int block, char which)
{
    char name[64];
    double rate = 0;
    snprintf(name, sizeof name, "block.%d.attn.%c_lif", block, which);
    for (size_t i = 0; i < s->twin.n; i++)
        for (uint32_t b = 0; strcmp(s->twin.op[i].name, name) == 0 && b < s->twin.net->batch; b++)
            rate += float_rate(s, (double)spikes_of(&s->twin.op[i], b),
                               (double)twin_elements(&s->twin.op[i]));
    return rate / n_samples(s);
}

static struct bill bill_syops(const struct state *s)
{
    struct bill bill = {0, 0, 0};
    for (size_t i = 0; i < s->twin.n; i++) {
        const struct twin_op *op = &s->twin.op[i];
        if (is_syops_layer(s, op))
            syops_layer(s, i, &bill);
        if (op->kind != TWIN_SSA)
            continue;
        const double d = floor((double)s->twin.net->dim / s->twin.net->heads);
        bill.acs += (double)op->frames * s->twin.net->heads * op->h * op->w * d * d *
                    (fmin(syops_neurons(s, op->block, 'k'), syops_neurons(s, op->block, 'v')) +
                     syops_neurons(s, op->block, 'q'));
    }
    bill.pj = bill.acs * AC_PJ + bill.macs * MAC_PJ;
    return bill;
}

#endif
