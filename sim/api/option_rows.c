/* The table of options, and the names of commands. */
#include "kernels/base/cpu.h"
#include "sim/api/options.h"

#include <string.h>

const struct sq_option_row sq_option_row[SQ_N_OPTIONS] = {
#define SQ_OPTION(id, name, letter, type, metavar, commands, range, initial, help) \
    {name, letter, SQ_OPTION_##type, metavar, commands, range, initial, help},
#include "sim/api/options.inc"
#undef SQ_OPTION
};

const char *const sq_command_name[SQ_N_COMMANDS] = {
#define SQ_COMMAND(id, name) name,
#include "sim/api/commands.inc"
#undef SQ_COMMAND
};

const char *sq_option_type_name(enum sq_option_type type)
{
    static const char *const name[] = {
        [SQ_OPTION_FLAG] = "flag",     [SQ_OPTION_COUNT] = "count",
        [SQ_OPTION_COUNTS] = "counts", [SQ_OPTION_INTEGER] = "integer",
        [SQ_OPTION_NUMBER] = "number", [SQ_OPTION_TEXT] = "text",
        [SQ_OPTION_PATH] = "path",     [SQ_OPTION_CHOICE] = "choice",
        [SQ_OPTION_LIST] = "list",     [SQ_OPTION_SIZE] = "size",
    };
    return name[type];
}

int sq_option_is_taken(const spikeq_options *options, enum sq_option row)
{
    const unsigned commands = sq_option_row[row].commands;
    return (commands & options->commands & ~(unsigned)SQ_AT_TERMINAL) != 0 &&
           ((commands & SQ_AT_TERMINAL) == 0 || sq_options_are_of_program(options));
}

enum sq_option sq_option_by_name(const spikeq_options *options, const char *name)
{
    size_t i = 0;
    while (i < SQ_N_OPTIONS && !(strcmp(sq_option_row[i].name, name) == 0 &&
                                 sq_option_is_taken(options, (enum sq_option)i)))
        i++;
    return (enum sq_option)i;
}
