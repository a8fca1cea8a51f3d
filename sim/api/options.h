/* Options by name: the values of one command's rows of options.inc. */
#ifndef SQ_OPTIONS_H
#define SQ_OPTIONS_H

#include "sim/api/context.h"

enum { SQ_FOR_RUN = 1, SQ_FOR_SESSION = 2, SQ_AT_TERMINAL = 1 << 30 };

enum sq_option_type {
    SQ_OPTION_FLAG,
    SQ_OPTION_COUNT,
    SQ_OPTION_NUMBER,
    SQ_OPTION_TEXT,
    SQ_OPTION_PATH,
    SQ_OPTION_CHOICE,
    SQ_OPTION_LIST,
    SQ_OPTION_SIZE_OF,
};

enum sq_option {
#define SQ_OPTION(id, name, type, metavar, commands, range, initial, help) SQ_ROW_##id,
#include "sim/api/options.inc"
#undef SQ_OPTION
    SQ_N_OPTIONS
};

enum { SQ_MOST_GIVEN = 64 }; /* times that a list may be given */

struct spikeq_options {
    spikeq_ctx *ctx; /* held */
    unsigned commands;
    struct sq_option_value {
        char *text[SQ_MOST_GIVEN]; /* of a list; else the first alone */
        size_t n;
    } value[SQ_N_OPTIONS];
    void (*progress)(void *data, uint64_t n_done, uint64_t n_total);
    void *progress_data;
    void (*step)(void *data, const struct spikeq_step *step);
    void *step_data;
};

/* SQ_EUSAGE: the options are not of `command`, one of SQ_FOR_. */
int sq_options_check(spikeq_ctx *ctx, const spikeq_options *options, unsigned command);

/* SQ_EUSAGE: options that say how to record a trace, and none is recorded. */
int sq_options_check_trace(spikeq_ctx *ctx, const spikeq_options *options);

/* The value as text (NULL: not set), as a number (0), as a flag. Values were checked when they were set. */
const char *sq_option_text(const spikeq_options *options, enum sq_option row);
unsigned long long sq_option_number(const spikeq_options *options, enum sq_option row);
static inline int sq_option_flag(const spikeq_options *options, enum sq_option row)
{
    return sq_option_number(options, row) != 0;
}

/* What the rows mean to a run; texts are those of `options`. */
void sq_options_to_run(const spikeq_options *options, struct spikeq_run_options *run);

#endif
