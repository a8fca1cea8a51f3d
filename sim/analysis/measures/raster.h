/* Raster: which neurons of a population fire when, in one sample. Of a large population some
 * neurons are drawn by lot, of a long sample the first timesteps are shown, so that the figures of
 * any trace stay small; what was left out can be seen from the numbers beside them. */
#ifndef SQ_RASTER_H
#define SQ_RASTER_H

#include "sim/analysis/scope/scope.h"
#include "sim/json/json.h"

/* What a raster shows at most: neurons, timesteps, and the product of both. */
enum { SQ_RASTER_NEURONS = 256, SQ_RASTER_TIMESTEPS = 512, SQ_RASTER_CELLS = 8192 };

/* How many of n neurons are shown over this many timesteps. */
uint32_t sq_raster_size(uint64_t n, uint32_t timesteps);

/* Draw `size` of the numbers 0 .. n - 1 without replacement, in ascending order: the same for equal
 * n and size, on every machine. Number i is taken where the next number x of a splitmix64 of state
 * 1 satisfies (x (n - i)) >> 64 < how many remain to be taken (selection sampling: Knuth, The
 * Art of Computer Programming 2, 3.4.2). */
void sq_raster_draw(uint64_t *number, uint32_t size, uint64_t n);

/* Which sample's raster is wanted: its place among the scope's samples.
 *   text  its number; NULL: the first one's
 * SQ_EUSAGE: no number, or of none of the scope's samples; the trace holds no spikes. */
int sq_raster_find(struct sq_error *err, const struct sq_scope *scope, const char *text,
                   uint64_t *place);

/* Add "raster" to each object of `populations`, in the order of the scope's populations; the sample
 * is read again. What sq_frames_read() refuses; SQ_ENOMEM. */
int sq_raster_write(struct sq_error *err, const struct sq_scope *scope, uint64_t place,
                    cJSON *populations);

/* The sample: "sample", and "label" and "prediction" where there are such. */
void sq_put_sample(cJSON *to, const struct sq_scope_sample *sample);

#endif
