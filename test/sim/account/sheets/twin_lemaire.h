/* The convention lemaire, which takes the additions of neurons and attention from spikingjelly's. */
#ifndef SQ_TEST_TWIN_LEMAIRE_H
#define SQ_TEST_TWIN_LEMAIRE_H

#include "test/sim/account/sheets/twin_tools.h"

#include <math.h>

/* lemaire: bytes of each kind, with the most that one call moves; addresses; states. */
struct traffic {
    double in, out, params, most_in, most_out, most_params;
    double acc_addr, mac_addr, state_acc, state_mac, potential, most_potential;
};

static double byte_pj(double bytes)
{
    return bytes <= 8192      ? bytes / 8192 * 2.5
           : bytes <= 32768   ? 2.5 + (bytes - 8192) / (32768 - 8192) * 2.5
           : bytes <= 1048576 ? 5 + (bytes - 32768) / (1048576 - 32768) * 20
                              : 25;
}

static void move(const struct state *s, size_t i, uint32_t b, struct traffic *sum)
{
    const struct twin_op *op = &s->twin.op[i];
    const struct twin_synapses *x = &s->synapses[i][b];
    const double n = (double)twin_elements(op), out = outputs(op) * op->frames;
    const double fan = (double)op->c_out * op->taps, biases = op->has_bias ? op->c_out : 0;
    const int is_spiking = x->is_binary && ((!op->is_first && !op->is_head) || x->nonzeros == 0);
    double in = n, params = (double)op->c_out * op->c_in * op->taps + biases;
    if (is_spiking || 1 - (double)x->nonzeros / n >= 0.5) {
        in = (double)x->nonzeros; /* outputs are nowhere zero */
        params = in * fan + (op->has_bias ? out : 0);
    }
    sum->in += 4 * in;
    sum->out += 4 * out;
    sum->params += 4 * params;
    sum->most_in = fmax(sum->most_in, 4 * in);
    sum->most_out = fmax(sum->most_out, 4 * out);
    sum->most_params = fmax(sum->most_params, 4 * params);
    sum->acc_addr += is_spiking ? (double)x->nonzeros * fan
                                : n + out + (op->is_conv ? (double)op->c_out * op->taps : 0);
    sum->mac_addr += is_spiking && op->is_conv ? 2 * (double)x->nonzeros : 0;
}

static void keep_state(const struct twin_op *op, uint32_t b, struct traffic *sum)
{
    const size_t m = (size_t)op->c_in * op->h * op->w;
    for (uint32_t t = 0; t < op->frames; t++) {
        const size_t first = ((size_t)b * op->frames + t) * m;
        const double n = (double)m, silent = n - (double)nonzeros(op->in + first, m);
        const double z = op->in_b != NULL ? (double)nonzeros(op->in_b + first, m) : n;
        const double saved = 1 - z / n >= 0.5 ? n - z : 0;
        sum->state_acc += 6 * n;
        sum->state_mac += 2 * n;
        sum->potential += 4 * (7 * n + silent - saved) + 4 * (5 * n + silent - saved);
    }
    sum->most_potential = fmax(sum->most_potential, 4 * (double)m);
}

static struct bill bill_lemaire(const struct state *s)
{
    struct bill bill = {0, 0, 0};
    struct traffic sum = {0};
    double synop = 0, ac = 0, mac = 0;
    int n_neurons = 0;
    for (size_t i = 0; i < s->twin.n; i++) {
        const struct twin_op *op = &s->twin.op[i];
        n_neurons += op->kind == TWIN_LIF;
        for (uint32_t b = 0; b < s->twin.net->batch; b++) {
            const struct tensors tensors = jelly_op(s, i, b);
            synop += s->choice[SYNOP] ? 0 : tensors.synop;
            ac += tensors.ac;
            mac += tensors.mac;
            bill.acs += (tensors.ac + tensors.state_ac) / n_samples(s);
            bill.macs += tensors.mac / n_samples(s);
            if (op->kind == TWIN_LAYER)
                move(s, i, b, &sum);
            if (op->kind == TWIN_LIF && (n_neurons == 1 || !s->choice[STATE]))
                keep_state(op, b, &sum);
        }
    }
    bill.pj = (synop + ac + sum.state_acc) * 0.1 + (mac + sum.state_mac) * 3.2 +
              sum.acc_addr * 0.1 + sum.mac_addr * 3.2 + sum.in * byte_pj(sum.most_in) +
              sum.out * byte_pj(sum.most_out) + sum.params * byte_pj(sum.most_params) +
              sum.potential * byte_pj(sum.most_potential);
    bill.pj /= n_samples(s);
    return bill;
}

#endif
