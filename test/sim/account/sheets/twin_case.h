/* What the twins of all conventions share: the switches, what one of them makes of a network, counts of whole
 * tensors. */
#ifndef SQ_TEST_TWIN_CASE_H
#define SQ_TEST_TWIN_CASE_H

#include "test/sim/replay/replay_case.h"
#include "test/support/account_twin.h"

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

#endif
