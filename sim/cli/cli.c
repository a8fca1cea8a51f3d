#include "sim/cli/cli.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int cli_fail(const char *command, int status, const char *sentence)
{
    fprintf(stderr, "spikeq %s: %s\n", command, sentence);
    return status == SPIKEQ_EUSAGE ? EXIT_USAGE : EXIT_DATA;
}

static void print_warning(void *data, const struct spikeq_warning *warning)
{
    fprintf(stderr, "spikeq %s: warning: %s [%s]\n", (const char *)data, warning->text,
            warning->name);
}

spikeq_ctx *cli_context(const char *command)
{
    spikeq_ctx *ctx;
    if (spikeq_ctx_new(&ctx) != SPIKEQ_OK) {
        cli_fail(command, SPIKEQ_ENOMEM, "out of memory");
        return NULL;
    }
    spikeq_ctx_on_warning(ctx, print_warning, (void *)command);
    spikeq_ctx_dashes(ctx, 1);
    return ctx;
}

int cli_usage(const char *command, const char *format, ...)
{
    char sentence[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    fprintf(stderr, "spikeq %s: %s; see spikeq %s --help\n", command, sentence, command);
    return EXIT_USAGE;
}

/* "spikeq run --model a.pth": the command line, for the notes of a file that it makes. Freed by the
 * caller; NULL: out of memory. */
static char *command_line(int argc, char **argv)
{
    size_t room = sizeof "spikeq", n = room - 1;
    for (int i = 0; i < argc; i++)
        room += strlen(argv[i]) + 3; /* a space and two quotes */
    char *text = malloc(room);
    if (text == NULL)
        return NULL;
    memcpy(text, "spikeq", sizeof "spikeq");
    for (int i = 0; i < argc; i++)
        n += (size_t)snprintf(text + n, room - n,
                              strpbrk(argv[i], " \t\"'*?[") != NULL ? " '%s'" : " %s", argv[i]);
    return text;
}

const char *cli_text(const struct cli_given *given, const char *option)
{
    return spikeq_options_get(given->options, option);
}

int cli_flag(const struct cli_given *given, const char *option)
{
    return cli_text(given, option) != NULL;
}

int cli_check(const struct cli_given *given)
{
    if (spikeq_options_check(given->options) == SPIKEQ_OK)
        return 1;
    cli_usage(given->command, "%s", spikeq_error_text(given->ctx));
    return 0;
}

int cli_is_file(const char *command, const char *path)
{
    if (strcmp(path, "-") != 0)
        return 1;
    cli_usage(command, "-: standard input is not read here; give a file");
    return 0;
}

int cli_is_stdout(const char *path)
{
    return path != NULL && strcmp(path, "-") == 0;
}

int cli_takes_arguments(const struct cli_given *given, size_t n, const char *missing,
                        int names_extra)
{
    const size_t n_given = given->n_arguments;
    if (n_given < n || (n_given > n && !names_extra)) {
        cli_usage(given->command, "%s", missing);
        return 0;
    }
    for (size_t i = 0; i < n; i++)
        if (!cli_is_file(given->command, given->argument[i]))
            return 0;
    if (n_given > n)
        cli_usage(given->command, "unexpected argument %s", given->argument[n]);
    return n_given == n;
}

int cli_print_text(const struct cli_given *given, int status, char *text)
{
    const int exit_status = status == SPIKEQ_OK
                                ? cli_write_file(given->command, "-", text)
                                : cli_fail(given->command, status, spikeq_error_text(given->ctx));
    spikeq_free(text);
    return exit_status;
}

static int print_help(const struct cli_command *command, const spikeq_options *options)
{
    char *text = cli_help(command, options);
    const int status = text != NULL ? cli_write_file(command->name, "-", text)
                                    : cli_fail(command->name, SPIKEQ_ENOMEM, "out of memory");
    free(text);
    return status;
}

/* With a context and options: an exit status, `trouble` included. */
static int run(const struct cli_command *command, struct cli_given *given, int argc, char **argv)
{
    char *line = command_line(argc, argv); /* before getopt_long() reorders it */
    const int noted = line != NULL ? spikeq_options_note(given->options, line) : SPIKEQ_ENOMEM;
    int wants_help = 0;
    free(line);
    int status = noted == SPIKEQ_OK ? cli_parse(given, argc, argv, &wants_help)
                                    : cli_fail(command->name, noted, "out of memory");
    if (status == EXIT_SUCCESS && wants_help)
        status = print_help(command, given->options);
    if (status != EXIT_SUCCESS || wants_help)
        return status == EXIT_DATA ? command->trouble : status;
    spikeq_ctx_strict(given->ctx, cli_flag(given, "strict"));
    return command->act(given);
}

int cli_run_command(const struct cli_command *command, int argc, char **argv)
{
    struct cli_command whole = *command;
    struct cli_given given = {.command = command->name};
    char name[64];
    if (whole.trouble == 0)
        whole.trouble = EXIT_DATA;
    given.ctx = cli_context(command->name);
    if (given.ctx == NULL)
        return whole.trouble;
    snprintf(name, sizeof name, "spikeq %s", command->name);
    int status = spikeq_options_new(given.ctx, name, &given.options);
    if (status == SPIKEQ_OK)
        status = run(&whole, &given, argc, argv);
    else
        status = (cli_fail(command->name, status, spikeq_error_text(given.ctx)), whole.trouble);
    spikeq_options_free(given.options);
    spikeq_ctx_free(given.ctx);
    return status;
}
