/* The theorem of this project: for every golden network, made by the official PyTorch code, every
 * population of spikeq is equal bit for bit, whatever the container of the weights, instruction
 * set, schedule, number of threads and batch; and in fixed point of 16 bits, too. */
#include "kernels/base/cpu.h"
#include "test/support/golden_set.h"
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

static void compare_logits(const struct set *which, const char *dump)
{
    char path[256];
    snprintf(path, sizeof path, "test/golden/%s/logits.npy", which->folder);
    struct npz_array *want = npy_load(path), *got = golden_take(dump, "logits");
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

static void check_set(const struct set *which, const struct golden_how *how)
{
    char dump[] = "/tmp/spikeq-golden-XXXXXX";
    ck_assert_ptr_nonnull(mkdtemp(dump));
    golden_run(which->folder, which->model, dump, how);
    golden_compare(which->folder, "spikes.npz", dump);
    compare_logits(which, dump);
    ck_assert_int_eq(rmdir(dump), 0); /* nothing but what the set knows was written */
}

START_TEST(every_schedule_and_size_is_equal)
{
    for (int schedule = 0; schedule < 2; schedule++)
        for (size_t i = 0; i < sizeof size / sizeof size[0]; i++)
            check_set(&set[_i], &(struct golden_how){.run = {.threads = size[i].threads,
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
        check_set(&set[_i], &(struct golden_how){.run = {.threads = 2, .isa = isa[i]}});
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
            check_set(&set[_i], &(struct golden_how){.run = {.threads = 2, .isa = isa[i]},
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
