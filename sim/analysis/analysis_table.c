/* The essentials of an analysis for a terminal. */
#include "sim/analysis/analysis_read.h"
#include "sim/context.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BAR = 20, NAME = 24 };

struct page {
    FILE *to;
    const struct spikeq_table_options *options;
};

/* A number in its column, or a dash where there is none. */
static void put_number(const struct page *page, int width, int digits, double value)
{
    if (isfinite(value))
        fprintf(page->to, " %*.*f", width, digits, value);
    else
        fprintf(page->to, " %*s", width, "-");
}

/* Eighths of a block in colour, or whole signs of plain ASCII; always BAR columns wide. */
static void put_bar(const struct page *page, double value, double most)
{
    static const char *const eighth[] = {"",       "\u258f", "\u258e", "\u258d",
                                         "\u258c", "\u258b", "\u258a", "\u2589"};
    const double share = isfinite(value) && most > 0 ? value / most : 0;
    if (!page->options->is_colour) {
        const int n = (int)lround(share * BAR);
        fprintf(page->to, " |%.*s%*s|", n, "####################", BAR - n, "");
        return;
    }
    const int n = (int)lround(share * BAR * 8), rest = n % 8;
    fputs(" \033[36m", page->to);
    for (int i = 0; i < n / 8; i++)
        fputs("\u2588", page->to);
    fprintf(page->to, "%s\033[0m%*s", eighth[rest], BAR - n / 8 - (rest > 0), "");
}

static void put_title(const struct page *page, const char *title)
{
    fprintf(page->to, page->options->is_colour ? "\n\033[1m%s\033[0m\n" : "\n%s\n", title);
}

static void put_summary(const struct page *page, const cJSON *trace)
{
    fprintf(page->to, "trace     %s\n", sq_text_at(trace, "trace"));
    const char *config = sq_text_at(trace, "run/config");
    if (config[0] != '\0')
        fprintf(page->to, "network   %s (%s layout)\n", config, sq_text_at(trace, "run/layout"));
    fprintf(page->to, "samples   %.0f, %.0f timesteps\n", sq_number_at(trace, "samples"),
            sq_number_at(trace, "timesteps"));
    if (isfinite(sq_number_at(trace, "accuracy/value")))
        fprintf(page->to, "accuracy  %.4f (95 %% interval %.4f to %.4f)\n",
                sq_number_at(trace, "accuracy/value"), sq_number_at(trace, "accuracy/low"),
                sq_number_at(trace, "accuracy/high"));
}

static double largest(const cJSON *list, const char *path)
{
    double most = 0;
    for (const cJSON *item = list->child; item != NULL; item = item->next)
        most = fmax(most, sq_number_at(item, path)); /* fmax() passes over NaN */
    return most;
}

/* Half of the interval of the mean rate, in percent, as long as 0 .. 1 does not cut it. */
static double half_interval(const cJSON *population)
{
    return 50 * (sq_number_at(population, "rate/high") - sq_number_at(population, "rate/low"));
}

static void put_rates(const struct page *page, const cJSON *trace)
{
    const cJSON *list = sq_at(trace, "populations");
    const double most = largest(list, "rate/mean");
    put_title(page, "firing rates, %: mean, half of the 95 % interval, each timestep");
    for (const cJSON *item = list->child; item != NULL; item = item->next) {
        const double rate = sq_number_at(item, "rate/mean");
        const cJSON *per = sq_at(item, "rate_per_timestep/mean");
        fprintf(page->to, "%-*s", NAME, sq_text_at(item, "name"));
        put_number(page, 7, 3, 100 * rate);
        put_number(page, 7, 3, half_interval(item));
        put_bar(page, rate, most);
        for (const cJSON *t = per->child; t != NULL; t = t->next)
            put_number(page, 6, 2, 100 * t->valuedouble);
        fputc('\n', page->to);
    }
}

/* Share of zero tiles or vectors of that width. */
static double zero_share(const cJSON *population, const char *path, double width)
{
    const cJSON *list = sq_at(population, path);
    for (const cJSON *item = list != NULL ? list->child : NULL; item != NULL; item = item->next)
        if (sq_number_at(item, "width") == width)
            return sq_number_at(item, "zero_share");
    return NAN;
}

static double utilisation(const cJSON *population, double elements)
{
    const cJSON *list = sq_at(population, "structure/load_balance");
    for (const cJSON *item = list != NULL ? list->child : NULL; item != NULL; item = item->next)
        if (sq_number_at(item, "processing_elements") == elements)
            return sq_number_at(item, "utilisation");
    return NAN;
}

