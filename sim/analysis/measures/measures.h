/* The measures that a pass takes (sim/analysis/scope/measure.h), and what the counters of two of
 * them hold for others. */
#ifndef SQ_MEASURES_H
#define SQ_MEASURES_H

#include "sim/analysis/scope/measure.h"
#include "sim/analysis/scope/scope.h"
#include "sim/json/json.h"

extern const struct sq_measure sq_measure_totals, sq_measure_neurons, sq_measure_channels,
    sq_measure_timing, sq_measure_zeros, sq_measure_rows, sq_measure_products, sq_measure_streams,
    sq_measure_attention;

/* Counters of sq_measure_neurons: [n_neurons] spikes, [n_neurons] squares (sum over samples of the
 * squared number of spikes in a sample), then moments of each row (token). Neuron: row * n_channels
 * + channel. */
static inline const uint64_t *sq_neuron_squares(const uint64_t *count,
                                                const struct sq_subject *subject)
{
    return count + sq_subject_neurons(subject);
}

/* "mean_score_per_key_token" of counters of sq_measure_attention over n_samples samples. */
void sq_attention_put_map(cJSON *to, const uint64_t *count, const struct sq_scope *scope,
                          const struct sq_subject *block, uint64_t n_samples);

/* "confusion": its cells that are not 0, and of each class recall and precision, of the samples
 * that have a label and a prediction; nothing where there is no such sample. SQ_ENOMEM. */
int sq_confusion_write(struct sq_error *err, cJSON *to, const struct sq_scope *scope);

#endif
