#include "sim/input/images/image_file.h"

#include "sim/input/images/image_formats.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_png(const unsigned char *head, size_t n)
{
    return n >= 8 && memcmp(head, "\x89PNG\r\n\x1a\n", 8) == 0;
}

bool sq_image_knows(const unsigned char *head, size_t n)
{
    return is_png(head, n) || (n >= 3 && memcmp(head, "\xff\xd8\xff", 3) == 0);
}

/* [H][W][C] -> [C][H][W], in its own block. */
static int separate(const struct sq_image_task *task)
{
    struct sq_image *image = task->out;
    const size_t plane = (size_t)image->height * image->width;
    unsigned char *planes = malloc(plane * image->channels);
    if (planes == NULL)
        return sq_fail(task->err, SQ_ENOMEM, "%s: out of memory for the image", task->path);
    for (uint32_t c = 0; c < image->channels; c++)
        for (size_t i = 0; i < plane; i++)
            planes[c * plane + i] = image->bytes[i * image->channels + c];
    free(image->bytes);
    image->bytes = planes;
    return SQ_OK;
}

static int read_known(const struct sq_image_task *task, FILE *file)
{
    unsigned char head[8];
    const size_t n = fread(head, 1, sizeof head, file);
    rewind(file);
    if (!sq_image_knows(head, n))
        return sq_fail(task->err, SQ_EFORMAT, "%s: is neither a PNG nor a JPEG image", task->path);
    const int rc = is_png(head, n) ? sq_image_read_png(task, file) : sq_image_read_jpeg(task, file);
    return rc == SQ_OK && task->channels > 1 && !task->only_measures ? separate(task) : rc;
}

static int read_task(const struct sq_image_task *task, FILE *file)
{
    *task->out = (struct sq_image){.bytes = NULL};
    if (task->channels != 1 && task->channels != 3)
        return sq_fail(task->err, SQ_ESHAPE,
                       "%s: images have 1 or 3 channels, the network takes %u", task->path,
                       task->channels);
    const int rc = read_known(task, file);
    if (rc != SQ_OK) {
        free(task->out->bytes);
        task->out->bytes = NULL;
    }
    return rc;
}

int sq_image_read_stream(struct sq_error *err, const char *name, FILE *file, uint32_t channels,
                         struct sq_image *out)
{
    return read_task(&(struct sq_image_task){err, name, channels, out, false}, file);
}

int sq_image_measure_stream(struct sq_error *err, const char *name, FILE *file, uint32_t channels,
                            struct sq_image *out)
{
    return read_task(&(struct sq_image_task){err, name, channels, out, true}, file);
}

static int read_path(const struct sq_image_task *task)
{
    *task->out = (struct sq_image){.bytes = NULL};
    FILE *file = fopen(task->path, "rb");
    if (file == NULL)
        return sq_fail(task->err, SQ_EIO, "%s: cannot be opened: %s", task->path, strerror(errno));
    const int rc = read_task(task, file);
    fclose(file);
    return rc;
}

int sq_image_read(struct sq_error *err, const char *path, uint32_t channels, struct sq_image *out)
{
    return read_path(&(struct sq_image_task){err, path, channels, out, false});
}

int sq_image_measure(struct sq_error *err, const char *path, uint32_t channels,
                     struct sq_image *out)
{
    return read_path(&(struct sq_image_task){err, path, channels, out, true});
}
