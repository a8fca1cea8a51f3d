/* A brute-force twin of the accounting: every convention under random switches, recomputed from the
 * whole tensors of random tiny networks by the formulas of docs/accounting.md, sample by sample,
 * and compared with what spikeq energy says of the run's report. Shares no code with sim/account.
 */
#include "test/sim/replay/replay_case.h"
#include "test/support/account_twin.h"

#include <math.h>

enum { N_NETWORKS = 30, N_CHOICES = 8 };

/* The switches, with the number chosen of each. */
enum {
    FIRST,
    INTEGERS,
    ZEROS,
    BIAS,
    NORM,
    POOL,
    HEAD,
    RESIDUAL,
    NEURONS,
    RATE,
    QKV,
    PAPER,
    PAPER_HEAD,
    PAPER_TABLE,
    SYOPS_MAX,
    SYOPS_NAMES,
    SYOPS_DEVICE,
    SYOPS_BIAS,
    SJ_BIAS,
    SYNOP,
    STATE,
    N_SWITCHES
};
static const struct {
    const char *key;
    int n;
    const char *value[4];
} switches[N_SWITCHES] = {
    {"first-layer", 4, {"auto", "timesteps", "once", "nonzero"}},
    {"integers", 3, {"events", "units", "mac"}},
    {"zero-weights", 2, {"counted", "skipped"}},
    {"bias", 3, {"apart", "own", "all"}},
    {"batch-norm", 2, {"folded", "mac"}},
    {"pool", 2, {"apart", "ac"}},
    {"head", 3, {"mac", "events", "none"}},
    {"residual", 2, {"apart", "ac"}},
    {"neurons", 2, {"profile", "none"}},
    {"rate", 2, {"mean", "nonzero"}},
    {"qkv", 3, {"min", "mean", "exact"}},
    {"paper", 2, {"spikformer", "sdt"}},
    {"paper-head", 2, {"none", "mac"}},
    {"paper-table", 2, {"no", "yes"}},
    {"syops-max", 2, {"1", "30"}},
    {"syops-names", 2, {"all", "tool"}},
    {"syops-device", 2, {"cpu", "gpu"}},
    {"syops-bias", 2, {"fork", "upstream"}},
    {"sj-bias", 3, {"layout", "addmm", "add"}},
    {"lemaire-synop", 2, {"tool", "once"}},
    {"lemaire-state", 2, {"all", "tool-first-run"}},
};

/* Prices of the profile that the test writes, all different. */
static const double MAC_PJ = 4.25, AC_PJ = 0.75, UPDATE_PJ = 0.5, SILENT_PJ = 0.125,
                    SPIKE_PJ = 0.3125;

/* What one convention makes of one network, per sample. */
struct bill {
    double acs, macs, pj;
};

struct state {
    struct replay_case c;
    struct twin twin;
    int choice[N_SWITCHES];
    /* Of every operation and sample, counted once. */
    struct twin_synapses synapses[TWIN_OPS][8];
    struct twin_products products[TWIN_OPS][8];
};

static double n_samples(const struct state *s)
{
    return (double)s->twin.net->batch;
}

/* Multiply-accumulates of the dense layer at one timestep, padding taps included. */
static double flops(const struct twin_op *op)
{
    return (double)op->c_out * op->c_in * op->taps * op->h * op->w;
}

static double outputs(const struct twin_op *op)
{
    return (double)op->c_out * op->h * op->w;
}

static double inputs(const struct twin_op *op)
{
    return (double)op->c_in * op->h * op->w;
}

static int is_kv_first(const struct state *s)
{
    return s->twin.net->layout == TINY_IMAGENET;
}

/* Frames of a camera, all of whose values are whole: they enter as events. */
static int is_counts(const struct state *s, const struct twin_synapses *x)
{
    return s->twin.net->layout == TINY_CIFAR10DVS && x->is_whole;
}

static uint64_t spikes_of(const struct twin_op *op, uint32_t sample)
{
    const size_t n = twin_elements(op);
    uint64_t spikes = 0;
    for (size_t i = 0; i < n; i++)
        spikes += op->in[sample * n + i] != 0;
    return spikes;
}

