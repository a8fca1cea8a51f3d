/* Maps: where on the image the spikes are: of the most active channels and of each head, over all
 * samples and for the first few alone. */
#ifndef SQ_MAPS_H
#define SQ_MAPS_H

#include "sim/analysis/pass/pass.h"

/* Add "maps" to each object of `populations` (in the order of the scope's populations) and
 * "samples" to each object of `attention`; the first SQ_MAP_SAMPLES samples are read again. */
int sq_maps_write(struct sq_error *err, const struct sq_scope *scope, const struct sq_pass *pass,
                  cJSON *populations, cJSON *attention);

/* What a sample is: "sample", and "label" and "prediction" where there are such. */
void sq_put_sample(cJSON *to, const struct sq_scope_sample *sample);

/* "mean_score_per_key_token" of counters of sq_measure_attention over n_samples samples. */
void sq_attention_put_map(cJSON *to, const uint64_t *count, const struct sq_scope *scope,
                          const struct sq_subject *block, uint64_t n_samples);

#endif
