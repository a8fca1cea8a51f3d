/* Maps: where on the image the spikes are, for the most active channels and each head, over all
 * samples and for the first few alone. */
#ifndef SQ_MAPS_H
#define SQ_MAPS_H

#include "sim/analysis/pass/pass.h"

/* Add "maps" to each object of `populations` (in the order of the scope's populations) and
 * "samples" to each object of `attention`; the first SQ_MAP_SAMPLES samples are read again. */
int sq_maps_write(struct sq_error *err, const struct sq_scope *scope, const struct sq_pass *pass,
                  cJSON *populations, cJSON *attention);

#endif
