/* Opening bytes as a checkpoint, and what is expected of it. All take over the bytes. */
#ifndef SQ_TEST_CHECKPOINT_EXPECT_H
#define SQ_TEST_CHECKPOINT_EXPECT_H

#include "sim/checkpoint/checkpoint_reader.h"
#include "test/support/bytes.h"
#include "test/unit.h"

#include <string.h>
#include <unistd.h>

static inline int open_bytes(struct bytes *bytes, struct sq_error *err, struct sq_checkpoint **out)
{
    const int fd = bytes_open(bytes);
    const int rc = sq_checkpoint_open_fd(err, "FILE", fd, out);
    close(fd);
    return rc;
}

static inline struct sq_checkpoint *expect_checkpoint(struct bytes *bytes)
{
    struct sq_error err = {0};
    struct sq_checkpoint *checkpoint = NULL;
    const int rc = open_bytes(bytes, &err, &checkpoint);
    ck_assert_msg(rc == SQ_OK, "%s", err.text);
    bytes_free(bytes);
    return checkpoint;
}

/* Read every tensor that can be: what is wrong with its bytes shows only then. */
static inline int read_everything(struct sq_error *err, const struct sq_checkpoint *checkpoint)
{
    int rc = SQ_OK;
    for (size_t i = 0; rc == SQ_OK && i < sq_checkpoint_count(checkpoint); i++) {
        const struct sq_tensor *tensor = sq_checkpoint_tensor(checkpoint, i);
        float *values = malloc((size_t)tensor->n_elements * sizeof *values + 1);
        ck_assert_ptr_nonnull(values);
        rc = sq_tensor_read_f32(err, tensor, values);
        free(values);
    }
    return rc;
}

/* Opening or, at the latest, reading fails: the error's code, and a part of its sentence. */
static inline void expect_refusal(struct bytes *bytes, int code, const char *part)
{
    struct sq_error err = {0};
    struct sq_checkpoint *checkpoint = NULL;
    int rc = open_bytes(bytes, &err, &checkpoint);
    ck_assert(rc == SQ_OK || checkpoint == NULL);
    if (rc == SQ_OK)
        rc = read_everything(&err, checkpoint);
    sq_checkpoint_free(checkpoint);
    ck_assert_msg(rc == code && err.code == code, "%s instead of %s: %s", sq_status_name(rc),
                  sq_status_name(code), err.text);
    ck_assert_msg(strncmp(err.text, "FILE: ", 6) == 0 && strstr(err.text, part) != NULL,
                  "\"%s\" does not say \"%s\"", err.text, part);
    bytes_free(bytes);
}

/* The values of a tensor, at most 64; n for the count. */
static inline const float *values_of(const struct sq_tensor *tensor)
{
    static float values[64];
    struct sq_error err = {0};
    ck_assert_ptr_nonnull(tensor);
    ck_assert_uint_le(tensor->n_elements, 64);
    const int rc = sq_tensor_read_f32(&err, tensor, values);
    ck_assert_msg(rc == SQ_OK, "%s", err.text);
    return values;
}

#endif
