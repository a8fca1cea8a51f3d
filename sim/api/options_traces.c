/* Options by name -> calls that read traces: merge, energy, analyze, replay, stream, export, diff. */
#include "sim/api/options.h"

#include <stdlib.h>
#include <string.h>

static void to_energy(const spikeq_options *options, struct sq_energy_choices *energy)
{
    const char *digits = sq_option_text(options, "digits");
    *energy = (struct sq_energy_choices){
        .rates = sq_option_text(options, "rates"),
        .table = sq_option_text(options, "table"),
        .config = sq_option_text(options, "config"),
        .architecture = sq_option_text(options, "architecture"),
        .compare = sq_option_text(options, "compare"),
        .convention = sq_option_text(options, "convention"),
        .hardware = sq_option_text(options, "hardware"),
        .format = sq_option_text(options, "format"),
        .per = sq_option_text(options, "per"),
        .digits = digits != NULL && strcmp(digits, "full") == 0
                      ? -1
                      : (int)sq_option_count(options, "digits"),
        .unit = sq_option_text(options, "unit"),
        .columns = sq_option_text(options, "columns"),
        .verbose = sq_option_flag(options, "verbose"),
        .csv_directory = sq_option_text(options, "csv"),
        .csv_replaces = sq_option_flag(options, "force"),
    };
    energy->switches = sq_option_list(options, "switch", &energy->n_switches);
}

/* Run the model that the options name: its report as text. SQ_EINTERRUPTED: it is valid, and partial. */
static int report_of_run(spikeq_ctx *ctx, const spikeq_options *options, char **text)
{
    struct sq_network_choices from;
    struct sq_run_choices run;
    spikeq_network *network = NULL;
    spikeq_report *report = NULL;
    sq_options_to_network(options, &from);
    sq_options_to_run(options, &run);
    run.trace = (struct sq_trace_choices){.path = NULL}; /* force is of tables here */
    int status = sq_api_network_open(ctx, &from, &network);
    if (status == SQ_OK)
        status = sq_api_run(ctx, network, &run, &report);
    if (status == SQ_OK || status == SQ_EINTERRUPTED) {
        const int made = spikeq_report_json(ctx, report, text);
        status = made != SQ_OK ? made : status;
    }
    spikeq_report_free(report);
    spikeq_network_free(network);
    return status;
}

/* Of one source: reports or traces, rates, a table, a model to be run first. */
static int check_sources(spikeq_ctx *ctx, const struct sq_energy_choices *energy, const char *model,
                         size_t n_sources)
{
    const int n =
        (n_sources > 0) + (model != NULL) + (energy->rates != NULL) + (energy->table != NULL);
    return n == 1 ? SQ_OK
                  : sq_fail(&ctx->error, SQ_EUSAGE,
                            "expected one of reports or traces, " SQ_OPT "model, " SQ_OPT
                            "rates, " SQ_OPT "table");
}

/* The choices of checked options and of their one source. */
static int take_energy(spikeq_ctx *ctx, const spikeq_options **options, size_t n_sources,
                       unsigned width, struct sq_energy_choices *energy)
{
    const int status = sq_options_check(ctx, options, SQ_FOR_ENERGY);
    if (status != SQ_OK)
        return status;
    to_energy(*options, energy);
    energy->width = width;
    return check_sources(ctx, energy, sq_option_text(*options, "model"), n_sources);
}

int spikeq_energy(spikeq_ctx *ctx, const char *const *sources, size_t n_sources,
                  const spikeq_options *options, unsigned width, char **text)
{
    struct sq_energy_choices energy;
    char *report = NULL;
    int run = SQ_OK, status = take_energy(ctx, &options, n_sources, width, &energy);
    if (status != SQ_OK)
        return status;
    const char *model = sq_option_text(options, "model");
    if (model != NULL)
        run = report_of_run(ctx, options, &report);
    if (run != SQ_OK && run != SQ_EINTERRUPTED)
        return run;
    energy.report = n_sources > 0 ? sources[0] : model;
    energy.report_text = report;
    energy.more = n_sources > 1 ? sources + 1 : NULL;
    energy.n_more = n_sources > 1 ? n_sources - 1 : 0;
    status = sq_api_energy(ctx, &energy, text);
    spikeq_free(report);
    return status == SQ_OK ? run : status;
}

int spikeq_energy_of_report(spikeq_ctx *ctx, const char *json, const spikeq_options *options,
                            unsigned width, char **text)
{
    struct sq_energy_choices energy;
    const int status = take_energy(ctx, &options, 1, width, &energy);
    if (status != SQ_OK)
        return status;
    energy.report = "run";
    energy.report_text = json;
    return sq_api_energy(ctx, &energy, text);
}

int spikeq_energy_list(spikeq_ctx *ctx, const spikeq_options *options, unsigned width, char **text)
{
    struct sq_energy_choices energy;
    const int status = sq_options_check(ctx, &options, SQ_FOR_ENERGY);
    if (status != SQ_OK)
        return status;
    to_energy(options, &energy);
    energy.width = width;
    return sq_api_energy_list(ctx, &energy, text);
}

