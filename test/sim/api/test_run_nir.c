/* NIR graphs through the public functions: what runs is what the file says, computed here by brute force. */
#include "sim/api/calls.h"
#include "test/sim/input/temp_files.h"
#include "test/support/nir_file.h"
#include "test/support/test_context.h"

#include <math.h>

enum { STEPS = 8, CHANNELS = 2, SIDE = 8, OUT = 4, CLASSES = 3, FLAT = OUT * SIDE / 2 * SIDE / 2 };

static struct nir_file nir;
static unsigned char frame[STEPS][CHANNELS][SIDE][SIDE];

/* Frames of 0, 1 and 2, as a .npy array [1,T,C,H,W]. */
static const char *make_frames(void)
{
    static unsigned char file[128 + sizeof frame];
    struct sq_rng rng = {9};
    unsigned char *pixel = &frame[0][0][0][0];
    for (size_t i = 0; i < sizeof frame; i++)
        pixel[i] = (unsigned char)(sq_rng_below(&rng, 5) / 2);
    memset(file, ' ', 128);
    memcpy(file, "\x93NUMPY\1\0\x76\0", 10);
    const char *head = "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 8, 2, 8, 8), }";
    memcpy(file + 10, head, strlen(head));
    file[127] = '\n';
    memcpy(file + 128, frame, sizeof frame);
    return temp_write("frames.npy", file, sizeof file);
}

/* One neuron: all numbers here are exact in float32. */
static int fires(double *v, double current, double threshold, int is_leaky)
{
    *v += is_leaky ? (current - *v) / 2 : current;
    const int is_spike = *v >= threshold;
    *v = is_spike ? 0 : *v;
    return is_spike;
}

static double convolve(int t, int o, int y, int x)
{
    double sum = 0.25;
    for (int c = 0; c < CHANNELS; c++)
        for (int i = 0; i < 3; i++)
            for (int k = 0; k < 3; k++) {
                const int row = y + i - 1, column = x + k - 1;
                const double weight =
                    -0.5 + 0.015625 * ((((o * CHANNELS + c) * 3 + i) * 3 + k) * 37 % 61);
                if (row >= 0 && row < SIDE && column >= 0 && column < SIDE)
                    sum += weight * frame[t][c][row][column];
            }
    return sum;
}

/* Firing rates of the last neurons. */
static void compute(int is_leaky, double rate[CLASSES])
{
    static double v[OUT][SIDE][SIDE], last[CLASSES];
    memset(v, 0, sizeof v);
    memset(last, 0, sizeof last);
    memset(rate, 0, CLASSES * sizeof *rate);
    for (int t = 0; t < STEPS; t++) {
        double flat[FLAT] = {0};
        for (int o = 0; o < OUT; o++)
            for (int y = 0; y < SIDE; y++)
                for (int x = 0; x < SIDE; x++)
                    flat[(o * SIDE / 2 + y / 2) * SIDE / 2 + x / 2] +=
                        fires(&v[o][y][x], convolve(t, o, y, x), 1, is_leaky);
        for (int k = 0; k < CLASSES; k++) {
            double sum = 0.125;
            for (int i = 0; i < FLAT; i++)
                sum += (-0.234375 + 0.0078125 * ((k * FLAT + i) * 37 % 61)) * flat[i];
            rate[k] += fires(&last[k], sum, is_leaky ? 0.25 : 1, is_leaky);
        }
    }
    for (int k = 0; k < CLASSES; k++)
        rate[k] /= STEPS;
}

static int run(const char *const *set, size_t n_set)
{
    const struct sq_network_choices options = {
        .model = temp_path("x.nir"), .set = set, .n_set = n_set};
    const struct sq_run_choices run_options = {.input = make_frames(),
                                               .dump_dir = temp_path("dump")};
    spikeq_network *network = NULL;
    spikeq_report *report = NULL;
    int status = sq_api_network_open(ctx, &options, &network);
    if (status == SPIKEQ_OK)
        status = sq_api_run(ctx, network, &run_options, &report);
    spikeq_report_free(report);
    spikeq_network_free(network);
    return status;
}

