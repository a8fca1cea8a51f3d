#include "sim/analysis/scope/figure_json.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBER_TEXT = 32 };

/* The shorter of 15 and 17 digits that reads back as the same number, "null" for none. */
static void print_real(char text[NUMBER_TEXT], double value)
{
    if (!isfinite(value))
        snprintf(text, NUMBER_TEXT, "null");
    else if (snprintf(text, NUMBER_TEXT, "%.15g", value) > 0 && strtod(text, NULL) != value)
        snprintf(text, NUMBER_TEXT, "%.17g", value);
}

void sq_put_count(cJSON *to, const char *key, uint64_t count)
{
    char text[NUMBER_TEXT];
    snprintf(text, sizeof text, "%" PRIu64, count);
    sq_json_add_raw(to, key, text);
}

void sq_put_real(cJSON *to, const char *key, double value)
{
    char text[NUMBER_TEXT];
    print_real(text, value);
    sq_json_add_raw(to, key, text);
}

/* A list under way, as one raw text: a node for each number would cost 100 bytes. */
struct list {
    char *text; /* NULL: out of memory */
    size_t at;
};

static struct list list_begin(size_t n)
{
    struct list list = {malloc((n + 1) * NUMBER_TEXT + 3), 1};
    if (list.text != NULL)
        list.text[0] = '[';
    return list;
}

static void list_add(struct list *list, const char *number)
{
    if (list->text == NULL)
        return;
    if (list->at > 1)
        list->text[list->at++] = ',';
    const size_t n = strlen(number);
    memcpy(list->text + list->at, number, n + 1);
    list->at += n;
}

/* The finished item, which frees the text. */
static cJSON *list_end(struct list *list)
{
    if (list->text == NULL)
        return NULL;
    list->text[list->at] = ']';
    list->text[list->at + 1] = '\0';
    cJSON *item = cJSON_CreateRaw(list->text);
    free(list->text);
    return item;
}

static cJSON *counts(const uint64_t *count, size_t n, size_t stride)
{
    struct list list = list_begin(n);
    for (size_t i = 0; i < n; i++) {
        char text[NUMBER_TEXT];
        snprintf(text, sizeof text, "%" PRIu64, count[i * stride]);
        list_add(&list, text);
    }
    return list_end(&list);
}

static cJSON *reals(const double *value, size_t n)
{
    struct list list = list_begin(n);
    for (size_t i = 0; i < n; i++) {
        char text[NUMBER_TEXT];
        print_real(text, value[i]);
        list_add(&list, text);
    }
    return list_end(&list);
}

cJSON *sq_counts_item(const uint64_t *count, size_t n)
{
    return counts(count, n, 1);
}

void sq_put_counts(cJSON *to, const char *key, const uint64_t *count, size_t n, size_t stride)
{
    sq_json_add_item(to, key, counts(count, n, stride));
}

void sq_put_reals(cJSON *to, const char *key, const double *value, size_t n)
{
    sq_json_add_item(to, key, reals(value, n));
}

void sq_put_count_rows(cJSON *to, const char *key, const uint64_t *count, size_t n_rows,
                       size_t n_columns)
{
    cJSON *rows = sq_json_add_array(to, key);
    for (size_t i = 0; i < n_rows; i++)
        sq_json_append(rows, counts(count + i * n_columns, n_columns, 1));
}

void sq_put_real_rows(cJSON *to, const char *key, const double *value, size_t n_rows,
                      size_t n_columns)
{
    cJSON *rows = sq_json_add_array(to, key);
    for (size_t i = 0; i < n_rows; i++)
        sq_json_append(rows, reals(value + i * n_columns, n_columns));
}

void sq_put_share(cJSON *to, const char *key, uint64_t part, uint64_t whole)
{
    sq_put_real(to, key, whole > 0 ? (double)part / (double)whole : NAN);
}

/* Mean, deviation and interval of one number a sample. The variance is of exact whole numbers:
 * n * squares - sum^2 over n (n - 1). */
