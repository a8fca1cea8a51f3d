/* docs/published-figures.md: every published figure re-derived, what its authors' tool counted and
 * left out, and the same network by other conventions. */
#include "sim/account/price/bill.h"
#include "sim/account/price/paper.h"
#include "sim/json/decimal.h"
#include "test/vectors/published.h"

#include <stdlib.h>
#include <string.h>

enum { BUFFERS = 8 };

/* A shortest decimal in one of a few rotating buffers. */
static const char *dec(double value)
{
    static char text[BUFFERS][SQ_DECIMAL_BYTES];
    static int next;
    next = (next + 1) % BUFFERS;
    return sq_decimal(text[next], value);
}

static double number_of(const cJSON *object, const char *key)
{
    return strtod(text_at(object, key), NULL);
}

/* Sums of a log's rows: what was priced and what was not. */
struct parts {
    double macs, acs, norm, neuron, pool, n_norm, n_neuron, n_pool, dense_acs;
};

static struct parts split_rows(const struct log *log, const cJSON *rows,
                               const struct sq_counters *shape)
{
    struct sq_switches switches = sq_switches_default();
    struct parts p = {0};
    switches.syops_names = 1;
    for (size_t i = 0; i < log->n; i++) {
        const char *type = text_at(cJSON_GetArrayItem(rows, (int)i), "type");
        const struct sq_op *op = log->op[i];
        const struct sq_syops_row *row = &log->row[i];
        if (sq_syops_is_priced(log->name[i], log->is_layer[i], &switches)) {
            sq_syops_add(&p.macs, &p.acs, row);
            if (op != NULL && row->acs > 0 && row->ops > 0)
                p.dense_acs += row->acs / row->ops * (double)op->dense_full * shape->timesteps;
        } else if (strncmp(type, "BatchNorm", 9) == 0) {
            p.norm += row->macs + row->acs, p.n_norm++;
        } else if (strstr(type, "LIF") != NULL) {
            p.neuron += row->acs, p.n_neuron++;
        } else {
            p.pool += row->macs + row->acs, p.n_pool++;
        }
    }
    return p;
}

static void write_log(FILE *to, const cJSON *item, const char *path)
{
    static struct log log;
    struct sq_counters shape = {0};
    struct vector unused = {.name = ""};
    const cJSON *rows = member(item, "rows"), *info = member(item, "ssa_info");
    const cJSON *expected = member(item, "expect");
    if (!shape_for(item, &shape))
        return;
    read_rows(&unused, item, &shape, &log);
    const struct parts p = split_rows(&log, rows, &shape);
    const double ssa = add_ssa(item, info, 0);
    const struct sq_syops_total total = sq_syops_price(p.macs, add_ssa(item, info, p.acs));
    const double paper_acs = p.dense_acs + ssa;
    const double first = (double)shape.op[0].dense_full * shape.timesteps;
    fprintf(to, "| figure | published | from its own rows |\n|---|---|---|\n");
    fprintf(to, "| G MACs | %s | %s |\n", text_at(expected, "g_macs"), dec(total.g_macs));
    fprintf(to, "| G ACs | %s | %s |\n", text_at(expected, "g_acs"), dec(total.g_acs));
    fprintf(to, "| energy, mJ | %s | %s |\n\n", text_at(expected, "energy_mj"),
            dec(total.energy_mj));
    fprintf(to,
            "- Counted and priced: rows named `conv` or `head` (%s G ACs, %s G MACs) and the SSA "
            "formula (%s G ACs).\n",
            dec(p.acs / 1e9), dec(p.macs / 1e9), dec(ssa / 1e9));
    fprintf(to,
            "- Counted, not priced: %.0f batch norms (%s G MACs, %.3f mJ if they were), %.0f LIF "
            "layers (%s G ACs, %.3f mJ), %.0f poolings (%s G ACs, %.3f mJ).\n",
            p.n_norm, dec(p.norm / 1e9), p.norm / 1e9 * 4.6, p.n_neuron, dec(p.neuron / 1e9),
            p.neuron / 1e9 * 0.9, p.n_pool, dec(p.pool / 1e9), p.pool / 1e9 * 0.9);
    fprintf(to, "- Not counted: residual additions, means, the weighting of integers.\n");
    fprintf(to, "- `make vectors FILE=%s` shows it, digit by digit.\n\n", path);
    fprintf(to, "| the same network by | G MACs | G ACs | mJ | |\n|---|---|---|---|---|\n");
    fprintf(to, "| syops | %s | %s | %s | as published |\n", dec(total.g_macs), dec(total.g_acs),
            dec(total.energy_mj));
    fprintf(to, "| paper | %s | %s | %s | no bias, no head, rate acs/ops of each row |\n",
            dec(first / 1e9), dec(paper_acs / 1e9), dec(sq_paper_mj(paper_acs / 1e9, first / 1e9)));
    fprintf(to, "| ann | %s | 0.0 | %s | every layer dense, one pass |\n",
            dec(sq_ann_macs(&shape) / 1e9), dec(sq_ann_macs(&shape) / 1e9 * 4.6));
    fprintf(
        to,
        "\n`exact`, `spikingjelly`, `neurobench` and `lemaire` cannot be derived: the log has "
        "rates, not the places of spikes (borders), zero weights, nonzero sums per timestep.\n");
    sq_counters_free(&shape);
}

