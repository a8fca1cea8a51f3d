#include "traces/compare/difference.h"

#include <inttypes.h>
#include <stdio.h>

void sq_coordinates(const struct sq_trace_population *population, uint64_t element,
                    uint64_t coordinate[SQ_TRACE_MAX_DIMS])
{
    uint64_t left = element; /* in C order of the array */
    if (population->channels_first)
        left = element % population->n_channels * population->n_rows +
               element / population->n_channels;
    for (uint32_t i = population->n_dims; i-- > 0;) {
        coordinate[i] = left % population->dim[i];
        left /= population->dim[i];
    }
}

/* "[5,12]" */
static void print_coordinates(const struct sq_trace_population *population, uint64_t element,
                              char *text, size_t size)
{
    uint64_t coordinate[SQ_TRACE_MAX_DIMS];
    size_t at = 0;
    sq_coordinates(population, element, coordinate);
    for (uint32_t i = 0; i < population->n_dims && at < size; i++)
        at +=
            (size_t)snprintf(text + at, size - at, "%c%" PRIu64, i == 0 ? '[' : ',', coordinate[i]);
    if (at < size)
        snprintf(text + at, size - at, "]");
}

/* What differs there. */
static void print_values(const struct sq_difference *d, const char *a, const char *b, char *text,
                         size_t size)
{
    switch (d->kind) {
    case SQ_DIFFERS_SPIKE:
        snprintf(text, size, "fires in %s, not in %s", d->a > d->b ? a : b, d->a > d->b ? b : a);
        break;
    case SQ_DIFFERS_VALUE:
        snprintf(text, size, "is %" PRIu64 " in %s, %" PRIu64 " in %s", d->a, a, d->b, b);
        break;
    case SQ_DIFFERS_COUNT:
        snprintf(text, size, "%" PRIu64 " spikes in %s, %" PRIu64 " in %s", d->a, a, d->b, b);
        break;
    case SQ_DIFFERS_PRESENCE:
        snprintf(text, size, "is in %s, not in %s", d->a > d->b ? a : b, d->a > d->b ? b : a);
        break;
    }
}

void sq_difference_text(const struct sq_trace_population *population,
                        const struct sq_difference *difference, const char *a, const char *b,
                        char text[SQ_DIFFERENCE_TEXT])
{
    char coordinates[SQ_TRACE_MAX_DIMS * 21 + 2] = "", values[SQ_DIFFERENCE_TEXT];
    if (difference->kind == SQ_DIFFERS_SPIKE || difference->kind == SQ_DIFFERS_VALUE)
        print_coordinates(population, difference->element, coordinates, sizeof coordinates);
    print_values(difference, a, b, values, sizeof values);
    const int n = snprintf(text, SQ_DIFFERENCE_TEXT,
                           "sample %" PRIu64 ", timestep %" PRIu32 ", %s%s: ", difference->sample,
                           difference->timestep, population->name, coordinates);
    snprintf(text + n, SQ_DIFFERENCE_TEXT - (size_t)n, "%s", values);
}
