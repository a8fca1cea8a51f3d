#include "sim/input/images/image_task.h"

#include <stdlib.h>

int sq_image_alloc(const struct sq_image_task *task, uint64_t height, uint64_t width)
{
    if (height < 1 || width < 1 || height > SQ_IMAGE_MAX_SIDE || width > SQ_IMAGE_MAX_SIDE ||
        height * width > SQ_IMAGE_MAX_PIXELS)
        return sq_fail(
            task->err, SQ_EUNSUPPORTED,
            "%s: an image of %llu x %llu pixels; at most %d in all and %d a side are read",
            task->path, (unsigned long long)width, (unsigned long long)height, SQ_IMAGE_MAX_PIXELS,
            SQ_IMAGE_MAX_SIDE);
    task->out->channels = task->channels;
    task->out->height = (uint32_t)height;
    task->out->width = (uint32_t)width;
    if (task->only_measures)
        return SQ_OK;
    task->out->bytes = malloc((size_t)height * width * task->channels);
    return task->out->bytes != NULL
               ? SQ_OK
               : sq_fail(task->err, SQ_ENOMEM, "%s: out of memory for the image", task->path);
}

int sq_image_refuse_colour(const struct sq_image_task *task)
{
    return sq_fail(task->err, SQ_EUNSUPPORTED,
                   "%s: an image in colour; the network takes one channel: convert it to grey",
                   task->path);
}