/* Linear layers that the name filter drops: those fed by the residual stream are MACs (M = 1), the
 * others ACs at rates that were not published. */
static void count_dropped(const struct sq_counters *shape, double *macs, double *dense_acs,
                          double *ssa_dense)
{
    for (size_t i = 0; i < shape->n_ops; i++) {
        const struct sq_op *op = &shape->op[i];
        const double dense = (double)op->dense_full * shape->timesteps;
        const double bias = op->has_bias ? (double)op->out_channels * shape->timesteps : 0;
        if (op->kind == SQ_OP_LINEAR && !op->is_head && op->from_stream)
            *macs += dense + bias;
        else if (op->kind == SQ_OP_LINEAR && !op->is_head)
            *dense_acs += dense + bias;
        if (op->kind == SQ_OP_SSA)
            *ssa_dense += sq_op_dense(op) * shape->timesteps;
    }
}

static void write_issue(FILE *to, const cJSON *item, const char *path)
{
    struct sq_counters shape = {0};
    struct sq_error err = {0};
    const cJSON *expected = member(item, "expect"), *info = member(item, "ssa_info_used");
    double ops = 0, macs = 0, named = 0, dropped = 0, dropped_acs = 0, ssa_dense = 0;
    if (shape_of(member(item, "config"), &shape, &err) != SQ_OK)
        return;
    count_sizes(&shape, &ops, &macs, &named);
    count_dropped(&shape, &dropped, &dropped_acs, &ssa_dense);
    const double ssa = add_ssa(item, info, 0), side = number_at(info, "patch_side", 0);
    const double tokens = number_at(member(item, "config"), "tokens", 0);
    const double g_acs = number_of(expected, "g_acs");
    const double right_acs = g_acs + ssa * (tokens / (side * side) - 1) / 1e9;
    fprintf(to, "| figure | published | derived |\n|---|---|---|\n");
    fprintf(to, "| G MACs | %s | %s: first convolution x T, head |\n", text_at(expected, "g_macs"),
            dec(named / 1e9));
    fprintf(to, "| G ACs | %s | not derivable: the rates of five convolutions were not printed |\n",
            text_at(expected, "g_acs"));
    fprintf(to, "| of these, SSA | | %s |\n", dec(ssa / 1e9));
    fprintf(to, "| energy, mJ | %s | %s, from the two printed sums |\n",
            text_at(expected, "energy_mj"), dec(named / 1e9 * 4.6 + g_acs * 0.9));
    fprintf(to, "| operations | %s | %s |\n", text_at(expected, "nops_ops"), dec(ops));
    fprintf(to, "| MACs of all rows | %s | %s |\n\n", text_at(expected, "nops_macs"), dec(macs));
    fprintf(to,
            "- The tool prices modules whose name contains `conv` or `head`. This layout calls "
            "its layers `q_linear` to `fc2_linear`: none of them is in the energy. Those fed by "
            "the residual stream (q, k, v, fc1) would be %s G MACs = %.3f mJ; proj and fc2 are "
            "%s G dense operations at rates that were not printed.\n",
            dec(dropped / 1e9), dropped / 1e9 * 4.6, dec(dropped_acs / 1e9));
    fprintf(to,
            "- `patchSize` %g was typed in where the grid has %g tokens: SSA is counted for %g. "
            "With all tokens it is %s G ACs, and the energy %s mJ.\n",
            side, tokens, side * side, dec(ssa * tokens / (side * side) / 1e9),
            dec(named / 1e9 * 4.6 + right_acs * 0.9));
    fprintf(to, "- With q, k, v, fc1 as MACs and all tokens, proj and fc2 still left out: %s mJ.\n",
            dec((named + dropped) / 1e9 * 4.6 + right_acs * 0.9));
    fprintf(to, "- The same topology as an ANN, one pass: %s G MACs, %.3f mJ.\n",
            dec(sq_ann_macs(&shape) / 1e9), sq_ann_macs(&shape) / 1e9 * 4.6);
    fprintf(to,
            "- `paper`, `exact`, `spikingjelly`, `neurobench`, `lemaire`: not derivable; missing "
            "are the input rates of every layer, and for all but `paper` counts.\n");
    fprintf(to,
            "- `make vectors FILE=%s` shows it; `spikeq energy --model ... --switch "
            "syops-names=tool --convention syops` repeats it on a checkpoint, with a warning.\n",
            path);
    sq_counters_free(&shape);
}

