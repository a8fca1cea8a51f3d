/* Tiny networks as files: tensors that a test may still damage, then a .safetensors written by a
 * few lines of C, a configuration and an input. Independent of every reader of the simulator. */
#ifndef SQ_TEST_TINY_FILE_H
#define SQ_TEST_TINY_FILE_H

#include "test/support/tiny_network.h"

enum { TINY_TENSORS = 512 };

/* One entry of the file. */
struct tiny_tensor {
    char name[96];
    uint32_t n_dims;
    uint64_t dim[4];
    float *value; /* copied; NULL: int64 zeros, as counters are */
};

struct tiny_tensors {
    struct tiny_tensor tensor[TINY_TENSORS];
    size_t n;
};

/* The state dict of a network, unused entries included, under `prefix`. */
void tiny_tensors_of(const struct tiny_network *net, const char *prefix, struct tiny_tensors *out);
void tiny_tensors_free(struct tiny_tensors *tensors);

/* Append an entry; `value` is copied and may be NULL. */
struct tiny_tensor *tiny_tensor_add(struct tiny_tensors *tensors, const char *name, uint32_t n_dims,
                                    const uint64_t *dim, const float *value);

/* The entry of a name: the test fails if there is none. */
struct tiny_tensor *tiny_tensor_find(struct tiny_tensors *tensors, const char *name);
void tiny_tensor_remove(struct tiny_tensors *tensors, const char *name);

/* Elements of an entry. */
size_t tiny_tensor_count(const struct tiny_tensor *tensor);

void tiny_write_tensors(const struct tiny_tensors *tensors, const char *path);
void tiny_write_config(const struct tiny_network *net, const char *path);
void tiny_write_input(const struct tiny_network *net, const char *path);

/* model.safetensors, config.json and input.npy in folder `dir`. */
void tiny_write(const struct tiny_network *net, const char *dir);

#endif
