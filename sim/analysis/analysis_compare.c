#include "sim/analysis/analysis.h"

#include "sim/analysis/measures/bootstrap.h"
#include "sim/analysis/scope/figure_json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What is compared for each sample. The first column is of the whole sample, the others of a
 * population that both traces have with one shape. */
enum measure { SPIKES, ACCURACY, MARGIN, ADDITIONS, RATE, SPARSENESS, DELTAS };

/* With fewer pairs a bootstrap knows too little of the tails: no verdict. */
enum { FEWEST_PAIRS = 20 };

struct column {
    enum measure measure;
    uint32_t population[2]; /* in base, in other; RATE, SPARSENESS, DELTAS only */
};

struct comparison {
    const struct sq_analysis *side[2];
    size_t n_columns, n_pairs;
    struct column *column;
    uint64_t (*pair)[2]; /* places of the same sample in both */
    double *value[2];    /* [n_pairs][n_columns] */
    double *difference;  /* other less base */
    double *interval;    /* [n_columns][2] */
};

static double value_of(const struct sq_analysis *analysis, uint64_t sample, enum measure measure,
                       uint32_t population)
{
    const struct sq_scope *scope = &analysis->scope;
    const struct sq_scope_sample *of = &scope->sample[sample];
    const uint64_t *each = sq_pass_each(&analysis->pass, scope, sample, population);
    const double per = (double)sq_subject_neurons(&scope->subject[population]) * scope->timesteps;
    uint64_t sum = 0;
    switch (measure) {
    case ACCURACY:
        return of->label == of->prediction;
    case MARGIN:
        return of->margin;
    case RATE:
        return (double)each[SQ_EACH_SPIKES] / per;
    case DELTAS:
        return (double)each[SQ_EACH_DELTAS] / per;
    case SPARSENESS:
        return sq_analysis_sparseness(analysis, sample, population);
    default:
        break;
    }
    const uint64_t *of_timestep =
        measure == SPIKES ? analysis->pass.of_sample : sq_trace_cost_additions(&analysis->cost);
    for (uint32_t t = 0; t < scope->timesteps; t++)
        sum += of_timestep[sample * scope->timesteps + t];
    return (double)sum;
}

/* Is the measure known for every sample? */
static int is_known(const struct sq_analysis *analysis, const struct comparison *comparison,
                    int side, enum measure measure, uint32_t population)
{
    const struct sq_scope *scope = &analysis->scope;
    if ((measure == SPARSENESS || measure == DELTAS) && !scope->has_spikes)
        return 0;
    if (measure == ADDITIONS)
        return analysis->cost.record != NULL;
    for (size_t i = 0; i < comparison->n_pairs; i++) {
        const struct sq_scope_sample *of = &scope->sample[comparison->pair[i][side]];
        if ((measure == ACCURACY && (of->label < 0 || of->prediction < 0)) ||
            (measure == MARGIN && of->margin < 0))
            return 0;
        if (measure == SPARSENESS &&
            !isfinite(sq_analysis_sparseness(analysis, comparison->pair[i][side], population)))
            return 0;
    }
    return 1;
}

static void add_column(struct comparison *comparison, enum measure measure, uint32_t base,
                       uint32_t other)
{
    if (is_known(comparison->side[0], comparison, 0, measure, base) &&
        is_known(comparison->side[1], comparison, 1, measure, other))
        comparison->column[comparison->n_columns++] = (struct column){measure, {base, other}};
}

/* The same population of the other trace, or -1. */
static int64_t counterpart(const struct sq_scope *scope, const struct sq_subject *subject)
{
    for (uint32_t i = 0; i < scope->n_populations; i++)
        if (strcmp(scope->subject[i].name, subject->name) == 0)
            return scope->subject[i].n_rows == subject->n_rows &&
                           scope->subject[i].n_channels == subject->n_channels
                       ? (int64_t)i
                       : -1;
    return -1;
}

static void choose_columns(struct comparison *comparison)
{
    const struct sq_scope *base = &comparison->side[0]->scope;
    for (enum measure measure = SPIKES; measure <= ADDITIONS; measure++)
        add_column(comparison, measure, 0, 0);
    for (uint32_t i = 0; i < base->n_populations; i++) {
        const int64_t other = counterpart(&comparison->side[1]->scope, &base->subject[i]);
        for (enum measure measure = RATE; other >= 0 && measure <= DELTAS; measure++)
            add_column(comparison, measure, i, (uint32_t)other);
    }
}

/* Samples are in ascending order of their numbers. */
static void find_pairs(struct comparison *comparison)
{
    const struct sq_scope *base = &comparison->side[0]->scope;
    const struct sq_scope *other = &comparison->side[1]->scope;
    uint64_t i = 0, j = 0;
    while (i < base->n_samples && j < other->n_samples) {
        const uint64_t a = base->sample[i].id, b = other->sample[j].id;
        if (a == b) {
            comparison->pair[comparison->n_pairs][0] = i;
            comparison->pair[comparison->n_pairs++][1] = j;
        }
        i += a <= b;
        j += b <= a;
    }
}

