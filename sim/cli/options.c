/* Options of a command line: getopt_long() on the library's table, with complaints that name the nearest option. */
#include "sim/cli/cli.h"

#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_OPTIONS = 96, FIRST_LONG = 256, HELP = 'h' };

/* The options of a command, as the library and as getopt_long() have them; --help is behind them. */
struct rows {
    struct spikeq_option row[MAX_OPTIONS];
    struct option option[MAX_OPTIONS + 2];
    size_t n;
};

static void take_rows(const spikeq_options *options, struct rows *rows)
{
    for (rows->n = 0; rows->n < MAX_OPTIONS; rows->n++) {
        struct spikeq_option *row = &rows->row[rows->n];
        row->size = sizeof *row;
        if (spikeq_options_list(options, rows->n, row) != SPIKEQ_OK)
            break;
        rows->option[rows->n] = (struct option){
            .name = row->name,
            .has_arg = row->metavar[0] != '\0' ? required_argument : no_argument,
            .val = row->letter[0] != '\0' ? row->letter[0] : FIRST_LONG + (int)rows->n};
    }
    rows->option[rows->n] = (struct option){"help", no_argument, NULL, HELP};
    rows->option[rows->n + 1] = (struct option){NULL, 0, NULL, 0};
}

/* ":" and the letters of the options that have one, as getopt_long() wants them. */
static void list_letters(const struct option *option, char *text, size_t room)
{
    size_t n = 0;
    text[n++] = ':';
    for (; option->name != NULL && n + 2 < room; option++) {
        if (option->val > CHAR_MAX)
            continue;
        text[n++] = (char)option->val;
        if (option->has_arg == required_argument)
            text[n++] = ':';
    }
    text[n] = '\0';
}

/* The options that begin like this one, "--a, --b"; returns how many. */
static size_t list_like(const struct option *option, const char *name, char *text, size_t room)
{
    size_t used = 0, n = 0;
    text[0] = '\0';
    for (; option->name != NULL; option++) {
        if (strncmp(option->name, name, strlen(name)) != 0 || used >= room)
            continue;
        used +=
            (size_t)snprintf(text + used, room - used, "%s--%s", n > 0 ? ", " : "", option->name);
        n++;
    }
    return n;
}

/* A long option that getopt_long() refused: it has a value and takes none, is ambiguous, or is not
 * known; then perhaps near to one. */
static void refuse_long(const char *command, const char *given, const struct option *option)
{
    const char *names[MAX_OPTIONS + 1];
    char name[64], like[512];
    size_t n = 0;
    snprintf(name, sizeof name, "%.*s", (int)strcspn(given + 2, "="), given + 2);
    for (const struct option *at = option; at->name != NULL; at++)
        names[n++] = at->name;
    const size_t n_like = list_like(option, name, like, sizeof like);
    const char *nearest = spikeq_nearest(name, names, n);
    if (n_like > 0 && nearest != NULL && strcmp(nearest, name) == 0)
        cli_usage(command, "option --%s takes no value", name);
    else if (n_like == 1)
        cli_usage(command, "option %s takes no value", like);
    else if (n_like > 1 && name[0] != '\0')
        cli_usage(command, "option --%s is ambiguous: %s", name, like);
    else if (nearest != NULL)
        cli_usage(command, "unknown option --%s (did you mean --%s?)", name, nearest);
    else
        cli_usage(command, "unknown option %s", given);
}

/* What getopt_long() could not take. */
static int refuse(const char *command, int found, char **argv, const struct option *option)
{
    const int is_short = optopt > 0 && optopt < FIRST_LONG; /* "-x" or one of "-xy" */
    if (found == ':')
        return cli_usage(command, "option %s needs a value", argv[optind - 1]);
    if (is_short && argv[optind - 1][1] != '-')
        cli_usage(command, "unknown option -%c", optopt);
    else
        refuse_long(command, argv[optind - 1], option);
    return EXIT_USAGE;
}

/* Set an option, or complain. A choice's sentence has all that --help would say. */
static int set(const struct cli_given *given, const struct spikeq_option *row)
{
    const int takes_value = row->metavar[0] != '\0';
    if (takes_value && strcmp(optarg, "-") == 0 && strcmp(row->range, "-") != 0)
        return cli_usage(given->command,
                         "--%s -: standard input and output are not taken here; give a file",
                         row->name);
    const int status = spikeq_options_set(given->options, row->name, takes_value ? optarg : "1");
    if (status == SPIKEQ_OK)
        return EXIT_SUCCESS;
    if (status == SPIKEQ_EUSAGE && strcmp(row->type, "choice") != 0)
        return cli_usage(given->command, "%s", spikeq_error_text(given->ctx));
    return cli_fail(given->command, status, spikeq_error_text(given->ctx));
}

/* The row of what getopt_long() returned. */
static const struct spikeq_option *row_of(const struct rows *rows, int val)
{
    size_t i = 0;
    while (i < rows->n && rows->option[i].val != val)
        i++;
    return &rows->row[i];
}

int cli_parse(struct cli_given *given, int argc, char **argv, int *wants_help)
{
    struct rows rows;
    char letters[32];
    int found, status = EXIT_SUCCESS;
    take_rows(given->options, &rows);
    list_letters(rows.option, letters, sizeof letters);
    opterr = 0;
    while (status == EXIT_SUCCESS && !*wants_help &&
           (found = getopt_long(argc, argv, letters, rows.option, NULL)) != -1) {
        if (found == HELP)
            *wants_help = 1;
        else if (found == '?' || found == ':')
            status = refuse(given->command, found, argv, rows.option);
        else
            status = set(given, row_of(&rows, found));
    }
    given->argument = (const char *const *)(argv + optind);
    given->n_arguments = (size_t)(argc - optind);
    return status;
}

int cli_print_rows(const char *command)
{
    struct spikeq_option row = {.size = sizeof row};
    spikeq_options *options = NULL;
    char name[64];
    spikeq_ctx *ctx = cli_context(command);
    if (ctx == NULL)
        return EXIT_DATA;
    snprintf(name, sizeof name, "spikeq %s", command);
    int status = spikeq_options_new(ctx, name, &options);
    if (status != SPIKEQ_OK)
        cli_fail(command, status, spikeq_error_text(ctx));
    for (size_t i = 0; status == SPIKEQ_OK && spikeq_options_list(options, i, &row) == SPIKEQ_OK;
         i++)
        printf("%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", command, row.name, row.letter, row.type,
               row.metavar, row.range, row.initial, row.help);
    spikeq_options_free(options);
    spikeq_ctx_free(ctx);
    return status == SPIKEQ_OK ? EXIT_SUCCESS : EXIT_DATA;
}
