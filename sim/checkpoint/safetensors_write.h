/* Writing a safetensors file (safetensors.c has the format). The file appears when it is whole. */
#ifndef SQ_SAFETENSORS_WRITE_H
#define SQ_SAFETENSORS_WRITE_H

#include "kernels/base/status.h"
#include "sim/json/json.h"

struct sq_safetensors_writer;

/* What goes into a file. Tensors come twice in the same order: first into the header, then, when
 * that is written, as data. */
struct sq_safetensors_content {
    void (*metadata)(cJSON *to, const void *data); /* texts that describe the file */
    void (*tensors)(struct sq_safetensors_writer *writer, const void *data);
    const void *data;
};

/* Write the file.
 *   replace   1: an existing file may be replaced
 * SQ_EUSAGE (it exists, or is not a regular file), SQ_EIO, SQ_ENOMEM; then nothing is left. */
int sq_safetensors_write(struct sq_error *err, const char *path, int replace,
                         const struct sq_safetensors_content *content);

/* May the file take the place of what is there? Asked before the work begins. SQ_EUSAGE. */
int sq_safetensors_may_write(struct sq_error *err, const char *path, int replace);

/* Tensor STEM.MEMBER, or STEM where the member is "", comes. 1: its data is to be put now; 0: its entry was made.
 *   dtype, bytes   "F32" and the bytes of an element */
int sq_safetensors_begin(struct sq_safetensors_writer *writer, const char *stem, const char *member,
                         const char *dtype, size_t bytes, const uint64_t *dim, uint32_t n_dims);

/* The next element: a number of `bytes` bytes, little-endian; a float32; a float64. */
void sq_safetensors_put(struct sq_safetensors_writer *writer, uint64_t bits, size_t bytes);
void sq_safetensors_put_f32(struct sq_safetensors_writer *writer, float value);
void sq_safetensors_put_f64(struct sq_safetensors_writer *writer, double value);

#endif