static uint64_t both_of(const struct twin_op *op, uint32_t sample)
{
    const size_t n = twin_elements(op), first = sample * n;
    uint64_t both = 0;
    for (size_t i = first; i < first + n; i++)
        both += op->in[i] != 0 && op->in_b[i] != 0;
    return both;
}

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

static void write_profile(const char *path)
{
    FILE *file = fopen(path, "w");
    const struct {
        const char *key;
        double pj;
    } price[] = {{"mac", MAC_PJ},
                 {"ac", AC_PJ},
                 {"neuron_update", UPDATE_PJ},
                 {"neuron_update_silent", SILENT_PJ},
                 {"spike", SPIKE_PJ}};
    fputs("{\"format\": \"spikeq-hardware/1\", \"prices\": {", file);
    for (size_t i = 0; i < sizeof price / sizeof *price; i++)
        fprintf(file,
                "%s\"%s\": {\"energy_pj\": %.17g, \"kind\": \"measured\", \"paper\": \"test\"}",
                i > 0 ? ", " : "", price[i].key, price[i].pj);
    fputs("}}\n", file);
    ck_assert_int_eq(fclose(file), 0);
}

/* What spikeq energy says of the report under the switches chosen. */
static cJSON *priced(struct state *s, const char *report, const char *per, const char *convention)
{
    static char text[N_SWITCHES][64];
    const char *given[N_SWITCHES];
    char *said;
    /* One convention takes its own switches alone: exact those up to NEURONS, neurobench none. */
    const size_t n_switches = convention == NULL || strcmp(convention, "all") == 0 ? N_SWITCHES
                              : strcmp(convention, "exact") == 0                   ? NEURONS + 1
                                                                                   : 0;
    for (int i = 0; i < N_SWITCHES; i++) {
        snprintf(text[i], sizeof text[i], "%s=%s", switches[i].key,
                 switches[i].value[s->choice[i]]);
        given[i] = text[i];
    }
    const struct spikeq_energy_options options = {.report = "report",
                                                  .report_text = report,
                                                  .hardware = temp_path("mine.json"),
                                                  .switches = given,
                                                  .n_switches = n_switches,
                                                  .per = per,
                                                  .convention = convention,
                                                  .format = "json"};
    CASE_UNLESS(&s->c, spikeq_energy(s->c.ctx, &options, &said) == SPIKEQ_OK, "%s",
                spikeq_error_text(s->c.ctx));
    cJSON *json = cJSON_Parse(said);
    spikeq_free(said);
    return json;
}

static void require(const struct state *s, const char *convention, const char *what, double got,
                    double want, double tolerance)
{
    char chosen[600] = "";
    if (fabs(got - want) <= tolerance * fmax(fabs(got), fabs(want)))
        return;
    for (int i = 0; i < N_SWITCHES; i++)
        if (s->choice[i] > 0)
            snprintf(chosen + strlen(chosen), sizeof chosen - strlen(chosen), " %s=%s",
                     switches[i].key, switches[i].value[s->choice[i]]);
    CASE_UNLESS(&s->c, 0, "%s: %s is %.17g, not %.17g;%s", convention, what, got, want, chosen);
}

static void compare(struct state *s, const cJSON *json)
{
    static struct bill (*const bill_of[])(const struct state *) = {
        bill_exact, bill_paper, bill_syops, bill_jelly, bill_neurobench, bill_lemaire};
    static const char *const name[] = {"exact",        "paper",      "syops",
                                       "spikingjelly", "neurobench", "lemaire"};
    const cJSON *sheets = cJSON_GetObjectItem(json, "sheets");
    const cJSON *row = cJSON_GetObjectItem(cJSON_GetArrayItem(sheets, 0), "rows")->child;
    for (size_t c = 0; c < 6; c++, row = row->next) {
        const struct bill want = bill_of[c](s);
        /* syops rounds rates to float32, spikeq once for calls that are alike. */
        const double tolerance = c == 2 ? 1e-6 : 1e-12;
        ck_assert_str_eq(cJSON_GetObjectItem(row, "convention")->valuestring, name[c]);
        require(s, name[c], "G ACs", cJSON_GetObjectItem(row, "G ACs")->valuedouble, want.acs / 1e9,
                tolerance);
        require(s, name[c], "G MACs", cJSON_GetObjectItem(row, "G MACs")->valuedouble,
                want.macs / 1e9, tolerance);
        require(s, name[c], "energy", cJSON_GetObjectItem(row, "energy_mj")->valuedouble,
                want.pj / 1e9, tolerance);
    }
}