static void write_table(FILE *to, const cJSON *item, const char *path)
{
    const cJSON *row;
    fprintf(to,
            "| model | OPs, G | published, mJ | 0.9 OPs + 4.6 * 0.347 | with its own first layer "
            "| difference, mJ |\n|---|---|---|---|---|---|\n");
    cJSON_ArrayForEach(row, member(item, "rows"))
    {
        struct sq_counters shape = {0};
        const char *model = text_at(row, "model");
        if (!shape_named(model, &shape))
            continue;
        const double acs = number_of(row, "ops_g");
        const double own = (double)shape.op[0].dense_full * shape.timesteps / 1e9;
        fprintf(to, "| %s | %s | %s | %.3f | %.3f | %+.3f |\n", model, text_at(row, "ops_g"),
                text_at(row, "energy_mj"), sq_paper_mj(acs, 0.347), sq_paper_mj(acs, own),
                sq_paper_mj(acs, own) - sq_paper_mj(acs, 0.347));
        sq_counters_free(&shape);
    }
    fprintf(to,
            "\n- OPs are ACs alone; 0.347 G is the first layer of D = 512 times T, in every "
            "row.\n- `make vectors FILE=%s` checks all rows. One row by hand: `printf "
            "'name,kind,dense,rate\\nfirst,mac,347000000,\\nall,ac,6820000000,1\\n' | spikeq "
            "energy --table /dev/stdin` prints 7.7342.\n"
            "- By other conventions: not derivable; no rate of any layer was published.\n",
            path);
}

static void write_readme(FILE *to, const cJSON *item, const char *path)
{
    const cJSON *row;
    fprintf(to, "| model | OPs, G | published, mJ | 0.9 OPs + 4.6 (first x T + head) |\n"
                "|---|---|---|---|\n");
    cJSON_ArrayForEach(row, member(item, "rows"))
    {
        struct sq_counters shape = {0};
        double ops = 0, macs = 0, named = 0;
        if (!shape_named(text_at(row, "model"), &shape))
            continue;
        count_sizes(&shape, &ops, &macs, &named);
        fprintf(to, "| %s | %s | %s | %s |\n", text_at(row, "model"), text_at(row, "ops_g"),
                text_at(row, "energy_mj"),
                dec(sq_syops_price(named, 1e9 * number_of(row, "ops_g")).energy_mj));
        sq_counters_free(&shape);
    }
    fprintf(to,
            "\n- %s\n- By other conventions: not derivable; no rate was published in this "
            "table.\n- `make vectors FILE=%s`\n",
            text_at(item, "note"), path);
}

void write_figures(FILE *to, const cJSON *file, const char *path)
{
    const cJSON *item;
    fprintf(to,
            "# Published energy figures, re-derived\n\nMade by `make -s figures FILE=%s "
            ">docs/published-figures.md` from the figures in that file. Nothing is fitted: where "
            "an input was not published, the line says which.\n",
            path);
    cJSON_ArrayForEach(item, member(file, "published"))
    {
        const cJSON *first = cJSON_GetArrayItem(member(item, "rows"), 0);
        fprintf(to, "\n## %s\n\n%s\n\n", text_at(item, "id"), text_at(item, "source"));
        if (member(first, "ops") != NULL)
            write_log(to, item, path);
        else if (member(item, "ssa_info_used") != NULL)
            write_issue(to, item, path);
        else if (strcmp(text_at(item, "convention"), "paper") == 0)
            write_table(to, item, path);
        else
            write_readme(to, item, path);
    }
}