int spikeq_analyze(spikeq_ctx *ctx, const char *const *traces, size_t n_traces,
                   const spikeq_options *options, char **json)
{
    const int status = sq_options_check(ctx, &options, SQ_FOR_ANALYZE);
    if (status != SQ_OK)
        return status;
    return sq_api_analyze(ctx,
                          &(struct sq_analyze_choices){
                              .traces = traces,
                              .n_traces = n_traces,
                              .populations = sq_option_text(options, "populations"),
                              .samples = sq_option_text(options, "samples"),
                              .model = sq_option_text(options, "model"),
                              .config = sq_option_text(options, "config"),
                              .weights = sq_option_text(options, "weights"),
                              .architecture = sq_option_text(options, "architecture"),
                              .hardware = sq_option_text(options, "hardware"),
                              .threads = (unsigned)sq_option_count(options, "threads"),
                              .class_names = sq_option_text(options, "class-names"),
                              .raster_sample = sq_option_text(options, "raster-sample"),
                          },
                          json);
}

int spikeq_replay(spikeq_ctx *ctx, const char *trace, const spikeq_options *options, char **text,
                  int *is_equal)
{
    const int status = sq_options_check(ctx, &options, SQ_FOR_REPLAY);
    if (status != SQ_OK)
        return status;
    const char *shift = sq_option_text(options, "shift");
    struct sq_replay_choices replay = {
        .trace = trace,
        .model = sq_option_text(options, "model"),
        .config = sq_option_text(options, "config"),
        .weights = sq_option_text(options, "weights"),
        .architecture = sq_option_text(options, "architecture"),
        .input = sq_option_text(options, "input"),
        .samples = sq_option_text(options, "samples"),
        .verify = sq_option_flag(options, "verify"),
        .drop = sq_option_number(options, "drop"),
        .seed = sq_option_count(options, "seed"),
        .shift = shift != NULL ? strtoll(shift, NULL, 10) : 0,
        .batch = (unsigned)sq_option_count(options, "batch"),
        .threads = (unsigned)sq_option_count(options, "threads"),
        .schedule = sq_option_schedule(options),
        .isa = sq_option_text(options, "isa"),
        .stop_on_sigint = sq_options_are_of_program(options),
        .as_json = sq_option_flag(options, "json"),
        .progress = options->progress,
        .progress_data = options->progress_data,
        .stop = options->stop,
    };
    replay.set = sq_option_list(options, "set", &replay.n_set);
    replay.from = sq_option_list(options, "from", &replay.n_from);
    replay.silence = sq_option_list(options, "silence", &replay.n_silence);
    sq_options_to_frames(options, &replay.frames);
    replay.frames.stream = 0; /* of a replay, where its events are sent */
    sq_options_to_trace(options, &replay.record);
    return sq_api_replay(ctx, &replay, text, is_equal);
}

int spikeq_stream(spikeq_ctx *ctx, const char *trace, const spikeq_options *options,
                  struct spikeq_stream_result *result)
{
    const int status = sq_options_check(ctx, &options, SQ_FOR_REPLAY);
    if (status != SQ_OK)
        return status;
    return sq_api_stream(ctx,
                         &(struct sq_stream_choices){
                             .trace = trace,
                             .target = sq_option_text(options, "stream"),
                             .form = sq_option_text(options, "form"),
                             .pace = sq_option_text(options, "pace"),
                             .populations = sq_option_text(options, "populations"),
                             .samples = sq_option_text(options, "samples"),
                             .force = sq_option_flag(options, "force"),
                         },
                         result);
}

int spikeq_export(spikeq_ctx *ctx, const char *trace, const spikeq_options *options)
{
    const int status = sq_options_check(ctx, &options, SQ_FOR_EXPORT);
    if (status != SQ_OK)
        return status;
    return sq_api_export(ctx, &(struct sq_export_choices){
                                  .trace = trace,
                                  .to = sq_option_text(options, "to"),
                                  .out = sq_option_text(options, "out"),
                                  .populations = sq_option_text(options, "populations"),
                                  .samples = sq_option_text(options, "samples"),
                                  .force = sq_option_flag(options, "force"),
                              });
}

int spikeq_diff(spikeq_ctx *ctx, const char *a, const char *b, const spikeq_options *options,
                int *is_equal, char **text)
{
    const int status = sq_options_check(ctx, &options, SQ_FOR_DIFF);
    if (status != SQ_OK)
        return status;
    return sq_api_diff(ctx, a, b,
                       &(struct sq_diff_choices){
                           .populations = sq_option_text(options, "populations"),
                           .samples = sq_option_text(options, "samples"),
                           .as_json = sq_option_flag(options, "json"),
                           .logits_tolerance = sq_option_number(options, "logits-tolerance"),
                       },
                       is_equal, text);
}

int spikeq_merge(spikeq_ctx *ctx, const char *const *shards, size_t n_shards,
                 const spikeq_options *options, struct spikeq_merge_summary *summary)
{
    const int status = sq_options_check(ctx, &options, SQ_FOR_MERGE);
    if (status != SQ_OK)
        return status;
    return sq_api_merge(ctx,
                        &(struct sq_merge_choices){
                            .shards = shards,
                            .n_shards = n_shards,
                            .out = sq_option_text(options, "out"),
                            .force = sq_option_flag(options, "force"),
                            .command = options->command_line,
                            .progress = options->progress,
                            .progress_data = options->progress_data,
                        },
                        summary);
}
