/* Noise: samples that calibrate a synthetic checkpoint where no input is given.
 *
 *   image    each pixel a byte of uniform distribution, scaled to 0..1 and normalised by the
 *            configuration's mean and std, or by 0.5 and 0.5 where it has none
 *   frames   of a camera: whole numbers 0 to 3, uniform */
#ifndef SQ_NOISE_H
#define SQ_NOISE_H

#include "sim/network/network.h"

/* Sample `number` into pixels [frames][C][H][W]. */
void sq_noise_fill(const struct sq_network *network, uint64_t seed, uint64_t number, float *pixels);

#endif
