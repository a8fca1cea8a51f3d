#include "sim/input/input.h"

#include "sim/input/collection.h"
#include "sim/input/collection_reader.h"
#include "sim/input/collection_sources.h"
#include "sim/input/images/image_file.h"
#include "traces/files/array.h"

#include <sys/stat.h>

enum { CIFAR_SIDE = 32 };

/* A stream's first bytes must not be consumed. */
static int lies_still(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode));
}

/* 1: the file is an array, and *height and *width are its if it has so many axes. */
static int size_of_array(const char *path, uint32_t *height, uint32_t *width)
{
    struct sq_array_file *file = NULL;
    if (sq_array_open(NULL, path, &file) != SQ_OK)
        return 0;
    const struct sq_array *array = sq_array_header(file);
    const unsigned n = array->n_dims;
    if (n >= 3 && array->dim[n - 2] <= UINT32_MAX && array->dim[n - 1] <= UINT32_MAX) {
        *height = (uint32_t)array->dim[n - 2];
        *width = (uint32_t)array->dim[n - 1];
    }
    sq_array_close(file);
    return 1;
}

/* Of the first one. */
static int size_of_image(struct sq_error *err, const struct sq_collection *samples,
                         uint32_t *height, uint32_t *width)
{
    struct sq_collection_reader reader = {.collection = samples};
    char name[SQ_COLLECTION_NAME];
    struct sq_image image = {0};
    FILE *file;
    int status = sq_collection_reader_open(err, &reader, 0, name, &file);
    if (status == SQ_OK) {
        status = sq_image_measure_stream(err, name, file, 3, &image);
        fclose(file);
    }
    sq_collection_reader_close(&reader);
    if (status != SQ_OK)
        return status;
    *height = image.height;
    *width = image.width;
    return SQ_OK;
}

int sq_input_size(struct sq_error *err, void *path, uint32_t *height, uint32_t *width)
{
    static const struct sq_config any = {.classes = UINT32_MAX, .in_channels = 3};
    const struct sq_input_want want = {.channels = 3, .timesteps = 1, .config = &any};
    struct sq_collection *samples = NULL;
    bool is_one = false;
    int status = SQ_OK;
    if (!lies_still(path) && !sq_collection_has_braces(path))
        return SQ_OK;
    if (size_of_array(path, height, width))
        return SQ_OK;
    if (sq_collection_find(NULL, path, &want, &is_one) != SQ_OK || !is_one ||
        sq_collection_open(NULL, path, &want, &samples) != SQ_OK)
        return SQ_OK; /* errors of the input are reported when it is opened */
    if (samples->kind == SQ_COLLECT_CIFAR)
        *height = *width = CIFAR_SIDE;
    else if (samples->kind == SQ_COLLECT_IMAGES && samples->n > 0)
        status = size_of_image(err, samples, height, width);
    sq_collection_free(samples);
    return status;
}
