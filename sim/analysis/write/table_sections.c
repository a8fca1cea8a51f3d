/* The sections of an analysis as tables. */
#include "sim/analysis/write/analysis_read.h"
#include "sim/analysis/write/table_page.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Timesteps that fit on a line. */
enum { MOST_TIMESTEPS = 10 };

/* Largest number at a path of the items of a list. */
static double largest(const cJSON *first, const char *path)
{
    double most = 0;
    for (const cJSON *item = first; item != NULL; item = item->next)
        most = fmax(most, sq_number_at(item, path)); /* fmax() passes over NaN */
    return most;
}

/* Half of the interval of the mean rate, as long as 0 .. 1 does not cut it. */
static double half_interval(const cJSON *population)
{
    return 0.5 * (sq_number_at(population, "rate/high") - sq_number_at(population, "rate/low"));
}

void sq_page_rates(const struct sq_table_page *page, const cJSON *trace)
{
    const cJSON *first = sq_first(trace, "populations");
    const double most = largest(first, "rate/mean");
    sq_page_title(page, "firing rates, %: mean, half of the 95 % interval, each timestep");
    for (const cJSON *item = first; item != NULL; item = item->next) {
        const double rate = sq_number_at(item, "rate/mean");
        fprintf(page->to, "%-*s", SQ_PAGE_NAME, sq_text_at(item, "name"));
        sq_page_percent(page, 7, 3, rate);
        sq_page_percent(page, 7, 3, half_interval(item));
        sq_page_bar(page, rate, most);
        int n_left = MOST_TIMESTEPS;
        const cJSON *t = sq_first(item, "rate_per_timestep/mean");
        for (; t != NULL && n_left > 0; t = t->next, n_left--)
            sq_page_percent(page, 6, 2, t->valuedouble);
        fputs(t != NULL ? " ..." : "", page->to);
        fputc('\n', page->to);
    }
}

/* Share of zero tiles or vectors of that width. */
static double zero_share(const cJSON *population, const char *path, double width)
{
    for (const cJSON *item = sq_first(population, path); item != NULL; item = item->next)
        if (sq_number_at(item, "width") == width)
            return sq_number_at(item, "zero_share");
    return NAN;
}

static double utilisation(const cJSON *population, double elements)
{
    const cJSON *first = sq_first(population, "structure/load_balance");
    for (const cJSON *item = first; item != NULL; item = item->next)
        if (sq_number_at(item, "processing_elements") == elements)
            return sq_number_at(item, "utilisation");
    return NAN;
}

void sq_page_structure(const struct sq_table_page *page, const cJSON *trace)
{
    const cJSON *first = sq_first(trace, "populations");
    if (sq_at(first, "structure") == NULL)
        return;
    sq_page_title(page, "sparsity");
    fprintf(page->to, "%-*s %7s %7s %8s %7s %7s %7s %7s %7s %7s\n", SQ_PAGE_NAME, "population",
            "silent", "gini", "lifetime", "zero 8", "zero 64", "tile 8", "use 16", "changes",
            "reuse");
    fprintf(page->to, "%-*s %7s %7s %8s %7s %7s %7s %7s %7s %7s\n", SQ_PAGE_NAME, "", "%", "",
            "sparse.", "%", "%", "%", "%", "/spike", "%");
    for (const cJSON *item = first; item != NULL; item = item->next) {
        fprintf(page->to, "%-*s", SQ_PAGE_NAME, sq_text_at(item, "name"));
        sq_page_percent(page, 7, 2,
                        sq_number_at(item, "silent_neurons") / sq_number_at(item, "neurons"));
        sq_page_number(page, 7, 3, sq_number_at(item, "spread/gini"));
        sq_page_number(page, 8, 3, sq_number_at(item, "spread/lifetime_sparseness"));
        sq_page_percent(page, 7, 2, zero_share(item, "structure/zero_vectors_along_channels", 8));
        sq_page_percent(page, 7, 2, zero_share(item, "structure/zero_vectors_along_channels", 64));
        sq_page_percent(page, 7, 2, zero_share(item, "structure/zero_tiles", 8));
        sq_page_percent(page, 7, 1, utilisation(item, 16));
        sq_page_number(page, 7, 3, sq_number_at(item, "time/delta_events_per_spike"));
        sq_page_percent(page, 7, 2,
                        sq_number_at(item, "product_sparsity/timesteps_stacked/saved_share"));
        fputc('\n', page->to);
    }
    fputs("zero N: vectors of N channels without a spike; tile 8: 8 tokens x 8 channels; use 16: "
          "rows dealt\nto 16 elements; changes: events of a delta scheme; reuse: additions that "
          "product sparsity saves.\n",
          page->to);
}

