#include "sim/input/input.h"

#include "kernels/base/arena.h"
#include "sim/input/array.h"
#include "sim/input/collection_sample.h"
#include "sim/input/fit.h"
#include "sim/input/labels.h"
#include "sim/input/pixels_as_is.h"
#include "sim/input/sample_shape.h"
#include "traces/digest/digest.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct sq_input {
    struct sq_arena arena;
    const char *path;
    struct sq_array_file *file;           /* or, NULL: */
    struct sq_collection_sample *samples; /* of a collection */
    struct sq_array_file *labels;         /* or NULL */
    uint64_t count, next;
    uint32_t channels, height, width; /* of the network */
    struct sq_sample_shape shape;
    struct sq_fit_plan plan;
    unsigned char *item; /* one sample as stored */
    char description[384];
};

static void describe(struct sq_input *input, const struct sq_config *config)
{
    static const char *const fitted[] = {
        [SQ_FIT_NONE] = "", [SQ_FIT_PAD] = ", padded to ", [SQ_FIT_RESIZE] = ", resized to "};
    char array[256], size[32] = "", part[64] = "";
    const uint64_t all = sq_array_header(input->file)->dim[0];
    const enum sq_fit fit = input->plan.fit;
    sq_array_describe(input->file, array, sizeof array);
    if (input->count < all)
        snprintf(part, sizeof part, ", first %" PRIu64, input->count);
    if (fit != SQ_FIT_NONE)
        snprintf(size, sizeof size, "%" PRIu32 "x%" PRIu32, input->height, input->width);
    if (input->shape.use == SQ_SAMPLE_BYTES)
        snprintf(input->description, sizeof input->description, "%s%s, /255%s%s%s", array, part,
                 fitted[fit], size, config->n_mean > 0 ? ", normalised" : "");
    else
        snprintf(input->description, sizeof input->description, "%s%s, as stored", array, part);
}

static int prepare(struct sq_error *err, struct sq_input *input, const struct sq_input_want *want)
{
    const struct sq_array *a = sq_array_header(input->file);
    struct sq_fit_plan *plan = &input->plan;
    int rc = sq_sample_shape_check(err, input->path, a, want, &input->shape);
    if (rc != SQ_OK)
        return rc;
    input->channels = plan->channels = want->channels;
    input->height = plan->height = want->height;
    input->width = plan->width = want->width;
    plan->from_height = input->shape.height;
    plan->from_width = input->shape.width;
    if (input->shape.use == SQ_SAMPLE_BYTES)
        rc = sq_fit_prepare(plan, want->config, &input->arena);
    input->item = sq_arena_alloc(&input->arena, sq_array_row_elements(input->file), a->item_bytes);
    if (rc != SQ_OK || input->item == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory for one sample", input->path);
    return SQ_OK;
}

/* Samples of the file, whatever the limit. */
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
    if (input->samples != NULL)
        sq_collection_sample_describe(input->samples, input->count, input->description,
                                      sizeof input->description);
    else
        describe(input, want->config);
    *out = input;
    return SQ_OK;
}

static int take_as_is(struct sq_error *err, const struct sq_input *input, float *pixels)
{
    const struct sq_array *a = sq_array_header(input->file);
    char sample[32];
    snprintf(sample, sizeof sample, "sample %" PRIu64 ", ", input->next);
    const struct sq_pixel_place place = {.path = input->path,
                                         .sample = sample,
                                         .has_frames = a->n_dims == 5,
                                         .channels = input->channels,
                                         .height = input->height,
                                         .width = input->width};
    return sq_pixels_as_is(err, &place, a, input->item, sq_array_row_elements(input->file), pixels);
}

/* The next sample of an array. */
static int read_row(struct sq_error *err, struct sq_input *input, float *pixels)
{
    const int rc = sq_array_read(err, input->file, input->next, 1, input->item);
    if (rc != SQ_OK || input->shape.use != SQ_SAMPLE_BYTES)
        return rc != SQ_OK ? rc : take_as_is(err, input, pixels);
    sq_fit_apply(&input->plan, input->item, pixels);
    return SQ_OK;
}

int sq_input_next(struct sq_error *err, struct sq_input *input, float *pixels, int32_t *label)
{
    if (input->next >= input->count)
        return sq_fail(err, SQ_EUSAGE, "%s: all %" PRIu64 " samples are read", input->path,
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

int sq_input_digest(struct sq_error *err, const struct sq_input *input, char *text)
{
    return input->samples != NULL ? sq_collection_sample_digest(err, input->samples, text)
                                  : sq_digest_file(err, input->path, text);
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
