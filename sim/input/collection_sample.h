/* The samples of a collection as the network takes them. */
#ifndef SQ_COLLECTION_SAMPLE_H
#define SQ_COLLECTION_SAMPLE_H

#include "sim/input/collection.h"

struct sq_collection_sample;

/* Open the collection `path`; it, and all that `want` points to, outlive the samples. *out is
 * written only on success. As sq_collection_open(); SQ_ESHAPE, SQ_EUSAGE (recordings for a network
 * that takes no frames). */
int sq_collection_sample_open(struct sq_error *err, const char *path,
                              const struct sq_input_want *want, struct sq_collection_sample **out);
void sq_collection_sample_free(struct sq_collection_sample *samples);

uint64_t sq_collection_sample_count(const struct sq_collection_sample *samples);

/* Sample `number` into pixels; *label is its label or -1. As sq_image_read(),
 * sq_recording_frames(); SQ_ESHAPE: an image of another size, which the configuration does not fit.
 */
int sq_collection_sample_read(struct sq_error *err, struct sq_collection_sample *samples,
                              uint64_t number, float *pixels, int32_t *label);

/* Look at the first `n` samples, as far as needed to say what they are and what is done to them:
 * "12 recordings in 10 class folders, number:16, bin 1"; of images the sizes, which their files'
 * headers tell. Warns of what is doubtful, and refuses images of sizes that the configuration does
 * not fit, before anything runs. As sq_collection_sample_read(). */
int sq_collection_sample_survey(struct sq_error *err, struct sq_collection_sample *samples,
                                uint64_t n, char *out, size_t size);

int sq_collection_sample_digest(struct sq_error *err, const struct sq_collection_sample *samples,
                                enum sq_input_identity identity, char *text);

/* NULL: they are not recordings. */
const struct sq_frame_counts *sq_collection_sample_counts(const struct sq_collection_sample *s);

#endif
