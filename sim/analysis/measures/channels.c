/* Channels: rates of channels and heads, and how independent the channels are. */
#include "kernels/base/bits.h"
#include "sim/analysis/measures/measures.h"
#include "sim/analysis/measures/turn.h"
#include "sim/analysis/scope/figure_json.h"
#include "sim/analysis/scope/measure.h"
#include "sim/analysis/scope/scope.h"

#include <math.h>

static int has_pairs(const struct sq_subject *subject)
{
    return subject->n_channels <= SQ_PAIR_CHANNELS;
}

/* Counters: moments of each channel, of each head, then of each pair i <= j of channels how often
 * both fire: (0,0) (0,1) ... (0,C-1) (1,1) ... */
static size_t n_counts(const struct sq_scope *scope, const struct sq_subject *subject)
{
    (void)scope;
    const size_t n = subject->n_channels;
    return SQ_MOMENTS * (n + subject->n_heads) + (has_pairs(subject) ? n * (n + 1) / 2 : 0);
}

/* A channel's column of all timesteps, one after the other: a pair is then one overlap. */
static size_t column_words(const struct sq_scope *scope, const struct sq_subject *subject)
{
    return scope->timesteps * sq_words_for(subject->n_rows);
}

static size_t scratch_bytes(const struct sq_scope *scope, const struct sq_subject *subject)
{
    return subject->n_channels *
           (column_words(scope, subject) * sizeof(uint64_t) + 2 * sizeof(uint32_t));
}

/* Channel i with itself and all later ones. */
static void add_pairs(uint64_t *pair, const struct sq_scope *scope, const uint64_t *columns,
                      size_t n_channels, size_t n_words, uint32_t *spikes, uint32_t *ones)
{
    for (size_t i = 0; i < n_channels; i++) {
        const size_t n = n_channels - i;
        scope->kernels.overlap(ones, columns + i * n_words, columns + i * n_words, n, n_words);
        spikes[i] = ones[0]; /* those that it shares with itself */
        for (size_t j = 0; j < n; j++)
            pair[j] += ones[j];
        pair += n;
    }
}

static void add_moments(uint64_t *count, const struct sq_subject *subject, const uint32_t *spikes)
{
    for (size_t c = 0; c < subject->n_channels; c++)
        sq_moments_add(count + SQ_MOMENTS * c, spikes[c]);
    count += SQ_MOMENTS * subject->n_channels;
    for (size_t h = 0; h < subject->n_heads; h++) {
        uint64_t sum = 0;
        for (size_t c = h * subject->head_dim; c < (h + 1) * subject->head_dim; c++)
            sum += spikes[c];
        sq_moments_add(count + SQ_MOMENTS * h, sum);
    }
}

static void add(uint64_t *count, const struct sq_scope *scope, const struct sq_subject *subject,
                const struct sq_frame_view *view, void *scratch)
{
    const size_t n = subject->n_channels, n_words = column_words(scope, subject);
    uint64_t *columns = scratch;
    uint32_t *spikes = (uint32_t *)(columns + n * n_words), *ones = spikes + n;
    for (uint32_t t = 0; t < scope->timesteps; t++)
        sq_turn_columns(columns + t * sq_words_for(subject->n_rows), n_words,
                        sq_view_bits(view, scope, subject, 0, t), subject->n_rows,
                        subject->n_channels);
    if (has_pairs(subject))
        add_pairs(count + SQ_MOMENTS * (n + subject->n_heads), scope, columns, n, n_words, spikes,
                  ones);
    else
        for (size_t c = 0; c < n; c++)
            spikes[c] = (uint32_t)sq_popcount(columns + c * n_words, n_words);
    add_moments(count, subject, spikes);
}

/* Participation ratio (sum of eigenvalues)^2 / sum of their squares of the covariance C of the
 * channels, over all samples, timesteps and rows: tr(C)^2 / tr(C^2), so no eigenvalue is needed.
 * Covariances are whole numbers here, times the square of the number of observations. */
static double effective_dimension(const uint64_t *count, const struct sq_scope *scope,
                                  const struct sq_subject *subject)
{
    const size_t n = subject->n_channels;
    const uint64_t *pair = count + SQ_MOMENTS * (n + subject->n_heads);
    const __int128 seen = (__int128)scope->n_samples * scope->timesteps * subject->n_rows;
    double trace = 0, squares = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = i; j < n; j++) {
            const __int128 product = (__int128)count[SQ_MOMENTS * i] * count[SQ_MOMENTS * j];
            const double covariance = (double)(seen * *pair++ - product);
            trace += i == j ? covariance : 0;
            squares += (i == j ? 1 : 2) * covariance * covariance;
        }
    return squares > 0 ? trace * trace / squares : NAN;
}

static void write(cJSON *to, const uint64_t *count, const struct sq_scope *scope,
                  const struct sq_subject *subject)
{
    const double per = (double)subject->n_rows * scope->timesteps;
    cJSON *spread = cJSON_GetObjectItem(to, "spread");
    sq_put_moment_arrays(to, "rate_per_channel", count, subject->n_channels, &scope->n_samples, 0,
                         per);
    if (subject->n_heads > 0)
        sq_put_moment_arrays(to, "rate_per_head", count + SQ_MOMENTS * subject->n_channels,
                             subject->n_heads, &scope->n_samples, 0, per * subject->head_dim);
    if (has_pairs(subject))
        sq_put_real(spread, "effective_dimension", effective_dimension(count, scope, subject));
}

const struct sq_measure sq_measure_channels = {
    SQ_SUBJECT_POPULATION, 1, n_counts, scratch_bytes, add, write,
};
