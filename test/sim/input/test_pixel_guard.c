/* The normalisation guard: what warns, and what does not. */
#include "kernels/base/warnings.h"
#include "sim/input/input.h"
#include "test/traces/files/make_array.h"

#include <stdlib.h>

enum { C = 3, SIDE = 4, PLANE = SIDE * SIDE, SAMPLE = C * PLANE, N = 3 };

static const float mean[C] = {.485f, .456f, .406f}, deviation[C] = {.229f, .224f, .225f};

static struct sq_error err;
static struct sq_warnings list;
static struct sq_config config;
static struct sq_input_want want;

static void set_up(void)
{
    config = (struct sq_config){.classes = 10, .image_height = SIDE, .image_width = SIDE};
    want = (struct sq_input_want){0, C, SIDE, SIDE, 0, &config, NULL};
    list = (struct sq_warnings){.n = 0};
    err = (struct sq_error){0};
}

static void normalise(void)
{
    config.n_mean = config.n_std = C;
    memcpy(config.mean, mean, sizeof mean);
    memcpy(config.std, deviation, sizeof deviation);
}

/* Open the file; "" or the one warning's name. */
static const char *verdict(const char *path, uint64_t limit)
{
    struct sq_input *input = NULL;
    sq_warnings_begin(&err, &list);
    const int rc = sq_input_open(&err, path, NULL, &want, limit, &input);
    sq_warnings_end(&err, &list);
    expect_ok(&err, rc);
    sq_input_free(input);
    ck_assert_uint_le(list.n, 1);
    return list.n == 0 ? "" : list.item[0].name;
}

/* How the images of the pool come to be stored. */
enum form { BYTES, SCALED, NORMALISED, TWICE, FLOAT_BYTES, HALF, BYTE_UNITS, ONES, BLACK };

static float stored(enum form form, uint32_t c, unsigned char byte)
{
    const float scaled = (float)byte / 255.0f, once = (scaled - mean[c]) / deviation[c];
    switch (form) {
    case NORMALISED:
        return once;
    case TWICE:
        return (once - mean[c]) / deviation[c];
    case FLOAT_BYTES:
        return byte;
    case HALF:
        return scaled * 2 - 1;
    default:
        return scaled;
    }
}

static const char *write_images(enum form form)
{
    unsigned char bytes[N * SAMPLE], file[2048];
    float floats[N * SAMPLE];
    struct sq_rng rng = {7};
    for (uint32_t i = 0; i < N * SAMPLE; i++) {
        const unsigned char byte = (unsigned char)sq_rng_next(&rng);
        bytes[i] = form == ONES ? byte & 1 : form == BLACK ? 0 : byte;
        floats[i] = stored(form, i / PLANE % C, byte);
    }
    const int is_bytes = form == BYTES || form == ONES || form == BLACK;
    const size_t n = is_bytes ? make_npy(file,
                                         "{'descr': '|u1', 'fortran_order': False, 'shape': "
                                         "(3, 3, 4, 4), }",
                                         bytes, sizeof bytes)
                              : make_npy(file,
                                         "{'descr': '<f4', 'fortran_order': False, 'shape': "
                                         "(3, 3, 4, 4), }",
                                         floats, sizeof floats);
    return temp_write("x.npy", file, n);
}

static const struct {
    enum form form;
    int has_mean;
    const char *verdict;
} row[] = {
    {BYTES, 1, ""},
    {BYTES, 0, "pixels-not-normalised"},
    {NORMALISED, 1, ""},
    {NORMALISED, 0, ""},
    {HALF, 0, ""}, /* under mean and std: other_constants */
    {SCALED, 1, "pixels-not-normalised"},
    {SCALED, 0, "pixels-not-normalised"},
    {FLOAT_BYTES, 1, "pixels-out-of-range"},
    {FLOAT_BYTES, 0, "pixels-out-of-range"},
    {TWICE, 1, "pixels-out-of-range"},
    {ONES, 1, "pixels-nearly-black"},
    {BLACK, 1, ""},
};

START_TEST(every_form_has_its_verdict)
{
    if (row[_i].has_mean)
        normalise();
    ck_assert_str_eq(verdict(write_images(row[_i].form), 0), row[_i].verdict);
}
END_TEST

