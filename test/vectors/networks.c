/* "networks": whole small Spikformers, priced as one. */
#include "sim/account/count/shapes.h"
#include "sim/account/price/neurobench.h"
#include "sim/account/price/syops.h"
#include "test/vectors/network.h"

#include <stdio.h>
#include <string.h>

/* Additions and multiplications by the ATen operation that does them. */
struct by_op {
    uint64_t convolution, batch_norm, bmm, addmm, sub, add, rsub, mean;
};

static void split_ops(const struct net *net, struct by_op *synop, struct by_op *ac,
                      struct by_op *mac)
{
    const struct sq_switches switches = sq_switches_default();
    for (size_t i = 0; i < net->n; i++) {
        const struct sq_op *op = &net->op[i].op;
        struct sq_spikingjelly c = sq_spikingjelly_count(op, &switches);
        if (op->kind == SQ_OP_CONV) {
            synop->convolution += c.synop, ac->convolution += c.ac, mac->convolution += c.mac;
        } else if (op->kind == SQ_OP_NORM) {
            ac->batch_norm += c.ac, mac->batch_norm += c.mac;
        } else if (op->kind == SQ_OP_SSA || op->bias_is_added) {
            synop->bmm += c.synop, ac->bmm += c.synop, mac->bmm += c.mac;
            ac->add += c.ac - c.synop;
        } else if (op->kind == SQ_OP_LINEAR) {
            synop->addmm += c.synop, ac->addmm += c.ac, mac->addmm += c.mac;
        } else if (op->kind == SQ_OP_NEURON) {
            const struct sq_lif_acs lif = sq_lif_acs(&op->group[0], op->n_in);
            ac->sub += lif.sub, ac->add += lif.add, ac->rsub += lif.rsub;
        } else if (op->kind == SQ_OP_ADD) {
            ac->add += c.ac;
        } else if (op->kind == SQ_OP_MEAN) {
            ac->mean += c.ac;
        }
    }
}

static void expect_split(const struct net *net, const cJSON *expected, const char *key,
                         const struct by_op *by)
{
    const struct found found[] = {{"aten.convolution.default", (double)by->convolution},
                                  {"aten.native_batch_norm.default", (double)by->batch_norm},
                                  {"aten.bmm.default", (double)by->bmm},
                                  {"aten.addmm.default", (double)by->addmm},
                                  {"aten.sub.Tensor", (double)by->sub},
                                  {"aten.add.Tensor", (double)by->add},
                                  {"aten.rsub.Scalar", (double)by->rsub},
                                  {"aten.mean.dim", (double)by->mean}};
    check_object(net->vector, key, member(expected, key), found, sizeof found / sizeof *found);
}

static void expect_tensor_ops(const struct net *net, const cJSON *expected)
{
    const struct sq_switches switches = sq_switches_default();
    struct sq_spikingjelly sum = {0};
    for (size_t i = 0; i < net->n; i++) {
        const struct sq_spikingjelly c = sq_spikingjelly_count(&net->op[i].op, &switches);
        sq_spikingjelly_add(&sum, &c);
    }
    const cJSON *sj = member(expected, "spikingjelly");
    struct by_op synop = {0}, ac = {0}, mac = {0};
    expect_spikingjelly(net->vector, "spikingjelly", sj, &sum);
    split_ops(net, &synop, &ac, &mac);
    expect_split(net, sj, "synop_by_op", &synop);
    expect_split(net, sj, "ac_by_op", &ac);
    expect_split(net, sj, "mac_by_op", &mac);
}

static void expect_states(const struct net *net, const cJSON *expected, const char *key, int first)
{
    struct sq_switches switches = sq_switches_default();
    struct sq_lemaire sum = {0};
    switches.lemaire_state = first;
    if (member(expected, key) == NULL)
        return;
    for (size_t i = 0; i < net->n; i++)
        sq_lemaire_add(&sum, &net->op[i].op, &switches);
    expect_lemaire(net->vector, key, member(expected, key), &sum);
}

static double syops_ssa(const struct net *net, const struct sq_syops_row *row, double acs)
{
    const cJSON *config = net->config;
    const int depth = (int)number_at(config, "depth", 0);
    const uint64_t base = sq_syops_base(net->timesteps, (uint64_t)number_at(config, "heads", 0),
                                        (uint64_t)number_at(config, "tokens", 0),
                                        (uint64_t)number_at(config, "embed_dim", 0));
    for (int block = 0; block < depth; block++) {
        double rate[3] = {0};
        for (int x = 0; x < 3; x++) {
            char name[64];
            snprintf(name, sizeof name, "block.%d.attn.%c_lif", block, "qkv"[x]);
            for (size_t i = 0; i < net->n_modules; i++)
                if (strcmp(net->op[i].op.name, name) == 0)
                    rate[x] = row[i].rate_percent / 100;
        }
        acs += sq_syops_ssa_acs(base, &(struct sq_syops_ssa){rate[0], rate[1], rate[2]});
    }
    return acs;
}