static void put_structure(const struct page *page, const cJSON *trace)
{
    const cJSON *list = sq_at(trace, "populations");
    if (sq_at(list->child, "structure") == NULL)
        return;
    put_title(page, "sparsity");
    fprintf(page->to, "%-*s %7s %7s %8s %7s %7s %7s %7s %7s %7s\n", NAME, "population", "silent",
            "gini", "lifetime", "zero 8", "zero 64", "tile 8", "use 16", "changes", "reuse");
    fprintf(page->to, "%-*s %7s %7s %8s %7s %7s %7s %7s %7s %7s\n", NAME, "", "%", "", "sparse.",
            "%", "%", "%", "%", "/spike", "%");
    for (const cJSON *item = list->child; item != NULL; item = item->next) {
        fprintf(page->to, "%-*s", NAME, sq_text_at(item, "name"));
        put_number(page, 7, 2,
                   100 * sq_number_at(item, "silent_neurons") / sq_number_at(item, "neurons"));
        put_number(page, 7, 3, sq_number_at(item, "spread/gini"));
        put_number(page, 8, 3, sq_number_at(item, "spread/lifetime_sparseness"));
        put_number(page, 7, 2, 100 * zero_share(item, "structure/zero_vectors_along_channels", 8));
        put_number(page, 7, 2, 100 * zero_share(item, "structure/zero_vectors_along_channels", 64));
        put_number(page, 7, 2, 100 * zero_share(item, "structure/zero_tiles", 8));
        put_number(page, 7, 1, 100 * utilisation(item, 16));
        put_number(page, 7, 3, sq_number_at(item, "time/delta_events_per_spike"));
        put_number(page, 7, 2, 100 * sq_number_at(item, "product_sparsity/saved_share"));
        fputc('\n', page->to);
    }
    fputs("zero N: vectors of N channels without a spike; tile 8: 8 tokens x 8 channels; use 16: "
          "rows dealt\nto 16 elements; changes: events of a delta scheme; reuse: additions that "
          "product sparsity saves.\n",
          page->to);
}

static double mean_item(const cJSON *list)
{
    double sum = 0;
    for (const cJSON *item = list != NULL ? list->child : NULL; item != NULL; item = item->next)
        sum += item->valuedouble;
    return sum / cJSON_GetArraySize(list);
}

static void put_attention(const struct page *page, const cJSON *trace)
{
    const cJSON *list = sq_at(trace, "attention");
    if (list == NULL)
        return;
    put_title(page, "attention: scores q k^T and additions per sample of both orders");
    fprintf(page->to, "%-*s %8s %8s %14s %14s\n", NAME, "block", "zero, %", "rows, %", "(q k^T) v",
            "q (k^T v)");
    for (const cJSON *item = list->child; item != NULL; item = item->next) {
        const double n = sq_number_at(trace, "samples");
        fprintf(page->to, "%-*.0f", NAME, sq_number_at(item, "block"));
        put_number(page, 8, 2, 100 * mean_item(sq_at(item, "zero_score_share")));
        put_number(page, 8, 2, 100 * mean_item(sq_at(item, "zero_row_share")));
        put_number(page, 14, 1, sq_number_at(item, "operations/qk_first/additions") / n);
        put_number(page, 14, 1, sq_number_at(item, "operations/kv_first/additions") / n);
        fputc('\n', page->to);
    }
}

static void put_decision(const struct page *page, const cJSON *trace)
{
    const cJSON *list = sq_at(trace, "decision/after_timestep");
    if (list == NULL)
        return;
    put_title(page, "decision after each timestep");
    fprintf(page->to, "%-*s %9s %10s %8s\n", NAME, "timesteps", "accuracy", "agreement", "margin");
    for (const cJSON *item = list->child; item != NULL; item = item->next) {
        fprintf(page->to, "%-*.0f", NAME, sq_number_at(item, "timesteps"));
        put_number(page, 9, 4, sq_number_at(item, "accuracy/value"));
        put_number(page, 10, 4, sq_number_at(item, "agreement_with_last_timestep/value"));
        put_number(page, 8, 4, sq_number_at(item, "mean_margin"));
        fputc('\n', page->to);
    }
}

/* A layer and what it costs. */
struct layer {
    const char *name;
    double cost;
};

