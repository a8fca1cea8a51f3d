#include "test/vectors/expect.h"

#include "sim/account/price/exact.h"
#include "sim/account/price/neurobench.h"
#include "sim/account/price/paper.h"
#include "sim/account/price/syops.h"

#include <stdio.h>
#include <string.h>

void single_finish(struct single *single)
{
    single->call.step = single->step;
    single->call.n_calls = 1;
    if (single->call.n_steps == 0)
        single->call.n_steps = 1;
    single->op.group = &single->call;
    single->op.n_groups = 1;
    struct sq_op_count sum = {0};
    sq_call_classify(&single->op, &single->call, &sum);
}

static void expect_row(struct vector *vector, const char *path, const cJSON *expected,
                       const struct sq_syops_row *row)
{
    const struct found found[] = {{"ops", row->ops},
                                  {"acs", row->acs},
                                  {"macs", row->macs},
                                  {"rate_percent", row->rate_percent}};
    if (!cJSON_IsArray(expected)) {
        check_object(vector, path, expected, found, 4);
        return;
    }
    for (int i = 0; i < cJSON_GetArraySize(expected); i++)
        if (i < 4)
            check_figure(vector, path, cJSON_GetArrayItem(expected, i), found[i].value);
        else
            check_miss(vector, path, "more than four figures");
}

void expect_syops(struct vector *vector, const char *path, const cJSON *expected,
                  const struct sq_op *op)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, expected)
    {
        char where[128];
        uint64_t n_calls;
        struct sq_switches switches = sq_switches_default();
        if (strcmp(item->string, "note") == 0)
            continue;
        snprintf(where, sizeof where, "%s.%s", path, item->string);
        if (strcmp(item->string, "max1") != 0 && strcmp(item->string, "max30") != 0) {
            check_miss(vector, where, "no such mode");
            continue;
        }
        switches.syops_max = strcmp(item->string, "max30") == 0;
        const struct sq_syops_row row = sq_syops_count(op, &switches, &n_calls);
        expect_row(vector, where, item, &row);
    }
}

void expect_spikingjelly(struct vector *vector, const char *path, const cJSON *expected,
                         const struct sq_spikingjelly *count)
{
    const struct found found[] = {
        {"synop", (double)count->synop},
        {"ac", (double)count->ac},
        {"mac", (double)count->mac},
        {"compute_energy_pj", (double)count->mac * 4.6 + (double)count->ac * 0.9}};
    check_object(vector, path, expected, found, sizeof found / sizeof *found);
}

void expect_neurobench(struct vector *vector, const char *path, const cJSON *expected,
                       const struct sq_op *op)
{
    const struct sq_neurobench count = sq_neurobench_count(op);
    const cJSON *item;
    if (expected == NULL)
        return;
    cJSON_ArrayForEach(item, expected)
    {
        char where[160];
        snprintf(where, sizeof where, "%s.%s", path, item->string);
        if (strcmp(item->string, "kind") == 0)
            check_text(vector, where, cJSON_IsString(item) ? item->valuestring : "a text",
                       op->group[0].is & SQ_IS_TERNARY ? "AC" : "MAC");
        else if (strcmp(item->string, "effective") == 0)
            check_figure(vector, where, item, (double)(count.effective_acs + count.effective_macs));
        else if (strcmp(item->string, "dense") == 0)
            check_figure(vector, where, item, (double)count.dense);
        else
            check_miss(vector, where, "no such figure is computed");
    }
}

