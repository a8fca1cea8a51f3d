/* spikeq_export(): the format, and what only the simulator knows of a trace. */
#include "traces/export/export.h"

#include "sim/api/context.h"
#include "sim/config/config.h"
#include "sim/record/trace_warnings.h"

#include <string.h>
#include <sys/stat.h>

static const struct {
    const char *name;
    int (*run)(struct sq_error *err, const struct sq_export *export);
} format[] = {
    {"npz", sq_export_npz},
    {"csv", sq_export_csv},
    {"hdf5", sq_export_hdf5},
    {"aer", sq_export_aer},
    {"prosperity", sq_export_prosperity},
};

enum { N_FORMATS = sizeof format / sizeof format[0] };

static size_t find_format(const char *name)
{
    size_t i = 0;
    while (i < N_FORMATS && strcmp(format[i].name, name) != 0)
        i++;
    return i;
}

/* Attention heads of the network that was recorded; 0: the trace does not say. SQ_ENOMEM. */
static int find_heads(struct sq_error *err, const struct sq_trace *trace, uint32_t *heads)
{
    struct sq_config config = {.heads = 0};
    const char *text = sq_trace_meta(trace, "config");
    const int status =
        text != NULL ? sq_config_from_text(NULL, sq_trace_path(trace), text, &config) : SQ_OK;
    *heads = status == SQ_OK ? config.heads : 0;
    return status == SQ_ENOMEM ? sq_fail(err, SQ_ENOMEM, "%s: out of memory", sq_trace_path(trace))
                               : SQ_OK;
}

/* An export that replaces its own source would lose what was recorded. */
static int is_same_file(const char *a, const char *b)
{
    struct stat of_a, of_b;
    return stat(a, &of_a) == 0 && stat(b, &of_b) == 0 && of_a.st_dev == of_b.st_dev &&
           of_a.st_ino == of_b.st_ino;
}

int spikeq_export(spikeq_ctx *ctx, const struct spikeq_export_options *options)
{
    struct sq_export export = {.globs = options->populations,
                               .out = options->out != NULL ? options->out : "-",
                               .force = options->force};
    if (options->trace == NULL || options->to == NULL)
        return sq_fail(&ctx->error, SQ_EUSAGE, "an export needs a trace and a format");
    const size_t chosen = find_format(options->to);
    if (chosen == N_FORMATS)
        return sq_fail(&ctx->error, SQ_EUSAGE,
                       SQ_OPT "to %s: not one of npz, csv, hdf5, aer, prosperity", options->to);
    if (is_same_file(options->trace, export.out))
        return sq_fail(&ctx->error, SQ_EUSAGE, "%s: is the trace itself; give another file",
                       export.out);
    int status = sq_range_parse(&ctx->error, SQ_OPT "samples", options->samples, &export.range);
    if (status == SQ_OK)
        status = sq_trace_open(&ctx->error, options->trace, &export.trace);
    if (status != SQ_OK)
        return status;
    status = find_heads(&ctx->error, export.trace, &export.heads);
    if (status == SQ_OK)
        status = sq_warnings_of_trace(&ctx->error, export.trace, NULL);
    if (status == SQ_OK)
        status = format[chosen].run(&ctx->error, &export);
    sq_trace_close(export.trace);
    return status;
}