static void expect_syops_energy(const struct net *net, const cJSON *mode, int max30)
{
    static struct sq_syops_row row[MAX_OPS];
    static const char *name[MAX_OPS];
    struct sq_switches switches = sq_switches_default();
    switches.syops_max = max30;
    for (size_t i = 0; i < net->n_modules; i++) {
        uint64_t n_calls;
        const struct sq_syops_row sum = sq_syops_count(&net->op[i].op, &switches, &n_calls);
        row[i] = sq_syops_average(&sum, net->batch, n_calls);
        name[i] = net->op[i].op.name;
    }
    for (int tool = 0; tool < 2; tool++) {
        double macs = 0, acs = 0;
        switches.syops_names = tool;
        for (size_t i = 0; i < net->n_modules; i++) {
            const enum sq_op_kind kind = net->op[i].op.kind;
            if (sq_syops_is_priced(name[i], kind == SQ_OP_CONV || kind == SQ_OP_LINEAR, &switches))
                sq_syops_add(&macs, &acs, &row[i]);
        }
        const struct sq_syops_total total = sq_syops_price(macs, syops_ssa(net, row, acs));
        const char *key = tool ? "official_filter_conv_or_head" : "with_linear";
        const struct found found[] = {
            {"gmacs", total.g_macs}, {"gacs", total.g_acs}, {"mj", total.energy_mj}};
        check_object(net->vector, key, member(mode, key), found, 3);
    }
    const struct sq_syops_row all = sq_syops_tree(name, row, net->n_modules);
    const double nops[3] = {all.ops, all.acs, all.macs};
    for (int i = 0; i < 3 && member(mode, "nops") != NULL; i++)
        check_figure(net->vector, "syops.nops", cJSON_GetArrayItem(member(mode, "nops"), i),
                     nops[i]);
}

static void expect_neurobench_total(const struct net *net, const cJSON *expected)
{
    struct sq_neurobench sum = {0};
    for (size_t i = 0; i < net->n; i++) {
        const struct sq_neurobench c = sq_neurobench_count(&net->op[i].op);
        sum.effective_acs += c.effective_acs;
        sum.effective_macs += c.effective_macs;
        sum.dense += c.dense;
    }
    const double images = (double)net->batch;
    const struct found found[] = {{"Effective_MACs", (double)sum.effective_macs / images},
                                  {"Effective_ACs", (double)sum.effective_acs / images},
                                  {"Dense", (double)sum.dense / images}};
    check_object(net->vector, "neurobench", expected, found, 3);
}

static void expect_size(const struct net *net)
{
    struct sq_counters counters = {0};
    struct sq_error err = {0};
    if (shape_of(net->config, &counters, &err) == SQ_OK) {
        check_figure(net->vector, "parameters", member(net->item, "parameters"),
                     (double)counters.parameters);
        check_figure(net->vector, "footprint_bytes", member(net->item, "footprint_bytes"),
                     (double)sq_neurobench_footprint(&counters));
    } else {
        check_miss(net->vector, "config", err.text);
    }
    sq_counters_free(&counters);
}

void check_network(const cJSON *item, struct vector *vector)
{
    static struct net net;
    const cJSON *name, *expected = member(item, "expect"), *syops = member(expected, "syops");
    memset(&net, 0, sizeof net);
    net.vector = vector;
    net.item = item;
    net.config = member(item, "config");
    net.timesteps = (uint64_t)number_at(net.config, "T", 1);
    net.batch = (uint64_t)number_at(net.config, "batch", 1);
    cJSON_ArrayForEach(name, member(item, "registration_order"))
        read_module(&net, cJSON_IsString(name) ? name->valuestring : "?");
    read_products(&net);
    expect_tensor_ops(&net, expected);
    expect_states(&net, expected, "lemaire_states_unmaterialised", 1);
    expect_states(&net, expected, "lemaire_states_materialised", 0);
    expect_syops_energy(&net, member(syops, "max1"), 0);
    expect_syops_energy(&net, member(syops, "max30"), 1);
    expect_neurobench_total(&net, member(expected, "neurobench"));
    expect_size(&net);
}