/* mean 0 and std 1 say that the network was trained on 0..1: of bytes and of floats. */
START_TEST(no_normalisation_can_be_meant)
{
    config.n_mean = config.n_std = C;
    for (int c = 0; c < C; c++)
        config.std[c] = 1;
    ck_assert_str_eq(verdict(write_images(BYTES), 0), "");
    ck_assert_str_eq(verdict(write_images(SCALED), 0), "");
    ck_assert_str_eq(verdict(write_images(NORMALISED), 0), "pixels-out-of-range");
}
END_TEST

START_TEST(mean_and_std_of_bytes)
{
    normalise();
    for (int c = 0; c < C; c++) {
        config.mean[c] *= 255;
        config.std[c] *= 255;
    }
    ck_assert_str_eq(verdict(write_images(BYTES), 0), "mean-std-of-bytes");
}
END_TEST

/* Bytes normalised by constants that people take for others: named, unless they differ by rounding
 * only or the pixels were made anew in between. */
START_TEST(other_constants)
{
    static const struct {
        float mean[C], std[C], wobble;
        const char *verdict, *says;
    } other[] = {
        {{.485f, .456f, .406f}, {.229f, .224f, .225f}, 0, "", ""},
        {{.485f, .456f, .406f}, {.229f, .224f, .225f}, .01f, "", ""},
        {{.486f, .455f, .407f}, {.228f, .225f, .224f}, 0, "", ""},
        {{.5f, .5f, .5f}, {.5f, .5f, .5f}, 0, "pixels-normalised-otherwise", "mean 0.5, std 0.5"},
        {{.5f, .5f, .5f}, {.5f, .5f, .5f}, .01f, "", ""},
        {{.4914f, .4822f, .4465f},
         {.2023f, .1994f, .201f},
         0,
         "pixels-normalised-otherwise",
         "0.2023,0.1994,0.201;"},
        {{.1307f, .1307f, .1307f},
         {.3081f, .3081f, .3081f},
         0,
         "pixels-normalised-otherwise",
         "those of MNIST"},
        {{.3f, .4f, .5f}, {.3f, .4f, .5f}, 0, "", ""},
    };
    static float floats[20 * SAMPLE];
    static unsigned char file[sizeof floats + 256];
    struct sq_rng rng = {11};
    normalise();
    for (uint32_t i = 0; i < 20 * SAMPLE; i++) {
        const uint32_t c = i / PLANE % C;
        const float scaled = (float)(sq_rng_next(&rng) % 256) / 255.0f;
        floats[i] =
            (scaled - other[_i].mean[c]) / other[_i].std[c] + other[_i].wobble * (float)(i % 7);
    }
    const size_t n =
        make_npy(file, "{'descr': '<f4', 'fortran_order': False, 'shape': (20, 3, 4, 4), }", floats,
                 sizeof floats);
    ck_assert_str_eq(verdict(temp_write("x.npy", file, n), 0), other[_i].verdict);
    ck_assert(list.n == 0 || strstr(list.item[0].text, other[_i].says) != NULL);
}
END_TEST

/* One pixel of the last sample, that --limit may leave out. */
START_TEST(every_sample_is_looked_at)
{
    const float far = 7;
    normalise();
    const char *path = write_images(NORMALISED);
    FILE *file = fopen(path, "r+b");
    ck_assert_int_eq(fseek(file, -(long)sizeof far, SEEK_END), 0);
    ck_assert_uint_eq(fwrite(&far, sizeof far, 1, file), 1);
    fclose(file);
    ck_assert_str_eq(verdict(path, 2), "");
    ck_assert_str_eq(verdict(path, 0), "pixels-out-of-range");
    ck_assert_ptr_nonnull(strstr(list.item[0].text, "..7, but mean and std make -2.118..2.64"));
}
END_TEST

START_TEST(frames_are_counts_whatever_they_are)
{
    static const float counts[4 * 2 * 2 * 3] = {1, 0, 300, 2, 1};
    unsigned char file[1024];
    want = (struct sq_input_want){2, 2, 2, 3, 1, &config, NULL};
    const size_t n =
        make_npy(file, "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2, 2, 2, 3), }",
                 counts, sizeof(float) * 48);
    ck_assert_str_eq(verdict(temp_write("f.npy", file, n), 0), "");
}
END_TEST

