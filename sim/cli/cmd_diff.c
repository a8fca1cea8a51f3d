#include "sim/cli/cli.h"

#include <stdlib.h>

static const char usage[] =
    "usage: spikeq diff A B [OPTION...]\n\n"
    "Compare two traces spike by spike: whether all are equal; the first difference in the\n"
    "order of the data's way (sample, timestep, population); changed logits and predictions;\n"
    "samples that only one of them holds; firing rate, accuracy and energy of both; mismatches\n"
    "per population and timestep.\n";

static const char notes[] =
    "Exit status, as of cmp and diff: 0 equal, 1 different, 2 trouble (wrong usage, a file that\n"
    "cannot be read).\n";

/* The exit statuses of a comparison, as of cmp(1). */
enum { EXIT_DIFFERENT = 1, EXIT_TROUBLE = 2 };

static int act(struct cli_given *given)
{
    char *text = NULL;
    int is_equal = 0;
    if (!cli_takes_arguments(given, 2, "give two traces", 0) || !cli_check(given))
        return EXIT_USAGE;
    const int status = spikeq_diff(given->ctx, given->argument[0], given->argument[1],
                                   given->options, &is_equal, &text);
    if (cli_print_text(given, status, text) != EXIT_SUCCESS)
        return EXIT_TROUBLE;
    return is_equal ? EXIT_SUCCESS : EXIT_DIFFERENT;
}

int cmd_diff(int argc, char **argv)
{
    static const struct cli_command command = {
        .name = "diff", .usage = usage, .notes = notes, .act = act, .trouble = EXIT_TROUBLE};
    return cli_run_command(&command, argc, argv);
}
