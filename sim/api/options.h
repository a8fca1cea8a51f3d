/* Options by name: the values of one command's rows of options.inc. */
#ifndef SQ_OPTIONS_H
#define SQ_OPTIONS_H

#include "kernels/base/option_names.h"
#include "sim/api/context.h"

enum sq_command {
#define SQ_COMMAND(id, name) SQ_COMMAND_##id,
#include "sim/api/commands.inc"
#undef SQ_COMMAND
    SQ_N_COMMANDS
};

/* Sets of commands. */
enum {
#define SQ_COMMAND(id, name) SQ_FOR_##id = 1 << SQ_COMMAND_##id,
#include "sim/api/commands.inc"
#undef SQ_COMMAND
    SQ_AT_TERMINAL = 1 << 30
};

enum sq_option_type {
    SQ_OPTION_FLAG,
    SQ_OPTION_COUNT,
    SQ_OPTION_COUNTS,
    SQ_OPTION_INTEGER,
    SQ_OPTION_NUMBER,
    SQ_OPTION_TEXT,
    SQ_OPTION_PATH,
    SQ_OPTION_CHOICE,
    SQ_OPTION_LIST,
    SQ_OPTION_SIZE,
};

enum sq_option {
#define SQ_OPTION(id, name, letter, type, metavar, commands, range, initial, help) SQ_ROW_##id,
#include "sim/api/options.inc"
#undef SQ_OPTION
    SQ_N_OPTIONS
};

struct sq_option_row {
    const char *name, *letter;
    enum sq_option_type type;
    const char *metavar;
    unsigned commands;
    const char *range, *initial, *help;
};

extern const struct sq_option_row sq_option_row[SQ_N_OPTIONS];
extern const char *const sq_command_name[SQ_N_COMMANDS];

/* "flag", "count", ... */
const char *sq_option_type_name(enum sq_option_type type);

struct spikeq_options {
    spikeq_ctx *ctx; /* held */
    unsigned commands;
    char *command_line; /* noted in a trace, or NULL */
    struct sq_option_value {
        char **text; /* [n], of a list; else the first alone */
        size_t n;
    } value[SQ_N_OPTIONS];
    void (*progress)(void *data, uint64_t n_done, uint64_t n_total);
    void *progress_data;
    void (*step)(void *data, const struct spikeq_step *step);
    void *step_data;
    const int *stop;
};

/* Does the command whose options these are take the row? */
int sq_option_is_taken(const spikeq_options *options, enum sq_option row);

/* The row of that name, or SQ_N_OPTIONS. */
enum sq_option sq_option_by_name(const spikeq_options *options, const char *name);

/* SQ_EUSAGE: a value that the row refuses. */
int sq_option_check_value(struct sq_error *err, const struct sq_option_row *row, const char *value);

/* SQ_EUSAGE: more than the row's list may have. */
int sq_option_check_length(struct sq_error *err, const struct sq_option_row *row, size_t n);

/* Sides of "240x180", from 1 to 32768; 0: not such a text. */
int sq_option_parse_size(const char *text, unsigned *width, unsigned *height);

/* *options of NULL becomes unset ones of the command. SQ_EUSAGE: they are not of `command`, one of SQ_FOR_. */
int sq_options_check_command(spikeq_ctx *ctx, const spikeq_options **options, unsigned command);

/* The same. SQ_EUSAGE: also where they break one of options_rules.inc. */
int sq_options_check(spikeq_ctx *ctx, const spikeq_options **options, unsigned command);

/* SQ_EUSAGE: the first rule that the options break. */
int sq_options_check_rules(struct sq_error *err, const spikeq_options *options);

/* Rows by name: the value as text (NULL: not set, or the command has no such option), as a number (0), as a flag;
 * of a list all texts, and how many. Values were checked when they were set. */
const char *sq_option_text(const spikeq_options *options, const char *name);
unsigned long long sq_option_count(const spikeq_options *options, const char *name);
double sq_option_number(const spikeq_options *options, const char *name);
int sq_option_flag(const spikeq_options *options, const char *name);
const char *const *sq_option_list(const spikeq_options *options, const char *name, size_t *n);

/* What options mean to the structs of calls.h; texts are those of `options`. */
void sq_options_to_network(const spikeq_options *options, struct sq_network_choices *network);
void sq_options_to_fixed(const spikeq_options *options, struct sq_fixed_choices *fixed);
void sq_options_to_frames(const spikeq_options *options, struct sq_frames_choices *frames);
void sq_options_to_trace(const spikeq_options *options, struct sq_trace_choices *trace);
void sq_options_to_run(const spikeq_options *options, struct sq_run_choices *run);
enum sq_schedule sq_option_schedule(const spikeq_options *options);

/* Of the program spikeq, whose SIGINT ends a run after the samples in flight. */
static inline int sq_options_are_of_program(const spikeq_options *options)
{
    return (options->commands & SQ_AT_TERMINAL) != 0;
}

#endif
