/* spikeq_diff(): two traces compared. */
#include "sim/context.h"
#include "sim/replay/diff_text.h"
#include "sim/report/page.h"
#include "sim/warnings_json.h"

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

static int compare(struct sq_error *err, struct sq_trace *a, struct sq_trace *b,
                   const struct spikeq_diff_options *options, int *is_equal, char **text)
{
    struct sq_compare_options chosen = {.populations = options->populations};
    struct sq_comparison found;
    int status = sq_range_parse(err, "--samples", options->samples, &chosen.samples);
    if (status == SQ_OK)
        status = sq_compare(err, a, b, &chosen, &found);
    if (status != SQ_OK)
        return status;
    *is_equal = sq_comparison_is_equal(&found);
    status = describe(err, &(struct sq_diff){a, b, &found}, options->as_json, text);
    sq_comparison_free(&found);
    return status;
}

int spikeq_diff(spikeq_ctx *ctx, const char *a, const char *b,
                const struct spikeq_diff_options *options, int *is_equal, char **text)
{
    static const struct spikeq_diff_options all;
    struct sq_trace *first = NULL, *second = NULL;
    int status = sq_trace_open(&ctx->error, a, &first);
    if (status == SQ_OK)
        status = sq_trace_open(&ctx->error, b, &second);
    if (status == SQ_OK)
        status = sq_warnings_of_trace(&ctx->error, first, NULL);
    if (status == SQ_OK)
        status = sq_warnings_of_trace(&ctx->error, second, NULL);
    if (status == SQ_OK)
        status =
            compare(&ctx->error, first, second, options != NULL ? options : &all, is_equal, text);
    sq_trace_close(first);
    sq_trace_close(second);
    return status;
}
