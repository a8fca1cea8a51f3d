/* Options by name -> the structs that several commands share; networks and runs. */
#include "sim/api/opened_with.h"
#include "sim/api/options.h"

#include <stdlib.h>
#include <string.h>

const char *sq_option_text(const spikeq_options *options, const char *name)
{
    const enum sq_option i = sq_option_by_name(options, name);
    const struct sq_option_value *value = i < SQ_N_OPTIONS ? &options->value[i] : NULL;
    return value != NULL && value->n > 0 ? value->text[value->n - 1] : NULL;
}

unsigned long long sq_option_count(const spikeq_options *options, const char *name)
{
    const char *text = sq_option_text(options, name);
    return text != NULL ? strtoull(text, NULL, 10) : 0;
}

double sq_option_number(const spikeq_options *options, const char *name)
{
    const char *text = sq_option_text(options, name);
    return text != NULL ? strtod(text, NULL) : 0;
}

int sq_option_flag(const spikeq_options *options, const char *name)
{
    return sq_option_count(options, name) != 0;
}

const char *const *sq_option_list(const spikeq_options *options, const char *name, size_t *n)
{
    const enum sq_option i = sq_option_by_name(options, name);
    *n = i < SQ_N_OPTIONS ? options->value[i].n : 0;
    return *n > 0 ? (const char *const *)options->value[i].text : NULL;
}

enum sq_schedule sq_option_schedule(const spikeq_options *options)
{
    const char *schedule = sq_option_text(options, "schedule");
    return schedule != NULL && strcmp(schedule, "step") == 0 ? SQ_SCHEDULE_STEP : SQ_SCHEDULE_LAYER;
}

/* Unset options of every command: what NULL stands for. */
static const struct spikeq_options unset[SQ_N_COMMANDS] = {
#define SQ_COMMAND(id, name) {.commands = SQ_FOR_##id},
#include "sim/api/commands.inc"
#undef SQ_COMMAND
};

int sq_options_check_command(spikeq_ctx *ctx, const spikeq_options **options, unsigned command)
{
    size_t i = 0;
    while (command >> (i + 1) != 0)
        i++;
    if (*options == NULL)
        *options = &unset[i];
    return ((*options)->commands & command) != 0
               ? SQ_OK
               : sq_fail(&ctx->error, SQ_EUSAGE, "options of %s are needed here",
                         sq_command_name[i]);
}

int sq_options_check(spikeq_ctx *ctx, const spikeq_options **options, unsigned command)
{
    const int status = sq_options_check_command(ctx, options, command);
    return status == SQ_OK ? sq_options_check_rules(&ctx->error, *options) : status;
}

void sq_options_to_network(const spikeq_options *options, struct sq_network_choices *network)
{
    *network = (struct sq_network_choices){
        .model = sq_option_text(options, "model"),
        .config = sq_option_text(options, "config"),
        .weights = sq_option_text(options, "weights"),
        .input = sq_option_text(options, "input"),
        .architecture = sq_option_text(options, "architecture"),
    };
    network->set = sq_option_list(options, "set", &network->n_set);
}

void sq_options_to_fixed(const spikeq_options *options, struct sq_fixed_choices *fixed)
{
    *fixed = (struct sq_fixed_choices){
        .arith = sq_option_text(options, "arith"),
        .weight_bits = (unsigned)sq_option_count(options, "weight-bits"),
        .membrane_bits = (unsigned)sq_option_count(options, "membrane-bits"),
        .pixel_bits = (unsigned)sq_option_count(options, "pixel-bits"),
        .pixel_max = sq_option_number(options, "pixel-max"),
        .scale = sq_option_text(options, "scale"),
        .rounding = sq_option_text(options, "rounding"),
    };
}

void sq_options_to_frames(const spikeq_options *options, struct sq_frames_choices *frames)
{
    *frames = (struct sq_frames_choices){
        .rule = sq_option_text(options, "frames"),
        .bin = (unsigned)sq_option_count(options, "bin"),
        .crop = sq_option_text(options, "crop"),
        .pad = sq_option_text(options, "pad"),
        .view = sq_option_text(options, "view"),
        .camera = sq_option_text(options, "camera"),
        .tolerate = sq_option_flag(options, "tolerate"),
        .stream = sq_option_flag(options, "stream"),
        .carry = sq_option_flag(options, "carry"),
    };
    const char *size = sq_option_text(options, "size");
    if (size != NULL)
        sq_option_parse_size(size, &frames->width, &frames->height);
}

void sq_options_to_trace(const spikeq_options *options, struct sq_trace_choices *trace)
{
    *trace = (struct sq_trace_choices){
        .path = sq_option_text(options, "trace"),
        .populations = sq_option_text(options, "trace-populations"),
        .samples = sq_option_text(options, "trace-samples"),
        .detail = sq_option_text(options, "trace-detail"),
        .codec = sq_option_text(options, "trace-codec"),
        .force = sq_option_flag(options, "force"),
        .resume = sq_option_flag(options, "resume"),
        .command = options->command_line,
    };
}

void sq_options_to_run(const spikeq_options *options, struct sq_run_choices *run)
{
    *run = (struct sq_run_choices){
        .input = sq_option_text(options, "input"),
        .input_digest = sq_option_text(options, "input-digest"),
        .labels = sq_option_text(options, "labels"),
        .limit = sq_option_count(options, "limit"),
        .shard = sq_option_text(options, "shard"),
        .dry_run_ranks = (unsigned)sq_option_count(options, "dry-run-ranks"),
        .batch = (unsigned)sq_option_count(options, "batch"),
        .threads = (unsigned)sq_option_count(options, "threads"),
        .couple_batch = (unsigned)sq_option_count(options, "couple-batch"),
        .schedule = sq_option_schedule(options),
        .isa = sq_option_text(options, "isa"),
        .dump_dir = sq_option_text(options, "dump"),
        .dump_reals = sq_option_flag(options, "dump-reals"),
        .plan = sq_option_text(options, "plan"),
        .profile = sq_option_flag(options, "profile"),
        .stop_on_sigint = sq_options_are_of_program(options),
        .step = options->step,
        .step_data = options->step_data,
        .progress = options->progress,
        .progress_data = options->progress_data,
        .stop = options->stop,
    };
    sq_options_to_frames(options, &run->frames);
    sq_options_to_trace(options, &run->trace);
}

int spikeq_network_open(spikeq_ctx *ctx, const spikeq_options *options, spikeq_network **out)
{
    struct sq_network_choices from;
    struct sq_fixed_choices fixed;
    struct sq_network *network;
    int status = sq_options_check_command(ctx, &options, SQ_FOR_RUN);
    if (status != SQ_OK)
        return status;
    sq_options_to_network(options, &from);
    sq_options_to_fixed(options, &fixed);
    from.arith = &fixed;
    if (from.model == NULL)
        return sq_fail(&ctx->error, SQ_EUSAGE, SQ_OPT "model is missing");
    status = sq_network_open(ctx, &from, &network);
    return status == SQ_OK
               ? sq_network_give(network, sq_opened_with_keep(&ctx->error, options, network), out)
               : status;
}

int spikeq_run(spikeq_ctx *ctx, const spikeq_network *network, const spikeq_options *options,
               spikeq_report **out)
{
    struct sq_run_choices run;
    int status = sq_options_check(ctx, &options, SQ_FOR_RUN);
    if (status == SQ_OK)
        status = sq_opened_with_check(&ctx->error, options, sq_network_of(network));
    if (status != SQ_OK)
        return status;
    sq_options_to_run(options, &run);
    return sq_api_run(ctx, network, &run, out);
}