static void describe(double out[4], const uint64_t moments[2], uint64_t n, double per)
{
    const double mean = (double)moments[0] / ((double)n * per);
    out[0] = n > 0 ? mean : NAN;
    out[1] = out[2] = out[3] = NAN;
    if (n < 2)
        return;
    const unsigned __int128 spread =
        (unsigned __int128)n * moments[1] - (unsigned __int128)moments[0] * moments[0];
    const double sd = sqrt((double)spread / ((double)n * (double)(n - 1))) / per;
    const double half = SQ_NORMAL_975 * sd / sqrt((double)n);
    out[1] = sd;
    out[2] = fmax(mean - half, 0);
    out[3] = fmin(mean + half, 1);
}

static const char *const member[4] = {"mean", "sd", "low", "high"};

void sq_put_moments(cJSON *to, const char *key, const uint64_t *moments, uint64_t n, double per)
{
    double value[4];
    cJSON *object = sq_json_add_object(to, key);
    describe(value, moments, n, per);
    for (int i = 0; i < 4; i++)
        sq_put_real(object, member[i], value[i]);
}

cJSON *sq_put_moment_arrays(cJSON *to, const char *key, const uint64_t *moments, size_t n_items,
                            const uint64_t *n, size_t n_stride, double per)
{
    double *value = malloc(4 * n_items * sizeof *value + 1);
    cJSON *object = sq_json_add_object(to, key);
    if (value == NULL) {
        sq_json_fail(to);
        return object;
    }
    for (size_t i = 0; i < n_items; i++) {
        double one[4];
        describe(one, moments + SQ_MOMENTS * i, n[i * n_stride], per);
        for (int j = 0; j < 4; j++)
            value[(size_t)j * n_items + i] = one[j];
    }
    for (int j = 0; j < 4; j++)
        sq_put_reals(object, member[j], value + (size_t)j * n_items, n_items);
    free(value);
    return object;
}

void sq_wilson(uint64_t part, uint64_t whole, double interval[2])
{
    const double n = (double)whole, p = (double)part / n, z = SQ_NORMAL_975;
    const double centre = p + z * z / (2 * n), shrink = 1 + z * z / n;
    const double half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n));
    interval[0] = part > 0 ? (centre - half) / shrink : 0;
    interval[1] = part < whole ? (centre + half) / shrink : 1;
}

void sq_put_proportion(cJSON *to, const char *key, uint64_t part, uint64_t whole)
{
    double interval[2];
    cJSON *object = sq_json_add_object(to, key);
    sq_wilson(part, whole, interval);
    sq_put_real(object, "value", (double)part / (double)whole);
    sq_put_real(object, "low", interval[0]);
    sq_put_real(object, "high", interval[1]);
}

void sq_put_proportions(cJSON *to, const char *key, const uint64_t *part, const uint64_t *whole,
                        size_t n)
{
    static const char *const each[3] = {"value", "low", "high"};
    double *value = malloc(3 * n * sizeof *value + 1);
    cJSON *object = sq_json_add_object(to, key);
    if (value == NULL) {
        sq_json_fail(to);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        double interval[2] = {NAN, NAN};
        if (whole[i] > 0)
            sq_wilson(part[i], whole[i], interval);
        value[i] = whole[i] > 0 ? (double)part[i] / (double)whole[i] : NAN;
        value[n + i] = interval[0];
        value[2 * n + i] = interval[1];
    }
    for (size_t j = 0; j < 3; j++)
        sq_put_reals(object, each[j], value + j * n, n);
    free(value);
}

void sq_put_note(cJSON *notes, const char *measure, const char *format, ...)
{
    char reason[512];
    va_list args;
    va_start(args, format);
    vsnprintf(reason, sizeof reason, format, args);
    va_end(args);
    cJSON *note = cJSON_CreateObject();
    sq_json_add_text(note, "measure", measure);
    sq_json_add_text(note, "reason", reason);
    sq_json_append(notes, note);
}
