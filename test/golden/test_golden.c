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

/* The last one's weights are not dyadic. */
static const struct set set[] = {
    {"cifar-2-64", "model.safetensors", 1},          {"cifar-2-64", "checkpoint.pth", 1},
    {"cifar-2-64", "checkpoint.pth.tar", 1},         {"cifar-2-64", "checkpoint_legacy.pth", 1},
    {"cifar-1-48-odd", "model.safetensors", 0},      {"dvs-1-64", "model.safetensors", 1},
    {"dvs-1-64", "checkpoint_max_test_acc1.pth", 1}, {"imagenet-1-64", "model.safetensors", 1},
    {"float-cifar-2-64", "model.safetensors", 0},
};

static const char *const isa[] = {"scalar", "avx2", "avx512"};
enum {
    N_SETS = sizeof set / sizeof set[0],
    N_EXACT = N_SETS - 1,
    N_ISA = sizeof isa / sizeof *isa
};
static const struct {
    unsigned threads, batch;
} size[] = {{1, 1}, {2, 2}, {4, 3}};

static int runs_here(const struct set *which, const char *name)
{
    const int runs = sq_cpu_restrict(sq_cpu_detect().features, name) >= 0;
    if (!runs)
        sq_skip("%s/%s on %s: this processor has none of it", which->folder, which->model, name);
    return runs;
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
    npz_free(golden_take(dump, "head_in"), 1); /* test_relatives.c compares it */
    ck_assert_int_eq(rmdir(dump), 0);          /* nothing but what the set knows was written */
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
    const struct set *which = &set[_i / N_ISA];
    const char *name = isa[_i % N_ISA];
    if (runs_here(which, name))
        check_set(which, &(struct golden_how){.run = {.threads = 2, .isa = name}});
}
END_TEST

/* The weights of exact sets are dyadic: 16 bits hold them, and the guard bits every halving. */
START_TEST(fixed_point_of_16_bits_is_equal)
{
    static const char *const scale[] = {"channel", "layer"}, *const rounding[] = {"nearest",
                                                                                  "down"};
    const struct set *which = &set[_i / N_ISA];
    const char *name = isa[_i % N_ISA];
    if (!runs_here(which, name))
        return;
    for (int choice = 0; choice < 2; choice++)
        check_set(which, &(struct golden_how){.run = {.threads = 2, .isa = name},
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
    tcase_add_loop_test(tests, every_schedule_and_size_is_equal, 0, N_SETS);
    tcase_add_loop_test(tests, every_instruction_set_is_equal, 0, N_SETS * N_ISA);
    tcase_add_loop_test(tests, fixed_point_of_16_bits_is_equal, 0, N_EXACT * N_ISA);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(golden_suite())
