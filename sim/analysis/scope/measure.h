/* Measure: a family of figures of one subject.
 *
 * A measure adds all that it learns from a sample to its counters, whole numbers of 64 bits. The
 * counters of two threads are added up word by word, so that no result depends on which thread saw
 * which sample; floating point begins when the counters are written as figures. */
#ifndef SQ_MEASURE_H
#define SQ_MEASURE_H

#include "sim/analysis/scope/scope.h"
#include "sim/json/json.h"

/* Kept for every sample and population, for spreads and comparisons. */
enum sq_each { SQ_EACH_SPIKES, SQ_EACH_SQUARES, SQ_EACH_DELTAS, SQ_EACH };

/* One sample, decoded. */
struct sq_frame_view {
    uint64_t *const *bits;  /* [n_populations * T] bit rows of a frame; NULL: counts only */
    const uint64_t *spikes; /* [n_populations * T] */
    const struct sq_scope_sample *sample;
    uint64_t *each; /* [SQ_EACH] of this sample and subject; NULL where it is not a population */
};

struct sq_measure {
    enum sq_subject_kind kind;
    int needs_spikes;
    /* Number of counters, and bytes of scratch, for a subject. 0 counters: not for this one. */
    size_t (*n_counts)(const struct sq_scope *scope, const struct sq_subject *subject);
    size_t (*scratch_bytes)(const struct sq_scope *scope, const struct sq_subject *subject);
    /* Add a sample; scratch is 64-byte aligned, its contents do not matter. */
    void (*add)(uint64_t *count, const struct sq_scope *scope, const struct sq_subject *subject,
                const struct sq_frame_view *view, void *scratch);
    /* Write the figures as members of the subject's object. */
    void (*write)(cJSON *to, const uint64_t *count, const struct sq_scope *scope,
                  const struct sq_subject *subject);
};

/* Frame of the subject's source number i at timestep t. */
static inline const uint64_t *sq_view_bits(const struct sq_frame_view *view,
                                           const struct sq_scope *scope,
                                           const struct sq_subject *subject, uint32_t i, uint32_t t)
{
    return view->bits[(size_t)subject->source[i] * scope->timesteps + t];
}

static inline size_t sq_no_scratch(const struct sq_scope *scope, const struct sq_subject *subject)
{
    (void)scope, (void)subject;
    return 0;
}

#endif
