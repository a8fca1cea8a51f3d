/* Collections: folders, lists, PNG and JPEG images, CIFAR batches give the samples and labels that
 * were put there. */
#include "sim/input/collection.h"
#include "sim/input/images/image_file.h"
#include "test/sim/input/temp_files.h"
#include "test/support/bytes.h"

#include <math.h>
#include <png.h>
#include <stdlib.h>

#include <jpeglib.h>

static struct sq_config config;
static struct sq_input_want want;

static void set_up(void)
{
    config = (struct sq_config){.classes = 3, .fit = SQ_FIT_NONE};
    want = (struct sq_input_want){0, 3, 4, 5, 0, &config, NULL};
}

/* Byte c of pixel (y, x). */
static unsigned char pixel(unsigned y, unsigned x, unsigned c, unsigned seed)
{
    return (unsigned char)(seed * 31 + y * 50 + x * 7 + c * 90);
}

/* 4 x 5 pixels, interleaved as libpng takes them. */
static const char *write_png(const char *name, int format, unsigned channels, unsigned seed)
{
    unsigned char bytes[4 * 5 * 4];
    const char *path = temp_path(name);
    png_image image = {
        .version = PNG_IMAGE_VERSION, .width = 5, .height = 4, .format = (unsigned)format};
    for (unsigned i = 0; i < 20; i++)
        for (unsigned c = 0; c < channels; c++)
            bytes[i * channels + c] = c == 3 ? 128 : pixel(i / 5, i % 5, c, seed);
    ck_assert(png_image_write_to_file(&image, path, 0, bytes, 0, NULL));
    return path;
}

