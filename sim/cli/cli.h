/* The command line: what the subcommands share. It includes only spikeq.h. */
#ifndef SQ_CLI_H
#define SQ_CLI_H

#include "sim/spikeq.h"

#include <getopt.h>

enum { EXIT_DATA = 1, EXIT_USAGE = 2, EXIT_INTERRUPTED = 130 };

/* "spikeq COMMAND: sentence" on stderr; returns the exit status for the code. */
int cli_fail(const char *command, int status, const char *sentence);

/* As cli_fail() for wrong usage, with printf formatting and a hint at --help. */
int cli_usage(const char *command, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Next option by getopt_long() with uniform errors: the option's `val`, -1 after the last, '?'
 * after a complaint on stderr, which names the nearest option where there is one. An option whose
 * `val` is a letter may be given by that letter; -h is --help. The value "-", standard input or
 * output, is refused for options that do not take it. */
int cli_next_option(const char *command, int argc, char **argv, const struct option *option);

/* Row of a command's table of options, and its help: every command that makes figures has it. It is
 * noted for cli_context(), as getopt notes optarg. */
extern int cli_is_strict;
#define CLI_STRICT_OPTION                        \
    {                                            \
        "strict", no_argument, &cli_is_strict, 1 \
    }
#define CLI_STRICT_HELP \
    "  --strict             a warning is an error: exit status 1, nothing is written\n"

/* A new context, whose warnings go to stderr as "spikeq COMMAND: warning: TEXT [NAME]"; or NULL
 * after a complaint. spikeq_ctx_free() frees it; `command` must outlive it. */
spikeq_ctx *cli_context(const char *command);

/* "spikeq run --model a.pth": the command line, for the notes of a file that it makes.
 * Freed by the caller; NULL: out of memory. */
char *cli_command_line(int argc, char **argv);

/* A whole decimal number in least..most, or 0 after a complaint. */
int cli_number(const char *command, const char *option, const char *text, unsigned long long least,
               unsigned long long most, unsigned long long *value);

/* "240x180": sides from 1 to 32768, or a complaint about --size and 0. */
int cli_size(const char *command, const char *text, unsigned *width, unsigned *height);

/* The current option's value (optarg) as a number, 1 or more; as a schedule; or 0 after a
 * complaint.
 */
int cli_count(const char *command, const char *option, unsigned most, unsigned *value);
int cli_schedule(const char *command, enum spikeq_schedule *schedule);

/* Characters of a line of standard output: COLUMNS if it is set, a terminal's width, else 80. */
unsigned cli_width(void);

/* "" for 1, "s" for every other number: "%u sample%s". */
static inline const char *cli_s(uint64_t n)
{
    return n == 1 ? "" : "s";
}

/* Is the argument a file name? 0 after a complaint about "-". */
int cli_is_file(const char *command, const char *path);

/* The one rule for replacing files, in every command that writes them: a regular file that
 * exists stays, unless --force. Called before the work begins. 1: proceed; 0 after a complaint, the
 * command then ends with EXIT_USAGE.
 *   path     NULL and "-" may always be written, and what is not a regular file
 *   folder   the same for files of this ending in it; NULL or a folder that is not there: none */
int cli_may_write(const char *command, const char *path, int force);
int cli_may_fill(const char *command, const char *folder, const char *ending, int force);

/* Write text to a file, all or nothing: temporary name, then rename. "-" is stdout; what
 * is not a regular file (a device, a link) is written in place. */
int cli_write_file(const char *command, const char *path, const char *text);

int cmd_run(int argc, char **argv);
int cmd_quantize(int argc, char **argv);
int cmd_synthesize(int argc, char **argv);
int cmd_graph(int argc, char **argv);
int cmd_inspect(int argc, char **argv);
int cmd_diff(int argc, char **argv);
int cmd_energy(int argc, char **argv);
int cmd_analyze(int argc, char **argv);
int cmd_events(int argc, char **argv);
int cmd_export(int argc, char **argv);
int cmd_merge(int argc, char **argv);
int cmd_replay(int argc, char **argv);
int cmd_import(int argc, char **argv);
int cmd_configs(int argc, char **argv);

#endif
