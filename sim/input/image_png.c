#include "sim/input/image_formats.h"

#include <png.h>
#include <stdlib.h>

/* One image; not local to the function that libpng's longjmp() leads back to. */
struct reading {
    const struct sq_image_task *task;
    FILE *file;
    png_structp png;
    png_infop info;
    png_bytep *rows;
    int rc;
};

static void on_error(png_structp png, png_const_charp text)
{
    struct reading *reading = png_get_error_ptr(png);
    reading->rc = sq_fail(reading->task->err, SQ_EFORMAT, "%s: a damaged PNG image: %s",
                          reading->task->path, text);
    longjmp(png_jmpbuf(png), 1);
}

static void on_warning(png_structp png, png_const_charp text)
{
    (void)png;
    (void)text;
}

/* Ask for 8 bits a channel, grey or RGB, without alpha. */
static int transform(const struct sq_image_task *task, png_structp png, png_infop info)
{
    const int type = png_get_color_type(png, info);
    const int is_colour = (type & PNG_COLOR_MASK_COLOR) != 0;
    if (png_get_bit_depth(png, info) == 16)
        return sq_fail(task->err, SQ_EUNSUPPORTED,
                       "%s: a PNG image of 16 bits a channel; 8 bits are read", task->path);
    if (is_colour && task->channels == 1)
        return sq_image_refuse_colour(task);
    png_set_palette_to_rgb(png);
    if (type == PNG_COLOR_TYPE_GRAY)
        png_set_expand_gray_1_2_4_to_8(png);
    if (!is_colour && task->channels == 3)
        png_set_gray_to_rgb(png);
    png_set_strip_alpha(png);
    png_set_interlace_handling(png);
    png_read_update_info(png, info);
    return SQ_OK;
}

static int read_image(struct reading *reading)
{
    const struct sq_image_task *task = reading->task;
    png_structp png = reading->png;
    png_init_io(png, reading->file);
    png_read_info(png, reading->info);
    int rc = transform(task, png, reading->info);
    if (rc == SQ_OK)
        rc = sq_image_alloc(task, png_get_image_height(png, reading->info),
                            png_get_image_width(png, reading->info));
    if (rc != SQ_OK || task->only_measures)
        return rc;
    const size_t row = (size_t)task->out->width * task->channels;
    if (png_get_rowbytes(png, reading->info) != row)
        return sq_fail(task->err, SQ_EUNSUPPORTED, "%s: a PNG image of an unknown layout",
                       task->path);
    reading->rows = malloc(task->out->height * sizeof *reading->rows);
    if (reading->rows == NULL)
        return sq_fail(task->err, SQ_ENOMEM, "%s: out of memory for the image", task->path);
    for (uint32_t y = 0; y < task->out->height; y++)
        reading->rows[y] = task->out->bytes + y * row;
    png_read_image(png, reading->rows);
    png_read_end(png, NULL);
    return SQ_OK;
}

static void read_guarded(struct reading *reading)
{
    if (setjmp(png_jmpbuf(reading->png)) == 0)
        reading->rc = read_image(reading);
}

int sq_image_read_png(const struct sq_image_task *task, FILE *file)
{
    struct reading reading = {.task = task, .file = file};
    reading.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &reading, on_error, on_warning);
    reading.info = reading.png != NULL ? png_create_info_struct(reading.png) : NULL;
    if (reading.info != NULL)
        read_guarded(&reading);
    else
        reading.rc = sq_fail(task->err, SQ_ENOMEM, "%s: out of memory for the image", task->path);
    free(reading.rows);
    png_destroy_read_struct(&reading.png, &reading.info, NULL);
    return reading.rc;
}
