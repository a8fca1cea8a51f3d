/* Confusion: which classes are taken for which. */
#ifndef SQ_CONFUSION_H
#define SQ_CONFUSION_H

#include "sim/analysis/scope/scope.h"
#include "sim/json/json.h"

/* "confusion": its cells that are not 0, and of each class recall and precision, of the samples
 * that have a label and a prediction; nothing where there is no such sample. SQ_ENOMEM. */
int sq_confusion_write(struct sq_error *err, cJSON *to, const struct sq_scope *scope);

#endif
