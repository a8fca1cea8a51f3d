/* The shipped networks against their PyTorch definitions on real images: the same class for every one
 * of the 10,000 Fashion-MNIST test images, up to 2 that rounding may change, and logits close by.
 * Stored results come from test/reference/evaluate.py. Sanitizer builds take the first 500. */
#include "sim/report/report.h"
#include "test/support/npz.h"
#include "test/unit.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define DATA "/usr/share/datasets/fashion-mnist/"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { N_IMAGES = 500 };
#else
enum { N_IMAGES = 10000 };
#endif

enum { N_CLASSES = 10, MAX_DIFFERENT = 2 };

static uint32_t argmax(const float *value)
{
    uint32_t best = 0;
    for (uint32_t i = 1; i < N_CLASSES; i++)
        if (value[i] > value[best])
            best = i;
    return best;
}

struct progress {
    const float *want;
    uint64_t n_different;
    double largest_error;
};

/* Every logit is seen through the engine's own interface: no dump of 10,000 samples. */
static int compare_logits(struct sq_error *err, void *data, const struct sq_outcome *outcome)
{
    (void)err;
    struct progress *progress = data;
    const float *want = progress->want + outcome->sample * N_CLASSES;
    progress->n_different += argmax(outcome->logits) != argmax(want);
    for (int i = 0; i < N_CLASSES; i++)
        progress->largest_error =
            fmax(progress->largest_error, fabs((double)outcome->logits[i] - (double)want[i]));
    return SQ_OK;
}

/* A configuration, and where PyTorch's logits lie. */
static const struct {
    const char *name, *golden;
} shipped[] = {
    {"fashion-2-64", "fashion"},
    {"fashion-spikingformer-1-64", "fashion-spikingformer"},
    {"fashion-sdt-1-64", "fashion-sdt"},
};

START_TEST(same_class_for_every_image)
{
    char path[128], weights[128];
    struct sq_error error = {0};
    struct sq_network *network;
    struct sq_input *input;
    ck_assert_msg(access(DATA "t10k-images-idx3-ubyte.gz", R_OK) == 0,
                  "install dataset-fashion-mnist");
    snprintf(path, sizeof path, "test/golden/%s/logits.npy", shipped[_i].golden);
    snprintf(weights, sizeof weights, "configs/models/weights/%s.safetensors", shipped[_i].name);
    struct npz_array *logits = npy_load(path);
    ck_assert_uint_eq(logits->n_bytes, 10000 * N_CLASSES * sizeof(float));
    float *want = malloc(logits->n_bytes);
    memcpy(want, logits->data, logits->n_bytes);
    struct progress progress = {.want = want};
    ck_assert_msg(
        sq_network_load(&error, "configs", weights, shipped[_i].name, NULL, 0, &network) == SQ_OK,
        "%s", error.text);
    const struct sq_config *config = &network->config;
    const struct sq_input_want shape = {.timesteps = config->timesteps,
                                        .channels = config->in_channels,
                                        .height = config->image_height,
                                        .width = config->image_width,
                                        .config = config};
    ck_assert_msg(sq_input_open(&error, DATA "t10k-images-idx3-ubyte.gz", NULL, &shape, N_IMAGES,
                                &input) == SQ_OK,
                  "%s", error.text);
    struct sq_totals totals = {
        .tally = calloc(network->n_nodes * config->timesteps, sizeof(struct sq_tally))};
    const struct sq_run_options options = {
        .threads = 2, .batch = 4, .isa = "auto", .finished = compare_logits, .data = &progress};
    const struct sq_feed feed = sq_feed_of_input(input);
    ck_assert_msg(sq_run(&error, network, &feed, &options, &totals) == SQ_OK, "%s", error.text);
    ck_assert_uint_eq(totals.n_samples, N_IMAGES);
    printf("%s: %llu of %d images in another class than PyTorch, largest logit difference %.2e\n",
           shipped[_i].name, (unsigned long long)progress.n_different, N_IMAGES,
           progress.largest_error);
    ck_assert_uint_le(progress.n_different, MAX_DIFFERENT);
    free(totals.tally);
    free(want);
    npz_free(logits, 1);
    sq_input_free(input);
    sq_network_free(network);
}
END_TEST

static Suite *fashion_suite(void)
{
    Suite *suite = suite_create("fashion");
    TCase *tests = tcase_create("shipped networks");
    tcase_set_timeout(tests, 500);
    tcase_add_loop_test(tests, same_class_for_every_image, 0,
                        (int)(sizeof shipped / sizeof shipped[0]));
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(fashion_suite())
