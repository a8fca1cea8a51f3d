/* The convention exact, sample by sample. */
#ifndef SQ_TEST_TWIN_EXACT_H
#define SQ_TEST_TWIN_EXACT_H

#include "test/sim/account/sheets/twin_case.h"

/* exact: the first layer of one sample. */
static void exact_first(const struct state *s, const struct twin_op *op,
                        const struct twin_synapses *x, struct bill *bill)
{
    const int choice = s->choice[FIRST], is_static = s->twin.net->frames == 1;
    if (choice == 0 && is_counts(s, x)) {
        bill->acs += s->choice[INTEGERS] == 0   ? (double)x->events
                     : s->choice[INTEGERS] == 1 ? (double)x->units
                                                : 0;
        bill->macs += s->choice[INTEGERS] == 2 ? (double)x->events : 0;
    } else {
        bill->macs += choice == 3                ? (double)x->events
                      : choice == 2 && is_static ? (double)x->dense / op->frames
                                                 : (double)x->dense;
    }
}

/* exact: a layer of spikes or of a residual stream, all samples. */
static void exact_layer(const struct state *s, size_t i, struct bill *bill)
{
    double events = 0, units = 0, live = 0;
    for (uint32_t b = 0; b < s->twin.net->batch; b++) {
        events += (double)s->synapses[i][b].events;
        units += (double)s->synapses[i][b].units;
        live += (double)s->synapses[i][b].live;
    }
    if (s->twin.op[i].from_stream && s->choice[INTEGERS] == 2)
        bill->macs += events;
    else if (s->twin.op[i].from_stream && s->choice[INTEGERS] == 1)
        bill->acs += units;
    else
        bill->acs += s->choice[ZEROS] ? live : events;
}

static void exact_sample(const struct state *s, size_t i, uint32_t b, struct bill *bill)
{
    const struct twin_op *op = &s->twin.op[i];
    const double frames = op->frames;
    if (op->is_first)
        exact_first(s, op, &s->synapses[i][b], bill);
    if (op->is_head && s->choice[HEAD] == 0)
        bill->macs += (double)s->synapses[i][b].events;
    if (op->is_head && s->choice[HEAD] == 1)
        bill->acs += (double)s->synapses[i][b].events;
    if ((op->has_bias && s->choice[BIAS] > 0) || (op->folds_bias && s->choice[BIAS] == 2))
        bill->acs += outputs(op) * frames;
    if (op->kind == TWIN_NORM && s->choice[NORM])
        bill->macs += inputs(op) * frames;
    if (op->kind == TWIN_POOL && s->choice[POOL])
        bill->acs += (double)twin_windows(op, b);
    if (op->kind == TWIN_ADD && s->choice[RESIDUAL])
        bill->acs += (double)both_of(op, b);
    if (op->kind == TWIN_SSA) {
        const struct twin_products *p = &s->products[i][b];
        bill->acs += (double)p->first[is_kv_first(s)];
        bill->acs += (double)(s->choice[INTEGERS] == 1 ? p->units : p->events[is_kv_first(s)]);
    }
    if (op->kind == TWIN_LIF && s->choice[NEURONS] == 0) {
        const double spikes = (double)spikes_of(op, b);
        bill->pj += spikes * (UPDATE_PJ + SPIKE_PJ) + (inputs(op) * frames - spikes) * SILENT_PJ;
    }
}

static struct bill bill_exact(const struct state *s)
{
    struct bill bill = {0, 0, 0};
    for (size_t i = 0; i < s->twin.n; i++) {
        if (s->twin.op[i].kind == TWIN_LAYER && !s->twin.op[i].is_first && !s->twin.op[i].is_head)
            exact_layer(s, i, &bill);
        for (uint32_t b = 0; b < s->twin.net->batch; b++)
            exact_sample(s, i, b, &bill);
    }
    bill.acs /= n_samples(s);
    bill.macs /= n_samples(s);
    bill.pj = bill.pj / n_samples(s) + bill.acs * AC_PJ + bill.macs * MAC_PJ;
    return bill;
}

#endif