/* A grey JPEG of one value is exact. */
static const char *write_jpeg(const char *name, unsigned char value)
{
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr manager;
    unsigned char row[5];
    const char *path = temp_path(name);
    FILE *file = fopen(path, "wb");
    memset(row, value, sizeof row);
    jpeg.err = jpeg_std_error(&manager);
    jpeg_create_compress(&jpeg);
    jpeg_stdio_dest(&jpeg, file);
    jpeg.image_width = 5;
    jpeg.image_height = 4;
    jpeg.input_components = 1;
    jpeg.in_color_space = JCS_GRAYSCALE;
    jpeg_set_defaults(&jpeg);
    jpeg_start_compress(&jpeg, TRUE);
    for (int y = 0; y < 4; y++) {
        JSAMPROW line = row;
        jpeg_write_scanlines(&jpeg, &line, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    fclose(file);
    return path;
}

START_TEST(png_in_colour)
{
    struct sq_error err = {0};
    struct sq_image image;
    const int formats[] = {PNG_FORMAT_RGB, PNG_FORMAT_RGBA};
    const char *path = write_png("a.png", formats[_i], 3 + (unsigned)_i, 1);
    ck_assert_int_eq(sq_image_read(&err, path, 3, &image), SQ_OK);
    ck_assert_uint_eq(image.height, 4);
    ck_assert_uint_eq(image.width, 5);
    for (unsigned c = 0; c < 3; c++)
        for (unsigned i = 0; i < 20; i++)
            ck_assert_uint_eq(image.bytes[c * 20 + i], pixel(i / 5, i % 5, c, 1));
    free(image.bytes);
    ck_assert_int_eq(sq_image_read(&err, path, 1, &image), SQ_EUNSUPPORTED);
    ck_assert_ptr_null(image.bytes);
}
END_TEST

START_TEST(grey_images)
{
    struct sq_error err = {0};
    struct sq_image image;
    const char *path =
        _i == 0 ? write_png("g.png", PNG_FORMAT_GRAY, 1, 2) : write_jpeg("g.jpg", 200);
    for (uint32_t channels = 1; channels <= 3; channels += 2) {
        ck_assert_int_eq(sq_image_read(&err, path, channels, &image), SQ_OK);
        for (unsigned i = 0; i < 20 * channels; i++)
            ck_assert_uint_eq(image.bytes[i], _i == 0 ? pixel(i % 20 / 5, i % 5, 0, 2) : 200);
        free(image.bytes);
    }
}
END_TEST

/* Cut at every byte: an image, or one line, and no memory left behind. */
START_TEST(images_cut_at_every_byte)
{
    struct sq_error err = {0};
    struct sq_image image;
    unsigned char bytes[4096];
    const char *path = _i == 0 ? write_png("c.png", PNG_FORMAT_RGB, 3, 3) : write_jpeg("c.jpg", 90);
    FILE *file = fopen(path, "rb");
    const size_t n = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    ck_assert_uint_lt(n, sizeof bytes);
    for (size_t cut = 0; cut < n; cut++) {
        temp_write("cut", bytes, cut);
        const int rc = sq_image_read(&err, temp_path("cut"), 3, &image);
        ck_assert_msg(rc == SQ_EFORMAT || rc == SQ_EUNSUPPORTED || (rc == SQ_OK && cut + 16 > n),
                      "cut at %zu of %zu: %d", cut, n, rc);
        free(image.bytes);
    }
}
END_TEST

static void check_sample(struct sq_input *input, unsigned seed, int32_t label)
{
    struct sq_error err = {0};
    float pixels[3 * 20];
    int32_t got = -2;
    const int rc = sq_input_next(&err, input, pixels, &got);
    ck_assert_msg(rc == SQ_OK, "%s", err.text);
    ck_assert_int_eq(got, label);
    for (unsigned c = 0; c < 3; c++)
        for (unsigned i = 0; i < 20; i++)
            ck_assert(pixels[c * 20 + i] == (float)pixel(i / 5, i % 5, c, seed) / 255.0f);
}

static struct sq_input *open_input(const char *path)
{
    struct sq_error err = {0};
    struct sq_input *input = NULL;
    const int rc = sq_input_open(&err, path, NULL, &want, 0, &input);
    ck_assert_msg(rc == SQ_OK, "%s", err.text);
    return input;
}

/* Class folders are numbered in the order of their names; so are files; hidden ones do not count.
 */
START_TEST(class_folders)
{
    mkdir(temp_path("set"), 0777);
    mkdir(temp_path("set/b"), 0777);
    mkdir(temp_path("set/a"), 0777);
    mkdir(temp_path("set/b/more"), 0777);
    write_png("set/b/2.png", PNG_FORMAT_RGB, 3, 5);
    write_png("set/b/more/1.png", PNG_FORMAT_RGB, 3, 6);
    write_png("set/a/9.png", PNG_FORMAT_RGB, 3, 4);
    temp_write("set/a/.hidden", "x", 1);
    struct sq_input *input = open_input(temp_path("set"));
    ck_assert_uint_eq(sq_input_count(input), 3);
    ck_assert_str_eq(sq_input_description(input),
                     "3 images in 2 class folders, 1 other file passed over (.hidden first), /255, "
                     "not normalised");
    check_sample(input, 4, 0);
    check_sample(input, 5, 1);
    check_sample(input, 6, 1);
    char digest[65], again[65];
    struct sq_error err = {0};
    ck_assert_int_eq(sq_input_digest(&err, input, SQ_IDENTITY_CONTENT, digest), SQ_OK);
    ck_assert_uint_eq(strlen(digest), 64);
    sq_input_free(input);
    write_png("set/b/2.png", PNG_FORMAT_RGB, 3, 7);
    input = open_input(temp_path("set"));
    ck_assert_int_eq(sq_input_digest(&err, input, SQ_IDENTITY_CONTENT, again), SQ_OK);
    ck_assert_str_ne(digest, again);
    sq_input_free(input);
}
END_TEST

START_TEST(a_list)
{
    static const char text[] = "# two images\nl1.png 2\nl 2.png\t0\nl1.png\n";
    write_png("l1.png", PNG_FORMAT_RGB, 3, 8);
    write_png("l 2.png", PNG_FORMAT_RGB, 3, 9);
    struct sq_input *input = open_input(temp_write("list.txt", text, sizeof text - 1));
    ck_assert_uint_eq(sq_input_count(input), 3);
    check_sample(input, 8, 2);
    check_sample(input, 9, 0);
    check_sample(input, 8, -1);
    sq_input_free(input);
}
END_TEST

START_TEST(cifar_batches)
{
    struct bytes batch = {NULL, 0, 0};
    float *pixels = malloc(3072 * sizeof *pixels);
    struct sq_error err = {0};
    int32_t label;
    want.height = want.width = 32;
    config.classes = 100;
    for (unsigned k = 0; k < 3; k++) {
        if (_i == 1)
            bytes_put_u8(&batch, 19);
        bytes_put_u8(&batch, _i == 1 ? 90 + k : 7 + k);
        for (unsigned i = 0; i < 3072; i++)
            bytes_put_u8(&batch, (i * 3 + k) & 255);
    }
    struct sq_input *input = open_input(temp_write("batch.bin", batch.data, batch.n));
    ck_assert_uint_eq(sq_input_count(input), 3);
    for (unsigned k = 0; k < 3; k++) {
        ck_assert_int_eq(sq_input_next(&err, input, pixels, &label), SQ_OK);
        ck_assert_int_eq(label, (int32_t)((_i == 1 ? 90 : 7) + k));
        for (unsigned i = 0; i < 3072; i++)
            ck_assert(pixels[i] == (float)((i * 3 + k) & 255) / 255.0f);
    }
    sq_input_free(input);
    bytes_free(&batch);
    free(pixels);
}
END_TEST

static void refuse(const char *path, int code, const char *says)
{
    struct sq_error err = {0};
    struct sq_input *input = NULL;
    float pixels[60];
    int32_t label;
    int rc = sq_input_open(&err, path, NULL, &want, 0, &input);
    if (rc == SQ_OK)
        rc = sq_input_next(&err, input, pixels, &label);
    sq_input_free(input);
    ck_assert_msg(rc == code && strstr(err.text, says) != NULL, "%d %s", rc, err.text);
}

START_TEST(what_is_refused)
{
    mkdir(temp_path("empty"), 0777);
    refuse(temp_path("empty"), SQ_EFORMAT, "holds no sample");
    write_png("one.png", PNG_FORMAT_RGB, 3, 1);
    refuse(temp_write("label.txt", "one.png 3\n", 10), SQ_EVALUE, "has the label 3");
    want.height = 6;
    refuse(temp_path("one.png"), SQ_ESHAPE, SQ_OPT "set fit=pad");
    want.height = 4;
    want.frames = 1;
    refuse(temp_path("one.png"), SQ_EUSAGE, SQ_OPT "frames RULE");
    want.frames = 0;
    want.frame_request = &(struct sq_frame_request){.frames = "number:2", .bin = 1};
    refuse(temp_path("one.png"), SQ_EUSAGE, "takes images");
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("input");
    TCase *tcase = tcase_create("collection");
    tcase_add_unchecked_fixture(tcase, temp_make, temp_remove);
    tcase_add_checked_fixture(tcase, set_up, NULL);
    tcase_add_loop_test(tcase, png_in_colour, 0, 2);
    tcase_add_loop_test(tcase, grey_images, 0, 2);
    tcase_add_loop_test(tcase, images_cut_at_every_byte, 0, 2);
    tcase_add_test(tcase, class_folders);
    tcase_add_test(tcase, a_list);
    tcase_add_loop_test(tcase, cifar_batches, 0, 2);
    tcase_add_test(tcase, what_is_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}

SQ_TEST_MAIN(suite())
