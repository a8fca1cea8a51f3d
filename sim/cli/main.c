/* spikeq: the command. Usage, --help and the man page's list come from the table below; the options of each command
 * are the library's table. */
#include "sim/cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
} command[] = {
    {"run", cmd_run, "run a trained checkpoint on images or frames, spike by spike"},
    {"merge", cmd_merge, "make one trace, or report, of those of all shards of a run"},
    {"quantize", cmd_quantize, "turn a trained checkpoint into integers, and compare"},
    {"synthesize", cmd_synthesize, "make a checkpoint whose neurons fire at given rates"},
    {"energy", cmd_energy, "price what a run counted, by any convention of the field"},
    {"analyze", cmd_analyze, "say where the spikes of a trace are, and compare traces"},
    {"replay", cmd_replay, "begin a recorded run again anywhere: verify, what if, stream"},
    {"import", cmd_import, "make a trace of spikes that another tool recorded"},
    {"export", cmd_export, "write a recorded trace in a format that others read"},
    {"events", cmd_events, "read a recording of an event camera, and bin it into frames"},
    {"inspect", cmd_inspect, "say what a checkpoint, array, image or trace file holds"},
    {"graph", cmd_graph, "say what will be executed: nodes, shapes, weights, dense cost"},
    {"diff", cmd_diff, "compare two traces spike by spike"},
    {"configs", cmd_configs, "list the published network sizes that --config knows"},
};

enum { N_COMMANDS = sizeof command / sizeof command[0] };

static void print_usage(FILE *to)
{
    fprintf(to, "usage: spikeq COMMAND [OPTION...]\n\n"
                "Event-driven sparse spike simulator for Spikformer networks.\n\n");
    for (size_t i = 0; i < N_COMMANDS; i++)
        fprintf(to, "  %-10s  %s\n", command[i].name, command[i].help);
    fprintf(to, "\nspikeq help COMMAND lists its options; spikeq --version says how it was built.\n"
                "A file that exists is replaced only with --force.\n");
}

/* Standard output may be full: only the flush shows it. */
static int end_output(void)
{
    if (fflush(stdout) != EOF)
        return EXIT_SUCCESS;
    fprintf(stderr, "spikeq: standard output: cannot be written: %s\n", strerror(errno));
    return EXIT_DATA;
}

/* Version and facts of the build, a line each. */
static int print_version(void)
{
    spikeq_ctx *ctx = cli_context("--version");
    char *text = NULL;
    if (ctx == NULL)
        return EXIT_DATA;
    const int status = spikeq_facts(ctx, &text);
    const int exit_status = status == SPIKEQ_OK
                                ? cli_write_file("--version", "-", text)
                                : cli_fail("--version", status, spikeq_error_text(ctx));
    spikeq_free(text);
    spikeq_ctx_free(ctx);
    return exit_status;
}

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < N_COMMANDS; i++)
        if (strcmp(name, command[i].name) == 0)
            return &command[i];
    return NULL;
}

static int refuse_command(const char *name)
{
    const char *known[N_COMMANDS];
    for (size_t i = 0; i < N_COMMANDS; i++)
        known[i] = command[i].name;
    const char *nearest = spikeq_nearest(name, known, N_COMMANDS);
    if (name[0] == '-')
        fprintf(stderr, "spikeq: unknown option %s; a command comes first; see spikeq --help\n",
                name);
    else if (nearest != NULL)
        fprintf(stderr, "spikeq: unknown command %s (did you mean %s?); see spikeq --help\n", name,
                nearest);
    else
        fprintf(stderr, "spikeq: unknown command %s; see spikeq --help\n", name);
    return EXIT_USAGE;
}

static int is_one_of(const char *text, const char *a, const char *b)
{
    return strcmp(text, a) == 0 || strcmp(text, b) == 0;
}

/* "spikeq help --table": the options of every command, for programs: completions are written from it. */
static int print_table(void)
{
    for (size_t i = 0; i < N_COMMANDS; i++)
        if (cli_print_rows(command[i].name) != EXIT_SUCCESS)
            return EXIT_DATA;
    return end_output();
}

/* "spikeq help", "spikeq help COMMAND", "spikeq help --table" */
static int print_help(int argc, char **argv)
{
    static char option[] = "--help";
    char *help[] = {argv[0], option, NULL};
    if (argc < 2 || is_one_of(argv[1], "--help", "-h")) {
        print_usage(stdout);
        return end_output();
    }
    if (strcmp(argv[1], "--table") == 0)
        return print_table();
    const struct command *found = find_command(argv[1]);
    if (found == NULL)
        return refuse_command(argv[1]);
    return found->run(2, help);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        print_usage(stderr);
        return EXIT_USAGE;
    }
    if (is_one_of(argv[1], "--help", "-h"))
        return print_help(1, argv);
    if (strcmp(argv[1], "help") == 0)
        return print_help(argc - 1, argv + 1);
    if (is_one_of(argv[1], "--version", "version"))
        return print_version();
    const struct command *found = find_command(argv[1]);
    return found != NULL ? found->run(argc - 1, argv + 1) : refuse_command(argv[1]);
}