static double member_of(const cJSON *row, const char *key)
{
    const cJSON *item = cJSON_GetObjectItem(row, key);
    return cJSON_IsNumber(item) ? item->valuedouble : 0;
}

/* The rows of a sheet of details add up to their convention's row of the summary. */
static void require_sum(const struct state *s, const cJSON *whole, const cJSON *sheet)
{
    const char *name = cJSON_GetObjectItem(whole, "convention")->valuestring;
    const cJSON *row;
    double acs = 0, macs = 0, pj = 0;
    cJSON_ArrayForEach(row, cJSON_GetObjectItem(sheet, "rows"))
    {
        acs += member_of(row, "ACs");
        macs += member_of(row, "MACs");
        pj += member_of(row, "energy_pj");
    }
    require(s, name, "sum of ACs", acs / 1e9, member_of(whole, "G ACs"), 1e-12);
    require(s, name, "sum of MACs", macs / 1e9, member_of(whole, "G MACs"), 1e-12);
    require(s, name, "sum of energies", pj / 1e9, member_of(whole, "energy_mj"), 1e-12);
}

/* Layers, blocks and, where a convention can be split so, timesteps. */
static void compare_sums(struct state *s, const char *report)
{
    static const char *const per[] = {"layer", "block", "timestep", "timestep"},
                             *const convention[] = {"all", "all", "exact", "neurobench"};
    for (size_t i = 0; i < sizeof per / sizeof *per; i++) {
        cJSON *json = priced(s, report, per[i], convention[i]);
        const cJSON *sheet = cJSON_GetObjectItem(json, "sheets")->child;
        const cJSON *whole = cJSON_GetObjectItem(sheet, "rows")->child;
        for (sheet = sheet->next; sheet != NULL; sheet = sheet->next, whole = whole->next)
            require_sum(s, whole, sheet);
        CASE_UNLESS(&s->c,
                    strcmp(cJSON_GetObjectItem(whole, "convention")->valuestring, "ann") == 0,
                    "--per %s: not every convention has a sheet", per[i]);
        cJSON_Delete(json);
    }
}

/* Count all tensors once. */
static void count(struct state *s)
{
    for (size_t i = 0; i < s->twin.n; i++)
        for (uint32_t b = 0; b < s->twin.net->batch; b++) {
            if (s->twin.op[i].kind == TWIN_LAYER)
                s->synapses[i][b] = twin_synapses(&s->twin.op[i], b);
            if (s->twin.op[i].kind == TWIN_SSA)
                s->products[i][b] = twin_products(&s->twin, &s->twin.op[i], b);
        }
}

START_TEST(every_convention_equals_its_twin)
{
    struct state *s = calloc(1, sizeof *s);
    struct dense_result want;
    case_open(&s->c, 9000 + (uint64_t)_i);
    ck_assert_uint_le(s->c.net.batch, 8);
    write_profile(temp_path("mine.json"));
    dense_run(&s->c.net, &want);
    twin_make(&s->c.net, &want, &s->twin);
    dense_free(&want);
    count(s);
    char *report = case_run(&s->c, (struct spikeq_run_options){.threads = 2});
    for (int i = 0; i < N_CHOICES; i++) {
        for (int k = 0; k < N_SWITCHES; k++)
            s->choice[k] = i == 0 ? 0 : (int)sq_rng_below(&s->c.rng, (uint64_t)switches[k].n);
        cJSON *json = priced(s, report, NULL, NULL);
        compare(s, json);
        cJSON_Delete(json);
        compare_sums(s, report);
    }
    spikeq_free(report);
    twin_free(&s->twin);
    case_close(&s->c);
    free(s);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("sim/account");
    TCase *t = tcase_create("twin");
    tcase_set_timeout(t, 120);
    tcase_add_unchecked_fixture(t, temp_make, temp_remove);
    tcase_add_loop_test(t, every_convention_equals_its_twin, 0, N_NETWORKS);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
