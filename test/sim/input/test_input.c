/* Samples from file to pixels, and every way in which a file does not fit the network. */
#include "sim/input/input.h"
#include "test/sim/input/make_array.h"

#include <math.h>
#include <stdbool.h>

static struct sq_error err;
static struct sq_input *input;
static struct sq_config config;
static struct sq_input_want want;

static void expect_images(uint32_t channels, uint32_t height, uint32_t width, enum sq_fit fit)
{
    config = (struct sq_config){.classes = 10, .fit = fit};
    want = (struct sq_input_want){0, channels, height, width, 0, &config};
}

static void expect_frames(uint32_t timesteps)
{
    config = (struct sq_config){.classes = 10};
    want = (struct sq_input_want){timesteps, 2, 2, 3, 1, &config};
}

static int open_npy(const char *descr, const char *shape, size_t size)
{
    static const unsigned char zeros[4096];
    return sq_input_open(&err, write_npy("x", descr, shape, zeros, size), NULL, &want, 0, &input);
}

START_TEST(bytes_are_padded_and_normalised)
{
    const unsigned char pixel[2 * 4] = {0, 51, 102, 255, 1, 2, 3, 4};
    const unsigned char label[2] = {9, 0};
    const uint32_t dim[3] = {2, 2, 2};
    unsigned char file[64], labels[64];
    float out[16];
    int32_t got;
    expect_images(1, 4, 4, SQ_FIT_PAD);
    config.n_mean = config.n_std = 1;
    config.mean[0] = .2860f;
    config.std[0] = .3530f;
    const char *path = write_gz("x.gz", file, make_idx(file, 8, 3, dim, pixel, 8));
    const char *label_path = temp_write("y", labels, make_idx(labels, 8, 1, dim, label, 2));
    expect_ok(&err, sq_input_open(&err, path, label_path, &want, 0, &input));
    ck_assert_uint_eq(sq_input_count(input), 2);
    ck_assert_str_eq(sq_input_description(input),
                     "IDX.gz uint8 [2,2,2], /255, padded to 4x4, normalised");
    for (int b = 0; b < 2; b++) {
        expect_ok(&err, sq_input_next(&err, input, out, &got));
        ck_assert_int_eq(got, label[b]);
        for (int i = 0; i < 16; i++) {
            const int y = i / 4 - 1, x = i % 4 - 1;
            const bool inside = y >= 0 && y < 2 && x >= 0 && x < 2;
            const float value = inside ? (float)pixel[4 * b + 2 * y + x] / 255.0f : 0;
            ck_assert(out[i] == (value - .2860f) / .3530f);
        }
    }
    expect(&err, sq_input_next(&err, input, out, &got), SQ_EUSAGE, "all 2 samples");
    sq_input_free(input);
}
END_TEST

START_TEST(float32_is_taken_as_it_is)
{
    const float value[3] = {-1.5f, 0.1f, 1e30f};
    float out[1];
    int32_t label;
    expect_images(1, 1, 1, SQ_FIT_PAD);
    config.n_mean = config.n_std = 1;
    const char *path = write_npy("x", "<f4", "(3, 1, 1, 1)", value, 12);
    config.std[0] = 2;
    expect_ok(&err, sq_input_open(&err, path, NULL, &want, 2, &input));
    ck_assert_uint_eq(sq_input_count(input), 2);
    ck_assert_str_eq(sq_input_description(input), "npy float32 [3,1,1,1], first 2, as stored");
    for (int i = 0; i < 2; i++) {
        expect_ok(&err, sq_input_next(&err, input, out, &label));
        ck_assert(out[0] == value[i]);
        ck_assert_int_eq(label, -1);
    }
    expect(&err, sq_input_next(&err, input, out, &label), SQ_EUSAGE, "all 2 samples");
    sq_input_free(input);
}
END_TEST

