/* Pickles of tensors that carry their storages, as pickle.dump() writes them. */
#ifndef SQ_TEST_NESTED_PICKLE_H
#define SQ_TEST_NESTED_PICKLE_H

#include "test/support/pickle_writer.h"

/* What torch.save() of a storage alone gives: a legacy file. `size` bytes of elements. */
void nested_pickle_file(struct bytes *out, const struct pickle_tensor *tensor, const void *data,
                        size_t size);

/* A tensor over such a storage; the pickle is the caller's. */
void nested_pickle_tensor(struct bytes *out, const struct pickle_tensor *tensor, const void *data,
                          size_t size);

/* A bool tensor of n_dims dimensions in C order. */
void nested_pickle_bools(struct bytes *out, unsigned n_dims, const int64_t *dim,
                         const unsigned char *data);

#endif
