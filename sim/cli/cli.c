#include "sim/cli/cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
    spikeq_ctx_on_warning(ctx, print_warning, (void *)command);
    spikeq_ctx_strict(ctx, cli_is_strict);
    spikeq_ctx_dashes(ctx, 1);
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

char *cli_command_line(int argc, char **argv)
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
