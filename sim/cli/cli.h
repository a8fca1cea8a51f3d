/* The command line: what the subcommands share. It includes only spikeq.h. */
#ifndef SQ_CLI_H
#define SQ_CLI_H

#include "sim/spikeq.h"

enum { EXIT_DATA = 1, EXIT_USAGE = 2, EXIT_INTERRUPTED = 130 };

/* What a command was given. */
struct cli_given {
    const char *command; /* "run" */
    spikeq_ctx *ctx;     /* its warnings go to stderr as "spikeq COMMAND: warning: TEXT [NAME]" */
    spikeq_options *options;
    const char *const *argument; /* [n_arguments] */
    size_t n_arguments;
};

/* A command but for its options, which the library lists. */
struct cli_command {
    const char *name;  /* "run" */
    const char *usage; /* help in front of the options: the lines of "usage:", then paragraphs */
    const char *notes; /* behind the options, or NULL */
    int (*act)(struct cli_given *given); /* returns the exit status */
    int trouble; /* exit status where memory ends or help cannot be written; 0: EXIT_DATA */
};

/* The whole command: --help printed, options and arguments taken and checked each for itself, act() called.
 * Returns the exit status. */
int cli_run_command(const struct cli_command *command, int argc, char **argv);

/* Take options and arguments off the command line: each is checked for itself, and set. Returns an exit
 * status, after a complaint if it is not EXIT_SUCCESS. With --help it ends there, and *wants_help is 1.
 * given->argument is argv's. */
int cli_parse(struct cli_given *given, int argc, char **argv, int *wants_help);

/* Option by name: its value, NULL: not given; was a flag given? */
const char *cli_text(const struct cli_given *given, const char *option);
int cli_flag(const struct cli_given *given, const char *option);

/* Do the options go together? 0 after a complaint: the command then ends with EXIT_USAGE. */
int cli_check(const struct cli_given *given);

/* Exactly n arguments, none of them "-"? 0 after a complaint: `missing` says what to give; one too many is
 * named, or `missing` is said again where `names_extra` is 0. */
int cli_takes_arguments(const struct cli_given *given, size_t n, const char *missing,
                        int names_extra);

/* "usage: ...", options of the command as the library lists them, notes: text to be freed, or NULL: out of
 * memory. */
char *cli_help(const struct cli_command *command, const spikeq_options *options);

/* Every option of a command, a line each, its fields separated by tabs: command, name, letter, type, metavar,
 * range, default, help. An exit status. */
int cli_print_rows(const char *command);

/* "spikeq COMMAND: sentence" on stderr; returns the exit status for the code. */
int cli_fail(const char *command, int status, const char *sentence);

/* As cli_fail() for wrong usage, with printf formatting and a hint at --help. */
int cli_usage(const char *command, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A new context, whose warnings go to stderr as "spikeq COMMAND: warning: TEXT [NAME]"; or NULL
 * after a complaint. spikeq_ctx_free() frees it; `command` must outlive it. */
spikeq_ctx *cli_context(const char *command);

/* Print a text of the library, or its complaint; frees it. An exit status. */
int cli_print_text(const struct cli_given *given, int status, char *text);

/* Characters of a line of standard output: COLUMNS if it is set, a terminal's width, else 80. */
unsigned cli_width(void);

/* "" for 1, "s" for every other number: "%u sample%s". */
static inline const char *cli_s(uint64_t n)
{
    return n == 1 ? "" : "s";
}

/* Is the argument a file name? 0 after a complaint about "-". */
int cli_is_file(const char *command, const char *path);

/* Does it stand for standard output? */
int cli_is_stdout(const char *path);

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
