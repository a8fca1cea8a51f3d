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

/* What the tool counts for a module of these sizes, or -1: the shape has no such module. */
static double ops_by_formula(const struct sq_counters *shape, const char *name)
{
    const struct sq_op *op = sq_counters_find(shape, name);
    const struct sq_switches switches = sq_switches_default();
    struct sq_op_count step = {.frames = shape->timesteps};
    struct sq_op_group call = {.n_calls = 1, .n_steps = 1, .step = &step};
    uint64_t n_calls;
    if (op == NULL || op->kind == SQ_OP_NEURON)
        return -1;
    struct sq_op copy = *op;
    copy.group = &call;
    copy.n_groups = 1;
    step.frames = op->is_head ? 1 : shape->timesteps;
    return sq_syops_count(&copy, &switches, &n_calls).ops;
}

/* Do the first layer's operations say that this shape is the log's network? */
static int fits(const struct sq_counters *shape, const cJSON *rows)
{
    const cJSON *first = cJSON_GetArrayItem(rows, 0);
    return shape->n_ops > 0 &&
           ops_by_formula(shape, text_at(first, "name")) == strtod(text_at(first, "ops"), NULL);
}

static void check_ops(struct vector *vector, const struct sq_counters *shape, const cJSON *row,
                      double printed)
{
    char path[160];
    const double found = ops_by_formula(shape, text_at(row, "name"));
    const cJSON expected = {.type = cJSON_Number, .valuedouble = printed};
    snprintf(path, sizeof path, "%s.ops by its formula", text_at(row, "name"));
    if (found >= 0)
        check_figure(vector, path, &expected, found);
}

void read_rows(struct vector *vector, const cJSON *rows, const struct sq_counters *shape,
               struct log *log)
{
    const int is_known = fits(shape, rows);
    const cJSON *row;
    log->n = 0;
    cJSON_ArrayForEach(row, rows)
    {
        if (log->n == MAX_ROWS)
            break;
        const size_t i = log->n++;
        const char *type = text_at(row, "type");
        log->name[i] = text_at(row, "name");
        log->is_layer[i] = strncmp(type, "Conv", 4) == 0 || strcmp(type, "Linear") == 0;
        log->row[i] = (struct sq_syops_row){
            read_count(vector, row, "ops"), read_count(vector, row, "acs"),
            read_count(vector, row, "macs"), strtod(text_at(row, "rate_percent"), NULL)};
        if (is_known)
            check_ops(vector, shape, row, log->row[i].ops);
    }
}

/* By the shape, or where the log is of another network, by its rows and two LayerNorms a block. */
static double parameters_of(const struct sq_counters *shape, const cJSON *rows, const cJSON *info)
{
    const cJSON *row;
    double sum = 4 * number_at(info, "embed_dim", 0) * number_at(info, "depth", 0);
    if (fits(shape, rows))
        return (double)shape->parameters;
    cJSON_ArrayForEach(row, rows) sum += number_at(row, "params", 0);
    return sum;
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

int shape_for(const cJSON *info, const cJSON *rows, struct sq_counters *shape)
{
    struct sq_error err = {0};
    int classes = 1000;
    const cJSON *row;
    cJSON_ArrayForEach(row, rows)
    {
        const char *out = strstr(text_at(row, "config"), "out_features=");
        if (strcmp(text_at(row, "name"), "head") == 0 && out != NULL)
            classes = atoi(out + strlen("out_features="));
    }
    cJSON *config = cJSON_CreateObject();
    cJSON_AddStringToObject(config, "layout", "imagenet");
    cJSON_AddNumberToObject(config, "depth", number_at(info, "depth", 0));
    cJSON_AddNumberToObject(config, "heads", number_at(info, "heads", 0));
    cJSON_AddNumberToObject(config, "embed_dim", number_at(info, "embed_dim", 0));
    cJSON_AddNumberToObject(config, "T", number_at(info, "T", 0));
    cJSON_AddNumberToObject(config, "image", 16 * number_at(info, "patch_side", 14));
    cJSON_AddNumberToObject(config, "classes", classes);
    const int rc = shape_of(config, shape, &err);
    cJSON_Delete(config);
    return rc == SQ_OK;
}

/* A log of the tool: from its own rows to its totals. */
static void check_log(const cJSON *item, struct vector *vector)
{
    static struct log log;
    struct sq_counters shape = {0};
    struct sq_switches switches = sq_switches_default();
    const cJSON *rates;
    double macs = 0, acs = 0;
    int block = 0;
    switches.syops_names = 1;
    shape_for(member(item, "ssa_info"), member(item, "rows"), &shape);
    read_rows(vector, member(item, "rows"), &shape, &log);
    for (size_t i = 0; i < log.n; i++)
        if (sq_syops_is_priced(log.name[i], log.is_layer[i], &switches))
            sq_syops_add(&macs, &acs, &log.row[i]);
    cJSON_ArrayForEach(rates, member(item, "qkv_rates")) check_rates(vector, &log, rates, block++);
    const struct sq_syops_total total =
        sq_syops_price(macs, add_ssa(item, member(item, "ssa_info"), acs));
    const struct sq_syops_row all = sq_syops_tree(log.name, log.row, log.n);
    const struct found found[] = {
        {"g_macs", total.g_macs},
        {"g_acs", total.g_acs},
        {"energy_mj", total.energy_mj},
        {"nops_ops", all.ops},
        {"nops_acs", all.acs},
        {"nops_macs", all.macs},
        {"parameters", parameters_of(&shape, member(item, "rows"), member(item, "ssa_info"))}};
    check_object(vector, "expect", member(item, "expect"), found, sizeof found / sizeof *found);
    sq_counters_free(&shape);
}

/* What the tool counts for a network of which only sizes are known: all operations; as MACs the
 * first convolution, batch norms, the head, and layers fed by the residual stream. */
void count_sizes(const struct sq_counters *shape, double *ops, double *macs, double *named_macs)
{
    const struct sq_switches switches = sq_switches_default();
    for (size_t i = 0; i < shape->n_ops; i++) {
        struct sq_op op = shape->op[i];
        struct sq_op_count step = {.frames = op.is_head ? 1 : shape->timesteps};
        struct sq_op_group call = {.n_calls = 1, .n_steps = 1, .step = &step};
        uint64_t n_calls;
        op.group = &call;
        op.n_groups = 1;
        const double n = sq_syops_count(&op, &switches, &n_calls).ops;
        const int from_stream = op.kind == SQ_OP_LINEAR && op.bias_is_added;
        *ops += n;
        if (op.kind == SQ_OP_NORM || op.is_analog || op.is_head || from_stream)
            *macs += n;
        if (op.is_analog || op.is_head)
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
