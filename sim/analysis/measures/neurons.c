#include "sim/analysis/measures/sparseness.h"

#include "kernels/base/block.h"
#include "sim/analysis/measures/measures.h"
#include "sim/analysis/scope/figure_json.h"

static size_t n_counts(const struct sq_scope *scope, const struct sq_subject *subject)
{
    (void)scope;
    return 2 * (size_t)sq_subject_neurons(subject) + SQ_MOMENTS * (size_t)subject->n_rows;
}

/* Bit planes of the responses of 64 neurons: as many as T takes. */
enum { MOST_PLANES = 17 };

/* Count the spikes of one word of channels over all timesteps, by carries; returns the neurons that
 * fired. */
SQ_ALWAYS_INLINE uint64_t add_timesteps(uint64_t plane[MOST_PLANES], unsigned n_planes,
                                        const uint64_t *const *frame, uint32_t timesteps,
                                        size_t word)
{
    uint64_t fired = 0;
    for (unsigned p = 0; p < n_planes; p++)
        plane[p] = 0;
    for (uint32_t t = 0; t < timesteps; t++) {
        uint64_t carry = frame[t][word];
        fired |= carry;
        for (unsigned p = 0; p < n_planes; p++) { /* all: a fixed count predicts well */
            const uint64_t both = plane[p] & carry;
            plane[p] ^= carry;
            carry = both;
        }
    }
    return fired;
}

SQ_ALWAYS_INLINE uint64_t response_of(const uint64_t plane[MOST_PLANES], unsigned n_planes,
                                      unsigned c)
{
    uint64_t response = 0;
    for (unsigned p = 0; p < n_planes; p++)
        response |= (plane[p] >> c & 1) << p;
    return response;
}

/* The neurons of one row: each that fired is touched once, however often it did. */
SQ_ALWAYS_INLINE uint64_t add_row(uint64_t *spikes, uint64_t *square, const struct sq_scope *scope,
                                  const uint64_t *const *frame, size_t word, uint32_t n_words,
                                  unsigned n_planes, uint64_t *squares)
{
    uint64_t plane[MOST_PLANES], sum = 0;
    for (uint32_t w = 0; w < n_words; w++, spikes += 64, square += 64)
        for (uint64_t left = add_timesteps(plane, n_planes, frame, scope->timesteps, word + w);
             left != 0; left &= left - 1) {
            const unsigned c = (unsigned)__builtin_ctzll(left);
            const uint64_t response = response_of(plane, n_planes, c);
            spikes[c] += response;
            square[c] += response * response;
            *squares += response * response;
            sum += response;
        }
    return sum;
}

static size_t scratch_bytes(const struct sq_scope *scope, const struct sq_subject *subject)
{
    (void)subject;
    return scope->timesteps * sizeof(uint64_t *);
}

SQ_ALWAYS_INLINE uint64_t add_rows(uint64_t *count, const struct sq_scope *scope,
                                   const struct sq_subject *subject, const uint64_t *const *frame,
                                   unsigned n_planes)
{
    const size_t n_neurons = (size_t)sq_subject_neurons(subject), n_channels = subject->n_channels;
    uint64_t *square = count + n_neurons, *row_moments = square + n_neurons, squares = 0;
    for (size_t r = 0; r < subject->n_rows; r++)
        sq_moments_add(row_moments + SQ_MOMENTS * r,
                       add_row(count + r * n_channels, square + r * n_channels, scope, frame,
                               r * subject->n_words, subject->n_words, n_planes, &squares));
    return squares;
}

/* A specialised body for up to 7 timesteps, which most networks have. */
static void add(uint64_t *count, const struct sq_scope *scope, const struct sq_subject *subject,
                const struct sq_frame_view *view, void *scratch)
{
    const unsigned n_planes = 32 - (unsigned)__builtin_clz(scope->timesteps);
    const uint64_t **frame = scratch;
    for (uint32_t t = 0; t < scope->timesteps; t++)
        frame[t] = sq_view_bits(view, scope, subject, 0, t);
    view->each[SQ_EACH_SQUARES] = n_planes <= 3 ? add_rows(count, scope, subject, frame, 3)
                                                : add_rows(count, scope, subject, frame, n_planes);
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
