/* Options in sentences: a caller from C sets the member `resume`, a user of the command types
 * `--resume`. The library marks the name of an option, the context says how marks are shown:
 *
 *   sq_fail(err, SQ_EUSAGE, "%s: already exists; " SQ_OPT "force replaces it", path);
 *   C         "a.db: already exists; force replaces it"
 *   command   "a.db: already exists; --force replaces it"
 *
 * Text that names the command itself ("spikeq run --input FILE"), such as what a report or
 * `spikeq inspect` says comes next, has its dashes for every reader: SQ_FLAG. */
#ifndef SQ_BASE_OPTION_NAMES_H
#define SQ_BASE_OPTION_NAMES_H

#define SQ_OPT  "\x1f\x1e" /* two bytes, as "--": a sentence never grows */
#define SQ_FLAG "--"

enum sq_option_names {
    SQ_NAMES_MARKED, /* not yet decided: a worker's error, a list that no context has */
    SQ_NAMES_PLAIN,
    SQ_NAMES_DASHED
};

/* Make a sentence ready to be shown, in place: marks become what `names` says, all other control
 * bytes '?': texts from files are quoted in it, and no newline or escape sequence of theirs may
 * reach a terminal. */
void sq_sentence_finish(char *text, enum sq_option_names names);

#endif
