/* Warnings: what makes a figure doubtful without making it wrong.
 *
 * A warning has a stable name ("pixels-not-normalised", listed in docs/warnings.md) and one line:
 * what, where, what to do. It goes through the same struct sq_error as errors do, so whatever can
 * fail can warn: `status = sq_warn(err, "name", "%s: ...", path)`.
 *
 * Lists nest: what a part of the work warns of (loading a network, a run) is collected in its own
 * list and passed on to the list around it, up to the context's, which hands it to the caller once
 * and decides whether it is an error (`--strict`). */
#ifndef SQ_BASE_WARNINGS_H
#define SQ_BASE_WARNINGS_H

#include "kernels/base/status.h"

enum { SQ_MAX_WARNINGS = 32, SQ_WARNING_NAME = 48, SQ_WARNING_TEXT = 640 };

struct sq_warning {
    char name[SQ_WARNING_NAME];
    char text[SQ_WARNING_TEXT]; /* control bytes are replaced by '?' */
};

struct sq_warnings {
    struct sq_warnings *around; /* the list that this one passes them on to; NULL: none */
    int is_strict;              /* of the outermost list: a warning is an error */
    enum sq_option_names names; /* of the outermost list: how options are named */
    void (*pass)(void *data, const struct sq_warning *warning); /* of any list; may be NULL */
    void *data;
    const char *settled; /* name of a warning that asks for a choice which was made: dropped */
    unsigned n;          /* further ones are passed on, but not kept */
    struct sq_warning item[SQ_MAX_WARNINGS];
};

/* From now on warnings through `err` are collected in `list` too. Its items stay; it must live
 * until sq_warnings_end(), which makes err what it was before. `err` may be NULL: nothing is
 * collected. */
void sq_warnings_begin(struct sq_error *err, struct sq_warnings *list);
void sq_warnings_end(struct sq_error *err, struct sq_warnings *list);

/* How sentences for this list name options: as its outermost list says. `list` may be NULL. */
enum sq_option_names sq_warnings_names(const struct sq_warnings *list);

/* Are warnings in this list errors, as its outermost list says? `list` may be NULL. */
int sq_warnings_are_strict(const struct sq_warnings *list);

/* Add every item of `from` to `list` that it does not hold; nothing is passed on. */
void sq_warnings_add(struct sq_warnings *list, const struct sq_warnings *from);

/* Warn again of everything in `list`; the first error of sq_warn(), or SQ_OK. */
int sq_warnings_repeat(struct sq_error *err, const struct sq_warnings *list);

#endif
