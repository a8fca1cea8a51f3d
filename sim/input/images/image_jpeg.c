#include "sim/input/images/image_formats.h"

#include <stdio.h>

#include <jpeglib.h>

#include <jerror.h>
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

/* Warnings after which every pixel is intact: bytes that no pixel needs, versions and
 * codes that are only unusual. */
static int is_harmless(int code)
{
    static const int harmless[] = {JWRN_EXTRANEOUS_DATA, JWRN_JFIF_MAJOR, JWRN_ADOBE_XFORM,
                                   JWRN_NOT_SEQUENTIAL, JWRN_BOGUS_PROGRESSION};
    for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++)
        if (code == harmless[i])
            return 1;
    return 0;
}

/* The other warnings are about damaged data that are guessed at: no guess is an input. */
static void on_message(j_common_ptr jpeg, int level)
{
    if (level < 0 && !is_harmless(jpeg->err->msg_code))
        refuse(jpeg);
}

static int is_cmyk(const struct jpeg_decompress_struct *jpeg)
{
    return jpeg->jpeg_color_space == JCS_CMYK || jpeg->jpeg_color_space == JCS_YCCK;
}

static int choose_colours(const struct sq_image_task *task, struct jpeg_decompress_struct *jpeg)
{
    const int is_grey = jpeg->jpeg_color_space == JCS_GRAYSCALE;
    if (!is_grey && task->channels == 1)
        return sq_image_refuse_colour(task);
    jpeg->out_color_space = is_cmyk(jpeg)         ? JCS_CMYK
                            : task->channels == 1 ? JCS_GRAYSCALE
                                                  : JCS_RGB;
    return SQ_OK;
}

/* Inks are stored inverted, as Adobe does it and Pillow takes all of them: an ink of i leaves 255 -
 * i of the light, and black lets k of 255 through. To whole bytes, rounded. */
static void cmyk_to_rgb(const JSAMPLE *in, unsigned char *out, size_t n)
{
    for (size_t i = 0; i < n; i++, in += 4, out += 3)
        for (int c = 0; c < 3; c++) {
            const unsigned k = in[3], absorbed = (255u - in[c]) * k + 128;
            out[c] = (unsigned char)(k - (absorbed + (absorbed >> 8)) / 256);
        }
}

/* The lines of an image in CMYK, through one of the library's own. */
static void read_cmyk(const struct sq_image_task *task, struct jpeg_decompress_struct *jpeg)
{
    const JDIMENSION width = jpeg->output_width;
    JSAMPARRAY line = jpeg->mem->alloc_sarray((j_common_ptr)jpeg, JPOOL_IMAGE, 4 * width, 1);
    while (jpeg->output_scanline < jpeg->output_height) {
        unsigned char *out = task->out->bytes + (size_t)jpeg->output_scanline * width * 3;
        jpeg_read_scanlines(jpeg, line, 1);
        cmyk_to_rgb(line[0], out, width);
    }
}

static void read_lines(const struct sq_image_task *task, struct jpeg_decompress_struct *jpeg)
{
    while (jpeg->output_scanline < jpeg->output_height) {
        JSAMPROW row =
            task->out->bytes + (size_t)jpeg->output_scanline * task->out->width * task->channels;
        jpeg_read_scanlines(jpeg, &row, 1);
    }
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
    if (is_cmyk(jpeg))
        read_cmyk(task, jpeg);
    else
        read_lines(task, jpeg);
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
