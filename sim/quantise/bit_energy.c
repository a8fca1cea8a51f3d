#include "sim/quantise/bit_energy.h"

#include "sim/account/bill.h"

#include <stdlib.h>
#include <string.h>

/* Prices in pJ; those of integers at 8 and at 32 bits. */
struct prices {
    double float_add, float_mac, add8, add32, multiply8;
};

static double price(const struct sq_hardware *hardware, enum sq_price_key key)
{
    return hardware->price[key].energy_pj;
}

static int read_prices(struct sq_error *err, const char *config_dirs, struct prices *prices)
{
    static const char *const name[3] = {"fp32_45nm", "int8_45nm", "int32_45nm"};
    struct sq_hardware *hardware = calloc(3, sizeof *hardware);
    int status = hardware != NULL ? SQ_OK : sq_fail(err, SQ_ENOMEM, "out of memory for prices");
    for (int i = 0; status == SQ_OK && i < 3; i++)
        status = sq_hardware_load(err, config_dirs, name[i], &hardware[i]);
    if (status == SQ_OK)
        *prices = (struct prices){
            .float_add = price(&hardware[0], SQ_PRICE_AC),
            .float_mac = price(&hardware[0], SQ_PRICE_MAC),
            .add8 = price(&hardware[1], SQ_PRICE_AC),
            .add32 = price(&hardware[2], SQ_PRICE_AC),
            .multiply8 = price(&hardware[1], SQ_PRICE_MAC) - price(&hardware[1], SQ_PRICE_AC),
        };
    free(hardware);
    return status;
}

/* An addition's energy is linear in its width. */
static double add_price(const struct prices *prices, uint32_t bits)
{
    return prices->add8 + (prices->add32 - prices->add8) * ((double)bits - 8) / (32 - 8);
}

/* The population whose currents an operation makes; NULL for the head and what makes none. */
static const struct sq_node *node_of(const struct sq_network *network, const struct sq_op *op)
{
    for (size_t i = 0; i < network->n_nodes; i++) {
        const struct sq_node *node = &network->node[i];
        if (node->synapse != NULL && strcmp(node->synapse->name, op->name) == 0)
            return node;
        if (op->kind == SQ_OP_SSA && node->kind == SQ_NODE_ATTEND &&
            strncmp(op->name, node->name, strlen(node->name) - strlen("attn_lif")) == 0)
            return node;
    }
    return NULL;
}

static double op_energy(const struct sq_network *network, const struct prices *prices,
                        const struct sq_op *op, const struct sq_cost *cost)
{
    const struct sq_node *node = network->is_fixed ? node_of(network, op) : NULL;
    if (node == NULL)
        return cost->acs * prices->float_add + cost->macs * prices->float_mac;
    const double add = add_price(prices, node->fixed->sum_bits);
    const double factors = (double)network->fixed.weight_bits * network->fixed.pixel_bits;
    return cost->acs * add + cost->macs * (prices->multiply8 * factors / (8 * 8) + add);
}

int sq_bit_energy(struct sq_error *err, const char *config_dirs, const struct sq_side *side,
                  double *energy_uj)
{
    const struct sq_counters *counters = sq_record_counters(side->report->record);
    const struct sq_source source = {.counters = *counters, .has_counts = 1};
    const struct sq_hardware none = {.name = "none"};
    const struct sq_switches switches = sq_switches_default();
    struct sq_arena arena = {NULL, 0};
    struct sq_bill bill;
    struct prices prices;
    int status = read_prices(err, config_dirs, &prices);
    if (status == SQ_OK)
        status = sq_bill_make(err, &arena, &source, SQ_EXACT, &none, &switches, &bill);
    *energy_uj = 0;
    for (size_t i = 0; status == SQ_OK && i < counters->n_ops; i++)
        *energy_uj += 1e-6 * op_energy(side->network, &prices, &counters->op[i], &bill.cost[i]);
    sq_arena_free(&arena);
    return status;
}
