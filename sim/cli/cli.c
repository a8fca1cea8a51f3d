#include "sim/cli/cli.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int cli_fail(const char *command, int status, const char *sentence)
{
    fprintf(stderr, "spikeq %s: %s\n", command, sentence);
    return status == SPIKEQ_EUSAGE ? EXIT_USAGE : EXIT_DATA;
}

int cli_is_strict;

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
    spikeq_ctx_on_warning(ctx, print_warning, (void *)(uintptr_t)command);
    spikeq_ctx_strict(ctx, cli_is_strict);
    return ctx;
}

int cli_usage(const char *command, const char *format, ...)
{
    char sentence[512];
    va_list args;
    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    fprintf(stderr, "spikeq %s: %s; see spikeq %s --help\n", command, sentence, command);
    return EXIT_USAGE;
}

/* ":" and the letters of the options that have one, as getopt_long() wants them. */
static void list_letters(const struct option *option, char *text, size_t room)
{
    size_t n = 0;
    text[n++] = ':';
    for (; option->name != NULL && n + 2 < room; option++) {
        if (option->val <= 0 || option->val > CHAR_MAX)
            continue;
        text[n++] = (char)option->val;
        if (option->has_arg == required_argument)
            text[n++] = ':';
    }
    text[n] = '\0';
}

int cli_next_option(const char *command, int argc, char **argv, const struct option *option)
{
    char letters[32];
    opterr = 0;
    list_letters(option, letters, sizeof letters);
    int found;
    do
        found = getopt_long(argc, argv, letters, option, NULL);
    while (found == 0);                              /* --strict */
    const int is_short = optopt > 0 && optopt < 256; /* "-x" or one of "-xy" */
    if (found == '?' && is_short)
        cli_usage(command, "unknown or ambiguous option -%c", optopt);
    else if (found == '?')
        cli_usage(command, "unknown or ambiguous option %s", argv[optind - 1]);
    if (found == ':')
        cli_usage(command, "option %s needs a value", argv[optind - 1]);
    return found == ':' ? '?' : found;
}

char *cli_command_line(int argc, char **argv)
{
    char *text = NULL;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    if (to == NULL)
        return NULL;
    fputs("spikeq", to);
    for (int i = 0; i < argc; i++)
        fprintf(to, strpbrk(argv[i], " \t\"'*?[") != NULL ? " '%s'" : " %s", argv[i]);
    if (fclose(to) == 0)
        return text;
    free(text);
    return NULL;
}

int cli_number(const char *command, const char *option, const char *text, unsigned long long least,
               unsigned long long most, unsigned long long *value)
{
    char *end;
    errno = 0;
    *value = strtoull(text, &end, 10);
    if (text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0 && *value >= least &&
        *value <= most)
        return 1;
    cli_usage(command, "%s %s: expected a whole number from %llu to %llu", option, text, least,
              most);
    return 0;
}

int cli_size(const char *command, const char *text, unsigned *width, unsigned *height)
{
    char rest;
    if (sscanf(text, "%5ux%5u%c", width, height, &rest) == 2 && *width >= 1 && *width <= 32768 &&
        *height >= 1 && *height <= 32768)
        return 1;
    cli_usage(command, "--size %s: expected WIDTHxHEIGHT, such as 240x180", text);
    return 0;
}

int cli_count(const char *command, const char *option, unsigned most, unsigned *value)
{
    unsigned long long number;
    if (!cli_number(command, option, optarg, 1, most, &number))
        return 0;
    *value = (unsigned)number;
    return 1;
}

int cli_schedule(const char *command, enum spikeq_schedule *schedule)
{
    const int is_step = strcmp(optarg, "step") == 0;
    if (!is_step && strcmp(optarg, "layer") != 0)
        return cli_usage(command, "--schedule %s: expected layer or step", optarg), 0;
    *schedule = is_step ? SPIKEQ_SCHEDULE_STEP : SPIKEQ_SCHEDULE_LAYER;
    return 1;
}

static int complain(const char *command, const char *path, const char *what)
{
    fprintf(stderr, "spikeq %s: %s: %s: %s\n", command, path, what, strerror(errno));
    return EXIT_DATA;
}

/* Text into a file that is opened for it; -1 and errno. */
static int put_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    if (file == NULL)
        return -1;
    const int failed = fputs(text, file) == EOF || fflush(file) == EOF;
    const int error = errno;
    if (fclose(file) == EOF && !failed)
        return -1;
    errno = error;
    return failed ? -1 : 0;
}

/* May a new file take the place of what is there? A device, pipe or link must stay what it is. */
static int is_replaceable(const char *path)
{
    struct stat status;
    return lstat(path, &status) != 0 || S_ISREG(status.st_mode);
}

int cli_write_file(const char *command, const char *path, const char *text)
{
    if (strcmp(path, "-") == 0) {
        if (fputs(text, stdout) == EOF || fflush(stdout) == EOF)
            return complain(command, "standard output", "cannot be written");
        return EXIT_SUCCESS;
    }
    char partial[4096];
    if (snprintf(partial, sizeof partial, "%s.partial", path) >= (int)sizeof partial) {
        errno = ENAMETOOLONG;
        return complain(command, path, "cannot be written");
    }
    if (!is_replaceable(path))
        return put_text(path, text) == 0 ? EXIT_SUCCESS
                                         : complain(command, path, "cannot be written");
    if (put_text(partial, text) == 0 && rename(partial, path) == 0)
        return EXIT_SUCCESS;
    const int status = complain(command, path, "cannot be written");
    unlink(partial);
    return status;
}
