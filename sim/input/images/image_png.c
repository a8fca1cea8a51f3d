#include "sim/input/images/image_formats.h"

#include <png.h>
#include <stdlib.h>
#include <string.h>

/* One image; not local to the function that libpng's longjmp() leads back to. */
struct reading {
    const struct sq_image_task *task;
    FILE *file;
    png_structp png;
    png_infop info;
    png_bytep *rows;
    unsigned char *wide; /* lines of 16 bits a pixel, where that is what is read */
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

/* Grey of 16 bits, without alpha: Pillow takes its values as integers, not as shares of 65535. */
static int is_wide(png_structp png, png_infop info)
{
    return png_get_bit_depth(png, info) == 16 &&
           png_get_color_type(png, info) == PNG_COLOR_TYPE_GRAY;
}

/* Ask for 8 bits a channel, grey or RGB, without alpha; of 16 bits the upper eight. */
static int transform(const struct sq_image_task *task, png_structp png, png_infop info)
{
    const int type = png_get_color_type(png, info);
    const int is_colour = (type & PNG_COLOR_MASK_COLOR) != 0;
    if (is_colour && task->channels == 1)
        return sq_image_refuse_colour(task);
    if (is_wide(png, info)) {
        png_set_interlace_handling(png);
        png_read_update_info(png, info);
        return SQ_OK;
    }
    png_set_strip_16(png);
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

static int no_memory(const struct sq_image_task *task)
{
    return sq_fail(task->err, SQ_ENOMEM, "%s: out of memory for the image", task->path);
}

/* Lines of `row` bytes at `bytes`. */
static int read_rows(struct reading *reading, unsigned char *bytes, size_t row)
{
    const struct sq_image_task *task = reading->task;
    if (png_get_rowbytes(reading->png, reading->info) != row)
        return sq_fail(task->err, SQ_EUNSUPPORTED, "%s: a PNG image of an unknown layout",
                       task->path);
    reading->rows = malloc(task->out->height * sizeof *reading->rows);
    if (reading->rows == NULL)
        return no_memory(task);
    for (uint32_t y = 0; y < task->out->height; y++)
        reading->rows[y] = bytes + y * row;
    png_read_image(reading->png, reading->rows);
    png_read_end(reading->png, NULL);
    return SQ_OK;
}

/* Values above 255 become 255, as Pillow converts them. */
static void clip(const struct sq_image_task *task, const unsigned char *wide)
{
    struct sq_image *image = task->out;
    const size_t n = (size_t)image->height * image->width;
    for (size_t i = 0; i < n; i++) {
        const bool is_large = wide[2 * i] > 0;
        image->n_clipped += is_large;
        memset(image->bytes + i * task->channels, is_large ? 255 : wide[2 * i + 1], task->channels);
    }
}

static int read_wide(struct reading *reading)
{
    const struct sq_image_task *task = reading->task;
    const size_t row = 2 * (size_t)task->out->width;
    reading->wide = malloc(task->out->height * row);
    if (reading->wide == NULL)
        return no_memory(task);
    const int rc = read_rows(reading, reading->wide, row);
    if (rc == SQ_OK)
        clip(task, reading->wide);
    return rc;
}

static int read_image(struct reading *reading)
{
    const struct sq_image_task *task = reading->task;
    png_structp png = reading->png;
    png_init_io(png, reading->file);
    png_read_info(png, reading->info);
    const int wide = is_wide(png, reading->info);
    task->out->may_clip = wide;
    int rc = transform(task, png, reading->info);
    if (rc == SQ_OK)
        rc = sq_image_alloc(task, png_get_image_height(png, reading->info),
                            png_get_image_width(png, reading->info));
    if (rc != SQ_OK || task->only_measures)
        return rc;
    return wide ? read_wide(reading)
                : read_rows(reading, task->out->bytes, (size_t)task->out->width * task->channels);
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
        reading.rc = no_memory(task);
    free(reading.rows);
    free(reading.wide);
    png_destroy_read_struct(&reading.png, &reading.info, NULL);
    return reading.rc;
}
