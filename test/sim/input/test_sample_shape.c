/* Every way in which a file fits the network, or does not. */
#include "sim/input/input.h"
#include "test/traces/files/make_array.h"

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

static int open_npy(const char *descr, const char *shape, size_t size)
{
    static const unsigned char zeros[4096];
    return sq_input_open(&err, write_npy("x", descr, shape, zeros, size), NULL, &want, 0, &input);
}

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
    {1, SQ_FIT_PAD, "|u1", "(4, 4, 3)", 48, SQ_ESHAPE, "one image with its colours last?"},
    {1, SQ_FIT_RESIZE, "|u1", "(4, 4, 1)", 16, SQ_ESHAPE, "one image with its colours last?"},
    {3, SQ_FIT_NONE, "|u1", "(4, 4, 3)", 48, SQ_ESHAPE, "one image with its colours last?"},
    {3, SQ_FIT_NONE, "|u1", "(4, 4)", 16, SQ_ESHAPE,
     "holds uint8 [4,4]; the network takes images [B,3,4,4]"},
    {3, SQ_FIT_NONE, "|u1", "(1, 2, 3, 4, 4)", 96, SQ_ESHAPE, "frames?"},
    {3, SQ_FIT_NONE, "|u1", "(2, 4, 4, 3)", 96, SQ_ESHAPE, "numpy.transpose"},
    {3, SQ_FIT_NONE, "|u1", "(2, 1, 4, 4)", 32, SQ_ESHAPE, "another number of channels"},
    {3, SQ_FIT_NONE, "|u1", "(1, 3, 2, 2)", 12, SQ_ESHAPE,
     SQ_OPT "set fit=pad or " SQ_OPT "set fit=crop"},
    {3, SQ_FIT_NONE, "|u1", "(1, 3, 5, 5)", 75, SQ_ESHAPE, SQ_OPT "set fit=crop"},
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
    expect(&err, open_npy("|u1", "(1, 7, 2, 2, 3)", 84), SQ_ESHAPE, SQ_OPT "set T=7");
    expect(&err, open_npy("|u1", "(1, 0, 2, 2, 3)", 0), SQ_ESHAPE, "no frames");
    expect(&err, open_npy("|u1", "(1, 4, 1, 2, 3)", 24), SQ_ESHAPE, "polarities");
    expect(&err, open_npy("|u1", "(1, 4, 2, 3, 2)", 48), SQ_ESHAPE, "not resized");
    expect(&err, open_npy("|u1", "(4, 3, 2, 3)", 72), SQ_ESHAPE, "a dimension is missing");
    expect(&err, open_npy("|u1", "(3, 2, 2, 3)", 36), SQ_ESHAPE,
           "frames [4,2,2,3]: " SQ_OPT "set T=3");
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

static Suite *suite(void)
{
    Suite *s = suite_create("sim/input/sample_shape");
    TCase *t = tcase_create("shape");
    tcase_set_timeout(t, 60); /* loaded machines, sanitizers */
    tcase_add_unchecked_fixture(t, temp_make, temp_remove);
    tcase_add_loop_test(t, images_that_fit_and_do_not, 0, sizeof image / sizeof *image);
    tcase_add_test(t, frames_that_do_not_fit);
    tcase_add_test(t, normalisation_must_fit_the_channels);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
