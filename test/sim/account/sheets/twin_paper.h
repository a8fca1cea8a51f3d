/* The convention paper. */
#ifndef SQ_TEST_TWIN_PAPER_H
#define SQ_TEST_TWIN_PAPER_H

#include "test/sim/account/sheets/twin_case.h"

#include <math.h>

/* paper: mean value, or share of nonzeros, over all samples. */
static double paper_rate(const struct state *s, size_t i)
{
    const struct twin_op *op = &s->twin.op[i];
    double sum = 0;
    for (uint32_t b = 0; b < s->twin.net->batch; b++)
        sum += s->choice[RATE] || s->choice[PAPER] ? (double)s->synapses[i][b].nonzeros
                                                   : s->synapses[i][b].sum;
    return sum / (n_samples(s) * (double)twin_elements(op));
}

static double paper_ssa(const struct state *s, size_t i)
{
    const struct twin_op *op = &s->twin.op[i];
    const double n = (double)op->h * op->w, d = (double)s->twin.net->dim / s->twin.net->heads;
    const double product = (is_kv_first(s) ? n * d * d : n * n * d) * s->twin.net->heads;
    double q = 0, k = 0, v = 0, counted = 0;
    for (uint32_t b = 0; b < s->twin.net->batch; b++) {
        const struct twin_products *p = &s->products[i][b];
        const double whole = n_samples(s) * (double)twin_elements(op);
        q += (double)p->q / whole;
        k += (double)p->k / whole;
        v += (double)p->v / whole;
        counted += (double)(p->first[is_kv_first(s)] + p->units) / n_samples(s);
    }
    if (s->choice[PAPER])
        return (q + k) * op->frames * n * s->twin.net->dim;
    if (s->choice[QKV] == 2)
        return counted;
    const double a = is_kv_first(s) ? k : q, b = is_kv_first(s) ? v : k;
    const double first = s->choice[QKV] == 1 ? (a + b) / 2 : fmin(a, b);
    return (first + (is_kv_first(s) ? q : v)) * op->frames * product;
}

static struct bill bill_paper(const struct state *s)
{
    struct bill bill = {0, 0, 0};
    for (size_t i = 0; i < s->twin.n; i++) {
        const struct twin_op *op = &s->twin.op[i];
        if (op->kind == TWIN_SSA)
            bill.acs += paper_ssa(s, i);
        if (op->kind != TWIN_LAYER)
            continue;
        if (op->is_first)
            bill.macs += s->choice[PAPER_TABLE]
                             ? 0.347e9
                             : flops(op) * (s->choice[FIRST] == 2 ? 1 : op->frames);
        else if (op->is_head)
            bill.macs += s->choice[PAPER_HEAD] ? flops(op) : 0;
        else
            bill.acs += paper_rate(s, i) * op->frames * flops(op);
    }
    bill.pj = bill.acs * AC_PJ + bill.macs * MAC_PJ;
    return bill;
}

#endif
