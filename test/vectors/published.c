/* "published": logs with rows, issue figures, tables of papers. Dispatched by what they hold. */
#include "test/vectors/published.h"

#include "sim/json/decimal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *text_at(const cJSON *object, const char *key)
{
    const char *text = cJSON_GetStringValue(member(object, key));
    return text != NULL ? text : "";
}

/* A printed count must come back digit by digit. */
static double read_count(struct vector *vector, const cJSON *row, const char *key)
{
    char path[160], digits[SQ_DECIMAL_BYTES];
    const char *text = text_at(row, key);
    const double value = strtod(text, NULL);
    snprintf(path, sizeof path, "%s.%s", text_at(row, "name"), key);
    check_text(vector, path, text, sq_decimal(digits, value));
    return value;
}

/* What the tool counts for a module of these sizes. */
static double ops_by_formula(const struct sq_counters *shape, const struct sq_op *op)
{
    const struct sq_switches switches = sq_switches_default();
    struct sq_op_count step = {.frames = op->is_head ? 1 : shape->timesteps};
    struct sq_op_group call = {.n_calls = 1, .n_steps = 1, .step = &step};
    uint64_t n_calls;
    struct sq_op copy = *op;
    copy.group = &call;
    copy.n_groups = 1;
    return sq_syops_count(&copy, &switches, &n_calls).ops;
}

/* The kind of a row's module; SQ_OP_KINDS: none of a graph's. */
static enum sq_op_kind kind_of(const cJSON *row)
{
    static const struct {
        const char *type;
        enum sq_op_kind kind;
    } known[] = {{"Conv", SQ_OP_CONV},  {"Linear", SQ_OP_LINEAR}, {"BatchNorm", SQ_OP_NORM},
                 {"LIF", SQ_OP_NEURON}, {"IFNode", SQ_OP_NEURON}, {"MaxPool", SQ_OP_POOL},
                 {"", SQ_OP_KINDS}};
    size_t i = 0;
    while (strstr(text_at(row, "type"), known[i].type) == NULL)
        i++;
    return known[i].kind;
}

/* Operation number n of this kind, in the graph's order, or NULL. */
static const struct sq_op *op_of_kind(const struct sq_counters *shape, enum sq_op_kind kind,
                                      size_t n)
{
    for (size_t i = 0; i < shape->n_ops; i++)
        if (shape->op[i].kind == kind && n-- == 0)
            return &shape->op[i];
    return NULL;
}

/* Every row is an operation of the graph: rows of a kind follow each other as the graph's do, wherever
 * poolings stand and whatever modules are called. Modules that never ran count nothing. */
static void match_rows(struct vector *vector, const cJSON *rows, const struct sq_counters *shape,
                       int is_whole, struct log *log)
{
    size_t n_of[SQ_OP_KINDS + 1] = {0}, i = 0;
    const cJSON *row;
    cJSON_ArrayForEach(row, rows)
    {
        if (i == log->n)
            break;
        const enum sq_op_kind kind = kind_of(row);
        log->op[i] = log->row[i].ops == 0 ? NULL : op_of_kind(shape, kind, n_of[kind]++);
        if (log->op[i] == NULL && log->row[i].ops != 0)
            check_miss(vector, log->name[i], "the graph has no such module");
        i++;
    }
    for (int kind = 0; is_whole && kind < SQ_OP_KINDS; kind++) {
        const struct sq_op *left = op_of_kind(shape, (enum sq_op_kind)kind, n_of[kind]);
        const struct sq_op empty = {.kind = SQ_OP_SSA};
        if (sq_syops_is_row(left != NULL ? left : &empty))
            check_miss(vector, left->name, "the log has no such row");
    }
}

static uint64_t parameters_of(const struct sq_op *op)
{
    return op->kind == SQ_OP_NORM ? 2 * op->out_channels : op->weights + op->biases;
}

static void check_sizes(struct vector *vector, const struct sq_counters *shape, const cJSON *row,
                        const struct sq_op *op, double printed)
{
    char path[160];
    const cJSON ops = {.type = cJSON_Number, .valuedouble = printed};
    snprintf(path, sizeof path, "%s.ops by its formula", text_at(row, "name"));
    check_figure(vector, path, &ops, ops_by_formula(shape, op));
    snprintf(path, sizeof path, "%s.params", text_at(row, "name"));
    check_figure(vector, path, member(row, "params"), (double)parameters_of(op));
}

/* A row whose input is what neurons sent has their rate. */
static void check_sender(struct vector *vector, const struct log *log, size_t i)
{
    const struct sq_op *op = log->op[i];
    char path[160], sent[32], read[32];
    if ((!sq_op_is_layer(op) && op->kind != SQ_OP_POOL) || op->is_head)
        return;
    for (size_t from = 0; from < log->n; from++)
        if (log->op[from] != NULL && log->op[from]->kind == SQ_OP_NEURON &&
            log->op[from]->node == op->source_node) {
            snprintf(path, sizeof path, "%s: rate of %s", log->name[i], log->name[from]);
            snprintf(sent, sizeof sent, "%.3f", log->row[from].rate_percent);
            snprintf(read, sizeof read, "%.3f", log->row[i].rate_percent);
            check_text(vector, path, sent, read);
        }
}

