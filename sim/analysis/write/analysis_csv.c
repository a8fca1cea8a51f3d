/* An analysis as CSV files, one a table. */
#include "sim/analysis/write/analysis_forms.h"
#include "sim/analysis/write/analysis_read.h"
#include "sim/analysis/write/csv_rows.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* Blocks of attention have numbers for names. */
static const char *name_of(const cJSON *object, char text[16])
{
    const cJSON *block = sq_at(object, "block");
    if (!cJSON_IsNumber(block))
        return sq_text_at(object, "name");
    snprintf(text, 16, "%d", block->valueint);
    return text;
}

static int save_table(struct sq_error *err, const cJSON *root, const struct sq_csv_table *which,
                      const char *directory)
{
    struct sq_csv_out csv;
    const int status = sq_csv_begin(err, &csv, which->header);
    if (status != SQ_OK)
        return status;
    for (const cJSON *trace = sq_first(root, "traces"); trace != NULL; trace = trace->next) {
        struct sq_csv_head head = {sq_text_at(trace, "trace"), NULL, sq_at(trace, "class_names")};
        char number[16];
        if (which->list == NULL) {
            which->put(&csv, &head, trace);
            continue;
        }
        for (const cJSON *item = sq_first(trace, which->list); item; item = item->next) {
            head.name = name_of(item, number);
            which->put(&csv, &head, item);
        }
    }
    return sq_csv_save(err, &csv, directory, which->file);
}

static int save_comparisons(struct sq_error *err, const cJSON *root, const char *directory)
{
    static const char *const path[] = {
        "measure", "population", "base", "other", "difference", "low", "high", "significant", NULL};
    struct sq_csv_out csv;
    const int status = sq_csv_begin(
        err, &csv, "other_trace,measure,population,base,other,difference,low,high,significant");
    if (status != SQ_OK)
        return status;
    for (const cJSON *item = sq_first(root, "comparisons"); item != NULL; item = item->next) {
        const cJSON *other = sq_other(root, item);
        const struct sq_csv_head head = {sq_text_at(other, "trace"), NULL, NULL};
        sq_csv_objects(&csv, &head, NULL, sq_at(item, "rows"), path);
    }
    return sq_csv_save(err, &csv, directory, "comparisons.csv");
}

int sq_analysis_csv(struct sq_error *err, const char *json, const char *directory)
{
    cJSON *root;
    int status = sq_analysis_parse(err, json, &root);
    if (status != SQ_OK)
        return status;
    if (mkdir(directory, 0777) != 0 && errno != EEXIST)
        status = sq_fail(err, SQ_EIO, "%s: cannot be made: %s", directory, strerror(errno));
    for (const struct sq_csv_table *which = sq_csv_table; status == SQ_OK && which->file; which++)
        status = save_table(err, root, which, directory);
    if (status == SQ_OK)
        status = save_comparisons(err, root, directory);
    cJSON_Delete(root);
    return status;
}
