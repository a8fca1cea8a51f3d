/* Comparing two traces: do they hold the same, and if not, where do they part?
 *
 * The order of the data's way: sample by sample, within a sample timestep by timestep, within a
 * timestep population by population. Compared are spikes, labels, predictions and logits; not how
 * they are stored, nor where they came from. Where one of the two holds counts only, counts are
 * compared. */
#ifndef SQ_COMPARE_H
#define SQ_COMPARE_H

#include "traces/compare/difference.h"
#include "traces/format/select.h"
#include "traces/read/trace_reader.h"

enum { SQ_COMPARE_LISTED = 10, SQ_PLAN_TEXT = 1024 };

/* What to compare. */
struct sq_compare_options {
    const char *populations; /* shell patterns (select.h); NULL: all */
    struct sq_range samples;
    double logits_tolerance; /* logits at most this far apart are equal; 0: bit for bit */
};

/* Samples that the comparison lists: how many, and the first of them. */
struct sq_sample_list {
    uint64_t n, id[SQ_COMPARE_LISTED];
    int64_t a[SQ_COMPARE_LISTED], b[SQ_COMPARE_LISTED]; /* of `predictions`, `labels` */
};

struct sq_comparison {
    char plan[SQ_PLAN_TEXT]; /* the first difference of timesteps or populations; then nothing else
                              * was compared. "": none */
    size_t n_populations;
    uint32_t *population; /* [n_populations], as `a` numbers them; those compared */
    uint64_t *mismatches; /* [n_populations][timesteps]: elements that differ, or the difference
                           * of the counts */
    uint64_t n_mismatches, n_samples, n_samples_differ; /* of their spikes */
    uint64_t (*spikes)[2];                /* [n_populations]: of a, of b, in the samples
                                           * that both hold */
    uint64_t n_correct[2], n_labelled[2]; /* likewise */
    double logits_apart;                  /* the largest distance of two logits;
                                           * infinite where one of them is not a number */
    struct sq_sample_list only_a, only_b, predictions, labels, logits;
    int has_first;
    struct sq_difference first;
    uint32_t first_population; /* as `a` numbers them */
};

/* Compare. *out is written whole; sq_comparison_free() is due on success. SQ_EUSAGE: no population
 * has such a name; whatever sq_trace_next(), sq_trace_frame() and sq_trace_decode() refuse;
 * SQ_ENOMEM. */
int sq_compare(struct sq_error *err, struct sq_trace *a, struct sq_trace *b,
               const struct sq_compare_options *options, struct sq_comparison *out);
void sq_comparison_free(struct sq_comparison *comparison);

/* Are they equal in all that was compared, and the same samples in both? */
int sq_comparison_is_equal(const struct sq_comparison *comparison);

#endif
