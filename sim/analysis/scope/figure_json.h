/* Figures: numbers as members of JSON objects. Anything that is not a number becomes null. */
#ifndef SQ_FIGURE_JSON_H
#define SQ_FIGURE_JSON_H

#include "sim/json/json.h"
#include <stddef.h>
#include <stdint.h>

/* Normal quantile of 97.5 %: intervals of means are mean -/+ this * sd / sqrt(n). */
#define SQ_NORMAL_975 1.959963984540054

/* Moments are two counters: the sum of one whole number a sample, and the sum of its squares. */
enum { SQ_MOMENTS = 2 };

static inline void sq_moments_add(uint64_t moments[2], uint64_t value)
{
    moments[0] += value;
    moments[1] += value * value;
}

/* "key": 12, exact to 64 bits. */
void sq_put_count(cJSON *to, const char *key, uint64_t count);

/* "key": [1, 2, ...] of count[0], count[stride] ... n of them. */
void sq_put_counts(cJSON *to, const char *key, const uint64_t *count, size_t n, size_t stride);

/* [1, 2, ...] alone, for a list of lists. NULL: out of memory. */
cJSON *sq_counts_item(const uint64_t *count, size_t n);

/* "key": [[...], ...] of n_rows rows. */
void sq_put_count_rows(cJSON *to, const char *key, const uint64_t *count, size_t n_rows,
                       size_t n_columns);
void sq_put_real_rows(cJSON *to, const char *key, const double *value, size_t n_rows,
                      size_t n_columns);

/* "key": 0.5, or null for what is not finite; as few digits as read back as the same number. */
void sq_put_real(cJSON *to, const char *key, double value);
void sq_put_reals(cJSON *to, const char *key, const double *value, size_t n);

/* A share of counts: null where the whole is 0. */
void sq_put_share(cJSON *to, const char *key, uint64_t part, uint64_t whole);

/* "key": {"mean", "sd", "low", "high"}: mean over n samples of value / per, the standard deviation
 * between samples and the 95 % interval of the mean within 0 .. 1; null where n = 1. */
void sq_put_moments(cJSON *to, const char *key, const uint64_t *moments, uint64_t n, double per);

/* The same for n_items of them, each member an array; item i is over n[i * n_stride] samples.
 * Returns the object, for further members. */
cJSON *sq_put_moment_arrays(cJSON *to, const char *key, const uint64_t *moments, size_t n_items,
                            const uint64_t *n, size_t n_stride, double per);

/* Wilson's 95 % interval of a proportion: {"value", "low", "high"}. */
void sq_put_proportion(cJSON *to, const char *key, uint64_t part, uint64_t whole);

/* The same of n of them, each member an array; null where the whole is 0. */
void sq_put_proportions(cJSON *to, const char *key, const uint64_t *part, const uint64_t *whole,
                        size_t n);

/* Wilson, Probable inference, JASA 22 (1927). */
void sq_wilson(uint64_t part, uint64_t whole, double interval[2]);

/* {"measure": ..., "reason": ...} at the end of a list of notes. */
void sq_put_note(cJSON *notes, const char *measure, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
