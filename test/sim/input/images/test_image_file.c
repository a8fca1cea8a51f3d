/* Theorem: images of every kind give the bytes of Pillow's convert("RGB") (test/golden/images, by
 * test/reference/make_images.py), and what is cut off is refused. */
#include "sim/input/images/image_file.h"
#include "test/sim/input/temp_files.h"

#include <stdlib.h>

enum { WIDTH = 9, HEIGHT = 6, PIXELS = WIDTH * HEIGHT, MOST = 4096 };

static const char *const name[] = {
    "grey1.png",        "grey2.png",         "grey4.png",
    "grey8.png",        "grey16.png",        "grey16-small.png",
    "rgb8.png",         "rgb16.png",         "grey8-transparent.png",
    "rgb8-gamma.png",   "palette1.png",      "palette2.png",
    "palette4.png",     "grey-alpha8.png",   "palette8-alpha.png",
    "grey-alpha16.png", "rgba8.png",         "rgba16.png",
    "rgb.jpg",          "rgb-444.jpg",       "progressive.jpg",
    "grey.jpg",         "cmyk.jpg",          "cmyk-progressive.jpg",
    "ycck.jpg",         "cmyk-no-adobe.jpg", "extraneous.jpg",
    "trailing.jpg",     "jfif-2.01.jpg",     "no-jfif.jpg",
    "adobe-rgb.jpg",    "adobe-unknown.jpg",
};
enum { N_NAMES = sizeof name / sizeof *name };

static struct sq_error err;
static struct sq_image image;

static const char *path_of(const char *file)
{
    static char path[128];
    snprintf(path, sizeof path, "test/golden/images/%s", file);
    return path;
}

static size_t read_all(const char *path, unsigned char *out, size_t room)
{
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "%s", path);
    const size_t n = fread(out, 1, room, file);
    ck_assert_uint_lt(n, room);
    fclose(file);
    return n;
}

/* What Pillow gives, [H][W][3]. */
static void read_wanted(const char *file, unsigned char *rgb)
{
    char stem[64];
    snprintf(stem, sizeof stem, "%.*s.rgb", (int)(strlen(file) - 4), file);
    ck_assert_uint_eq(read_all(path_of(stem), rgb, 3 * PIXELS + 1), 3 * PIXELS);
}

START_TEST(as_pillow)
{
    unsigned char want[3 * PIXELS + 1];
    const char *file = name[_i];
    read_wanted(file, want);
    expect_ok(&err, sq_image_read(&err, path_of(file), 3, &image));
    ck_assert_uint_eq(image.width, WIDTH);
    ck_assert_uint_eq(image.height, HEIGHT);
    for (int c = 0; c < 3; c++)
        for (int i = 0; i < PIXELS; i++)
            ck_assert_msg(image.bytes[c * PIXELS + i] == want[3 * i + c],
                          "%s, pixel %d, channel %d: %d, not %d", file, i, c,
                          image.bytes[c * PIXELS + i], want[3 * i + c]);
    free(image.bytes);
    ck_assert_int_eq(image.n_clipped > 0, strcmp(file, "grey16.png") == 0);
}
END_TEST

/* One channel takes what is grey, and nothing else. */
START_TEST(grey_networks)
{
    unsigned char want[3 * PIXELS + 1];
    const char *file = name[_i];
    const int is_grey = strncmp(file, "grey", 4) == 0;
    read_wanted(file, want);
    const int rc = sq_image_read(&err, path_of(file), 1, &image);
    expect(&err, rc, is_grey ? SQ_OK : SQ_EUNSUPPORTED, "in colour");
    for (int i = 0; is_grey && i < PIXELS; i++)
        ck_assert_uint_eq(image.bytes[i], want[3 * i]);
    free(image.bytes);
}
END_TEST

START_TEST(measuring_agrees_and_takes_no_room)
{
    expect_ok(&err, sq_image_measure(&err, path_of(name[_i]), 3, &image));
    ck_assert_uint_eq(image.width, WIDTH);
    ck_assert_uint_eq(image.height, HEIGHT);
    ck_assert_ptr_null(image.bytes);
}
END_TEST

/* Only what stands behind the last marker may be missing. */
START_TEST(cut_at_every_byte)
{
    unsigned char bytes[MOST];
    const size_t n = read_all(path_of(name[_i]), bytes, sizeof bytes);
    const size_t behind = strcmp(name[_i], "trailing.jpg") == 0 ? strlen("behind the end") : 0;
    for (size_t cut = 0; cut + behind < n; cut++) {
        const int rc = sq_image_read(&err, temp_write("cut", bytes, cut), 3, &image);
        ck_assert_msg(rc == SQ_EFORMAT || rc == SQ_EUNSUPPORTED, "%s cut at %zu of %zu: %d",
                      name[_i], cut, n, rc);
        ck_assert_ptr_null(image.bytes);
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("sim/input/image_file");
    TCase *t = tcase_create("images");
    tcase_set_timeout(t, 60); /* loaded machines, sanitizers */
    tcase_add_unchecked_fixture(t, temp_make, temp_remove);
    tcase_add_loop_test(t, as_pillow, 0, N_NAMES);
    tcase_add_loop_test(t, grey_networks, 0, N_NAMES);
    tcase_add_loop_test(t, measuring_agrees_and_takes_no_room, 0, N_NAMES);
    tcase_add_loop_test(t, cut_at_every_byte, 0, N_NAMES);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
