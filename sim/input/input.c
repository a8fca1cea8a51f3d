#include "sim/input/input.h"

#include "kernels/base/arena.h"
#include "sim/input/collection_sample.h"
#include "sim/input/labels.h"
#include "sim/input/pixel_guard.h"
#include "sim/input/pixel_maker.h"
#include "traces/files/array.h"
#include "traces/files/digest.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct sq_input {
    struct sq_arena arena;
    const char *path;
    struct sq_array_file *file;           /* or, NULL: */
    struct sq_collection_sample *samples; /* of a collection */
    struct sq_array_file *labels;         /* or NULL */
    uint64_t count, next;
    struct sq_pixel_maker maker; /* of an array's samples */
    unsigned char *item;         /* one of them as stored */
    char description[512];
};

/* Say what an array is and what is done to it, and warn of what is doubtful. */
static int survey_array(struct sq_error *err, struct sq_input *input,
                        const struct sq_input_want *want)
{
    char array[256], part[64] = "", done[192];
    sq_array_describe(input->file, array, sizeof array);
    if (input->count < sq_array_header(input->file)->dim[0])
        snprintf(part, sizeof part, ", first %" PRIu64, input->count);
    const int rc = sq_pixel_maker_survey(err, input->path, &input->maker, want, input->count, done,
                                         sizeof done);
    snprintf(input->description, sizeof input->description, "%s%s%s", array, part, done);
    return rc == SQ_OK
               ? sq_guard_array(err, input->path, input->file, want, input->count, input->item)
               : rc;
}

static int prepare(struct sq_error *err, struct sq_input *input, const struct sq_input_want *want)
{
    const struct sq_array *a = sq_array_header(input->file);
    const int rc = sq_pixel_maker_prepare(err, input->path, a, want, &input->arena, &input->maker);
    if (rc != SQ_OK)
        return rc;
    input->item = sq_arena_alloc(&input->arena, input->maker.elements, a->item_bytes);
    return input->item != NULL
               ? SQ_OK
               : sq_fail(err, SQ_ENOMEM, "%s: out of memory for one sample", input->path);
}

/* Samples in the file, regardless of the limit. */
static uint64_t count_all(const struct sq_input *input)
{
    return input->samples != NULL ? sq_collection_sample_count(input->samples)
                                  : sq_array_header(input->file)->dim[0];
}

static int open_labels(struct sq_error *err, struct sq_input *input, const char *path,
                       uint32_t classes)
{
    const char *copy = sq_arena_strdup(&input->arena, path);
    if (copy == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", path);
    return sq_labels_open(err, copy, count_all(input), classes, &input->labels);
}

static int open_samples(struct sq_error *err, struct sq_input *input,
                        const struct sq_input_want *want)
{
    bool is_collection;
    int rc = sq_collection_find(err, input->path, want, &is_collection);
    if (rc == SQ_OK && is_collection)
        return sq_collection_sample_open(err, input->path, want, &input->samples);
    if (rc == SQ_OK)
        rc = sq_array_open(err, input->path, &input->file);
    return rc == SQ_OK ? prepare(err, input, want) : rc;
}

static int survey(struct sq_error *err, struct sq_input *input, const struct sq_input_want *want)
{
    if (input->samples == NULL)
        return survey_array(err, input, want);
    return sq_collection_sample_survey(err, input->samples, input->count, input->description,
                                       sizeof input->description);
}

int sq_input_open(struct sq_error *err, const char *path, const char *labels_path,
                  const struct sq_input_want *want, uint64_t limit, struct sq_input **out)
{
    struct sq_input *input = calloc(1, sizeof *input);
    if (input == NULL || (input->path = sq_arena_strdup(&input->arena, path)) == NULL) {
        free(input);
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", path);
    }
    int rc = open_samples(err, input, want);
    if (rc == SQ_OK && labels_path != NULL)
        rc = open_labels(err, input, labels_path, want->config->classes);
    if (rc != SQ_OK) {
        sq_input_free(input);
        return rc;
    }
    const uint64_t all = count_all(input);
    input->count = limit > 0 && limit < all ? limit : all;
    rc = survey(err, input, want);
    if (rc == SQ_OK)
        *out = input;
    else
        sq_input_free(input);
    return rc;
}

/* The next sample of an array. */
static int read_row(struct sq_error *err, struct sq_input *input, float *pixels)
{
    const int rc = sq_array_read(err, input->file, input->next, 1, input->item);
    return rc == SQ_OK ? sq_pixel_maker_make(err, input->path, &input->maker, input->next,
                                             input->item, pixels)
                       : rc;
}

int sq_input_next(struct sq_error *err, struct sq_input *input, float *pixels, int32_t *label)
{
    if (input->next >= input->count)
        return sq_fail(err, SQ_EUSAGE, "%s: all %" PRIu64 " samples have been read", input->path,
                       input->count);
    *label = -1;
    int rc = input->samples != NULL
                 ? sq_collection_sample_read(err, input->samples, input->next, pixels, label)
                 : read_row(err, input, pixels);
    if (rc == SQ_OK && input->labels != NULL)
        rc = sq_labels_read(err, input->labels, input->next, label);
    input->next += rc == SQ_OK;
    return rc;
}

uint64_t sq_input_position(const struct sq_input *input)
{
    return input->next;
}

void sq_input_seek(struct sq_input *input, uint64_t number)
{
    input->next = number < input->count ? number : input->count;
}

uint64_t sq_input_count(const struct sq_input *input)
{
    return input->count;
}

const char *sq_input_description(const struct sq_input *input)
{
    return input->description;
}

/* Of the name and the size of the file. */
static int digest_name(struct sq_error *err, const struct sq_input *input, char *text)
{
    const char *slash = strrchr(input->path, '/');
    struct sq_hash *hash = NULL;
    int rc = sq_hash_new(err, &hash);
    if (rc == SQ_OK)
        rc = sq_digest_name(err, hash, input->path, slash != NULL ? slash + 1 : input->path, -1);
    sq_hash_end(hash, rc == SQ_OK ? text : NULL);
    return rc;
}

int sq_input_digest(struct sq_error *err, const struct sq_input *input,
                    enum sq_input_identity identity, char *text)
{
    if (input->samples != NULL)
        return sq_collection_sample_digest(err, input->samples, identity, text);
    return identity == SQ_IDENTITY_CONTENT ? sq_digest_file(err, input->path, text)
                                           : digest_name(err, input, text);
}

const struct sq_frame_counts *sq_input_frame_counts(const struct sq_input *input)
{
    return input->samples != NULL ? sq_collection_sample_counts(input->samples) : NULL;
}

void sq_input_free(struct sq_input *input)
{
    if (input == NULL)
        return;
    sq_collection_sample_free(input->samples);
    sq_array_close(input->labels);
    sq_array_close(input->file);
    sq_arena_free(&input->arena);
    free(input);
}
