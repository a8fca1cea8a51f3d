/* The theorem of this project: for every golden network, made by the official PyTorch code, every
 * population of spikeq is equal bit for bit, whatever the container of the weights, instruction
 * set, schedule, number of threads and batch; and in fixed point of 16 bits, too. */
#include "kernels/base/cpu.h"
#include "sim/spikeq.h"
#include "test/support/npz.h"
#include "test/unit.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct set {
    const char *folder, *model;
    int logits_exact;
};

static const struct set set[] = {
    {"cifar-2-64", "model.safetensors", 1},          {"cifar-2-64", "checkpoint.pth", 1},
    {"cifar-2-64", "checkpoint.pth.tar", 1},         {"cifar-2-64", "checkpoint_legacy.pth", 1},
    {"cifar-1-48-odd", "model.safetensors", 0},      {"dvs-1-64", "model.safetensors", 1},
    {"dvs-1-64", "checkpoint_max_test_acc1.pth", 1}, {"imagenet-1-64", "model.safetensors", 1},
    {"float-cifar-2-64", "model.safetensors", 0},
};

static const char *const isa[] = {"scalar", "avx2", "avx512"};
static const struct {
    unsigned threads, batch;
} size[] = {{1, 1}, {2, 2}, {4, 3}};

static int runs_here(const char *name)
{
    return sq_cpu_restrict(sq_cpu_detect().features, name) >= 0;
}

/* How one set is run. */
struct how {
    struct spikeq_run_options run;
    struct spikeq_fixed_options fixed;
};

/* Run one set into `dump`. */
static void run_set(const struct set *which, const char *dump, const struct how *how)
{
    char model[256], config[256], input[256];
    spikeq_ctx *ctx;
    spikeq_network *network;
    spikeq_report *report;
    snprintf(model, sizeof model, "test/golden/%s/%s", which->folder, which->model);
    snprintf(config, sizeof config, "test/golden/%s/config.json", which->folder);
    snprintf(input, sizeof input, "test/golden/%s/input.npy", which->folder);
    struct spikeq_run_options options = how->run;
    options.input = input;
    options.dump_dir = dump;
    ck_assert_int_eq(spikeq_ctx_new(&ctx), SPIKEQ_OK);
    ck_assert_msg(spikeq_network_load(ctx, model, config, NULL, 0, &network) == SPIKEQ_OK, "%s",
                  spikeq_error_text(ctx));
    ck_assert_msg(spikeq_network_arith(ctx, network, &how->fixed) == SPIKEQ_OK, "%s",
                  spikeq_error_text(ctx));
    ck_assert_msg(spikeq_run(ctx, network, &options, &report) == SPIKEQ_OK, "%s",
                  spikeq_error_text(ctx));
    spikeq_report_free(report);
    spikeq_network_free(network);
    spikeq_ctx_free(ctx);
}

static struct npz_array *load_dumped(const char *dump, const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s.npy", dump, name);
    struct npz_array *array = npy_load(path);
    unlink(path);
    return array;
}

static void compare_spikes(const struct set *which, const char *dump)
{
    char path[256];
    size_t n;
    snprintf(path, sizeof path, "test/golden/%s/spikes.npz", which->folder);
    struct npz_array *want = npz_load(path, &n);
    for (size_t i = 0; i < n; i++) {
        struct npz_array *got = load_dumped(dump, want[i].name);
        ck_assert_uint_eq(got->header.n_dims, want[i].header.n_dims);
        ck_assert_mem_eq(got->header.dim, want[i].header.dim,
                         want[i].header.n_dims * sizeof want[i].header.dim[0]);
        ck_assert_uint_eq(got->n_bytes, want[i].n_bytes);
        size_t at = 0; /* not an assertion per element: each one is a system call */
        while (at < got->n_bytes && got->data[at] == want[i].data[at])
            at++;
        ck_assert_msg(at == got->n_bytes, "%s %s: %s differs at element %zu", which->folder,
                      which->model, want[i].name, at);
        npz_free(got, 1);
    }
    npz_free(want, n);
}

static void compare_logits(const struct set *which, const char *dump)
{
    char path[256];
    snprintf(path, sizeof path, "test/golden/%s/logits.npy", which->folder);
    struct npz_array *want = npy_load(path), *got = load_dumped(dump, "logits");
    ck_assert_uint_eq(got->n_bytes, want->n_bytes);
    if (which->logits_exact)
        ck_assert_mem_eq(got->data, want->data, want->n_bytes);
    for (size_t at = 0; at < want->n_bytes; at += sizeof(float)) {
        float a, b;
        memcpy(&a, got->data + at, sizeof a);
        memcpy(&b, want->data + at, sizeof b);
        const double tolerance = 1e-6 * fmax(1.0, fabs((double)b));
        ck_assert_msg(fabs((double)a - (double)b) <= tolerance, "%s: logit %zu is %.9g, not %.9g",
                      which->folder, at / sizeof(float), (double)a, (double)b);
    }
    npz_free(want, 1);
    npz_free(got, 1);
}

static void check_set(const struct set *which, const struct how *how)
{
    char dump[] = "/tmp/spikeq-golden-XXXXXX";
    ck_assert_ptr_nonnull(mkdtemp(dump));
    run_set(which, dump, how);
    compare_spikes(which, dump);
    compare_logits(which, dump);
    ck_assert_int_eq(rmdir(dump), 0); /* nothing but what the set knows was written */
}

START_TEST(every_schedule_and_size_is_equal)
{
    for (int schedule = 0; schedule < 2; schedule++)
        for (size_t i = 0; i < sizeof size / sizeof size[0]; i++)
            check_set(&set[_i], &(struct how){.run = {.threads = size[i].threads,
                                                      .batch = size[i].batch,
                                                      .schedule = schedule}});
}
END_TEST

START_TEST(every_instruction_set_is_equal)
{
    for (size_t i = 0; i < sizeof isa / sizeof isa[0]; i++) {
        if (!runs_here(isa[i])) {
            printf("skip: this processor has no %s\n", isa[i]);
            continue;
        }
        check_set(&set[_i], &(struct how){.run = {.threads = 2, .isa = isa[i]}});
    }
}
END_TEST

/* The weights of exact sets are dyadic: 16 bits hold them, and the guard bits every halving. */
START_TEST(fixed_point_of_16_bits_is_equal)
{
    static const char *const scale[] = {"channel", "layer"}, *const rounding[] = {"nearest",
                                                                                  "down"};
    if (strncmp(set[_i].folder, "float-", 6) == 0)
        return;
    for (size_t i = 0; i < sizeof isa / sizeof isa[0]; i++)
        for (int choice = 0; choice < 2 && runs_here(isa[i]); choice++)
            check_set(&set[_i], &(struct how){.run = {.threads = 2, .isa = isa[i]},
                                              .fixed = {.arith = "fixed",
                                                        .weight_bits = 16,
                                                        .scale = scale[choice],
                                                        .rounding = rounding[choice]}});
}
END_TEST

static Suite *golden_suite(void)
{
    Suite *suite = suite_create("golden");
    TCase *tests = tcase_create("official outputs");
    tcase_set_timeout(tests, 300);
    const int n_sets = sizeof set / sizeof set[0];
    tcase_add_loop_test(tests, every_schedule_and_size_is_equal, 0, n_sets);
    tcase_add_loop_test(tests, every_instruction_set_is_equal, 0, n_sets);
    tcase_add_loop_test(tests, fixed_point_of_16_bits_is_equal, 0, n_sets);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(golden_suite())
