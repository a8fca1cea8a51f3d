/* Labels: one integer for each sample, in a .npy or IDX file, read one at a time. */
#ifndef SQ_LABELS_H
#define SQ_LABELS_H

#include "traces/files/array.h"

/* Open and check the whole file: `n_samples` integers of 0 .. classes - 1 (of any size from 0 if
 * classes is 0). *out is written only on success; sq_array_close() frees it. SQ_EIO, SQ_EFORMAT,
 * SQ_EUNSUPPORTED (no integers), SQ_ESHAPE (how many, dimensions), SQ_EVALUE, SQ_ENOMEM. */
int sq_labels_open(struct sq_error *err, const char *path, uint64_t n_samples, uint32_t classes,
                   struct sq_array_file **out);

/* The label of sample `i`. */
int sq_labels_read(struct sq_error *err, struct sq_array_file *file, uint64_t i, int32_t *label);

#endif
