/* Options: getopt_long() with complaints that name the nearest option. */
#include "sim/cli/cli.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

enum { MAX_OPTIONS = 80 };

/* ":" and the letters of the options that have one, as getopt_long() wants them. */
static void list_letters(const struct option *option, char *text, size_t room)
{
    size_t n = 0;
    text[n++] = ':';
    for (; option->name != NULL && n + 2 < room; option++) {
        if (option->val <= 0 || option->val > CHAR_MAX || option->flag != NULL)
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
    const char *names[MAX_OPTIONS];
    char name[64], like[512];
    size_t n = 0;
    snprintf(name, sizeof name, "%.*s", (int)strcspn(given + 2, "="), given + 2);
    for (const struct option *at = option; at->name != NULL && n < MAX_OPTIONS; at++)
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

/* "-" is standard input or output for these only: inputs that are read once, outputs that are
 * written once. Traces, and some formats of `export`, are refused with a reason of their own. */
static int takes_standard(const char *command, const char *name)
{
    static const char *const known[] = {"run --input",          "run --report",   "energy --input",
                                        "analyze --json",       "analyze --html", "replay --input",
                                        "replay --stream",      "export --out",   "events --output",
                                        "events --dump-events", "run --trace",    "replay --trace",
                                        "import --output"};
    char whole[96];
    snprintf(whole, sizeof whole, "%s --%s", command, name);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i], whole) == 0)
            return 1;
    return 0;
}

/* The row of an option by what getopt_long() returned. */
static const struct option *row_of(const struct option *option, int val)
{
    while (option->name != NULL && (option->flag != NULL || option->val != val))
        option++;
    return option;
}

int cli_next_option(const char *command, int argc, char **argv, const struct option *option)
{
    char letters[32];
    opterr = 0;
    list_letters(option, letters, sizeof letters);
    int found;
    do
        found = getopt_long(argc, argv, letters, option, NULL);
    while (found == 0); /* --strict */
    if (found == '?' && optopt == 'h')
        for (; option->name != NULL; option++)
            if (strcmp(option->name, "help") == 0)
                return option->val;
    const int is_short = optopt > 0 && optopt < 256; /* "-x" or one of "-xy" */
    if (found == '?' && is_short && argv[optind - 1][1] != '-')
        cli_usage(command, "unknown option -%c", optopt);
    else if (found == '?')
        refuse_long(command, argv[optind - 1], option);
    if (found == ':')
        cli_usage(command, "option %s needs a value", argv[optind - 1]);
    if (found == '?' || found == ':')
        return '?';
    const struct option *row = row_of(option, found);
    if (found != -1 && row->has_arg == required_argument && strcmp(optarg, "-") == 0 &&
        !takes_standard(command, row->name)) {
        cli_usage(command, "--%s -: standard input and output are not taken here; give a file",
                  row->name);
        return '?';
    }
    return found;
}

int cli_is_file(const char *command, const char *path)
{
    if (strcmp(path, "-") != 0)
        return 1;
    cli_usage(command, "-: standard input is not read here; give a file");
    return 0;
}