static int dearest(const void *a, const void *b)
{
    const struct layer *x = a, *y = b;
    return x->cost != y->cost ? (x->cost < y->cost) - (x->cost > y->cost)
                              : strcmp(x->name, y->name);
}

/* Layers by additions where they were recorded, else populations by spikes. */
static void put_cost(const struct page *page, const cJSON *trace)
{
    const cJSON *layers = sq_at(trace, "cost/layers");
    const cJSON *list = layers != NULL ? layers : sq_at(trace, "populations");
    const char *path = layers != NULL ? "additions" : "spikes";
    const size_t n = (size_t)cJSON_GetArraySize(list);
    struct layer *layer = calloc(n + 1, sizeof *layer);
    double sum = 0;
    size_t i = 0;
    for (const cJSON *item = list->child; layer != NULL && item != NULL; item = item->next, i++) {
        layer[i] = (struct layer){sq_text_at(item, "name"), sq_number_at(item, path)};
        sum += layer[i].cost;
    }
    if (layer == NULL || n == 0)
        goto out;
    qsort(layer, n, sizeof *layer, dearest);
    put_title(page, layers != NULL ? "layers by additions per sample"
                                   : "populations by spikes per sample");
    for (i = 0; i < n && (page->options->top == 0 || i < page->options->top); i++) {
        fprintf(page->to, "%-*s", NAME, layer[i].name);
        put_number(page, 14, 1, layer[i].cost / sq_number_at(trace, "samples"));
        put_number(page, 6, 1, sum > 0 ? 100 * layer[i].cost / sum : NAN);
        fputs(" %", page->to);
        put_bar(page, layer[i].cost, layer[0].cost);
        fputc('\n', page->to);
    }
out:
    free(layer);
}

static void put_notes(const struct page *page, const cJSON *notes)
{
    if (cJSON_GetArraySize(notes) == 0)
        return;
    put_title(page, "not computed");
    for (const cJSON *item = notes->child; item != NULL; item = item->next)
        fprintf(page->to, "%s: %s\n", sq_text_at(item, "measure"), sq_text_at(item, "reason"));
}

static void put_trace(const struct page *page, const cJSON *trace)
{
    put_summary(page, trace);
    put_rates(page, trace);
    put_structure(page, trace);
    put_attention(page, trace);
    put_decision(page, trace);
    put_cost(page, trace);
    put_notes(page, sq_at(trace, "notes"));
}

static void put_comparison(const struct page *page, const cJSON *root, const cJSON *comparison)
{
    const cJSON *traces = sq_at(root, "traces");
    const cJSON *other = cJSON_GetArrayItem(traces, (int)sq_number_at(comparison, "other"));
    fprintf(page->to, "\n%s less %s, %.0f samples in pairs\n", sq_text_at(other, "trace"),
            sq_text_at(traces->child, "trace"), sq_number_at(comparison, "paired_samples"));
    fprintf(page->to, "%-33s %-*s %13s %13s %13s  95 %% interval\n", "measure", NAME, "population",
            "base", "other", "difference");
    for (const cJSON *row = sq_at(comparison, "rows")->child; row != NULL; row = row->next) {
        fprintf(page->to, "%-33s %-*s %13.6g %13.6g %+13.6g", sq_text_at(row, "measure"), NAME,
                sq_text_at(row, "population"), sq_number_at(row, "base"),
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

int spikeq_analysis_table(spikeq_ctx *ctx, const char *json,
                          const struct spikeq_table_options *options, char **text)
{
    cJSON *root;
    size_t size;
    const int status = sq_analysis_parse(&ctx->error, json, &root);
    if (status != SQ_OK)
        return status;
    *text = NULL;
    const struct page page = {open_memstream(text, &size), options};
    const cJSON *trace = page.to != NULL ? sq_at(root, "traces")->child : NULL;
    for (int is_next = 0; trace != NULL; trace = trace->next, is_next = 1) {
        fputs(is_next ? "\n" : "", page.to);
        put_trace(&page, trace);
    }
    const cJSON *list = page.to != NULL ? sq_at(root, "comparisons") : NULL;
    for (const cJSON *item = list != NULL ? list->child : NULL; item != NULL; item = item->next)
        put_comparison(&page, root, item);
    cJSON_Delete(root);
    if (page.to != NULL && fclose(page.to) == 0)
        return SQ_OK;
    free(*text);
    return sq_fail(&ctx->error, SQ_ENOMEM, "out of memory for the tables");
}
