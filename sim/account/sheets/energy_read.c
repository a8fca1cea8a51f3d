/* Reports as sources. */
#include "sim/account/count/counters_json.h"
#include "sim/account/sheets/counters_read.h"
#include "sim/account/sheets/energy.h"
#include "sim/json/json.h"
#include "sim/json/warnings_json.h"
#include "traces/files/whole_file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const size_t MAX_BYTES = (size_t)1 << 28;

/* "fixed", or what a trace notes: "fixed weights=8 ...". */
static int is_fixed(const cJSON *report)
{
    const char *arith = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(report, "arith"));
    return arith != NULL && strncmp(arith, "fixed", 5) == 0;
}

/* A whole number of the report, 0 where it has none. */
static uint64_t number_of(const cJSON *object, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    return cJSON_IsNumber(item) && item->valuedouble >= 0 && item->valuedouble < 0x1p53
               ? (uint64_t)item->valuedouble
               : 0;
}

/* Parameters and accuracy, for tables of several models. */
static void read_model(const cJSON *report, struct sq_source *out)
{
    const cJSON *accuracy = cJSON_GetObjectItemCaseSensitive(report, "accuracy");
    out->parameters = number_of(cJSON_GetObjectItemCaseSensitive(report, "model"), "parameters");
    out->n_correct = number_of(report, "correct");
    if (cJSON_IsNumber(accuracy))
        out->n_labelled = accuracy->valuedouble > 0
                              ? (uint64_t)llround((double)out->n_correct / accuracy->valuedouble)
                              : out->counters.n_samples;
}

int sq_energy_read_report(struct sq_error *err, const char *path, const char *text,
                          struct sq_source *out)
{
    char *own = NULL;
    size_t size = text != NULL ? strlen(text) : 0;
    int rc = text != NULL ? SQ_OK
                          : sq_file_read(err, path, MAX_BYTES, "larger than 256 MiB", &own, &size);
    const char *end;
    cJSON *report = NULL;
    if (rc == SQ_OK) {
        int no_memory;
        report = sq_json_parse(text != NULL ? text : own, size, &end, &no_memory);
        if (no_memory)
            rc = sq_fail(err, SQ_ENOMEM, "%s: out of memory", path);
        else if (!cJSON_IsObject(report))
            rc = sq_fail(err, SQ_EFORMAT, "%s: not a JSON object, expected a report of spikeq run",
                         path);
    }
    if (rc == SQ_OK)
        rc = sq_counters_from_report(err, path, report, &out->counters);
    if (rc == SQ_OK)
        rc = sq_samples_from_report(err, path, report, out->counters.n_samples, &out->samples);
    if (rc == SQ_OK && out->counters.n_samples == 0)
        rc = sq_fail(err, SQ_EVALUE, "%s: counters.samples: 0, expected 1 or more", path);
    if (rc == SQ_OK)
        rc = sq_warnings_from_json(err, path, cJSON_GetObjectItemCaseSensitive(report, "warnings"),
                                   NULL);
    if (rc == SQ_OK)
        read_model(report, out);
    out->has_counts = 1;
    out->is_fixed = is_fixed(report);
    cJSON_Delete(report);
    free(own);
    return rc;
}
