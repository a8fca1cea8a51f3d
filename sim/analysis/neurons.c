#include "sim/analysis/neurons.h"

#include "sim/analysis/figure_json.h"

#include <string.h>

static size_t n_counts(const struct sq_scope *scope, const struct sq_subject *subject)
{
    (void)scope;
    return 2 * (size_t)sq_subject_neurons(subject) + SQ_MOMENTS * (size_t)subject->n_rows;
}

static size_t scratch_bytes(const struct sq_scope *scope, const struct sq_subject *subject)
{
    (void)scope;
    return ((size_t)sq_subject_neurons(subject) + subject->n_rows) * sizeof(uint32_t);
}

/* The spikes of one bit row: a neuron's k-th in this sample adds k^2 - (k - 1)^2 to its squares.
 * Returns the number of spikes; *squares grows by what was added. */
static inline uint32_t add_row(uint64_t *spikes, uint64_t *square, uint32_t *response,
                               const uint64_t *row, uint32_t n_words, uint64_t *squares)
{
    uint32_t n = 0;
    for (uint32_t w = 0; w < n_words; w++)
        for (uint64_t left = row[w]; left != 0; left &= left - 1, n++) {
            const size_t c = w * 64 + (size_t)__builtin_ctzll(left);
            const uint32_t step = 2 * response[c]++ + 1;
            spikes[c]++;
            square[c] += step;
            *squares += step;
        }
    return n;
}

static void add(uint64_t *count, const struct sq_scope *scope, const struct sq_subject *subject,
                const struct sq_view *view, void *scratch)
{
    const size_t n_neurons = (size_t)sq_subject_neurons(subject), n_channels = subject->n_channels;
    uint64_t *square = count + n_neurons, *row_moments = square + n_neurons, squares = 0;
    uint32_t *response = scratch, *of_row = response + n_neurons;
    memset(scratch, 0, (n_neurons + subject->n_rows) * sizeof *response);
    for (uint32_t t = 0; t < scope->timesteps; t++) {
        const uint64_t *bits = sq_view_bits(view, scope, subject, 0, t);
        for (size_t r = 0; r < subject->n_rows; r++, bits += subject->n_words)
            of_row[r] += add_row(count + r * n_channels, square + r * n_channels,
                                 response + r * n_channels, bits, subject->n_words, &squares);
    }
    for (size_t r = 0; r < subject->n_rows; r++)
        sq_moments_add(row_moments + SQ_MOMENTS * r, of_row[r]);
    view->each[SQ_EACH_SQUARES] = squares;
}

static void write(cJSON *to, const uint64_t *count, const struct sq_scope *scope,
                  const struct sq_subject *subject)
{
    const uint64_t *row_moments = count + 2 * sq_subject_neurons(subject);
    sq_put_moment_arrays(to, "rate_per_token", row_moments, subject->n_rows, &scope->n_samples, 0,
                         (double)subject->n_channels * scope->timesteps);
    sq_silence_write(to, count, scope, subject);
    sq_spread_write(to, count, scope, subject);
}

const struct sq_measure sq_measure_neurons = {
    SQ_SUBJECT_POPULATION, 1, n_counts, scratch_bytes, add, write,
};
