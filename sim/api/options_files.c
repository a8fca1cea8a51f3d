/* Options by name -> calls that make or describe files: quantize, synthesize, import, events, inspect, graph. */
#include "sim/api/options.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_WIDTHS = 13 }; /* 4 to 16 bits */

/* "4,6,8", checked when it was set. */
static int take_widths(struct sq_error *err, const char *text, unsigned *bits, size_t *n)
{
    *n = 0;
    for (const char *at = text; at != NULL;
         at = strchr(at, ',') != NULL ? strchr(at, ',') + 1 : NULL) {
        if (*n == MOST_WIDTHS)
            return sq_fail(err, SQ_EUSAGE, SQ_OPT "bits: more than %d widths", MOST_WIDTHS);
        bits[(*n)++] = (unsigned)strtoul(at, NULL, 10);
    }
    return SQ_OK;
}

int spikeq_quantise(spikeq_ctx *ctx, const spikeq_options *options, char **text)
{
    unsigned bits[MOST_WIDTHS];
    int status = sq_options_check(ctx, &options, SQ_FOR_QUANTIZE);
    if (status != SQ_OK)
        return status;
    struct sq_quantise_choices quantise = {
        .model = sq_option_text(options, "model"),
        .config = sq_option_text(options, "config"),
        .weights = sq_option_text(options, "weights"),
        .bits = bits,
        .choose = sq_option_text(options, "choose"),
        .calibrate = sq_option_text(options, "calibrate"),
        .labels = sq_option_text(options, "labels"),
        .limit = sq_option_count(options, "limit"),
        .threads = (unsigned)sq_option_count(options, "threads"),
        .architecture = sq_option_text(options, "architecture"),
        .out = sq_option_text(options, "output"),
        .force = sq_option_flag(options, "force"),
        .format = sq_option_text(options, "format"),
    };
    quantise.set = sq_option_list(options, "set", &quantise.n_set);
    sq_options_to_fixed(options, &quantise.fixed);
    sq_options_to_frames(options, &quantise.frames);
    status = take_widths(&ctx->error, sq_option_text(options, "bits"), bits, &quantise.n_bits);
    return status == SQ_OK ? sq_api_quantise(ctx, &quantise, text) : status;
}

int spikeq_synthesise(spikeq_ctx *ctx, const spikeq_options *options, char **text)
{
    const int status = sq_options_check(ctx, &options, SQ_FOR_SYNTHESIZE);
    if (status != SQ_OK)
        return status;
    struct sq_synthesise_choices synthesise = {
        .config = sq_option_text(options, "config"),
        .architecture = sq_option_text(options, "architecture"),
        .rates = sq_option_text(options, "rates"),
        .seed = sq_option_count(options, "seed"),
        .input = sq_option_text(options, "input"),
        .limit = sq_option_count(options, "limit"),
        .save_input = sq_option_text(options, "save-input"),
        .isa = sq_option_text(options, "isa"),
        .out = sq_option_text(options, "output"),
        .force = sq_option_flag(options, "force"),
        .as_json = sq_option_flag(options, "json"),
        .progress = options->progress,
        .progress_data = options->progress_data,
    };
    synthesise.set = sq_option_list(options, "set", &synthesise.n_set);
    synthesise.rate = sq_option_list(options, "rate", &synthesise.n_rate);
    sq_options_to_frames(options, &synthesise.frames);
    return sq_api_synthesise(ctx, &synthesise, text);
}

int spikeq_import(spikeq_ctx *ctx, const char *source, const spikeq_options *options,
                  struct spikeq_import_summary *summary)
{
    const int status = sq_options_check(ctx, &options, SQ_FOR_IMPORT);
    if (status != SQ_OK)
        return status;
    struct sq_import_choices import = {
        .source = source,
        .trace = sq_option_text(options, "output"),
        .format = sq_option_text(options, "format"),
        .config = sq_option_text(options, "config"),
        .model = sq_option_text(options, "model"),
        .weights = sq_option_text(options, "weights"),
        .architecture = sq_option_text(options, "architecture"),
        .partial = sq_option_flag(options, "partial"),
        .labels = sq_option_text(options, "labels"),
        .dt_ms = sq_option_number(options, "dt"),
        .population = sq_option_text(options, "population"),
        .transpose = sq_option_flag(options, "transpose"),
        .codec = sq_option_text(options, "codec"),
        .force = sq_option_flag(options, "force"),
        .summary = summary,
    };
    import.set = sq_option_list(options, "set", &import.n_set);
    import.neurons = sq_option_list(options, "neurons", &import.n_neurons);
    return sq_api_import(ctx, &import);
}

int spikeq_events(spikeq_ctx *ctx, const char *path, const spikeq_options *options, char **text)
{
    const int status = sq_options_check(ctx, &options, SQ_FOR_EVENTS);
    if (status != SQ_OK)
        return status;
    struct sq_events_choices events = {
        .path = path,
        .view = sq_option_text(options, "view"),
        .format = sq_option_text(options, "format"),
        .camera = sq_option_text(options, "camera"),
        .tolerate = sq_option_flag(options, "tolerate"),
        .dump = sq_option_text(options, "dump-events"),
        .frames = sq_option_text(options, "frames"),
        .bin = (unsigned)sq_option_count(options, "bin"),
        .frames_out = sq_option_text(options, "output"),
        .force = sq_option_flag(options, "force"),
        .as_json = sq_option_flag(options, "json"),
    };
    const char *size = sq_option_text(options, "size");
    if (size != NULL)
        sq_option_parse_size(size, &events.width, &events.height);
    return sq_api_events(ctx, &events, text);
}

int spikeq_inspect(spikeq_ctx *ctx, const char *path, const spikeq_options *options, char **text)
{
    const int status = sq_options_check(ctx, &options, SQ_FOR_INSPECT);
    if (status != SQ_OK)
        return status;
    return sq_api_inspect(ctx,
                          &(struct sq_inspect_choices){
                              .path = path,
                              .weights = sq_option_text(options, "weights"),
                              .architecture = sq_option_text(options, "architecture"),
                              .as_json = sq_option_flag(options, "json"),
                              .as_config = sq_option_flag(options, "config"),
                          },
                          text);
}

int spikeq_graph(spikeq_ctx *ctx, const char *source, const spikeq_options *options, char **text)
{
    const int status = sq_options_check(ctx, &options, SQ_FOR_GRAPH);
    if (status != SQ_OK)
        return status;
    struct sq_graph_choices graph = {
        .source = source,
        .config = sq_option_text(options, "config"),
        .weights = sq_option_text(options, "weights"),
        .architecture = sq_option_text(options, "architecture"),
        .format = sq_option_flag(options, "json")      ? "json"
                  : sq_option_flag(options, "dot")     ? "dot"
                  : sq_option_flag(options, "mermaid") ? "mermaid"
                                                       : NULL,
    };
    graph.plan = sq_option_flag(options, "plan");
    graph.rates = sq_option_text(options, "rates");
    graph.isa = sq_option_text(options, "isa");
    sq_options_to_fixed(options, &graph.arith);
    graph.set = sq_option_list(options, "set", &graph.n_set);
    return sq_api_graph(ctx, &graph, text);
}
