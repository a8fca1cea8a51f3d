/* Theorem: images of other sizes become, byte for byte, what Pillow 9.4 and torchvision's
 * arithmetic of sizes make of them (test/golden/resize, by test/reference/make_resize.py). */
#include "sim/input/images/fit.h"
#include "test/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N_NUMBERS = 7, MOST = 500 * 375, N_CASES = 46 };

struct stored {
    uint32_t kind, width, height, side, crop_width, crop_height, number;
    unsigned char crop[32 * 32];
};

static struct sq_arena arena;
static unsigned char image[MOST];
static float pixels[3 * 32 * 32];

static int next_number(FILE *file, uint32_t *out)
{
    unsigned char b[4];
    if (fread(b, 1, sizeof b, file) != sizeof b)
        return 0;
    *out = b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
    return 1;
}

static int next_record(FILE *file, struct stored *s)
{
    uint32_t *const number[N_NUMBERS] = {&s->kind,       &s->width,       &s->height, &s->side,
                                         &s->crop_width, &s->crop_height, &s->number};
    for (int i = 0; i < N_NUMBERS; i++)
        if (!next_number(file, number[i]))
            return 0;
    const size_t n = (size_t)s->crop_width * s->crop_height;
    ck_assert_uint_le(n, sizeof s->crop);
    ck_assert_uint_eq(fread(s->crop, 1, n, file), n);
    return 1;
}

static void draw_image(const struct stored *s)
{
    uint32_t state = s->number;
    for (uint32_t i = 0; i < s->width * s->height; i++) {
        state = state * 1664525u + 1013904223u;
        image[i] = (unsigned char)(state >> 24);
    }
}

/* The record's image through a plan of one channel, mean 0 and deviation 1. */
static void expect_stored(const struct stored *s)
{
    const struct sq_config config = {.fit = s->side > 0 ? SQ_FIT_CROP : SQ_FIT_RESIZE,
                                     .interpolation = s->kind == 1 ? SQ_INTERPOLATION_BICUBIC
                                                                   : SQ_INTERPOLATION_BILINEAR,
                                     .resize = s->side,
                                     .image_height = s->crop_height,
                                     .image_width = s->crop_width};
    struct sq_fit_plan plan = {.channels = 1,
                               .from_height = s->height,
                               .from_width = s->width,
                               .height = s->crop_height,
                               .width = s->crop_width};
    draw_image(s);
    ck_assert_int_eq(sq_fit_prepare(&plan, &config, &arena), SQ_OK);
    sq_fit_apply(&plan, image, pixels);
    for (uint32_t i = 0; i < s->crop_height * s->crop_width; i++)
        ck_assert_msg(pixels[i] == (float)s->crop[i] / 255.0f,
                      "image %u, %ux%u to %u, crop %ux%u, kind %u, pixel %u: %g, not %u", s->number,
                      s->width, s->height, s->side, s->crop_width, s->crop_height, s->kind, i,
                      (double)pixels[i] * 255, s->crop[i]);
    sq_arena_free(&arena);
}

START_TEST(every_stored_result)
{
    FILE *file = fopen("test/golden/resize/pillow.bin", "rb");
    struct stored s;
    int n = 0;
    ck_assert_ptr_nonnull(file);
    while (next_record(file, &s)) {
        expect_stored(&s);
        n++;
    }
    fclose(file);
    ck_assert_int_eq(n, N_CASES);
}
END_TEST

/* Crops begin where Python's round() says: halves go to the even number. */
START_TEST(the_centre)
{
    static const uint32_t side[][3] = {{8, 8, 0},  {9, 8, 0},  {10, 8, 1}, {11, 8, 2},
                                       {12, 8, 2}, {13, 8, 2}, {15, 8, 4}};
    for (size_t i = 0; i < sizeof side / sizeof *side; i++) {
        const struct sq_config config = {
            .fit = SQ_FIT_CROP, .resize = side[i][0], .image_height = 8, .image_width = 8};
        struct sq_fit_plan plan = {
            .channels = 1, .from_height = 20, .from_width = 20, .height = 8, .width = 8};
        ck_assert_int_eq(sq_fit_prepare(&plan, &config, &arena), SQ_OK);
        ck_assert_uint_eq(plan.rows.begin, side[i][2]);
        ck_assert_uint_eq(plan.columns.begin, side[i][2]);
        sq_arena_free(&arena);
    }
}
END_TEST

/* An even image stays even, whatever is done to it, and is normalised. */
START_TEST(channels_are_normalised_each)
{
    const struct sq_config config = {.fit = SQ_FIT_CROP,
                                     .interpolation = SQ_INTERPOLATION_BICUBIC,
                                     .resize = 12,
                                     .image_height = 8,
                                     .image_width = 8,
                                     .n_mean = 3,
                                     .n_std = 3,
                                     .mean = {.1f, .2f, .3f},
                                     .std = {.4f, .5f, .6f}};
    struct sq_fit_plan plan = {
        .channels = 3, .from_height = 30, .from_width = 20, .height = 8, .width = 8};
    memset(image, 10, 600);
    memset(image + 600, 20, 600);
    memset(image + 1200, 255, 600);
    ck_assert_int_eq(sq_fit_prepare(&plan, &config, &arena), SQ_OK);
    sq_fit_apply(&plan, image, pixels);
    for (int i = 0; i < 64; i++) {
        ck_assert(pixels[i] == (10.0f / 255.0f - .1f) / .4f);
        ck_assert(pixels[64 + i] == (20.0f / 255.0f - .2f) / .5f);
        ck_assert(pixels[128 + i] == (1.0f - .3f) / .6f);
    }
    sq_arena_free(&arena);
}
END_TEST

START_TEST(what_is_said)
{
    static const struct {
        struct sq_config config;
        uint32_t height, width;
        const char *text;
    } row[] = {
        {{.fit = SQ_FIT_NONE}, 8, 8, ""},
        {{.fit = SQ_FIT_PAD}, 4, 4, ", padded to 8x8"},
        {{.fit = SQ_FIT_RESIZE}, 8, 8, ""},
        {{.fit = SQ_FIT_RESIZE}, 20, 30, ", stretched to 8x8 (bilinear, no antialiasing)"},
        {{.fit = SQ_FIT_RESIZE, .interpolation = SQ_INTERPOLATION_BICUBIC},
         20,
         30,
         ", stretched to 8x8 (bicubic, antialiased)"},
        {{.fit = SQ_FIT_CROP},
         20,
         30,
         ", shorter side resized to 8 (bilinear, antialiased), centre crop 8x8"},
        {{.fit = SQ_FIT_CROP}, 8, 8, ""},
        {{.fit = SQ_FIT_CROP, .crop_pct = 0.875, .interpolation = SQ_INTERPOLATION_BICUBIC},
         8,
         8,
         ", shorter side resized to 9 (bicubic, antialiased), centre crop 8x8"},
    };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct sq_config config = row[i].config;
        char text[128];
        const struct sq_fit_plan plan = {
            .from_height = row[i].height, .from_width = row[i].width, .height = 8, .width = 8};
        config.image_height = config.image_width = 8;
        sq_fit_describe(&plan, &config, text, sizeof text);
        ck_assert_str_eq(text, row[i].text);
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("sim/input/resample");
    TCase *t = tcase_create("resample");
    tcase_set_timeout(t, 60); /* loaded machines, sanitizers */
    tcase_add_test(t, every_stored_result);
    tcase_add_test(t, the_centre);
    tcase_add_test(t, channels_are_normalised_each);
    tcase_add_test(t, what_is_said);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
