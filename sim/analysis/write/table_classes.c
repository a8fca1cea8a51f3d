/* Classes of an analysis as a table: how many are recognised, and what they are mistaken for. */
#include "sim/analysis/write/analysis_read.h"
#include "sim/analysis/write/table_page.h"

#include <stdlib.h>
#include <string.h>

struct class
{
    double number, samples, correct, recall, precision;
};

static int hardest(const void *a, const void *b)
{
    const struct class *x = a, *y = b;
    return x->recall != y->recall ? (x->recall > y->recall) - (x->recall < y->recall)
                                  : (x->number > y->number) - (x->number < y->number);
}

/* The next item of a list as a number; advances the list; NaN where the item is not a number. */
static double take(const cJSON **item)
{
    const double value = sq_number_at(*item, "");
    *item = *item != NULL ? (*item)->next : NULL;
    return value;
}

/* How many classes have samples. */
static size_t read_classes(const cJSON *classes, struct class *class)
{
    const cJSON *number = sq_first(classes, "class"), *samples = sq_first(classes, "samples");
    const cJSON *correct = sq_first(classes, "correct");
    const cJSON *recall = sq_first(classes, "recall/value");
    const cJSON *precision = sq_first(classes, "precision/value");
    size_t n = 0;
    while (number != NULL) {
        class[n] = (struct class){.number = take(&number), .samples = take(&samples)};
        class[n].correct = take(&correct);
        class[n].recall = take(&recall);
        class[n].precision = take(&precision);
        n += class[n].samples > 0;
    }
    return n;
}

/* The class that samples of this one are most often mistaken for; -1: none. */
static double taken_for(const cJSON *cells, double class, double *n_taken)
{
    const cJSON *label = sq_first(cells, "label"), *prediction = sq_first(cells, "prediction");
    const cJSON *samples = sq_first(cells, "samples");
    double most = 0, which = -1;
    while (label != NULL) {
        const double from = take(&label), to = take(&prediction), n = take(&samples);
        if (from == class && to != class && n > most) {
            most = n;
            which = to;
        }
    }
    *n_taken = most;
    return which;
}

static void put_name(const struct sq_table_page *page, const cJSON *trace, double number,
                     int is_last)
{
    char text[300];
    const char *name = sq_class_name(sq_at(trace, "class_names"), number);
    snprintf(text, sizeof text, "%.0f%s%s", number, name[0] != '\0' ? " " : "", name);
    sq_page_text(page, SQ_PAGE_NAME, text, is_last);
}

static void put_class(const struct sq_table_page *page, const cJSON *trace,
                      const struct class *class)
{
    double n_taken;
    const double other = taken_for(sq_at(trace, "confusion/cells"), class->number, &n_taken);
    put_name(page, trace, class->number, 0);
    sq_page_number(page, 9, 0, class->samples);
    sq_page_percent(page, 9, 2, class->recall);
    sq_page_percent(page, 10, 2, class->precision);
    if (other >= 0) {
        fprintf(page->to, "  %.0f x ", n_taken);
        put_name(page, trace, other, 1);
    }
    fputc('\n', page->to);
}

void sq_page_classes(const struct sq_table_page *page, const cJSON *trace)
{
    const cJSON *classes = sq_at(trace, "confusion/classes");
    const size_t most = (size_t)cJSON_GetArraySize(sq_at(classes, "class"));
    struct class *class = calloc(most + 1, sizeof *class);
    const size_t n = class != NULL ? read_classes(classes, class) : 0;
    if (class == NULL)
        sq_text_fail(page->text);
    if (n > 0) {
        qsort(class, n, sizeof *class, hardest);
        sq_page_title(page, "classes, the hardest first");
        fprintf(page->to, "%-*s %9s %9s %10s  %s\n", SQ_PAGE_NAME, "class", "samples", "recall, %",
                "precis., %", "most often taken for");
        for (size_t i = 0; i < n && (page->top == 0 || i < page->top); i++)
            put_class(page, trace, &class[i]);
    }
    free(class);
}