void expect_lemaire(struct vector *vector, const char *path, const cJSON *expected,
                    const struct sq_lemaire *sum)
{
    const struct sq_switches switches = sq_switches_default();
    const struct sq_lemaire_price p = sq_lemaire_price(sum, &switches);
    const uint64_t inout =
        sum->max_read_in > sum->max_write_out ? sum->max_read_in : sum->max_write_out;
    const struct found total[] = {{"total_pj", p.total_pj}};
    const struct found part[] = {{"ops_pj", p.ops_pj},       {"addressing_pj", p.addressing_pj},
                                 {"memory_pj", p.memory_pj}, {"inout_pj", p.inout_pj},
                                 {"params_pj", p.params_pj}, {"potential_pj", p.potential_pj}};
    const struct found count[] = {{"synop", (double)sum->synop},
                                  {"mac", (double)sum->mac},
                                  {"ac", (double)sum->ac},
                                  {"state_mac_like", (double)sum->state_mac},
                                  {"state_acc_like", (double)sum->state_acc},
                                  {"read_in_bytes", (double)sum->read_in},
                                  {"write_out_bytes", (double)sum->write_out},
                                  {"read_params_bytes", (double)sum->read_params},
                                  {"read_potential_bytes", (double)sum->read_potential},
                                  {"write_potential_bytes", (double)sum->write_potential},
                                  {"acc_addr", (double)sum->acc_addr},
                                  {"mac_addr", (double)sum->mac_addr}};
    const struct found size[] = {{"inout_buffer_bytes", (double)inout},
                                 {"params_buffer_bytes", (double)sum->max_read_params},
                                 {"potential_buffer_bytes", (double)sum->potential_size}};
    check_object(vector, path, expected, total, 1);
    check_object(vector, path, member(expected, "breakdown_pj"), part, 6);
    check_object(vector, path, member(expected, "counts"), count, 12);
    check_object(vector, path, member(expected, "buffer_sizes_bytes"), size, 3);
}

/* All frames of the input as one sample's timesteps. */
void expect_paper(struct vector *vector, const char *path, const cJSON *expected,
                  const struct sq_op *op)
{
    const struct sq_switches switches = sq_switches_default();
    const struct sq_paper p = sq_paper_count(op, 1, &switches);
    const struct found found[] = {{"rate", p.rate},
                                  {"flops", p.flops},
                                  {"sops", p.sops},
                                  {"macs", p.macs},
                                  {"energy_pj", 0.9 * p.sops + 4.6 * p.macs}};
    check_object(vector, path, expected, found, sizeof found / sizeof *found);
}

void expect_exact(struct vector *vector, const char *path, const cJSON *expected,
                  const struct sq_op *op)
{
    const struct sq_op_count sum = sq_op_sum(op);
    const struct sq_exact c = sq_exact_count(op);
    const struct found found[] = {{"input_nnz", (double)sum.nonzeros},
                                  {"input_sum", (double)sum.units},
                                  {"ac_events", (double)c.ac_events},
                                  {"ac_unary", (double)c.ac_unary},
                                  {"ac_events_nonzero_weight", (double)c.ac_live},
                                  {"dense", (double)c.dense_in},
                                  {"mac", (double)c.mac},
                                  {"mac_nonzero", (double)c.mac_nonzero},
                                  {"mac_once", (double)c.mac_once},
                                  {"bias_adds", (double)c.bias_adds},
                                  {"bn_bias_adds", (double)c.bn_bias_adds},
                                  {"bn_mac", (double)c.bn_mac},
                                  {"or_events", (double)c.or_events},
                                  {"or_dense", (double)c.or_dense},
                                  {"updates", (double)c.updates},
                                  {"spikes", (double)c.spikes},
                                  {"resets", (double)c.spikes},
                                  {"adds_both_nonzero", (double)c.adds_both},
                                  {"adds_dense", (double)c.adds_dense}};
    check_object(vector, path, expected, found, sizeof found / sizeof *found);
}

void expect_exact_ssa(struct vector *vector, const char *path, const cJSON *expected,
                      const struct sq_op *op)
{
    struct sq_op copy = *op;
    double value[2][3];
    for (int order = SQ_QK_FIRST; order <= SQ_KV_FIRST; order++) {
        copy.order = (enum sq_ssa_order)order;
        const struct sq_exact c = sq_exact_count(&copy);
        value[order][0] = (double)c.ssa_first;
        value[order][1] = (double)c.ssa_second_events;
        value[order][2] = (double)c.ssa_second_unary;
    }
    const struct found found[] = {{"qk_first", value[0][0]},   {"qk_events2", value[0][1]},
                                  {"qk_unary2", value[0][2]},  {"kv_first", value[1][0]},
                                  {"kv_events2", value[1][1]}, {"kv_unary2", value[1][2]}};
    check_object(vector, path, expected, found, 6);
}
