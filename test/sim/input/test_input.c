/* Samples from file to pixels, whatever the type. */
#include "sim/input/input.h"
#include "test/traces/files/make_array.h"

#include <math.h>
#include <stdbool.h>

static struct sq_error err;
static struct sq_input *input;
static struct sq_config config;
static struct sq_input_want want;

static void expect_images(uint32_t channels, uint32_t height, uint32_t width, enum sq_fit fit)
{
    config = (struct sq_config){.classes = 10, .fit = fit};
    want = (struct sq_input_want){0, channels, height, width, 0, &config, NULL};
}

static void expect_frames(uint32_t timesteps)
{
    config = (struct sq_config){.classes = 10};
    want = (struct sq_input_want){timesteps, 2, 2, 3, 1, &config, NULL};
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
    for (int again = 0; again < 2; again++) /* it does not go away by asking twice */
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

START_TEST(the_frame_is_named)
{
    float f[24] = {[12 + 6 + 3 + 2] = NAN}, out[24];
    int32_t label;
    expect_frames(2);
    const char *path = write_npy("x", "<f4", "(1, 2, 2, 2, 3)", f, sizeof f);
    expect_ok(&err, sq_input_open(&err, path, NULL, &want, 0, &input));
    expect(&err, sq_input_next(&err, input, out, &label), SQ_EVALUE,
           "sample 0, frame 1, channel 1, row 1, column 2 is NaN");
    sq_input_free(input);
}
END_TEST

START_TEST(a_file_that_shrinks_is_noticed)
{
    float out[48] = {0};
    int32_t label;
    expect_images(3, 4, 4, SQ_FIT_NONE);
    const char *path = write_npy("x", "|u1", "(2, 3, 4, 4)", out, 96);
    expect_ok(&err, sq_input_open(&err, path, NULL, &want, 0, &input));
    ck_assert_int_eq(truncate(path, 200), 0);
    expect_ok(&err, sq_input_next(&err, input, out, &label));
    expect(&err, sq_input_next(&err, input, out, &label), SQ_EIO, "became shorter");
    sq_input_free(input);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("sim/input");
    TCase *t = tcase_create("input");
    tcase_set_timeout(t, 60); /* loaded machines, sanitizers */
    tcase_add_unchecked_fixture(t, temp_make, temp_remove);
    tcase_add_test(t, bytes_are_padded_and_normalised);
    tcase_add_test(t, float32_is_taken_as_it_is);
    tcase_add_test(t, counts_are_never_normalised);
    tcase_add_test(t, bad_values_are_named);
    tcase_add_test(t, the_frame_is_named);
    tcase_add_test(t, a_file_that_shrinks_is_noticed);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