START_TEST(strict_refuses)
{
    struct sq_warnings strict = {.is_strict = 1};
    struct sq_input *input = NULL;
    const char *path = write_images(BYTES);
    sq_warnings_begin(&err, &strict);
    expect(&err, sq_input_open(&err, path, NULL, &want, 0, &input), SQ_EVALUE,
           SQ_OPT "set mean=0,0,0 " SQ_OPT "set std=1,1,1");
    ck_assert_ptr_null(input);
    sq_warnings_end(&err, &strict);
}
END_TEST

static const struct {
    uint32_t height, width;
    struct sq_config how;
    const char *verdict, *description;
} size[] = {
    {4, 4, {.fit = SQ_FIT_RESIZE}, "", "npy uint8 [1,3,4,4], /255, normalised"},
    {8, 8, {.fit = SQ_FIT_RESIZE}, "images-not-antialiased", "stretched to 4x4 (bilinear, no"},
    {2, 2, {.fit = SQ_FIT_RESIZE}, "", "stretched to 4x4 (bilinear, no"},
    {8, 8, {.fit = SQ_FIT_RESIZE, .interpolation = SQ_INTERPOLATION_BICUBIC}, "", "(bicubic, anti"},
    {8,
     6,
     {.fit = SQ_FIT_RESIZE, .interpolation = SQ_INTERPOLATION_BICUBIC},
     "images-stretched",
     "stretched to 4x4 (bicubic"},
    {4, 5, {.fit = SQ_FIT_RESIZE}, "images-stretched", "stretched to 4x4 (bilinear, no"},
    {8, 6, {.fit = SQ_FIT_CROP}, "", "shorter side resized to 4 (bilinear, antialiased), centre"},
    {4, 4, {.fit = SQ_FIT_CROP}, "", "npy uint8 [1,3,4,4], /255, normalised"},
    {4, 4, {.fit = SQ_FIT_CROP, .resize = 5}, "images-cropped-again", "shorter side resized to 5"},
    {8, 8, {.fit = SQ_FIT_CROP, .resize = 5}, "", "shorter side resized to 5"},
    {2, 3, {.fit = SQ_FIT_PAD}, "", "padded to 4x4, normalised"},
};

START_TEST(what_is_done_to_sizes_is_said)
{
    unsigned char bytes[C * 64], file[512];
    char dictionary[96];
    struct sq_input *input = NULL;
    config = size[_i].how;
    config.image_height = config.image_width = SIDE;
    normalise();
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(i * 37);
    snprintf(dictionary, sizeof dictionary,
             "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 3, %u, %u), }", size[_i].height,
             size[_i].width);
    const size_t n = (size_t)C * size[_i].height * size[_i].width;
    const char *path = temp_write("s.npy", file, make_npy(file, dictionary, bytes, n));
    ck_assert_str_eq(verdict(path, 0), size[_i].verdict);
    expect_ok(&err, sq_input_open(&err, path, NULL, &want, 0, &input));
    ck_assert_msg(strstr(sq_input_description(input), size[_i].description) != NULL, "%s",
                  sq_input_description(input));
    sq_input_free(input);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("sim/input/pixel_guard");
    TCase *t = tcase_create("guard");
    tcase_add_unchecked_fixture(t, temp_make, temp_remove);
    tcase_add_checked_fixture(t, set_up, NULL);
    tcase_add_loop_test(t, every_form_has_its_verdict, 0, sizeof row / sizeof *row);
    tcase_add_test(t, no_normalisation_can_be_meant);
    tcase_add_loop_test(t, other_constants, 0, 8);
    tcase_add_test(t, mean_and_std_of_bytes);
    tcase_add_test(t, every_sample_is_looked_at);
    tcase_add_test(t, frames_are_counts_whatever_they_are);
    tcase_add_test(t, strict_refuses);
    tcase_add_loop_test(t, what_is_done_to_sizes_is_said, 0, sizeof size / sizeof *size);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
