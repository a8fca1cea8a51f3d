/* The report's member "each": one array a figure, one number a sample. */
#include "kernels/base/text.h"
#include "sim/account/price/samples.h"
#include "sim/json/decimal.h"
#include "sim/json/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { MAX_LABEL = 65535 };

static double get_id(const struct sq_sample *s)
{
    return (double)s->id;
}

static double get_label(const struct sq_sample *s)
{
    return (double)s->label;
}

static double get_spikes(const struct sq_sample *s)
{
    return (double)s->spikes;
}

static double get_silent(const struct sq_sample *s)
{
    return (double)s->silent;
}

static double get_acs(const struct sq_sample *s)
{
    return (double)s->acs;
}

static double get_macs(const struct sq_sample *s)
{
    return (double)s->macs;
}

static double get_paper_acs(const struct sq_sample *s)
{
    return s->paper_acs;
}

static double get_paper_macs(const struct sq_sample *s)
{
    return s->paper_macs;
}

enum { ID, LABEL, SPIKES, SILENT, ACS, MACS, PAPER_ACS, PAPER_MACS, FIELDS };

static const struct {
    const char *key;
    double (*get)(const struct sq_sample *s);
    int is_whole;
    double least, most;
} field[FIELDS] = {
    [ID] = {"sample", get_id, 1, 0, 0x1p53},
    [LABEL] = {"label", get_label, 1, -1, MAX_LABEL},
    [SPIKES] = {"spikes", get_spikes, 1, 0, 0x1p53},
    [SILENT] = {"silent", get_silent, 1, 0, 0x1p53},
    [ACS] = {"acs", get_acs, 1, 0, 0x1p53},
    [MACS] = {"macs", get_macs, 1, 0, 0x1p53},
    [PAPER_ACS] = {"paper_acs", get_paper_acs, 0, 0, 1e18},
    [PAPER_MACS] = {"paper_macs", get_paper_macs, 0, 0, 1e18},
};

/* A column as one raw text: cJSON would hold an item for each number. */
static void add_column(cJSON *each, const struct sq_samples *samples, int f)
{
    char number[SQ_DECIMAL_BYTES];
    struct sq_text column;
    FILE *to = sq_text_open(&column);
    if (to == NULL) {
        sq_json_fail(each);
        return;
    }
    for (size_t i = 0; i < samples->n; i++) {
        const double value = field[f].get(&samples->sample[i]);
        fputc(i > 0 ? ',' : '[', to);
        if (field[f].is_whole)
            fprintf(to, "%.0f", value);
        else
            fputs(sq_decimal(number, value), to);
    }
    fputs(samples->n > 0 ? "]" : "[]", to);
    char *text = sq_text_close(&column, NULL);
    sq_json_add_raw(each, field[f].key, text);
    free(text);
}

/* Are the samples 0, 1, 2 ...? */
static int are_first(const struct sq_samples *samples)
{
    return samples->n == 0 || samples->sample[samples->n - 1].id == samples->n - 1;
}

cJSON *sq_samples_to_json(const struct sq_samples *samples)
{
    cJSON *each = cJSON_CreateObject();
    for (int f = are_first(samples) ? LABEL : ID; f < FIELDS; f++)
        add_column(each, samples, f);
    return each;
}

static void set_field(struct sq_sample *s, int f, double value)
{
    switch (f) {
    case ID:
        s->id = (uint64_t)value;
        break;
    case LABEL:
        s->label = (int64_t)value;
        break;
    case SPIKES:
        s->spikes = (uint64_t)value;
        break;
    case SILENT:
        s->silent = (uint64_t)value;
        break;
    case ACS:
        s->acs = (uint64_t)value;
        break;
    case MACS:
        s->macs = (uint64_t)value;
        break;
    case PAPER_ACS:
        s->paper_acs = value;
        break;
    default:
        s->paper_macs = value;
    }
}

static int read_column(struct sq_error *err, const char *path, const cJSON *each, int f,
                       struct sq_samples *out)
{
    const cJSON *column = cJSON_GetObjectItemCaseSensitive(each, field[f].key), *item;
    const int n = cJSON_GetArraySize(column);
    size_t i = 0;
    if (!cJSON_IsArray(column) || (size_t)n != out->n)
        return sq_fail(err, SQ_ESHAPE,
                       "%s: each.%s: %d numbers, expected one for each of %zu "
                       "samples",
                       path, field[f].key, n, out->n);
    cJSON_ArrayForEach(item, column)
    {
        const double value = cJSON_IsNumber(item) ? item->valuedouble : NAN;
        if (!(value >= field[f].least && value <= field[f].most) ||
            (field[f].is_whole && value != floor(value)))
            return sq_fail(err, SQ_EVALUE, "%s: each.%s: sample %zu: %g, expected %g to %g", path,
                           field[f].key, i, value, field[f].least, field[f].most);
        set_field(&out->sample[i++], f, value);
    }
    return SQ_OK;
}

/* Ids, which ascend; without them 0, 1, 2 ... */
static int read_ids(struct sq_error *err, const char *path, const cJSON *each,
                    struct sq_samples *out)
{
    for (size_t i = 0; i < out->n; i++)
        out->sample[i].id = i;
    if (!cJSON_HasObjectItem(each, field[ID].key))
        return SQ_OK;
    const int rc = read_column(err, path, each, ID, out);
    for (size_t i = 1; rc == SQ_OK && i < out->n; i++)
        if (out->sample[i].id <= out->sample[i - 1].id)
            return sq_fail(err, SQ_EVALUE, "%s: each.%s: number %zu does not ascend", path,
                           field[ID].key, i);
    return rc;
}

int sq_samples_from_report(struct sq_error *err, const char *path, const cJSON *report,
                           uint64_t n_samples, struct sq_samples *out)
{
    const cJSON *each = cJSON_GetObjectItemCaseSensitive(report, "each");
    int rc = SQ_OK;
    if (each == NULL)
        return SQ_OK;
    const int n = cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(each, field[LABEL].key));
    if ((uint64_t)n != n_samples)
        return sq_fail(err, SQ_ESHAPE,
                       "%s: each.label: %d numbers, expected one for each of %llu "
                       "samples",
                       path, n, (unsigned long long)n_samples);
    out->sample = calloc((size_t)n + 1, sizeof *out->sample);
    if (out->sample == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", path);
    out->n = out->room = (size_t)n;
    for (int f = LABEL; rc == SQ_OK && f < FIELDS; f++)
        rc = read_column(err, path, each, f, out);
    if (rc == SQ_OK)
        rc = read_ids(err, path, each, out);
    return rc;
}