void read_rows(struct vector *vector, const cJSON *item, const struct sq_counters *shape,
               struct log *log)
{
    const cJSON *rows = member(item, "rows"), *row;
    size_t i = 0;
    log->n = 0;
    cJSON_ArrayForEach(row, rows)
    {
        if (log->n == MAX_ROWS)
            break;
        const size_t at = log->n++;
        const char *type = text_at(row, "type");
        log->name[at] = text_at(row, "name");
        log->is_layer[at] = strncmp(type, "Conv", 4) == 0 || strcmp(type, "Linear") == 0;
        log->row[at] = (struct sq_syops_row){
            read_count(vector, row, "ops"), read_count(vector, row, "acs"),
            read_count(vector, row, "macs"), strtod(text_at(row, "rate_percent"), NULL)};
    }
    match_rows(vector, rows, shape, !cJSON_IsTrue(member(item, "is_part")), log);
    cJSON_ArrayForEach(row, rows)
    {
        if (i < log->n && log->op[i] != NULL) {
            check_sizes(vector, shape, row, log->op[i], log->row[i].ops);
            check_sender(vector, log, i);
        }
        i++;
    }
}

static double rate_at(const cJSON *rates, int i)
{
    const cJSON *rate = cJSON_GetArrayItem(rates, i);
    return cJSON_IsNumber(rate) ? rate->valuedouble : 0;
}

/* The rates that the SSA formula takes are those of the rows, printed with three decimals. */
static void check_rates(struct vector *vector, const struct log *log, const cJSON *rates, int block)
{
    for (int x = 0; x < 3; x++) {
        char name[64], row[32], rate[32];
        snprintf(name, sizeof name, "block.%d.attn.%c_lif", block, "qkv"[x]);
        snprintf(rate, sizeof rate, "%.3f", rate_at(rates, x) * 100);
        for (size_t i = 0; i < log->n; i++)
            if (strcmp(log->name[i], name) == 0) {
                snprintf(row, sizeof row, "%.3f", log->row[i].rate_percent);
                check_text(vector, name, row, rate);
            }
    }
}

double add_ssa(const cJSON *item, const cJSON *info, double acs)
{
    const uint64_t side = (uint64_t)number_at(info, "patch_side", 0);
    const uint64_t base =
        sq_syops_base((uint64_t)number_at(info, "T", 0), (uint64_t)number_at(info, "heads", 0),
                      side * side, (uint64_t)number_at(info, "embed_dim", 0));
    const cJSON *rates;
    cJSON_ArrayForEach(rates, member(item, "qkv_rates"))
    {
        const struct sq_syops_ssa rate = {rate_at(rates, 0), rate_at(rates, 1), rate_at(rates, 2)};
        acs += sq_syops_ssa_acs(base, &rate);
    }
    return acs;
}

int shape_for(const cJSON *item, struct sq_counters *shape)
{
    const char *config = text_at(item, "config");
    return shape_of_config(config[0] != '\0' ? config : text_at(item, "id"), shape);
}

/* A log of the tool: from its own rows to its totals. Of a log of which the first rows alone are given,
 * from the network's sizes. */
static void check_log(const cJSON *item, struct vector *vector)
{
    static struct log log;
    struct sq_counters shape = {0};
    struct sq_switches switches = sq_switches_default();
    const cJSON *rates, *expected = member(item, "expect");
    double macs = 0, acs = 0, all_ops = 0, all_macs = 0;
    int block = 0;
    switches.syops_names = 1;
    if (!shape_for(item, &shape)) {
        check_miss(vector, "config", "no such network");
        sq_counters_free(&shape);
        return;
    }
    read_rows(vector, item, &shape, &log);
    for (size_t i = 0; i < log.n; i++)
        if (sq_syops_is_priced(log.name[i], log.is_layer[i], &switches))
            sq_syops_add(&macs, &acs, &log.row[i]);
    cJSON_ArrayForEach(rates, member(item, "qkv_rates")) check_rates(vector, &log, rates, block++);
    struct sq_syops_row all = sq_syops_tree(log.name, log.row, log.n);
    acs = add_ssa(item, member(item, "ssa_info"), acs);
    if (cJSON_IsTrue(member(item, "is_part"))) {
        macs = 0;
        count_sizes(&shape, &all_ops, &all_macs, &macs);
        all = (struct sq_syops_row){.ops = all_ops, .macs = all_macs};
        acs = 1e9 * strtod(text_at(expected, "g_acs"), NULL);
    }
    const struct sq_syops_total total = sq_syops_price(macs, acs);
    const struct found found[] = {{"g_macs", total.g_macs},
                                  {"g_acs", total.g_acs},
                                  {"energy_mj", total.energy_mj},
                                  {"nops_ops", all.ops},
                                  {"nops_acs", all.acs},
                                  {"nops_macs", all.macs},
                                  {"parameters", (double)shape.parameters}};
    check_object(vector, "expect", expected, found, sizeof found / sizeof *found);
    sq_counters_free(&shape);
}

