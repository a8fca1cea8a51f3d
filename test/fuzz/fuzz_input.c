/* Any bytes as images, frames and labels of small networks: opening them ends in samples or an
 * error, every sample is finite or refused, and a second run says the same. */
#define _GNU_SOURCE

#include "sim/input/input.h"
#include "sim/input/labels.h"
#include "test/fuzz/fuzz_file.h"

#include <math.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST_PIXELS = 2 * 3 * 4 * 4, MOST_SAMPLES = 64 };

static const struct {
    uint32_t timesteps, channels, height, width;
    int frames;
    struct sq_config config;
} network[] = {
    {0, 1, 4, 4, 0, {.classes = 10}},
    {0, 1, 4, 4, 0, {.fit = SQ_FIT_PAD, .n_mean = 1, .n_std = 1, .mean = {.5f}, .std = {.25f}}},
    {0, 3, 4, 3, 0, {.fit = SQ_FIT_RESIZE}},
    {0, 3, 4, 3, 0, {.fit = SQ_FIT_CROP, .interpolation = SQ_INTERPOLATION_BICUBIC, .resize = 5}},
    {2, 2, 2, 3, 1, {.classes = 2}},
};

static uint64_t read_samples(struct sq_input *input, uint64_t hash)
{
    float pixels[MOST_PIXELS] = {0};
    struct sq_error err = {0};
    int32_t label;
    const char *description = sq_input_description(input);
    hash = fuzz_digest(hash, description, strlen(description));
    for (uint64_t i = 0; i < sq_input_count(input) && i < MOST_SAMPLES; i++) {
        if (sq_input_next(&err, input, pixels, &label) != SQ_OK)
            return fuzz_digest(hash, err.text, strlen(err.text));
        for (int k = 0; k < MOST_PIXELS; k++)
            if (!isfinite(pixels[k]))
                abort();
        hash = fuzz_digest(hash, pixels, sizeof pixels);
    }
    return hash;
}

static uint64_t as_input(const char *path, size_t n, uint64_t hash)
{
    const struct sq_input_want want = {network[n].timesteps,
                                       network[n].channels,
                                       network[n].height,
                                       network[n].width,
                                       network[n].frames,
                                       &network[n].config,
                                       NULL};
    struct sq_error err = {0};
    struct sq_input *input = NULL;
    if (sq_input_open(&err, path, NULL, &want, 0, &input) == SQ_OK)
        hash = read_samples(input, hash);
    else if (input != NULL || err.code == SQ_OK || err.text[0] == '\0')
        abort(); /* an error leaves nothing and says something */
    sq_input_free(input);
    return fuzz_digest(hash, err.text, strlen(err.text));
}

static uint64_t as_labels(const char *path, uint64_t hash)
{
    struct sq_error err = {0};
    struct sq_array_file *file = NULL;
    int32_t label;
    if (sq_labels_open(&err, path, 3, 10, &file) == SQ_OK)
        for (uint64_t i = 0; i < 3; i++)
            if (sq_labels_read(&err, file, i, &label) != SQ_OK || label < 0 || label > 9)
                abort();
    sq_array_close(file);
    return fuzz_digest(hash, err.text, strlen(err.text));
}

static uint64_t run(const uint8_t *data, size_t size)
{
    uint64_t hash = 0xcbf29ce484222325u;
    struct sq_error err = {0};
    struct sq_array_file *array = NULL;
    const struct fuzz_file file = fuzz_file_open(data, size);
    /* What is no array at all is told once, not once for each network: speed. */
    const bool is_zip = size >= 4 && memcmp(data, "PK\3\4", 4) == 0;
    if (sq_array_open(&err, file.path, &array) == SQ_OK || is_zip) {
        for (size_t n = 0; n < sizeof network / sizeof *network; n++)
            hash = as_input(file.path, n, hash);
        hash = as_labels(file.path, hash);
    }
    sq_array_close(array);
    close(file.fd);
    return fuzz_digest(hash, err.text, strlen(err.text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (run(data, size) != run(data, size))
        abort();
    return 0;
}
