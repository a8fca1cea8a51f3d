/* spikeq_diff(): two traces compared. */
#include "sim/api/context.h"
#include "sim/json/page.h"
#include "sim/record/trace_warnings.h"
#include "sim/replay/diff_text.h"

static int describe(struct sq_error *err, const struct sq_diff *diff, int as_json, char **text)
{
    struct sq_page page;
    if (as_json)
        return sq_page_json(err, sq_diff_json(diff), text);
    const int status = sq_page_open(err, &page);
    if (status != SQ_OK)
        return status;
    sq_diff_print(page.stream, diff);
    return sq_page_close(err, &page, text);
}

/* Energy of both, where they can be compared and the profile is found. */
static int add_energy(spikeq_ctx *ctx, struct sq_trace *const trace[2],
                      const struct sq_range *samples, struct sq_diff *diff)
{
    struct sq_hardware hardware;
    if (diff->found->plan[0] != '\0')
        return SQ_OK;
    int status = sq_hardware_load(NULL, ctx->config_dirs, SQ_DIFF_HARDWARE, &hardware);
    if (status == SQ_ENOMEM)
        return sq_fail(&ctx->error, SQ_ENOMEM, "out of memory for the energy of both");
    if (status != SQ_OK)
        return SQ_OK;
    for (int i = 0; status == SQ_OK && i < 2; i++)
        status = sq_diff_energy(&ctx->error, trace[i], samples, &hardware, &diff->energy_mj[i]);
    return status;
}

static int compare(spikeq_ctx *ctx, struct sq_trace *const trace[2],
                   const struct sq_diff_choices *options, int *is_equal, char **text)
{
    struct sq_error *err = &ctx->error;
    struct sq_compare_options chosen = {.populations = options->populations,
                                        .logits_tolerance = options->logits_tolerance};
    struct sq_comparison found;
    if (!(options->logits_tolerance >= 0))
        return sq_fail(err, SQ_EUSAGE, SQ_OPT "logits-tolerance: expected a number, 0 or more");
    int status = sq_range_parse(err, SQ_OPT "samples", options->samples, &chosen.samples);
    if (status == SQ_OK)
        status = sq_compare(err, trace[0], trace[1], &chosen, &found);
    if (status != SQ_OK)
        return status;
    struct sq_diff diff = {trace[0], trace[1], &found, options->logits_tolerance, {-1, -1}};
    *is_equal = sq_comparison_is_equal(&found);
    status = add_energy(ctx, trace, &chosen.samples, &diff);
    if (status == SQ_OK)
        status = describe(err, &diff, options->as_json, text);
    sq_comparison_free(&found);
    return status;
}

int sq_api_diff(spikeq_ctx *ctx, const char *a, const char *b,
                const struct sq_diff_choices *options, int *is_equal, char **text)
{
    struct sq_trace *trace[2] = {NULL, NULL};
    int status = sq_trace_open(&ctx->error, a, &trace[0]);
    if (status == SQ_OK)
        status = sq_trace_open(&ctx->error, b, &trace[1]);
    if (status == SQ_OK)
        status = sq_warnings_of_trace(&ctx->error, trace[0], NULL);
    if (status == SQ_OK)
        status = sq_warnings_of_trace(&ctx->error, trace[1], NULL);
    if (status == SQ_OK)
        status = compare(ctx, trace, options, is_equal, text);
    sq_trace_close(trace[0]);
    sq_trace_close(trace[1]);
    return status;
}
