/* The essentials of an analysis for a terminal. */
#include "sim/analysis/write/analysis_forms.h"
#include "sim/analysis/write/analysis_read.h"
#include "sim/analysis/write/table_page.h"

#include <math.h>
#include <stdlib.h>

/* "1 sample", "2 samples" */
static const char *plural(double n)
{
    return n == 1 ? "" : "s";
}

static void put_summary(const struct sq_table_page *page, const cJSON *trace)
{
    fprintf(page->to, "trace     %s\n", sq_text_at(trace, "trace"));
    const char *config = sq_text_at(trace, "run/config");
    if (config[0] != '\0')
        fprintf(page->to, "network   %s (%s)\n", config, sq_text_at(trace, "run/architecture"));
    const double timesteps = sq_number_at(trace, "timesteps");
    fprintf(page->to, "samples   %.0f, %.0f timestep%s\n", sq_number_at(trace, "samples"),
            timesteps, plural(timesteps));
    if (isfinite(sq_number_at(trace, "accuracy/value")))
        fprintf(page->to, "accuracy  %.4f (95 %% interval %.4f to %.4f)\n",
                sq_number_at(trace, "accuracy/value"), sq_number_at(trace, "accuracy/low"),
                sq_number_at(trace, "accuracy/high"));
}

static void put_notes(const struct sq_table_page *page, const cJSON *notes)
{
    if (sq_first(notes, "") == NULL)
        return;
    sq_page_title(page, "not computed");
    for (const cJSON *item = sq_first(notes, ""); item != NULL; item = item->next)
        fprintf(page->to, "%s: %s\n", sq_text_at(item, "measure"), sq_text_at(item, "reason"));
}

static void put_trace(const struct sq_table_page *page, const cJSON *trace)
{
    put_summary(page, trace);
    sq_page_classes(page, trace);
    sq_page_rates(page, trace);
    sq_page_structure(page, trace);
    sq_page_attention(page, trace);
    sq_page_decision(page, trace);
    sq_page_cost(page, trace);
    put_notes(page, sq_at(trace, "notes"));
}

static void put_comparison(const struct sq_table_page *page, const cJSON *root,
                           const cJSON *comparison)
{
    const cJSON *other = sq_other(root, comparison);
    const double n = sq_number_at(comparison, "paired_samples");
    fprintf(page->to, "\n%s less %s, %.0f sample%s in pairs\n", sq_text_at(other, "trace"),
            sq_text_at(sq_first(root, "traces"), "trace"), n, plural(n));
    fprintf(page->to, "%-33s %-*s %13s %13s %13s  95 %% interval\n", "measure", SQ_PAGE_NAME,
            "population", "base", "other", "difference");
    for (const cJSON *row = sq_first(comparison, "rows"); row != NULL; row = row->next) {
        fprintf(page->to, "%-33s %-*s %13.6g %13.6g %+13.6g", sq_text_at(row, "measure"),
                SQ_PAGE_NAME, sq_text_at(row, "population"), sq_number_at(row, "base"),
                sq_number_at(row, "other"), sq_number_at(row, "difference"));
        if (isfinite(sq_number_at(row, "low")))
            fprintf(page->to, "  %+.6g to %+.6g%s", sq_number_at(row, "low"),
                    sq_number_at(row, "high"), cJSON_IsTrue(sq_at(row, "significant")) ? " *" : "");
        fputc('\n', page->to);
    }
    fputs(
        "* the interval leaves out 0: significant at 5 %, each row by itself (paired bootstrap)\n",
        page->to);
    put_notes(page, sq_at(comparison, "notes"));
}

int sq_analysis_table(struct sq_error *err, const char *json, unsigned top, int is_colour,
                      char **text)
{
    cJSON *root;
    const int status = sq_analysis_parse(err, json, &root);
    if (status != SQ_OK)
        return status;
    struct sq_text lines;
    const struct sq_table_page page = {sq_text_open(&lines), &lines, top, is_colour};
    const cJSON *trace = page.to != NULL ? sq_first(root, "traces") : NULL;
    for (int is_next = 0; trace != NULL; trace = trace->next, is_next = 1) {
        fputs(is_next ? "\n" : "", page.to);
        put_trace(&page, trace);
    }
    const cJSON *first = page.to != NULL ? sq_first(root, "comparisons") : NULL;
    for (const cJSON *item = first; item != NULL; item = item->next)
        put_comparison(&page, root, item);
    cJSON_Delete(root);
    *text = page.to != NULL ? sq_text_close(&lines, NULL) : NULL;
    return *text != NULL ? SQ_OK : sq_fail(err, SQ_ENOMEM, "out of memory for the tables");
}
