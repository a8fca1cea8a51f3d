/* The counters of a report, and of a configuration without counts. */
#ifndef SQ_COUNTERS_READ_H
#define SQ_COUNTERS_READ_H

#include "sim/account/count/counters.h"
#include "sim/config/config.h"

#include "sim/json/json.h"

/* Read a whole report. `path` begins the error sentences; *out zeroed, sq_counters_free() frees it,
 * also after a failure. SQ_EFORMAT (no report, no counters), SQ_EUNSUPPORTED (a newer version),
 * SQ_ESHAPE (counters of another network), SQ_EVALUE (counts that cannot be). */
int sq_counters_from_report(struct sq_error *err, const char *path, const cJSON *report,
                            struct sq_counters *out);

/* The operations of a complete configuration, with empty counts; *out zeroed. What
 * sq_graph_from_config() and sq_counters_from_graph() refuse. */
int sq_counters_from_config(struct sq_error *err, const struct sq_config *config,
                            struct sq_counters *out);

#endif
