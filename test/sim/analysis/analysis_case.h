/* Analyses of small traces, and their figures against stored ones. */
#ifndef SQ_TEST_ANALYSIS_CASE_H
#define SQ_TEST_ANALYSIS_CASE_H

#include "sim/api/calls.h"
#include "test/sim/input/temp_files.h"
#include "test/support/golden_trace.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

/* Analyse up to two traces with a model's weights (NULL: none); the text is the caller's. */
static inline char *analyze(const char *first, const char *second, const char *set,
                            unsigned threads)
{
    const char *const traces[2] = {first, second};
    char model[256], config[256], *json;
    struct sq_analyze_choices options = {
        .traces = traces, .n_traces = second != NULL ? 2 : 1, .threads = threads};
    spikeq_ctx *ctx;
    if (set != NULL) {
        snprintf(model, sizeof model, "test/golden/%s/model.safetensors", set);
        snprintf(config, sizeof config, "test/golden/%s/config.json", set);
        options.model = model;
        options.config = config;
    }
    ck_assert_int_eq(spikeq_ctx_new(&ctx), SPIKEQ_OK);
    ck_assert_msg(sq_api_analyze(ctx, &options, &json) == SPIKEQ_OK, "%s", spikeq_error_text(ctx));
    spikeq_ctx_free(ctx);
    return json;
}

/* test/golden/analysis/NAME.json.gz */
static inline cJSON *read_figures(const char *name)
{
    enum { ROOM = 8 << 20 };
    char path[256];
    char *text = malloc(ROOM);
    snprintf(path, sizeof path, "test/golden/analysis/%s.json.gz", name);
    gzFile file = gzopen(path, "rb");
    ck_assert_msg(file != NULL, "%s: cannot be opened; run from the top of the tree", path);
    const int n = gzread(file, text, ROOM - 1);
    ck_assert_int_gt(n, 0);
    gzclose(file);
    text[n] = '\0';
    cJSON *root = cJSON_Parse(text);
    ck_assert_ptr_nonnull(root);
    free(text);
    return root;
}

/* Counts must be equal, other numbers within 1e-12 of their size. */
static inline int same_number(double a, double b)
{
    return a == b ||
           (fabs(a - b) <= 1e-12 * fmax(fabs(a), fabs(b)) && !(a == floor(a) && b == floor(b)));
}

/* Where two trees of figures differ first, and how many leaves were looked at. */
struct figures {
    char difference[700]; /* "": nowhere */
    size_t n;
};

static inline void differ(struct figures *figures, const char *where, const char *how)
{
    if (figures->difference[0] == '\0')
        snprintf(figures->difference, sizeof figures->difference, "%s: %s", where, how);
}

static inline int is_in(const char *const *list, const char *key)
{
    for (; list != NULL && *list != NULL; list++)
        if (strcmp(*list, key) == 0)
            return 1;
    return 0;
}

static inline void compare_figures(struct figures *figures, const cJSON *got, const cJSON *want,
                                   const char *const *skip, const char *where);

static inline void compare_arrays(struct figures *figures, const cJSON *got, const cJSON *want,
                                  const char *where)
{
    char place[512];
    const cJSON *a = got->child, *b = want->child;
    for (size_t i = 0; a != NULL && b != NULL; i++, a = a->next, b = b->next) {
        snprintf(place, sizeof place, "%.400s[%zu]", where, i);
        compare_figures(figures, a, b, NULL, place);
    }
    if (a != b)
        differ(figures, where, "of another length");
}

static inline void compare_objects(struct figures *figures, const cJSON *got, const cJSON *want,
                                   const char *const *skip, const char *where)
{
    char place[512];
    for (const cJSON *item = got->child; item != NULL; item = item->next) {
        const cJSON *other = cJSON_GetObjectItemCaseSensitive(want, item->string);
        snprintf(place, sizeof place, "%.400s.%.100s", where, item->string);
        if (!is_in(skip, item->string))
            compare_figures(figures, item, other, NULL, place);
    }
    for (const cJSON *item = want->child; item != NULL; item = item->next)
        if (!is_in(skip, item->string) &&
            cJSON_GetObjectItemCaseSensitive(got, item->string) == NULL)
            differ(figures, where, item->string);
}

/* Every member of each is in the other and equal, but for those of `skip` at the top. */
static inline void compare_figures(struct figures *figures, const cJSON *got, const cJSON *want,
                                   const char *const *skip, const char *where)
{
    char how[128];
    figures->n++;
    if (got == NULL || want == NULL || (got->type & 0xff) != (want->type & 0xff)) {
        differ(figures, where, "missing, or of another type");
    } else if (cJSON_IsNumber(got) && !same_number(got->valuedouble, want->valuedouble)) {
        snprintf(how, sizeof how, "%.17g, not %.17g", got->valuedouble, want->valuedouble);
        differ(figures, where, how);
    } else if (cJSON_IsString(got) && strcmp(got->valuestring, want->valuestring) != 0) {
        differ(figures, where, "another text");
    } else if (cJSON_IsArray(got)) {
        compare_arrays(figures, got, want, where);
    } else if (cJSON_IsObject(got)) {
        compare_objects(figures, got, want, skip, where);
    }
}

#endif