static void fill_values(struct comparison *comparison)
{
    for (size_t i = 0; i < comparison->n_pairs; i++)
        for (size_t c = 0; c < comparison->n_columns; c++) {
            const struct column *column = &comparison->column[c];
            const size_t at = i * comparison->n_columns + c;
            for (int side = 0; side < 2; side++)
                comparison->value[side][at] =
                    value_of(comparison->side[side], comparison->pair[i][side], column->measure,
                             column->population[side]);
            comparison->difference[at] = comparison->value[1][at] - comparison->value[0][at];
        }
}

static double mean_of(const double *value, size_t n, size_t stride)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += value[i * stride];
    return sum / (double)n;
}

static void put_column(cJSON *list, const struct comparison *comparison, size_t c)
{
    static const char *const name[] = {"spikes_per_sample",
                                       "accuracy",
                                       "logit_margin",
                                       "additions_per_sample",
                                       "rate",
                                       "population_sparseness",
                                       "delta_events_per_neuron_timestep"};
    const struct column *column = &comparison->column[c];
    const double *interval = comparison->interval + 2 * c;
    const size_t n = comparison->n_pairs, stride = comparison->n_columns;
    cJSON *row = cJSON_CreateObject();
    sq_json_append(list, row);
    sq_json_add_text(row, "measure", name[column->measure]);
    if (column->measure >= RATE)
        sq_json_add_text(row, "population",
                         comparison->side[0]->scope.subject[column->population[0]].name);
    sq_put_real(row, "base", mean_of(comparison->value[0] + c, n, stride));
    sq_put_real(row, "other", mean_of(comparison->value[1] + c, n, stride));
    sq_put_real(row, "difference", mean_of(comparison->difference + c, n, stride));
    sq_put_real(row, "low", n > 1 ? interval[0] : NAN);
    sq_put_real(row, "high", n > 1 ? interval[1] : NAN);
    if (n >= FEWEST_PAIRS)
        sq_json_add_bool(row, "significant", interval[0] > 0 || interval[1] < 0);
}

/* Samples of different inputs are not pairs, whatever their numbers. */
static int same_meta(const struct comparison *comparison, const char *key)
{
    const char *base = sq_trace_meta(comparison->side[0]->scope.trace, key);
    const char *other = sq_trace_meta(comparison->side[1]->scope.trace, key);
    return base == NULL || other == NULL || strcmp(base, other) == 0;
}

static int same_input(const struct comparison *comparison)
{
    return same_meta(comparison, "input_sha256") && same_meta(comparison, "input_names_sha256");
}

static void put_comparison(cJSON *list, const struct comparison *comparison, size_t index)
{
    cJSON *object = cJSON_CreateObject();
    sq_json_append(list, object);
    sq_put_count(object, "base", 0);
    sq_put_count(object, "other", index);
    sq_put_count(object, "paired_samples", comparison->n_pairs);
    sq_put_count(object, "resamples", SQ_RESAMPLES);
    cJSON *notes = sq_json_add_array(object, "notes");
    cJSON *rows = sq_json_add_array(object, "rows");
    if (!same_input(comparison))
        sq_put_note(notes, "pairs",
                    "the traces were recorded of different inputs: samples of one "
                    "number may be different images");
    if (comparison->n_pairs < FEWEST_PAIRS)
        sq_put_note(notes, comparison->n_pairs < 2 ? "low, high, significant" : "significant",
                    "only %zu sample%s in both traces, at least %d are needed", comparison->n_pairs,
                    comparison->n_pairs == 1 ? " is" : "s are",
                    comparison->n_pairs < 2 ? 2 : FEWEST_PAIRS);
    for (size_t c = 0; comparison->n_pairs > 0 && c < comparison->n_columns; c++)
        put_column(rows, comparison, c);
}

static int take_memory(struct sq_error *err, struct sq_arena *arena, struct comparison *comparison)
{
    const size_t most = ADDITIONS + 1 + 3 * (size_t)comparison->side[0]->scope.n_populations;
    const uint64_t n = comparison->side[0]->scope.n_samples;
    comparison->column = sq_arena_alloc(arena, most, sizeof *comparison->column);
    comparison->pair = sq_arena_alloc(arena, n, sizeof *comparison->pair);
    comparison->value[0] = sq_arena_alloc(arena, n, most * sizeof(double));
    comparison->value[1] = sq_arena_alloc(arena, n, most * sizeof(double));
    comparison->difference = sq_arena_alloc(arena, n, most * sizeof(double));
    comparison->interval = sq_arena_alloc(arena, most, 2 * sizeof(double));
    return comparison->column && comparison->pair && comparison->value[0] && comparison->value[1] &&
                   comparison->difference && comparison->interval
               ? SQ_OK
               : sq_fail(err, SQ_ENOMEM, "out of memory for the comparison of traces");
}

int sq_analysis_compare(struct sq_error *err, const struct sq_analysis *base,
                        const struct sq_analysis *other, size_t index, cJSON *list)
{
    struct comparison comparison = {.side = {base, other}};
    struct sq_arena arena = {0};
    int status = take_memory(err, &arena, &comparison);
    if (status == SQ_OK) {
        find_pairs(&comparison);
        choose_columns(&comparison);
        fill_values(&comparison);
        if (comparison.n_pairs > 1)
            status = sq_bootstrap(err, comparison.difference, comparison.n_pairs,
                                  comparison.n_columns, comparison.interval);
    }
    if (status == SQ_OK)
        put_comparison(list, &comparison, index);
    sq_arena_free(&arena);
    return status;
}
