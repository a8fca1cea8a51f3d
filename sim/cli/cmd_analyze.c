#include "sim/cli/cli.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
    "usage: spikeq analyze TRACE [TRACE...] [OPTION...]\n\n"
    "Say where the spikes of a trace are: rates, spread, time, structure for hardware,\n"
    "attention, cost. Further traces are compared with the first, sample by sample.\n"
    "docs/analysis.md defines every figure.\n";

enum { MAX_TRACES = 16, DEFAULT_TOP = 10 };

/* Does the JSON or the page go to standard output, instead of the table? */
static int is_piped(const struct cli_given *given)
{
    return cli_is_stdout(cli_text(given, "json")) || cli_is_stdout(cli_text(given, "html"));
}

static int check(const struct cli_given *given)
{
    const int force = cli_flag(given, "force");
    if (given->n_arguments == 0)
        return cli_usage("analyze", "give a trace");
    if (given->n_arguments > MAX_TRACES)
        return cli_usage("analyze", "more than %d traces", MAX_TRACES);
    for (size_t i = 0; i < given->n_arguments; i++)
        if (!cli_is_file("analyze", given->argument[i]))
            return EXIT_USAGE;
    if (!cli_check(given))
        return EXIT_USAGE;
    if (cli_is_stdout(cli_text(given, "json")) && cli_is_stdout(cli_text(given, "html")))
        return cli_usage("analyze", "--json and --html cannot both be -");
    if (cli_text(given, "top") != NULL && is_piped(given))
        return cli_usage("analyze", "--top goes with tables; output to - is complete");
    return cli_may_write("analyze", cli_text(given, "json"), force) &&
                   cli_may_write("analyze", cli_text(given, "html"), force) &&
                   cli_may_fill("analyze", cli_text(given, "csv"), ".csv", force)
               ? EXIT_SUCCESS
               : EXIT_USAGE;
}

/* Colours only on terminals, and not with NO_COLOR. */
static int wants_colour(void)
{
    const char *no_colour = getenv("NO_COLOR"), *terminal = getenv("TERM");
    return isatty(STDOUT_FILENO) && (no_colour == NULL || no_colour[0] == '\0') &&
           terminal != NULL && strcmp(terminal, "dumb") != 0;
}

/* The table goes to standard output, unless the JSON or the page does. */
static int print_table(const struct cli_given *given, const char *json)
{
    const char *top = cli_text(given, "top");
    char *text = NULL;
    if (is_piped(given))
        return EXIT_SUCCESS;
    const int status = spikeq_analysis_table(
        given->ctx, json, top != NULL ? (unsigned)strtoul(top, NULL, 10) : DEFAULT_TOP,
        wants_colour(), &text);
    return cli_print_text(given, status, text);
}

/* Everything but the table: each has its option. */
static int write_files(const struct cli_given *given, const char *json)
{
    const char *json_path = cli_text(given, "json"), *csv = cli_text(given, "csv"),
               *html = cli_text(given, "html");
    int status = SPIKEQ_OK, exit_status = EXIT_SUCCESS;
    char *page = NULL;
    if (json_path != NULL)
        exit_status = cli_write_file("analyze", json_path, json);
    if (exit_status == EXIT_SUCCESS && csv != NULL)
        status = spikeq_analysis_csv(given->ctx, json, csv);
    if (exit_status == EXIT_SUCCESS && status == SPIKEQ_OK && html != NULL)
        status = spikeq_analysis_html(given->ctx, json, &page);
    if (status != SPIKEQ_OK)
        exit_status = cli_fail("analyze", status, spikeq_error_text(given->ctx));
    if (page != NULL)
        exit_status = cli_write_file("analyze", html, page);
    spikeq_free(page);
    return exit_status;
}

static int act(struct cli_given *given)
{
    char *json = NULL;
    int exit_status = check(given);
    if (exit_status != EXIT_SUCCESS)
        return exit_status;
    const int status =
        spikeq_analyze(given->ctx, given->argument, given->n_arguments, given->options, &json);
    if (status != SPIKEQ_OK)
        return cli_fail("analyze", status, spikeq_error_text(given->ctx));
    exit_status = write_files(given, json);
    if (exit_status == EXIT_SUCCESS)
        exit_status = print_table(given, json);
    spikeq_free(json);
    return exit_status;
}

int cmd_analyze(int argc, char **argv)
{
    static const struct cli_command command = {.name = "analyze", .usage = usage, .act = act};
    return cli_run_command(&command, argc, argv);
}
