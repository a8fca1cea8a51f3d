/* Reading an analysis back from its JSON text, for tables and CSV files. */
#ifndef SQ_ANALYSIS_READ_H
#define SQ_ANALYSIS_READ_H

#include "kernels/base/status.h"
#include "sim/json/json.h"

/* Parse; the caller deletes *root. SQ_EFORMAT: no analysis. */
int sq_analysis_parse(struct sq_error *err, const char *json, cJSON **root);

/* Member at a path of keys "structure/zero_tiles"; NULL: not there. */
const cJSON *sq_at(const cJSON *object, const char *path);

/* First item of the list at a path; NULL where there is none. */
const cJSON *sq_first(const cJSON *object, const char *path);

/* The same as a number; NaN where it is not one. */
double sq_number_at(const cJSON *object, const char *path);

/* The same as a text; "" where it is not one. */
const char *sq_text_at(const cJSON *object, const char *path);

/* Name of a class in a list "class_names"; "" where the list is NULL or has no such place. */
const char *sq_class_name(const cJSON *class_names, double number);

/* The trace that a comparison belongs to, or NULL. */
const cJSON *sq_other(const cJSON *root, const cJSON *comparison);

#endif
