/* Warnings as JSON, [{"name": "zero-weights", "text": "..."}]: member `warnings` of reports, meta
 * `warnings` of traces. */
#ifndef SQ_WARNINGS_JSON_H
#define SQ_WARNINGS_JSON_H

#include "kernels/base/warnings.h"
#include "sim/json/json.h"

/* Where memory ran out, NULL or not whole (sim/json/json.h). */
cJSON *sq_warnings_to_json(const struct sq_warnings *list);

/* The same as one line of text, freed by the caller; *text is NULL where the list is empty.
 * SQ_ENOMEM. */
int sq_warnings_note(struct sq_error *err, const struct sq_warnings *list, char **text);

/* Add what a report lists, and pass it on: a user of its figures is warned again.
 *   json   the list; NULL: the file lists no warnings
 *   list   where they are added; NULL: they are only passed on
 * SQ_EFORMAT: no such list; what sq_warn() says. */
int sq_warnings_from_json(struct sq_error *err, const char *path, const cJSON *json,
                          struct sq_warnings *list);

#endif
