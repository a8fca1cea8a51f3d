/* spikeq_options_...(): options by name, and the calls that take them. */
#include "sim/api/options.h"

#include "kernels/base/nearest.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct row {
    const char *name;
    enum sq_option_type type;
    const char *metavar;
    unsigned commands;
    const char *range, *initial, *help;
};

#define SQ_OPTION_SIZE SQ_OPTION_SIZE_OF
static const struct row row[SQ_N_OPTIONS] = {
#define SQ_OPTION(id, name, type, metavar, commands, range, initial, help) \
    {name, SQ_OPTION_##type, metavar, commands, range, initial, help},
#include "sim/api/options.inc"
#undef SQ_OPTION
};
#undef SQ_OPTION_SIZE

static const struct {
    const char *name;
    unsigned commands;
} command_of[] = {
    {"run", SQ_FOR_RUN},
    {"session", SQ_FOR_SESSION},
    {"spikeq run", SQ_FOR_RUN | SQ_AT_TERMINAL},
};

static const char *const type_name[] = {
    [SQ_OPTION_FLAG] = "flag", [SQ_OPTION_COUNT] = "count",  [SQ_OPTION_NUMBER] = "number",
    [SQ_OPTION_TEXT] = "text", [SQ_OPTION_PATH] = "path",    [SQ_OPTION_CHOICE] = "choice",
    [SQ_OPTION_LIST] = "list", [SQ_OPTION_SIZE_OF] = "size",
};

/* A row of the command, and not of the program alone unless it asked for those too. */
static int takes(const spikeq_options *options, size_t i)
{
    const unsigned at_terminal = row[i].commands & SQ_AT_TERMINAL;
    return (row[i].commands & options->commands & ~(unsigned)SQ_AT_TERMINAL) != 0 &&
           (at_terminal == 0 || (options->commands & SQ_AT_TERMINAL) != 0);
}

int spikeq_options_new(spikeq_ctx *ctx, const char *command, spikeq_options **out)
{
    unsigned commands = 0;
    struct sq_nearest nearest = sq_nearest_to(command);
    for (size_t i = 0; i < sizeof command_of / sizeof command_of[0]; i++) {
        if (strcmp(command, command_of[i].name) == 0)
            commands = command_of[i].commands;
        sq_nearest_offer(&nearest, command_of[i].name);
    }
    if (commands == 0)
        return sq_fail(&ctx->error, SQ_EUSAGE, "no options of a command %s%s%s", command,
                       nearest.name != NULL ? "; did you mean " : "",
                       nearest.name != NULL ? nearest.name : "; there are run and session");
    spikeq_options *options = calloc(1, sizeof *options);
    if (options == NULL)
        return sq_fail(&ctx->error, SQ_ENOMEM, "out of memory for options");
    options->ctx = sq_ctx_hold(ctx);
    options->commands = commands;
    *out = options;
    return SQ_OK;
}

static void clear(struct sq_option_value *value)
{
    while (value->n > 0)
        free(value->text[--value->n]);
}

void spikeq_options_free(spikeq_options *options)
{
    if (options == NULL)
        return;
    for (size_t i = 0; i < SQ_N_OPTIONS; i++)
        clear(&options->value[i]);
    spikeq_ctx_free(options->ctx);
    free(options);
}

/* Number of a row, or SQ_N_OPTIONS after a complaint. */
static size_t find(const spikeq_options *options, const char *name)
{
    struct sq_nearest nearest = sq_nearest_to(name);
    for (size_t i = 0; i < SQ_N_OPTIONS; i++) {
        if (!takes(options, i))
            continue;
        if (strcmp(row[i].name, name) == 0)
            return i;
        sq_nearest_offer(&nearest, row[i].name);
    }
    if (nearest.name != NULL)
        sq_fail(&options->ctx->error, SQ_EUSAGE,
                "unknown option " SQ_OPT "%s (did you mean " SQ_OPT "%s?)", name, nearest.name);
    else
        sq_fail(&options->ctx->error, SQ_EUSAGE, "unknown option " SQ_OPT "%s", name);
    return SQ_N_OPTIONS;
}

/* A whole decimal number. */
static int is_count(const char *text, unsigned long long *number)
{
    char *end;
    errno = 0;
    *number = text[0] >= '0' && text[0] <= '9' ? strtoull(text, &end, 10) : 0;
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0;
}

/* What follows ".." in a range; "": it has no upper bound. */
static const char *upper_of(const struct row *of)
{
    const char *dots = strstr(of->range, "..");
    return dots != NULL ? dots + 2 : "";
}

static int check_count(struct sq_error *err, const struct row *of, const char *value)
{
    unsigned long long number;
    const char *upper = upper_of(of);
    const unsigned long long least = strtoull(of->range, NULL, 10);
    const unsigned long long most = upper[0] != '\0' ? strtoull(upper, NULL, 10) : UINT64_MAX;
    if (is_count(value, &number) && number >= least && number <= most)
        return SQ_OK;
    return sq_fail(err, SQ_EUSAGE, SQ_OPT "%s %s: expected a whole number from %llu to %llu",
                   of->name, value, least, most);
}

static int check_number(struct sq_error *err, const struct row *of, const char *value)
{
    static const char above[] = "above ";
    const int is_open = strncmp(of->range, above, sizeof above - 1) == 0;
    const char *upper = upper_of(of);
    char *end;
    /* Not of the whole range: strtod() would read "0." of "0..1". */
    const double least = (double)strtoll(of->range + (is_open ? sizeof above - 1 : 0), NULL, 10);
    const double most = upper[0] != '\0' ? strtod(upper, NULL) : INFINITY;
    const double number = strtod(value, &end);
    if (end != value && *end == '\0' && (is_open ? number > least : number >= least) &&
        number <= most)
        return SQ_OK;
    return sq_fail(err, SQ_EUSAGE, SQ_OPT "%s %s: expected a number %s%g, up to %g", of->name,
                   value, is_open ? "above " : "from ", least, most);
}

/* "a|b|c" -> "a, b or c" */
static void say_choices(const char *range, char *text, size_t size)
{
    size_t used = 0;
    for (const char *at = range; *at != '\0' && used < size; at += *at == '|') {
        const size_t n = strcspn(at, "|");
        const char *joint = at == range ? "" : at[n] == '\0' ? " or " : ", ";
        used += (size_t)snprintf(text + used, size - used, "%s%.*s", joint, (int)n, at);
        at += n;
    }
}

static int check_choice(struct sq_error *err, const struct row *of, const char *value)
{
    char choices[96];
    for (const char *at = of->range; *at != '\0'; at += *at == '|') {
        const size_t n = strcspn(at, "|");
        if (strlen(value) == n && strncmp(value, at, n) == 0)
            return SQ_OK;
        at += n;
    }
    say_choices(of->range, choices, sizeof choices);
    return sq_fail(err, SQ_EUSAGE, SQ_OPT "%s %s: expected %s", of->name, value, choices);
}

/* "240x180": sides from 1 to 32768. */
static int parse_size(const char *text, unsigned *width, unsigned *height)
{
    int n = 0;
    return text[0] >= '1' && text[0] <= '9' && sscanf(text, "%5ux%5u%n", width, height, &n) == 2 &&
           text[n] == '\0' && *width >= 1 && *height >= 1 && *width <= 32768 && *height <= 32768;
}

static int check_value(struct sq_error *err, const struct row *of, const char *value)
{
    unsigned width, height;
    switch (of->type) {
    case SQ_OPTION_FLAG:
        return strcmp(value, "0") == 0 || strcmp(value, "1") == 0
                   ? SQ_OK
                   : sq_fail(err, SQ_EUSAGE, SQ_OPT "%s %s: a flag is 1 or 0", of->name, value);
    case SQ_OPTION_COUNT:
        return check_count(err, of, value);
    case SQ_OPTION_NUMBER:
        return check_number(err, of, value);
    case SQ_OPTION_CHOICE:
        return check_choice(err, of, value);
    case SQ_OPTION_SIZE_OF:
        return parse_size(value, &width, &height)
                   ? SQ_OK
                   : sq_fail(err, SQ_EUSAGE, SQ_OPT "%s %s: expected WIDTHxHEIGHT, such as 240x180",
                             of->name, value);
    default:
        return SQ_OK;
    }
}

int spikeq_options_set(spikeq_options *options, const char *name, const char *value)
{
    struct sq_error *err = &options->ctx->error;
    const size_t i = find(options, name);
    if (i == SQ_N_OPTIONS)
        return SQ_EUSAGE;
    struct sq_option_value *to = &options->value[i];
    if (value == NULL)
        return clear(to), SQ_OK;
    const int status = check_value(err, &row[i], value);
    if (status != SQ_OK)
        return status;
    if (row[i].type == SQ_OPTION_LIST && to->n == SQ_MOST_GIVEN)
        return sq_fail(err, SQ_EUSAGE, SQ_OPT "%s given more than %d times", name, SQ_MOST_GIVEN);
    char *copy = strdup(value);
    if (copy == NULL)
        return sq_fail(err, SQ_ENOMEM, "out of memory for options");
    if (row[i].type != SQ_OPTION_LIST)
        clear(to);
    to->text[to->n++] = copy;
    return SQ_OK;
}

const char *sq_option_text(const spikeq_options *options, enum sq_option i)
{
    const struct sq_option_value *value = &options->value[i];
    return value->n > 0 ? value->text[value->n - 1] : NULL;
}

unsigned long long sq_option_number(const spikeq_options *options, enum sq_option i)
{
    const char *text = sq_option_text(options, i);
    return text != NULL ? strtoull(text, NULL, 10) : 0;
}

const char *spikeq_options_get(const spikeq_options *options, const char *name)
{
    for (size_t i = 0; i < SQ_N_OPTIONS; i++)
        if (takes(options, i) && strcmp(row[i].name, name) == 0)
            return sq_option_text(options, (enum sq_option)i);
    return NULL;
}

int spikeq_options_list(const spikeq_options *options, size_t index, struct spikeq_option *option)
{
    size_t left = index;
    for (size_t i = 0; i < SQ_N_OPTIONS; i++) {
        if (!takes(options, i) || left-- > 0)
            continue;
        const struct spikeq_option filled = {.name = row[i].name,
                                             .type = type_name[row[i].type],
                                             .metavar = row[i].metavar,
                                             .range = row[i].range,
                                             .initial = row[i].initial,
                                             .help = row[i].help,
                                             .value = sq_option_text(options, (enum sq_option)i)};
        return sq_sized_copy(&options->ctx->error, option, &filled, sizeof filled);
    }
    return sq_fail(&options->ctx->error, SQ_EUSAGE, "there is no option number %zu", index);
}

void spikeq_options_on_progress(spikeq_options *options,
                                void (*progress)(void *data, uint64_t n_done, uint64_t n_total),
                                void *data)
{
    options->progress = progress;
    options->progress_data = data;
}

void spikeq_options_on_step(spikeq_options *options,
                            void (*step)(void *data, const struct spikeq_step *step), void *data)
{
    options->step = step;
    options->step_data = data;
}

int sq_options_check(spikeq_ctx *ctx, const spikeq_options *options, unsigned command)
{
    if (options != NULL && (options->commands & command) != 0)
        return SQ_OK;
    return sq_fail(&ctx->error, SQ_EUSAGE, "options of %s are needed here",
                   command == SQ_FOR_RUN ? "run" : "session");
}

static void take_frames(const spikeq_options *options, struct spikeq_frames_options *frames)
{
    *frames = (struct spikeq_frames_options){
        .rule = sq_option_text(options, SQ_ROW_FRAMES),
        .bin = (unsigned)sq_option_number(options, SQ_ROW_BIN),
        .crop = sq_option_text(options, SQ_ROW_CROP),
        .pad = sq_option_text(options, SQ_ROW_PAD),
        .view = sq_option_text(options, SQ_ROW_VIEW),
        .camera = sq_option_text(options, SQ_ROW_CAMERA),
        .tolerate = sq_option_flag(options, SQ_ROW_TOLERATE),
        .stream = sq_option_flag(options, SQ_ROW_STREAM),
        .carry = sq_option_flag(options, SQ_ROW_CARRY),
    };
    const char *size = sq_option_text(options, SQ_ROW_SIZE);
    if (size != NULL)
        parse_size(size, &frames->width, &frames->height);
}

void sq_options_to_run(const spikeq_options *options, struct spikeq_run_options *run)
{
    const char *schedule = sq_option_text(options, SQ_ROW_SCHEDULE);
    *run = (struct spikeq_run_options){
        .input = sq_option_text(options, SQ_ROW_INPUT),
        .labels = sq_option_text(options, SQ_ROW_LABELS),
        .limit = sq_option_number(options, SQ_ROW_LIMIT),
        .shard = sq_option_text(options, SQ_ROW_SHARD),
        .dry_run_ranks = (unsigned)sq_option_number(options, SQ_ROW_DRY_RUN_RANKS),
        .batch = (unsigned)sq_option_number(options, SQ_ROW_BATCH),
        .threads = (unsigned)sq_option_number(options, SQ_ROW_THREADS),
        .couple_batch = (unsigned)sq_option_number(options, SQ_ROW_COUPLE_BATCH),
        .schedule = schedule != NULL && strcmp(schedule, "step") == 0 ? SPIKEQ_SCHEDULE_STEP
                                                                      : SPIKEQ_SCHEDULE_LAYER,
        .isa = sq_option_text(options, SQ_ROW_ISA),
        .dump_dir = sq_option_text(options, SQ_ROW_DUMP),
        .dump_reals = sq_option_flag(options, SQ_ROW_DUMP_REALS),
        .profile = sq_option_flag(options, SQ_ROW_PROFILE),
        .trace = {.path = sq_option_text(options, SQ_ROW_TRACE),
                  .populations = sq_option_text(options, SQ_ROW_TRACE_POPULATIONS),
                  .samples = sq_option_text(options, SQ_ROW_TRACE_SAMPLES),
                  .detail = sq_option_text(options, SQ_ROW_TRACE_DETAIL),
                  .codec = sq_option_text(options, SQ_ROW_TRACE_CODEC),
                  .force = sq_option_flag(options, SQ_ROW_FORCE),
                  .resume = sq_option_flag(options, SQ_ROW_RESUME)},
        .step = options->step,
        .step_data = options->step_data,
        .progress = options->progress,
        .progress_data = options->progress_data,
    };
    take_frames(options, &run->frames);
}

/* Set, and not a flag that was taken back. */
static int is_given(const spikeq_options *options, enum sq_option i)
{
    const char *text = sq_option_text(options, i);
    return text != NULL && (row[i].type != SQ_OPTION_FLAG || strcmp(text, "0") != 0);
}

int sq_options_check_trace(spikeq_ctx *ctx, const spikeq_options *options)
{
    static const enum sq_option of_trace[] = {SQ_ROW_TRACE_POPULATIONS, SQ_ROW_TRACE_SAMPLES,
                                              SQ_ROW_TRACE_DETAIL, SQ_ROW_TRACE_CODEC,
                                              SQ_ROW_RESUME};
    const int has_trace = sq_option_text(options, SQ_ROW_TRACE) != NULL;
    for (size_t i = 0; !has_trace && i < sizeof of_trace / sizeof of_trace[0]; i++)
        if (is_given(options, of_trace[i]))
            return sq_fail(&ctx->error, SQ_EUSAGE,
                           SQ_OPT "trace is missing: " SQ_OPT "%s says how to record one",
                           row[of_trace[i]].name);
    return SQ_OK;
}

int spikeq_network_with(spikeq_ctx *ctx, const spikeq_options *options, spikeq_network **out)
{
    int status = sq_options_check(ctx, options, SQ_FOR_RUN);
    spikeq_network *network;
    double pixel_max = 0;
    if (status != SQ_OK)
        return status;
    const struct sq_option_value *set = &options->value[SQ_ROW_SET];
    if (sq_option_text(options, SQ_ROW_MODEL) == NULL)
        return sq_fail(&ctx->error, SQ_EUSAGE, SQ_OPT "model is missing");
    const struct spikeq_network_options from = {.model = sq_option_text(options, SQ_ROW_MODEL),
                                                .config = sq_option_text(options, SQ_ROW_CONFIG),
                                                .set = (const char *const *)set->text,
                                                .n_set = set->n,
                                                .weights = sq_option_text(options, SQ_ROW_WEIGHTS),
                                                .input = sq_option_text(options, SQ_ROW_INPUT),
                                                .architecture =
                                                    sq_option_text(options, SQ_ROW_ARCHITECTURE)};
    if (sq_option_text(options, SQ_ROW_PIXEL_MAX) != NULL)
        pixel_max = strtod(sq_option_text(options, SQ_ROW_PIXEL_MAX), NULL);
    const struct spikeq_fixed_options fixed = {
        .arith = sq_option_text(options, SQ_ROW_ARITH),
        .weight_bits = (unsigned)sq_option_number(options, SQ_ROW_WEIGHT_BITS),
        .membrane_bits = (unsigned)sq_option_number(options, SQ_ROW_MEMBRANE_BITS),
        .pixel_bits = (unsigned)sq_option_number(options, SQ_ROW_PIXEL_BITS),
        .pixel_max = pixel_max,
        .scale = sq_option_text(options, SQ_ROW_SCALE),
        .rounding = sq_option_text(options, SQ_ROW_ROUNDING)};
    status = spikeq_network_open(ctx, &from, &network);
    if (status != SQ_OK)
        return status;
    status = spikeq_network_arith(ctx, network, &fixed);
    if (status == SQ_OK)
        *out = network;
    else
        spikeq_network_free(network);
    return status;
}

int spikeq_run_with(spikeq_ctx *ctx, const spikeq_network *network, const spikeq_options *options,
                    spikeq_report **out)
{
    struct spikeq_run_options run;
    int status = sq_options_check(ctx, options, SQ_FOR_RUN);
    if (status == SQ_OK)
        status = sq_options_check_trace(ctx, options);
    if (status != SQ_OK)
        return status;
    sq_options_to_run(options, &run);
    return spikeq_run(ctx, network, &run, out);
}