static void expect_rates(int is_leaky)
{
    double want[CLASSES];
    float logits[CLASSES];
    FILE *file = fopen(temp_path("dump/logits.npy"), "rb");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fseek(file, -(long)sizeof logits, SEEK_END), 0);
    ck_assert_uint_eq(fread(logits, 1, sizeof logits, file), sizeof logits);
    fclose(file);
    compute(is_leaky, want);
    for (int k = 0; k < CLASSES; k++)
        ck_assert_msg((double)logits[k] == want[k], "class %d: %g, not %g", k, (double)logits[k],
                      want[k]);
    ck_assert_msg(want[0] != want[1] || want[1] != want[2], "%g %g %g", want[0], want[1], want[2]);
}

START_TEST(neurons_without_leak)
{
    const char *set[] = {"T=8"};
    nir_small(&nir, temp_path("x.nir"), "IF");
    nir_end(&nir);
    ck_assert_msg(run(set, 1) == SPIKEQ_OK, "%s", spikeq_error_text(ctx));
    expect_rates(0);
}
END_TEST

/* tau is 2 timesteps. A membrane of r times the current fires at the threshold, one of the current at
 * threshold / r: 1/4. */
START_TEST(neurons_with_leak)
{
    const char *set[] = {"T=8", "dt=0.00125"};
    nir_small(&nir, temp_path("x.nir"), "LIF");
    nir_fill(&nir, "last.n", "r", 4, NIR_DIMS(3));
    nir_fill(&nir, "last.n", "v_threshold", 1, NIR_DIMS(3));
    nir_end(&nir);
    ck_assert_msg(run(set, 2) == SPIKEQ_OK, "%s", spikeq_error_text(ctx));
    expect_rates(1);
}
END_TEST

static const struct {
    const char *set[3];
    int code;
    const char *says;
} asked[] = {
    {{"T=8"},
     SPIKEQ_EVALUE,
     "the weights do not tell \"dt\", which x.nir asks for: seconds of a timestep"},
    {{"T=8", "dt=0.1"}, SPIKEQ_ESHAPE, "dt = 0.1 s is longer than tau = 0.0025 s of conv.n"},
    {{"T=8", "dt=0"}, SPIKEQ_ESHAPE, "dt = 0 s is not greater than 0"},
    {{"T=8", "dt=-1"}, SPIKEQ_ESHAPE, "dt = -1 s is not greater than 0"},
    {{"T=8", "dt=1e-3", "image_height=9"}, SPIKEQ_ESHAPE, "\"image_height\" does not agree"},
    {{"T=8", "dt=1e-3", "classes=4"}, SPIKEQ_ESHAPE, "\"classes\" does not agree"},
    {{"dt=1e-3"}, SPIKEQ_EVALUE, "the weights do not determine \"T\""},
};

START_TEST(what_the_file_does_not_say_is_asked_for)
{
    size_t n = 0;
    nir_small(&nir, temp_path("x.nir"), "LIF");
    nir_end(&nir);
    while (n < 3 && asked[_i].set[n] != NULL)
        n++;
    ck_assert_int_eq(run(asked[_i].set, n), asked[_i].code);
    ck_assert_msg(strstr(spikeq_error_text(ctx), asked[_i].says) != NULL, "%s",
                  spikeq_error_text(ctx));
}
END_TEST

static Suite *nir_suite(void)
{
    Suite *suite = suite_create("sim/api");
    TCase *tests = tcase_create("run of a NIR graph");
    tcase_add_unchecked_fixture(tests, temp_make, temp_remove);
    tcase_add_checked_fixture(tests, make_context, free_context);
    tcase_add_test(tests, neurons_without_leak);
    tcase_add_test(tests, neurons_with_leak);
    tcase_add_loop_test(tests, what_the_file_does_not_say_is_asked_for, 0,
                        (int)(sizeof asked / sizeof *asked));
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(nir_suite())
