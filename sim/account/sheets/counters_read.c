/* Reading the counters of a report; every value in it is untrusted. */
#include "sim/account/sheets/counters_read.h"

#include "sim/account/count/counters_json.h"
#include "sim/account/count/counters_json_fields.h"
#include "sim/json/json.h"
#include "sim/network/make_graph.h"
#include "sim/ops/account_operations.h"
#include "sim/ops/graph_object.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NEWEST_REPORT = 1, MAX_GROUPS = 4096, MAX_STEPS = 1 << 16, MAX_BITS = 1024 };

struct reader {
    struct sq_error *err;
    const char *path;
    const char *op; /* "counters", or the operation being read */
};

static const cJSON *member(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

/* A whole number below 2^53, the largest that JSON readers keep; 0 where it is missing. */
static int read_count(const struct reader *reader, const cJSON *object, const char *key,
                      uint64_t *out)
{
    const cJSON *item = member(object, key);
    *out = 0;
    if (item == NULL)
        return SQ_OK;
    const double value = cJSON_IsNumber(item) ? item->valuedouble : -1;
    if (!(value >= 0 && value < 0x1p53) || value != floor(value))
        return sq_fail(reader->err, SQ_EVALUE,
                       "%s: %s: %s: %g, expected a whole number from 0 to 2^53", reader->path,
                       reader->op, key, value);
    *out = (uint64_t)value;
    return SQ_OK;
}

static int read_step(const struct reader *reader, const cJSON *item, struct sq_op_count *step)
{
    int rc = SQ_OK;
#define XX(key, name) \
    if (rc == SQ_OK)  \
        rc = read_count(reader, item, key, &step->name);
    SQ_STEP_FIELDS(XX)
#undef XX
    return rc;
}

static unsigned read_is(const cJSON *group)
{
    const cJSON *item;
    unsigned is = 0;
    cJSON_ArrayForEach(item, member(group, "is"))
    {
        const char *text = cJSON_IsString(item) ? item->valuestring : "";
#define XX(key, bit)            \
    if (strcmp(text, key) == 0) \
        is |= (bit);
        SQ_IS_FIELDS(XX)
#undef XX
    }
    return is;
}

static double read_real(const cJSON *group, const char *key)
{
    const cJSON *item = member(group, key);
    return cJSON_IsNumber(item) && isfinite(item->valuedouble) ? item->valuedouble : 0;
}

/* What rounding took from the sum of reals. */
static int read_rest(const struct reader *reader, const cJSON *item, struct sq_counters *counters,
                     struct sq_op_group *group)
{
    const cJSON *part, *rest = member(item, "real_rest");
    if (rest == NULL)
        return SQ_OK;
    group->exact = sq_arena_alloc(&counters->arena, 1, sizeof *group->exact);
    if (group->exact == NULL)
        return sq_fail(reader->err, SQ_ENOMEM, "%s: out of memory", reader->path);
    sq_exact_sum_add(group->exact, group->real_sum);
    cJSON_ArrayForEach(part, rest)
        sq_exact_sum_add(group->exact, cJSON_IsNumber(part) ? part->valuedouble : NAN);
    if (sq_exact_sum_value(group->exact) == group->real_sum)
        return SQ_OK;
    return sq_fail(reader->err, SQ_EVALUE,
                   "%s: %s: real_rest: expected numbers that rounding took from real_sum",
                   reader->path, reader->op);
}

static int read_group(const struct reader *reader, const cJSON *item, struct sq_counters *counters,
                      struct sq_op_group *group)
{
    const cJSON *steps = member(item, "steps"), *part;
    const int n_steps = cJSON_GetArraySize(steps);
    int rc = SQ_OK;
    size_t t = 0;
#define XX(key, name) \
    if (rc == SQ_OK)  \
        rc = read_count(reader, item, key, &group->name);
    SQ_GROUP_FIELDS(XX)
#undef XX
    if (rc != SQ_OK)
        return rc;
    if (n_steps < 1 || (uint32_t)n_steps > counters->timesteps || group->n_calls == 0)
        return sq_fail(reader->err, SQ_ESHAPE,
                       "%s: %s: a group of %" PRIu64 " calls and %d timesteps, expected calls "
                       "and 1 to %u timesteps",
                       reader->path, reader->op, group->n_calls, n_steps, counters->timesteps);
    group->is = read_is(item);
    group->min = read_real(item, "min");
    group->max = read_real(item, "max");
    group->real_sum = read_real(item, "real_sum");
    rc = read_count(reader, item, "first", &group->first);
    if (rc == SQ_OK)
        rc = read_rest(reader, item, counters, group);
    if (rc != SQ_OK)
        return rc;
    group->n_steps = (size_t)n_steps;
    group->step = sq_arena_alloc(&counters->arena, group->n_steps, sizeof *group->step);
    if (group->step == NULL)
        return sq_fail(reader->err, SQ_ENOMEM, "%s: out of memory", reader->path);
    cJSON_ArrayForEach(part, steps)
    {
        rc = read_step(reader, part, &group->step[t++]);
        if (rc != SQ_OK)
            return rc;
    }
    return SQ_OK;
}

/* Of a run in integers; 0 where it is missing. */
static int read_bits(const struct reader *reader, const cJSON *item, const char *key, uint32_t *out)
{
    uint64_t bits;
    const int rc = read_count(reader, item, key, &bits);
    if (rc == SQ_OK && bits > MAX_BITS)
        return sq_fail(reader->err, SQ_EVALUE, "%s: %s: %s: %" PRIu64 ", expected at most %d",
                       reader->path, reader->op, key, bits, MAX_BITS);
    *out = (uint32_t)bits;
    return rc;
}

static int read_op(struct reader *reader, const cJSON *item, struct sq_counters *counters,
                   struct sq_op *op)
{
    const char *name = cJSON_GetStringValue(member(item, "name"));
    const cJSON *groups = member(item, "groups"), *group;
    const int n = cJSON_GetArraySize(groups);
    reader->op = op->name;
    if (name == NULL || strcmp(name, op->name) != 0)
        return sq_fail(reader->err, SQ_ESHAPE,
                       "%s: counters.ops: %.64s, expected %s; counters of another network?",
                       reader->path, name != NULL ? name : "(no name)", op->name);
    int rc = read_count(reader, item, "weight_zeros", &op->weight_zeros);
    if (rc == SQ_OK && op->weight_zeros > op->weights)
        return sq_fail(reader->err, SQ_EVALUE,
                       "%s: %s: weight_zeros: %" PRIu64 ", expected at most %" PRIu64, reader->path,
                       op->name, op->weight_zeros, op->weights);
    if (rc == SQ_OK)
        rc = read_bits(reader, item, "adder_bits", &op->adder_bits);
    if (rc == SQ_OK)
        rc = read_bits(reader, item, "factor_bits", &op->factor_bits);
    if (n > MAX_GROUPS)
        return sq_fail(reader->err, SQ_EFORMAT, "%s: %s: %d groups, expected at most %d",
                       reader->path, op->name, n, MAX_GROUPS);
    op->group = sq_arena_alloc(&counters->arena, (size_t)n, sizeof *op->group);
    if (op->group == NULL)
        return sq_fail(reader->err, SQ_ENOMEM, "%s: out of memory", reader->path);
    op->room = (size_t)n;
    cJSON_ArrayForEach(group, groups)
    {
        if (rc == SQ_OK)
            rc = read_group(reader, group, counters, &op->group[op->n_groups++]);
    }
    return rc;
}

/* The configuration of a report that does not hold its graph. */
static int graph_of_config(const struct reader *reader, const cJSON *config, struct sq_graph *graph)
{
    struct sq_config read;
    char origin[640];
    char *text = sq_json_print_line(config);
    if (text == NULL)
        return sq_fail(reader->err, config != NULL ? SQ_ENOMEM : SQ_EFORMAT,
                       "%s: config: missing, or out of memory", reader->path);
    snprintf(origin, sizeof origin, "%.600s: config", reader->path);
    int status = sq_config_from_text(reader->err, origin, text, &read);
    if (status == SQ_OK)
        status = sq_graph_from_config(reader->err, &read, graph);
    free(text);
    return status;
}

/* The graph that the report holds. */
static int read_graph(const struct reader *reader, const cJSON *report, struct sq_graph *graph)
{
    const cJSON *object = member(report, "graph");
    char origin[640];
    snprintf(origin, sizeof origin, "%.600s: graph", reader->path);
    *graph = (struct sq_graph){.n_nodes = 0};
    if (object == NULL)
        return graph_of_config(reader, member(report, "config"), graph);
    return sq_graph_from_object(reader->err, origin, object, graph);
}

static int read_versions(const struct reader *reader, const cJSON *report)
{
    uint64_t version, counters;
    const char *format = cJSON_GetStringValue(member(report, "format"));
    if (format == NULL || strcmp(format, "spikeq report") != 0)
        return sq_fail(reader->err, SQ_EFORMAT, "%s: format: \"%.32s\", expected spikeq report",
                       reader->path, format != NULL ? format : "");
    int rc = read_count(reader, report, "version", &version);
    if (rc == SQ_OK && member(report, "counters") == NULL)
        return sq_fail(reader->err, SQ_EFORMAT,
                       "%s: counters: missing, expected them in the report; run it again with "
                       "this spikeq",
                       reader->path);
    if (rc == SQ_OK)
        rc = read_count(reader, member(report, "counters"), "version", &counters);
    if (rc == SQ_OK && (version > NEWEST_REPORT || counters > SQ_COUNTERS_VERSION))
        return sq_fail(reader->err, SQ_EUNSUPPORTED,
                       "%s: version: %" PRIu64 ", counters.version: %" PRIu64
                       ", expected at most %d and %d; written by a newer spikeq",
                       reader->path, version, counters, NEWEST_REPORT, SQ_COUNTERS_VERSION);
    return rc;
}

static int read_ops(struct reader *reader, const cJSON *ops, struct sq_counters *out)
{
    const cJSON *item;
    size_t i = 0;
    int rc = SQ_OK;
    const int n = cJSON_GetArraySize(ops);
    if ((size_t)n != out->n_ops)
        return sq_fail(reader->err, SQ_ESHAPE,
                       "%s: counters.ops: %d operations, expected %zu for %s; counters of "
                       "another network?",
                       reader->path, n, out->n_ops, out->config);
    cJSON_ArrayForEach(item, ops)
    {
        rc = read_op(reader, item, out, &out->op[i++]);
        if (rc != SQ_OK)
            break;
    }
    return rc;
}

/* What no run can have counted; the sentence begins with the file. */
static int check_counts(struct sq_error *err, const char *path, const struct sq_counters *counters)
{
    struct sq_error inner = {0};
    const int rc = sq_counters_check(&inner, counters);
    return rc == SQ_OK ? SQ_OK : sq_fail(err, rc, "%s: %s", path, inner.text);
}

/* The network's operations, without counts. */
static int read_operations(const struct reader *reader, const cJSON *report, uint64_t timesteps,
                           struct sq_counters *out)
{
    struct sq_graph graph;
    const cJSON *config = member(report, "config"), *t = member(config, "T");
    const char *name = cJSON_GetStringValue(member(config, "name"));
    if (timesteps == 0 || timesteps > MAX_STEPS ||
        (cJSON_IsNumber(t) && t->valuedouble != (double)timesteps))
        return sq_fail(reader->err, SQ_ESHAPE,
                       "%s: counters: timesteps %" PRIu64
                       ", expected those of the configuration, 1 to %d; counters of another "
                       "network?",
                       reader->path, timesteps, MAX_STEPS);
    int status = read_graph(reader, report, &graph);
    if (status == SQ_OK)
        status = sq_counters_from_graph(reader->err, name != NULL ? name : "report", &graph,
                                        (uint32_t)timesteps, out);
    sq_graph_free(&graph);
    return status;
}

int sq_counters_from_report(struct sq_error *err, const char *path, const cJSON *report,
                            struct sq_counters *out)
{
    struct reader reader = {err, path, "counters"};
    const cJSON *counters = member(report, "counters");
    uint64_t timesteps = 0, batch = 0;
    int rc = read_versions(&reader, report);
    if (rc == SQ_OK)
        rc = read_count(&reader, counters, "timesteps", &timesteps);
    if (rc == SQ_OK)
        rc = read_operations(&reader, report, timesteps, out);
    if (rc == SQ_OK)
        rc = read_count(&reader, counters, "samples", &out->n_samples);
    if (rc == SQ_OK)
        rc = read_count(&reader, counters, "batch", &batch);
    if (rc == SQ_OK && batch != 1)
        return sq_fail(err, SQ_ESHAPE,
                       "%s: counters: batch %" PRIu64 ", expected 1; counters of another network?",
                       path, batch);
    if (rc == SQ_OK)
        rc = read_ops(&reader, member(counters, "ops"), out);
    return rc == SQ_OK ? check_counts(err, path, out) : rc;
}

int sq_counters_from_config(struct sq_error *err, const struct sq_config *config,
                            struct sq_counters *out)
{
    struct sq_config complete = *config;
    struct sq_graph graph;
    int status = sq_graph_from_config(err, &complete, &graph);
    if (status == SQ_OK)
        status = sq_counters_from_graph(err, config->name, &graph, config->timesteps, out);
    sq_graph_free(&graph);
    return status;
}
