/* Whole PyTorch files around a main pickle, both with one storage "0" of the floats 0, 1, ... 5. */
#ifndef SQ_TEST_CHECKPOINT_TORCH_FILE_H
#define SQ_TEST_CHECKPOINT_TORCH_FILE_H

#include "test/support/pickle_writer.h"
#include "test/support/zip_writer.h"

enum { TORCH_FILE_ELEMENTS = 6 };

static inline void torch_file_ramp(struct bytes *out)
{
    for (int i = 0; i < TORCH_FILE_ELEMENTS; i++) {
        const float value = (float)i;
        bytes_put(out, &value, sizeof value);
    }
}

/* A tensor of the storage: all six, as a vector. */
static inline void torch_file_put_tensor(struct bytes *pickle)
{
    const struct pickle_tensor tensor = {.storage = "FloatStorage",
                                         .key = "0",
                                         .storage_elements = TORCH_FILE_ELEMENTS,
                                         .n_dims = 1,
                                         .dim = {TORCH_FILE_ELEMENTS},
                                         .stride = {1}};
    pickle_put_tensor(pickle, &tensor);
}

/* Takes over the pickle. */
static inline struct bytes torch_file_zip(struct bytes *pickle)
{
    struct bytes file = {0};
    struct bytes ramp = {0};
    struct zip_writer writer = {.out = &file};
    torch_file_ramp(&ramp);
    zip_writer_add(&writer, "r/data.pkl", pickle->data, pickle->n, NULL);
    zip_writer_add(&writer, "r/data/0", ramp.data, ramp.n, NULL);
    zip_writer_end(&writer);
    bytes_free(&ramp);
    bytes_free(pickle);
    return file;
}

static inline struct bytes torch_file_legacy(struct bytes *pickle)
{
    struct bytes file = {0};
    pickle_legacy_start(&file);
    bytes_put(&file, pickle->data, pickle->n);
    pickle_start(&file);
    pickle_op(&file, "]");
    pickle_text(&file, "0");
    pickle_op(&file, "a.");
    bytes_put_u64(&file, TORCH_FILE_ELEMENTS);
    torch_file_ramp(&file);
    bytes_free(pickle);
    return file;
}

#endif
