/* Readable forms of an analysis, each made from its JSON text. */
#ifndef SQ_ANALYSIS_FORMS_H
#define SQ_ANALYSIS_FORMS_H

#include "kernels/base/status.h"

/* Tables as CSV files below `directory`, which is made where it is missing. SQ_EFORMAT: not JSON of
 * an analysis, here and below; SQ_EIO; SQ_ENOMEM. */
int sq_analysis_csv(struct sq_error *err, const char *json, const char *directory);

/* The essentials for a terminal. *text is freed by the caller, here and below. SQ_ENOMEM.
 *   top   rows of classes and of layers by cost; 0: all */
int sq_analysis_table(struct sq_error *err, const char *json, unsigned top, int is_colour,
                      char **text);

/* One HTML file with charts and tables (sim/analysis/page). SQ_ENOMEM. */
int sq_analysis_html(struct sq_error *err, const char *json, char **text);

#endif
