/* Pixels of a fixed-point network: whole numbers of 2^-f, stored as they are delivered and as the
 * floats that they stand for, so that what is counted and recorded is what was delivered. */
#ifndef SQ_PIXELS_H
#define SQ_PIXELS_H

#include "sim/network/network.h"

/* Round n pixels to the nearest (ties to even): whole[i] = round(x[i] * 2^f), x[i] = whole[i] /
 * 2^f. SQ_EVALUE for a pixel beyond what the network's settings allow: sample, value and limit. */
int sq_pixels_round(struct sq_error *err, const struct sq_network *network, uint64_t sample,
                    float *x, int16_t *whole, size_t n);

/* Are all n of them within the settings, so that sq_pixels_round() will not refuse one? The same
 * sentence. Asked as samples enter, in their order, so that the first bad one is always named.
 */
int sq_pixels_check(struct sq_error *err, const struct sq_network *network, uint64_t sample,
                    const float *x, size_t n);

#endif
