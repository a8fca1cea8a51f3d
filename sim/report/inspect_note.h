/* What inspect shows of files that spikeq reads as they are: one line, and the command for them. */
#ifndef SQ_INSPECT_NOTE_H
#define SQ_INSPECT_NOTE_H

#include "kernels/base/status.h"

struct sq_inspect_note {
    char what[320]; /* "a report of spikeq run" */
    char next[768]; /* "spikeq energy r.json" */
};

/* Folders, images, lists, JSON files and tables. 1: it is one; 0: none of them; an error: JSON that
 * is neither ours nor a configuration that is taken, a folder that nothing reads. */
int sq_inspect_note_of(struct sq_error *err, const char *path, struct sq_inspect_note *note);

/* The same of files without a magic, which must be nothing else: CIFAR batches, and what
 * spikeq import reads. */
int sq_inspect_last_note_of(const char *path, struct sq_inspect_note *note);

/* "PATH: WHAT" and "next      NEXT", or JSON. *text is freed by the caller. SQ_ENOMEM. */
int sq_inspect_note_text(struct sq_error *err, const char *path, int as_json,
                         const struct sq_inspect_note *note, char **text);

#endif