/* Mean of a list of numbers. */
static double mean_item(const cJSON *list)
{
    double sum = 0;
    for (const cJSON *item = sq_first(list, ""); item != NULL; item = item->next)
        sum += item->valuedouble;
    return sum / cJSON_GetArraySize(list);
}

void sq_page_attention(const struct sq_table_page *page, const cJSON *trace)
{
    const cJSON *first = sq_first(trace, "attention");
    if (first == NULL)
        return;
    sq_page_title(page, "attention: scores q k^T and additions per sample of both orders");
    fprintf(page->to, "%-*s %8s %8s %14s %14s\n", SQ_PAGE_NAME, "block", "zero, %", "rows, %",
            "(q k^T) v", "q (k^T v)");
    for (const cJSON *item = first; item != NULL; item = item->next) {
        const double n = sq_number_at(trace, "samples");
        fprintf(page->to, "%-*.0f", SQ_PAGE_NAME, sq_number_at(item, "block"));
        sq_page_percent(page, 8, 2, mean_item(sq_at(item, "zero_score_share")));
        sq_page_percent(page, 8, 2, mean_item(sq_at(item, "zero_row_share")));
        sq_page_number(page, 14, 1, sq_number_at(item, "operations/qk_first/additions") / n);
        sq_page_number(page, 14, 1, sq_number_at(item, "operations/kv_first/additions") / n);
        fputc('\n', page->to);
    }
}

void sq_page_decision(const struct sq_table_page *page, const cJSON *trace)
{
    const cJSON *first = sq_first(trace, "decision/after_timestep");
    if (first == NULL)
        return;
    sq_page_title(page, "decision after each timestep");
    fprintf(page->to, "%-*s %9s %10s %8s\n", SQ_PAGE_NAME, "timesteps", "accuracy", "agreement",
            "margin");
    for (const cJSON *item = first; item != NULL; item = item->next) {
        fprintf(page->to, "%-*.0f", SQ_PAGE_NAME, sq_number_at(item, "timesteps"));
        sq_page_number(page, 9, 4, sq_number_at(item, "accuracy/value"));
        sq_page_number(page, 10, 4, sq_number_at(item, "agreement_with_last_timestep/value"));
        sq_page_number(page, 8, 4, sq_number_at(item, "mean_margin"));
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
void sq_page_cost(const struct sq_table_page *page, const cJSON *trace)
{
    const cJSON *layers = sq_at(trace, "cost/layers");
    const cJSON *list = layers != NULL ? layers : sq_at(trace, "populations");
    const char *path = layers != NULL ? "additions" : "spikes";
    const size_t n = (size_t)cJSON_GetArraySize(list);
    struct layer *layer = calloc(n + 1, sizeof *layer);
    if (layer == NULL)
        sq_text_fail(page->text);
    double sum = 0;
    size_t i = 0;
    for (const cJSON *item = sq_first(list, ""); layer != NULL && item != NULL;
         item = item->next, i++) {
        layer[i] = (struct layer){sq_text_at(item, "name"), sq_number_at(item, path)};
        sum += layer[i].cost;
    }
    if (layer == NULL || n == 0)
        goto out;
    qsort(layer, n, sizeof *layer, dearest);
    sq_page_title(page, layers != NULL ? "layers by additions per sample"
                                       : "populations by spikes per sample");
    for (i = 0; i < n && (page->top == 0 || i < page->top); i++) {
        fprintf(page->to, "%-*s", SQ_PAGE_NAME, layer[i].name);
        sq_page_number(page, 14, 1, layer[i].cost / sq_number_at(trace, "samples"));
        sq_page_percent(page, 6, 1, sum > 0 ? layer[i].cost / sum : NAN);
        fputs(" %", page->to);
        sq_page_bar(page, layer[i].cost, layer[0].cost);
        fputc('\n', page->to);
    }
out:
    free(layer);
}
