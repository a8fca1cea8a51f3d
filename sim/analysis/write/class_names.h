/* Names of classes: a text file, one name a line, class 0 first. */
#ifndef SQ_CLASS_NAMES_H
#define SQ_CLASS_NAMES_H

#include "sim/analysis/scope/scope.h"
#include "sim/json/json.h"

struct sq_class_names {
    const char *path; /* not owned; NULL: no names were given */
    size_t n;
    char **name; /* [n]: UTF-8 without control characters, none empty, of any language */
};

/* Read a file of names. A byte order mark, spaces around a name, line ends of Windows and empty
 * lines at the end are not part of a name; two classes may have one name. SQ_EIO, SQ_ENOMEM;
 * SQ_EFORMAT names the line: not UTF-8 text, empty, or too long. sq_class_names_free() in every
 * case. `path` outlives the names. */
int sq_class_names_read(struct sq_error *err, const char *path, struct sq_class_names *names);
void sq_class_names_free(struct sq_class_names *names);

/* Are there as many names as the trace has classes? Where neither logits nor a configuration say
 * how many those are, every label and prediction must have a name. SQ_ESHAPE gives both numbers. */
int sq_class_names_check(struct sq_error *err, const struct sq_class_names *names,
                         const struct sq_scope *scope);

/* Is any sample's class known, as a label or a prediction? If not, names are useless. */
int sq_class_names_apply(const struct sq_scope *scope);

/* "class_names": ["T-shirt", ...]; nothing where none were given. */
void sq_class_names_write(cJSON *to, const struct sq_class_names *names);

#endif
