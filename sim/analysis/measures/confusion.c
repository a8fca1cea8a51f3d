#include "sim/analysis/measures/measures.h"

#include "sim/analysis/scope/figure_json.h"

#include <stdlib.h>

/* A sample's label and prediction. */
struct verdict {
    uint64_t label, prediction;
};

/* Samples in the order of label and prediction, then their sums: parallel arrays of n_cells cells
 * and n_classes classes, of which there are at most 2 * n. */
struct confusion {
    size_t n, n_cells, n_classes;
    struct verdict *verdict;
    uint64_t *label, *prediction, *count;            /* of a cell */
    uint64_t *class, *samples, *predicted, *correct; /* of a class */
};

static int by_cell(const void *a, const void *b)
{
    const struct verdict *x = a, *y = b;
    return x->label != y->label ? (x->label > y->label) - (x->label < y->label)
                                : (x->prediction > y->prediction) - (x->prediction < y->prediction);
}

static int by_number(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static int take_memory(struct sq_error *err, struct confusion *confusion,
                       const struct sq_scope *scope)
{
    const size_t n = scope->n_judged;
    confusion->verdict = calloc(n, sizeof *confusion->verdict);
    uint64_t *room = calloc(n, 11 * sizeof *room);
    confusion->label = room;
    if (confusion->verdict == NULL || room == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", scope->path);
    confusion->prediction = room + n;
    confusion->count = room + 2 * n;
    confusion->class = room + 3 * n;
    confusion->samples = room + 5 * n;
    confusion->predicted = room + 7 * n;
    confusion->correct = room + 9 * n;
    return SQ_OK;
}

static void find_classes(struct confusion *confusion)
{
    uint64_t *class = confusion->class;
    for (size_t i = 0; i < confusion->n; i++) {
        class[2 * i] = confusion->verdict[i].label;
        class[2 * i + 1] = confusion->verdict[i].prediction;
    }
    qsort(class, 2 * confusion->n, sizeof *class, by_number);
    for (size_t i = 0; i < 2 * confusion->n; i++)
        if (i == 0 || class[i] != class[confusion->n_classes - 1])
            class[confusion->n_classes++] = class[i];
}

static void find_cells(struct confusion *confusion)
{
    const struct verdict *verdict = confusion->verdict;
    for (size_t i = 0; i < confusion->n; i++) {
        if (i == 0 || by_cell(&verdict[i], &verdict[i - 1]) != 0) {
            confusion->label[confusion->n_cells] = verdict[i].label;
            confusion->prediction[confusion->n_cells++] = verdict[i].prediction;
        }
        confusion->count[confusion->n_cells - 1]++;
    }
}

static size_t place_of(const struct confusion *confusion, uint64_t class)
{
    const uint64_t *found = bsearch(&class, confusion->class, confusion->n_classes,
                                    sizeof *confusion->class, by_number);
    return (size_t)(found - confusion->class);
}

static void sum_classes(struct confusion *confusion)
{
    for (size_t i = 0; i < confusion->n_cells; i++) {
        const size_t label = place_of(confusion, confusion->label[i]);
        const size_t prediction = place_of(confusion, confusion->prediction[i]);
        confusion->samples[label] += confusion->count[i];
        confusion->predicted[prediction] += confusion->count[i];
        confusion->correct[label] += label == prediction ? confusion->count[i] : 0;
    }
}

static void fill(struct confusion *confusion, const struct sq_scope *scope)
{
    for (uint64_t i = 0; i < scope->n_samples; i++) {
        const struct sq_scope_sample *sample = &scope->sample[i];
        if (sample->label >= 0 && sample->prediction >= 0)
            confusion->verdict[confusion->n++] =
                (struct verdict){(uint64_t)sample->label, (uint64_t)sample->prediction};
    }
    find_classes(confusion);
    qsort(confusion->verdict, confusion->n, sizeof *confusion->verdict, by_cell);
    find_cells(confusion);
    sum_classes(confusion);
}

static void put(cJSON *to, const struct confusion *confusion)
{
    const size_t n = confusion->n_classes;
    cJSON *object = sq_json_add_object(to, "confusion");
    sq_put_count(object, "samples", confusion->n);
    cJSON *cells = sq_json_add_object(object, "cells");
    sq_put_counts(cells, "label", confusion->label, confusion->n_cells, 1);
    sq_put_counts(cells, "prediction", confusion->prediction, confusion->n_cells, 1);
    sq_put_counts(cells, "samples", confusion->count, confusion->n_cells, 1);
    cJSON *classes = sq_json_add_object(object, "classes");
    sq_put_counts(classes, "class", confusion->class, n, 1);
    sq_put_counts(classes, "samples", confusion->samples, n, 1);
    sq_put_counts(classes, "predicted", confusion->predicted, n, 1);
    sq_put_counts(classes, "correct", confusion->correct, n, 1);
    sq_put_proportions(classes, "recall", confusion->correct, confusion->samples, n);
    sq_put_proportions(classes, "precision", confusion->correct, confusion->predicted, n);
}

int sq_confusion_write(struct sq_error *err, cJSON *to, const struct sq_scope *scope)
{
    struct confusion confusion = {0};
    if (scope->n_judged == 0)
        return SQ_OK;
    const int status = take_memory(err, &confusion, scope);
    if (status == SQ_OK) {
        fill(&confusion, scope);
        put(to, &confusion);
    }
    free(confusion.verdict);
    free(confusion.label);
    return status;
}
