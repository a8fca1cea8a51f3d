#include "sim/input/image_formats.h"

#include <stdio.h>

#include <jpeglib.h>
#include <setjmp.h>

/* What libjpeg's errors lead back to; `manager` is first: the library knows its address only. */
struct complaint {
    struct jpeg_error_mgr manager;
    const struct sq_image_task *task;
    jmp_buf back;
    int rc;
};

static void refuse(j_common_ptr jpeg)
{
    struct complaint *complaint = (struct complaint *)(void *)jpeg->err;
    char text[JMSG_LENGTH_MAX];
    jpeg->err->format_message(jpeg, text);
    complaint->rc = sq_fail(complaint->task->err, SQ_EFORMAT, "%s: a damaged JPEG image: %s",
                            complaint->task->path, text);
    longjmp(complaint->back, 1);
}

/* Warnings are about damaged data that are guessed at: no guess is an input. */
static void on_message(j_common_ptr jpeg, int level)
{
    if (level < 0)
        refuse(jpeg);
}

static int choose_colours(const struct sq_image_task *task, struct jpeg_decompress_struct *jpeg)
{
    const int is_grey = jpeg->jpeg_color_space == JCS_GRAYSCALE;
    if (jpeg->jpeg_color_space == JCS_CMYK || jpeg->jpeg_color_space == JCS_YCCK)
        return sq_fail(task->err, SQ_EUNSUPPORTED,
                       "%s: a JPEG image in CMYK; RGB and grey are read", task->path);
    if (!is_grey && task->channels == 1)
        return sq_image_refuse_colour(task);
    jpeg->out_color_space = task->channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    return SQ_OK;
}

static int read_image(const struct sq_image_task *task, struct jpeg_decompress_struct *jpeg,
                      FILE *file)
{
    jpeg_stdio_src(jpeg, file);
    jpeg_read_header(jpeg, TRUE);
    int rc = choose_colours(task, jpeg);
    if (rc == SQ_OK)
        rc = sq_image_alloc(task, jpeg->image_height, jpeg->image_width);
    if (rc != SQ_OK || task->only_measures)
        return rc;
    jpeg_start_decompress(jpeg);
    while (jpeg->output_scanline < jpeg->output_height) {
        JSAMPROW row =
            task->out->bytes + (size_t)jpeg->output_scanline * task->out->width * task->channels;
        jpeg_read_scanlines(jpeg, &row, 1);
    }
    jpeg_finish_decompress(jpeg);
    return SQ_OK;
}

/* The image is not local to the function that longjmp() leads back to. */
static void read_guarded(struct complaint *complaint, struct jpeg_decompress_struct *jpeg,
                         FILE *file)
{
    if (setjmp(complaint->back) != 0)
        return;
    jpeg_create_decompress(jpeg);
    complaint->rc = read_image(complaint->task, jpeg, file);
}

int sq_image_read_jpeg(const struct sq_image_task *task, FILE *file)
{
    struct jpeg_decompress_struct jpeg = {.err = NULL};
    struct complaint complaint = {.task = task, .rc = SQ_OK};
    jpeg.err = jpeg_std_error(&complaint.manager);
    complaint.manager.error_exit = refuse;
    complaint.manager.emit_message = on_message;
    read_guarded(&complaint, &jpeg, file);
    jpeg_destroy_decompress(&jpeg);
    return complaint.rc;
}