START_TEST(counts_are_never_normalised)
{
    unsigned char count[2 * 12];
    float out[24];
    int32_t label;
    for (unsigned i = 0; i < 24; i++)
        count[i] = (unsigned char)(i * 11);
    expect_frames(2);
    config.n_mean = config.n_std = 2;
    config.std[0] = config.std[1] = 3;
    const char *path = write_npy("x", "|u1", "(1, 2, 2, 2, 3)", count, 24);
    expect_ok(&err, sq_input_open(&err, path, NULL, &want, 0, &input));
    expect_ok(&err, sq_input_next(&err, input, out, &label));
    for (unsigned i = 0; i < 24; i++)
        ck_assert(out[i] == (float)count[i]);
    sq_input_free(input);
}
END_TEST

static void expect_value_error(const char *descr, const void *data, size_t n, const char *part)
{
    float out[24];
    int32_t label;
    const char *path = write_npy("x", descr, "(2, 1, 2, 2, 3)", data, n);
    expect_frames(1);
    expect_ok(&err, sq_input_open(&err, path, NULL, &want, 0, &input));
    expect_ok(&err, sq_input_next(&err, input, out, &label));
    expect(&err, sq_input_next(&err, input, out, &label), SQ_EVALUE, part);
    sq_input_free(input);
}

START_TEST(bad_values_are_named)
{
    float f[24] = {0};
    f[12 + 6 + 3 + 2] = NAN;
    expect_value_error("<f4", f, sizeof f, "sample 1, frame 0, channel 1, row 1, column 2 is NaN");
    f[23] = -INFINITY;
    expect_value_error("<f4", f, sizeof f, "column 2 is infinite");
    double d[24] = {0};
    d[12] = 0.1;
    expect_value_error("<f8", d, sizeof d, "sample 1, frame 0, channel 0, row 0, column 0 is no");
    const uint32_t n[24] = {[12] = (1u << 24) + 1};
    expect_value_error("<u4", n, sizeof n, "rounded");
}
END_TEST

static const struct {
    uint32_t channels;
    enum sq_fit fit;
    const char *descr, *shape;
    size_t size;
    int code;
    const char *part;
} image[] = {
    {3, SQ_FIT_NONE, "|u1", "(2, 3, 4, 4)", 96, SQ_OK, ""},
    {1, SQ_FIT_NONE, "|u1", "(2, 4, 4)", 32, SQ_OK, ""},
    {3, SQ_FIT_NONE, "<f8", "(1, 3, 4, 4)", 384, SQ_OK, ""},
    {3, SQ_FIT_RESIZE, "|u1", "(1, 3, 9, 2)", 54, SQ_OK, ""},
    {3, SQ_FIT_NONE, "|u1", "(0, 3, 4, 4)", 0, SQ_ESHAPE, "there is no sample"},
    {3, SQ_FIT_NONE, "|u1", "(5,)", 5, SQ_ESHAPE, "labels?"},
    {3, SQ_FIT_NONE, "|u1", "(3, 4, 4)", 48, SQ_ESHAPE, "one image alone is [1,C,H,W]"},
    {3, SQ_FIT_NONE, "|u1", "(2, 4, 4)", 32, SQ_ESHAPE, "dimension of the channels is missing"},
    {3, SQ_FIT_NONE, "|u1", "(4, 4)", 16, SQ_ESHAPE,
     "holds uint8 [4,4]; the network takes images [B,3,4,4]"},
    {3, SQ_FIT_NONE, "|u1", "(1, 2, 3, 4, 4)", 96, SQ_ESHAPE, "frames?"},
    {3, SQ_FIT_NONE, "|u1", "(2, 4, 4, 3)", 96, SQ_ESHAPE, "numpy.transpose"},
    {3, SQ_FIT_NONE, "|u1", "(2, 1, 4, 4)", 32, SQ_ESHAPE, "another number of channels"},
    {3, SQ_FIT_NONE, "|u1", "(1, 3, 2, 2)", 12, SQ_ESHAPE, "--set fit=pad or --set fit=resize"},
    {3, SQ_FIT_NONE, "|u1", "(1, 3, 5, 5)", 75, SQ_ESHAPE, "--set fit=resize"},
    {3, SQ_FIT_PAD, "|u1", "(1, 3, 2, 5)", 30, SQ_ESHAPE, "larger images cannot be padded"},
    {3, SQ_FIT_PAD, "<f4", "(1, 3, 2, 2)", 48, SQ_ESHAPE, "only uint8 images"},
    {3, SQ_FIT_RESIZE, "|u1", "(1, 3, 0, 4)", 0, SQ_ESHAPE, "1..16384"},
    {1, SQ_FIT_RESIZE, "|u1", "(0, 1, 16385, 4)", 0, SQ_ESHAPE, "1..16384"},
    {3, SQ_FIT_NONE, "<i8", "(1, 3, 4, 4)", 384, SQ_EUNSUPPORTED, "images of type int64"},
    {3, SQ_FIT_NONE, "|b1", "(1, 3, 4, 4)", 48, SQ_EUNSUPPORTED, "images of type bool"},
};

