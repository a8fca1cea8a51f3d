/* Do the pixels look as the configuration says? Warnings, each for the whole input,
 * from what is stored: no verdict depends on threads, batch or order.
 *
 *   pixels-not-normalised  bytes, and the configuration has no mean and std; or floats that lie in
 *                          0..1, as they do before mean and std are applied
 *   pixels-out-of-range    floats that mean and std cannot make of 0..1, or, without mean and std,
 *                          beyond what normalisation gives
 *   pixels-normalised-otherwise  floats that are bytes normalised by other constants in use
 *   pixels-nearly-black    no byte is larger than 1
 *   mean-std-of-bytes      mean and std in units of 0..255, though bytes are scaled to 0..1 first
 */
#ifndef SQ_PIXEL_GUARD_H
#define SQ_PIXEL_GUARD_H

#include "sim/input/sample_shape.h"
#include "traces/files/array.h"

/* What is known of uint8 images without looking at them. SQ_OK, SQ_EVALUE. */
int sq_guard_bytes(struct sq_error *err, const char *path, const struct sq_input_want *want);

/* What was seen of the pixels so far. */
struct sq_pixel_guard;

/* SQ_ENOMEM; freed with sq_pixel_guard_free(), which accepts NULL. */
int sq_pixel_guard_new(struct sq_error *err, struct sq_pixel_guard **out);
void sq_pixel_guard_free(struct sq_pixel_guard *guard);

/* Look at `n` elements of a sample, of an array of this type. 0: it has seen enough. */
int sq_pixel_guard_see(struct sq_pixel_guard *guard, const struct sq_array *type,
                       const struct sq_config *config, const unsigned char *item, size_t n);

/* Warn of what was seen, of an array of this type. SQ_OK, SQ_EVALUE. */
int sq_pixel_guard_judge(struct sq_error *err, const char *path, const struct sq_array *type,
                         const struct sq_pixel_guard *guard, const struct sq_input_want *want);

/* Look at the first `count` samples of an array of images, or, where they are many, at samples
 * spread over it: always the same ones. `item` has room for one. SQ_OK, SQ_EVALUE, SQ_ENOMEM; what
 * cannot be read is skipped here, and refused where the sample is read. */
int sq_guard_array(struct sq_error *err, const char *path, struct sq_array_file *file,
                   const struct sq_input_want *want, uint64_t count, unsigned char *item);

#endif
