/* spikeq_options_...(): options by name. */
#include "sim/api/options.h"

#include "kernels/base/nearest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The command of a name, "energy", or of the program, "spikeq energy"; 0: there is no such command. */
static unsigned commands_of(const char *name)
{
    static const char program[] = "spikeq ";
    const int is_program = strncmp(name, program, sizeof program - 1) == 0;
    const char *command = name + (is_program ? sizeof program - 1 : 0);
    for (size_t i = 0; i < SQ_N_COMMANDS; i++)
        if (strcmp(command, sq_command_name[i]) == 0 && !(is_program && i == SQ_COMMAND_SESSION))
            return 1U << i | (is_program ? SQ_AT_TERMINAL : 0);
    return 0;
}

static int refuse_command(spikeq_ctx *ctx, const char *command)
{
    struct sq_nearest nearest = sq_nearest_to(command);
    for (size_t i = 0; i < SQ_N_COMMANDS; i++)
        sq_nearest_offer(&nearest, sq_command_name[i]);
    return sq_fail(&ctx->error, SQ_EUSAGE, "no options of a command %.64s%s%s", command,
                   nearest.name != NULL ? "; did you mean " : "",
                   nearest.name != NULL ? nearest.name
                                        : "; there are session and the commands of spikeq");
}

int spikeq_options_new(spikeq_ctx *ctx, const char *command, spikeq_options **out)
{
    const unsigned commands = commands_of(command);
    if (commands == 0)
        return refuse_command(ctx, command);
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
    free(value->text);
    value->text = NULL;
}

void spikeq_options_free(spikeq_options *options)
{
    if (options == NULL)
        return;
    for (size_t i = 0; i < SQ_N_OPTIONS; i++)
        clear(&options->value[i]);
    free(options->command_line);
    spikeq_ctx_free(options->ctx);
    free(options);
}

static int refuse_name(const spikeq_options *options, const char *name)
{
    struct sq_error *err = &options->ctx->error;
    struct sq_nearest nearest = sq_nearest_to(name);
    for (size_t i = 0; i < SQ_N_OPTIONS; i++)
        if (sq_option_is_taken(options, (enum sq_option)i))
            sq_nearest_offer(&nearest, sq_option_row[i].name);
    if (nearest.name == NULL)
        return sq_fail(err, SQ_EUSAGE, "unknown option " SQ_OPT "%s", name);
    return sq_fail(err, SQ_EUSAGE, "unknown option " SQ_OPT "%s (did you mean " SQ_OPT "%s?)", name,
                   nearest.name);
}

/* One more text, or the only one; the value is unchanged where memory ends. */
static int put(struct sq_error *err, struct sq_option_value *value, const char *text, int is_list)
{
    struct sq_option_value longer = {.text = NULL, .n = is_list ? value->n : 0};
    char *copy = strdup(text);
    if (copy != NULL)
        longer.text = malloc((longer.n + 1) * sizeof *longer.text);
    if (longer.text == NULL) {
        free(copy);
        return sq_fail(err, SQ_ENOMEM, "out of memory for options");
    }
    for (size_t i = 0; i < longer.n; i++)
        longer.text[i] = value->text[i];
    longer.text[longer.n++] = copy;
    if (is_list)
        value->n = 0; /* its texts are kept */
    clear(value);
    *value = longer;
    return SQ_OK;
}

int spikeq_options_set(spikeq_options *options, const char *name, const char *value)
{
    struct sq_error *err = &options->ctx->error;
    const enum sq_option i = sq_option_by_name(options, name);
    if (i == SQ_N_OPTIONS)
        return refuse_name(options, name);
    struct sq_option_value *to = &options->value[i];
    const struct sq_option_row *row = &sq_option_row[i];
    if (value == NULL)
        return clear(to), SQ_OK;
    int status = sq_option_check_value(err, row, value);
    if (status == SQ_OK && row->type == SQ_OPTION_LIST)
        status = sq_option_check_length(err, row, to->n + 1);
    return status == SQ_OK ? put(err, to, value, row->type == SQ_OPTION_LIST) : status;
}

const char *spikeq_options_get(const spikeq_options *options, const char *name)
{
    return sq_option_text(options, name);
}

int spikeq_options_list(const spikeq_options *options, size_t index, struct spikeq_option *option)
{
    size_t left = index;
    for (size_t i = 0; i < SQ_N_OPTIONS; i++) {
        const struct sq_option_row *row = &sq_option_row[i];
        if (!sq_option_is_taken(options, (enum sq_option)i) || left-- > 0)
            continue;
        const struct spikeq_option filled = {.name = row->name,
                                             .type = sq_option_type_name(row->type),
                                             .metavar = row->metavar,
                                             .range = row->range,
                                             .initial = row->initial,
                                             .help = row->help,
                                             .value = sq_option_text(options, row->name),
                                             .letter = row->letter};
        return sq_sized_copy(&options->ctx->error, option, &filled, sizeof filled);
    }
    return sq_fail(&options->ctx->error, SQ_EUSAGE, "there is no option number %zu", index);
}

int spikeq_options_check(const spikeq_options *options)
{
    return sq_options_check_rules(&options->ctx->error, options);
}

int spikeq_options_note(spikeq_options *options, const char *command_line)
{
    char *copy = command_line != NULL ? strdup(command_line) : NULL;
    if (copy == NULL && command_line != NULL)
        return sq_fail(&options->ctx->error, SQ_ENOMEM, "out of memory for options");
    free(options->command_line);
    options->command_line = copy;
    return SQ_OK;
}

void spikeq_options_on_progress(spikeq_options *options,
                                void (*progress)(void *data, uint64_t n_done, uint64_t n_total),
                                void *data)
{
    options->progress = progress;
    options->progress_data = data;
}

void spikeq_options_watch(spikeq_options *options, const int *stop)
{
    options->stop = stop;
}

void spikeq_options_on_step(spikeq_options *options,
                            void (*step)(void *data, const struct spikeq_step *step), void *data)
{
    options->step = step;
    options->step_data = data;
}