START_TEST(images_that_fit_and_do_not)
{
    expect_images(image[_i].channels, 4, 4, image[_i].fit);
    const int rc = open_npy(image[_i].descr, image[_i].shape, image[_i].size);
    expect(&err, rc, image[_i].code, image[_i].part);
    if (rc == SQ_OK)
        sq_input_free(input);
}
END_TEST

START_TEST(frames_that_do_not_fit)
{
    expect_frames(4);
    expect(&err, open_npy("|u1", "(1, 7, 2, 2, 3)", 84), SQ_ESHAPE, "--set T=7");
    expect(&err, open_npy("|u1", "(1, 0, 2, 2, 3)", 0), SQ_ESHAPE, "no frames");
    expect(&err, open_npy("|u1", "(1, 4, 1, 2, 3)", 24), SQ_ESHAPE, "polarities");
    expect(&err, open_npy("|u1", "(1, 4, 2, 3, 2)", 48), SQ_ESHAPE, "not resized");
    expect(&err, open_npy("|u1", "(4, 2, 2, 3)", 48), SQ_ESHAPE, "a dimension is missing");
    expect(&err, open_npy("|u1", "(9,)", 9), SQ_ESHAPE, "takes frames [B,4,2,2,3]");
    expect(&err, open_npy("|u1", "(0, 4, 2, 2, 3)", 0), SQ_ESHAPE, "no sample");
}
END_TEST

START_TEST(normalisation_must_fit_the_channels)
{
    expect_images(3, 4, 4, SQ_FIT_NONE);
    config.n_mean = config.n_std = 1;
    config.std[0] = 1;
    expect(&err, open_npy("|u1", "(1, 3, 4, 4)", 48), SQ_ESHAPE, "\"mean\" 1 and \"std\" 1");
    config.n_mean = config.n_std = 3;
    expect(&err, open_npy("|u1", "(1, 3, 4, 4)", 48), SQ_ESHAPE, "3 channels"); /* std 0 */
}
END_TEST

START_TEST(a_file_that_shrinks_is_noticed)
{
    float out[48];
    int32_t label;
    expect_images(3, 4, 4, SQ_FIT_NONE);
    expect_ok(&err, open_npy("|u1", "(2, 3, 4, 4)", 96));
    ck_assert_int_eq(truncate(temp_path("x"), 200), 0);
    expect_ok(&err, sq_input_next(&err, input, out, &label));
    expect(&err, sq_input_next(&err, input, out, &label), SQ_EIO, "became shorter");
    sq_input_free(input);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("sim/input");
    TCase *t = tcase_create("input");
    tcase_add_unchecked_fixture(t, temp_make, temp_remove);
    tcase_add_test(t, bytes_are_padded_and_normalised);
    tcase_add_test(t, float32_is_taken_as_it_is);
    tcase_add_test(t, counts_are_never_normalised);
    tcase_add_test(t, bad_values_are_named);
    tcase_add_loop_test(t, images_that_fit_and_do_not, 0, sizeof image / sizeof *image);
    tcase_add_test(t, frames_that_do_not_fit);
    tcase_add_test(t, normalisation_must_fit_the_channels);
    tcase_add_test(t, a_file_that_shrinks_is_noticed);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