/* What the tool counts for a network of which only sizes are known: all operations; as MACs those of
 * layers that read images, streams of counts, reals or the mean before the head, and batch norms. */
void count_sizes(const struct sq_counters *shape, double *ops, double *macs, double *named_macs)
{
    struct sq_switches switches = sq_switches_default();
    switches.syops_names = 1;
    for (size_t i = 0; i < shape->n_ops; i++) {
        const struct sq_op *op = &shape->op[i];
        const double n = ops_by_formula(shape, op);
        const int is_mac = op->kind == SQ_OP_NORM || op->is_analog || op->is_head ||
                           op->from_stream || op->is_real;
        *ops += n;
        *macs += is_mac ? n : 0;
        if (is_mac && sq_syops_is_priced(op->name, sq_op_is_layer(op), &switches))
            *named_macs += n;
    }
}

/* "245299803.13125005 = 1e9*g_acs - ssa_acs; ..." and "... - 5799936 (LIF)". */
static void check_differences(struct vector *vector, const cJSON *text, double conv_acs,
                              const struct sq_counters *shape)
{
    const char *conv = text_at(text, "conv_acs"), *rest = text_at(text, "proj_fc2_pool_acs");
    const char *lif = strrchr(rest, '-');
    char digits[SQ_DECIMAL_BYTES], printed[SQ_DECIMAL_BYTES];
    uint64_t neurons = 0;
    if (conv[0] != '\0') {
        snprintf(printed, sizeof printed, "%.*s", (int)strcspn(conv, " "), conv);
        check_text(vector, "conv_acs", printed, sq_decimal(digits, conv_acs));
    }
    for (size_t i = 0; i < shape->n_ops; i++)
        if (shape->op[i].kind == SQ_OP_NEURON)
            neurons += shape->op[i].n_in * shape->timesteps;
    if (lif != NULL) {
        const cJSON count = {.type = cJSON_Number, .valuedouble = strtod(lif + 1, NULL)};
        check_figure(vector, "LIF operations", &count, (double)neurons);
    }
}

static void check_issue(const cJSON *item, struct vector *vector)
{
    struct sq_counters shape = {0};
    struct sq_error err = {0};
    const cJSON *expected = member(item, "expect"), *derived = member(item, "derived_exactly");
    if (shape_of(member(item, "config"), &shape, &err) != SQ_OK) {
        check_miss(vector, "config", err.text);
        sq_counters_free(&shape);
        return;
    }
    double ops = 0, macs = 0, named_macs = 0;
    count_sizes(&shape, &ops, &macs, &named_macs);
    /* The ACs of the convolutions need rates that were not published: g_acs is an input here, and
     * what it leaves for them is compared. */
    const double ssa = add_ssa(item, member(item, "ssa_info_used"), 0);
    const double g_acs = strtod(text_at(expected, "g_acs"), NULL);
    const struct found found[] = {{"g_macs", named_macs / 1e9},
                                  {"g_acs", g_acs},
                                  {"energy_mj", named_macs / 1e9 * 4.6 + g_acs * 0.9},
                                  {"nops_ops", ops},
                                  {"nops_macs", macs},
                                  {"nops_acs", strtod(text_at(expected, "nops_acs"), NULL)},
                                  {"parameters", (double)shape.parameters}};
    check_object(vector, "expect", expected, found, sizeof found / sizeof *found);
    check_figure(vector, "ssa_acs", member(derived, "ssa_acs"), ssa);
    check_differences(vector, member(item, "only_by_difference"), 1e9 * g_acs - ssa, &shape);
    sq_counters_free(&shape);
}

void check_published(const cJSON *item, const cJSON *file, struct vector *vector)
{
    const cJSON *rows = member(item, "rows");
    const cJSON *first = cJSON_GetArrayItem(rows, 0);
    if (member(first, "ops") != NULL)
        check_log(item, vector);
    else if (member(item, "ssa_info_used") != NULL)
        check_issue(item, vector);
    else if (member(first, "ops_g") != NULL && strcmp(text_at(item, "convention"), "paper") == 0)
        check_paper_rows(item, vector);
    else if (member(first, "ops_g") != NULL)
        check_readme_rows(item, file, vector);
    else
        check_miss(vector, "published", "neither rows nor rates are understood");
}
