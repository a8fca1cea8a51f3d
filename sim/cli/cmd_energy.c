#include "sim/cli/cli.h"

#include <stdlib.h>

static const char usage[] =
    "usage: spikeq energy REPORT.json|TRACE... [OPTION...]\n"
    "       spikeq energy --model FILE --input FILE [OPTION...]\n"
    "       spikeq energy --rates FILE.csv --config NAME [OPTION...]\n"
    "       spikeq energy --table FILE.csv [OPTION...]\n"
    "       spikeq energy --list\n\n"
    "Price every synaptic operation by one convention of the field, or by all.\n"
    "Several reports or traces make one table, a row a model. A model is run first.\n";

/* Exactly one source, of --list not one. */
static int check_sources(const struct cli_given *given)
{
    const int n = (given->n_arguments > 0) + (cli_text(given, "rates") != NULL) +
                  (cli_text(given, "table") != NULL) + (cli_text(given, "model") != NULL);
    for (size_t i = 0; i < given->n_arguments; i++)
        if (!cli_is_file("energy", given->argument[i]))
            return 0;
    if (cli_flag(given, "list") && n > 0)
        return cli_usage("energy", "--list takes no source"), 0;
    if (!cli_flag(given, "list") && n != 1)
        return cli_usage("energy", "give one of REPORT.json, a trace, --model, --rates, --table"),
               0;
    return 1;
}

static int act(struct cli_given *given)
{
    char *text = NULL;
    int status;
    if (!check_sources(given) || !cli_check(given) ||
        !cli_may_fill("energy", cli_text(given, "csv"), ".csv", cli_flag(given, "force")))
        return EXIT_USAGE;
    if (cli_flag(given, "list"))
        status = spikeq_energy_list(given->ctx, given->options, cli_width(), &text);
    else
        status = spikeq_energy(given->ctx, given->argument, given->n_arguments, given->options,
                               cli_width(), &text);
    const int is_partial = status == SPIKEQ_EINTERRUPTED && text != NULL;
    const int exit_status = cli_print_text(given, is_partial ? SPIKEQ_OK : status, text);
    return is_partial && exit_status == EXIT_SUCCESS ? EXIT_INTERRUPTED : exit_status;
}

int cmd_energy(int argc, char **argv)
{
    static const struct cli_command command = {.name = "energy", .usage = usage, .act = act};
    return cli_run_command(&command, argc, argv);
}
