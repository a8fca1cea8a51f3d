/* The fixed-point mode against independent models in plain Python integers
 * (test/reference/fixed_model.py, fixed_graph.py): random networks of ordinary floats, Spikformer in all three
 * layouts and four of its relatives, each in several arithmetics, every population equal bit for bit, for
 * every instruction set. */
#include "kernels/base/cpu.h"
#include "sim/api/calls.h"
#include "test/support/golden_set.h"
#include "test/support/network_arith.h"
#include "test/unit.h"

#include <stdio.h>
#include <unistd.h>

static const char *const folder[] = {
    "fixed-cifar-2-40", "fixed-imagenet-1-48", "fixed-dvs-1-32",      "fixed-spikingformer-1-16",
    "fixed-cml-1-16",   "fixed-sdt-1-16",      "fixed-qkformer-3-32",
};
static const char *const isa[] = {"scalar", "avx2", "avx512", "neon"};
enum { N_FOLDERS = sizeof folder / sizeof folder[0], N_ARITHMETICS = 3 };

static void run_set(const char *set, int number, const char *with, const char *dump)
{
    golden_run(set, "model.safetensors", dump,
               &(struct golden_how){.run = {.threads = 2, .isa = with},
                                    .fixed = golden_arith(set, number)});
}

START_TEST(every_population_is_the_models)
{
    const char *set = folder[_i % N_FOLDERS];
    const int number = _i / N_FOLDERS;
    char spikes[32];
    snprintf(spikes, sizeof spikes, "spikes-%d.npz", number);
    for (size_t i = 0; i < sizeof isa / sizeof isa[0]; i++) {
        char dump[] = "/tmp/spikeq-fixed-XXXXXX";
        if (sq_cpu_restrict(sq_cpu_detect().features, isa[i]) < 0)
            continue;
        ck_assert_ptr_nonnull(mkdtemp(dump));
        run_set(set, number, isa[i], dump);
        golden_compare(set, spikes, dump);
        npz_free(golden_take(dump, "logits"), 1);
        npz_free(golden_take(dump, "head_in"), 1);
        ck_assert_int_eq(rmdir(dump), 0);
    }
}
END_TEST

#define DATA "/usr/share/datasets/fashion-mnist/"

/* Integers give the same classes on every machine, so the number of right ones is exact, too.
 * Float32 has 1,842 of these 2,000 right. */
static const struct {
    unsigned bits;
    uint64_t n_correct;
} shipped[] = {{6, 1852}, {8, 1860}};

START_TEST(shipped_network_in_few_bits)
{
    const struct sq_run_choices options = {.input = DATA "t10k-images-idx3-ubyte.gz",
                                           .labels = DATA "t10k-labels-idx1-ubyte.gz",
                                           .threads = 2,
                                           .limit = 2000};
    spikeq_ctx *ctx;
    spikeq_network *network;
    spikeq_report *report;
    struct spikeq_summary summary = {.size = sizeof summary};
    ck_assert_int_eq(spikeq_ctx_new(&ctx), SPIKEQ_OK);
    ck_assert_int_eq(spikeq_network_load(ctx, "configs/models/weights/fashion-2-64.safetensors",
                                         "fashion-2-64", NULL, 0, &network),
                     SPIKEQ_OK);
    ck_assert_int_eq(network_arith(ctx, network,
                                   &(struct sq_fixed_choices){.arith = "fixed",
                                                              .weight_bits = shipped[_i].bits}),
                     SPIKEQ_OK);
    ck_assert_msg(sq_api_run(ctx, network, &options, &report) == SPIKEQ_OK, "%s",
                  spikeq_error_text(ctx));
    spikeq_report_summary(report, &summary);
    ck_assert_uint_eq(summary.n_correct, shipped[_i].n_correct);
    spikeq_report_free(report);
    spikeq_network_free(network);
    spikeq_ctx_free(ctx);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("golden");
    TCase *t = tcase_create("fixed point");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, every_population_is_the_models, 0, N_FOLDERS * N_ARITHMETICS);
    tcase_add_loop_test(t, shipped_network_in_few_bits, 0, 2);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
