/* The theorem of test_golden.c for the relatives of Spikformer: every population, what the classifier reads,
 * the logits, and where the set has them the currents of populations, are those of the official code, for
 * each instruction set, schedule, number of threads and batch. Sets that are too large for this repository
 * are read from the folder that SPIKEQ_GOLDEN names. In fixed point of 16 bits every exact set whose leaks are
 * shifts has the same spikes, too. */
#include "kernels/base/cpu.h"
#include "sim/api/calls.h"
#include "sim/json/json.h"
#include "test/support/golden_set.h"
#include "test/support/network_arith.h"
#include "test/unit.h"

#include <dirent.h>
#include <string.h>
#include <unistd.h>

static const char *const set[] = {
    "spikingformer-cifar-2-64", "spikingformer-dvs-1-32", "cml-spikingformer-cifar-1-48",
    "sdt-cifar-2-64",           "sdt-dvs-1-32",           "sdt-plif-1-32",
    "sdt-v3-large-tiny",        "ms-resnet-104-tiny",     "sdt-v2-mean-tiny",
};
static const char *const isa[] = {"scalar", "avx2", "avx512"};
enum { N_SETS = sizeof set / sizeof *set, N_ISA = sizeof isa / sizeof *isa, MAX_OTHERS = 128 };

static const struct {
    unsigned threads, batch;
} size[] = {{1, 1}, {2, 2}, {4, 3}};

/* What config.json says of exactness. */
struct exactness {
    int currents, head_in, logits;
};

static int says_true(const cJSON *config, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(config, key);
    ck_assert_msg(cJSON_IsBool(item), "config.json says nothing of \"%s\"", key);
    return cJSON_IsTrue(item);
}

static struct exactness read_exactness(const char *folder)
{
    char path[512], text[16384];
    golden_path(path, sizeof path, folder, "config.json");
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "%s: cannot be opened", path);
    const size_t n = fread(text, 1, sizeof text, file);
    fclose(file);
    cJSON *config = sq_json_parse(text, n, NULL, NULL);
    ck_assert_msg(config != NULL, "%s: no JSON", path);
    const struct exactness exact = {says_true(config, "exact"), says_true(config, "head_in_exact"),
                                    says_true(config, "logits_exact")};
    cJSON_Delete(config);
    return exact;
}

static int has_file(const char *folder, const char *file)
{
    char path[512];
    golden_path(path, sizeof path, folder, file);
    return access(path, R_OK) == 0;
}

static void compare_logits(const char *folder, const char *file, const char *dump, int is_exact)
{
    char path[512];
    golden_path(path, sizeof path, folder, file);
    struct npz_array *want = npy_load(path), *got = golden_take(dump, "logits");
    const float tolerance = is_exact ? 0 : 1e-6F;
    ck_assert_uint_eq(got->n_bytes, want->n_bytes);
    for (size_t at = 0; at < want->n_bytes; at += sizeof(float)) {
        float a, b;
        memcpy(&a, got->data + at, sizeof a);
        memcpy(&b, want->data + at, sizeof b);
        const float apart = a > b ? a - b : b - a, most = b > 1 ? b : b < -1 ? -b : 1;
        ck_assert_msg(apart <= tolerance * most, "%s: logit %zu is %.9g, not %.9g", folder,
                      at / sizeof(float), (double)a, (double)b);
    }
    npz_free(want, 1);
    npz_free(got, 1);
}

/* Currents that the set does not have. */
static void empty(const char *folder)
{
    DIR *dir = opendir(folder);
    ck_assert_ptr_nonnull(dir);
    for (const struct dirent *e; (e = readdir(dir)) != NULL;)
        if (e->d_name[0] != '.')
            ck_assert_int_eq(unlinkat(dirfd(dir), e->d_name, 0), 0);
    closedir(dir);
    ck_assert_int_eq(rmdir(folder), 0);
}

static void check_set(const char *folder, struct golden_how how)
{
    char dump[] = "/tmp/spikeq-relative-XXXXXX", preact[64];
    const struct exactness exact = read_exactness(folder);
    ck_assert_ptr_nonnull(mkdtemp(dump));
    snprintf(preact, sizeof preact, "%s/preact", dump);
    how.run.dump_reals = 1;
    golden_run(folder, "model.safetensors", dump, &how);
    golden_compare(folder, "spikes.npz", dump);
    golden_compare_within(folder, "residual.npz", dump, exact.head_in ? 0 : 1e-6);
    compare_logits(folder, "logits.npy", dump, exact.logits);
    if (has_file(folder, "preact.npz"))
        golden_compare_within(folder, "preact.npz", preact, exact.currents ? 0 : 1e-5);
    empty(preact);
    ck_assert_int_eq(rmdir(dump), 0); /* nothing but what the set knows was written */
}

START_TEST(every_schedule_and_size_is_equal)
{
    const char *name = isa[_i % N_ISA];
    if (sq_cpu_restrict(sq_cpu_detect().features, name) < 0) {
        sq_skip("%s on %s: this processor has none of it", set[_i / N_ISA], name);
        return;
    }
    for (int schedule = 0; schedule < 2; schedule++)
        for (size_t i = 0; i < sizeof size / sizeof size[0]; i++)
            check_set(set[_i / N_ISA], (struct golden_how){.run = {.threads = size[i].threads,
                                                                   .batch = size[i].batch,
                                                                   .schedule = schedule,
                                                                   .isa = name}});
}
END_TEST

/* Of SDT-V2 its configuration says what the first classifier reads, and the set has logits of both. */
START_TEST(the_other_input_of_a_classifier)
{
    static const char *const set_key[] = {"head_reads=spikes"};
    char dump[] = "/tmp/spikeq-relative-XXXXXX";
    const struct golden_how how = {.set = set_key, .n_set = 1};
    ck_assert_ptr_nonnull(mkdtemp(dump));
    golden_run("sdt-v2-mean-tiny", "model.safetensors", dump, &how);
    golden_compare("sdt-v2-mean-tiny", "spikes.npz", dump);
    compare_logits("sdt-v2-mean-tiny", "logits_spikes.npy", dump, 1);
    empty(dump);
}
END_TEST

/* Folders of SPIKEQ_GOLDEN that hold a set of a relative. */
static char other[MAX_OTHERS][512];
static int n_others;

static void list_others(void)
{
    const char *top = getenv("SPIKEQ_GOLDEN");
    struct dirent **entry = NULL;
    const int n = top != NULL ? scandir(top, &entry, NULL, alphasort) : 0;
    for (int i = 0; i < n; i++) {
        char *folder = other[n_others];
        snprintf(folder, sizeof other[0], "%s/%s", top, entry[i]->d_name);
        if (entry[i]->d_name[0] != '.' && n_others + 1 < MAX_OTHERS &&
            has_file(folder, "graph.json")) /* those of relatives */
            n_others++;
        free(entry[i]);
    }
    free(entry);
}

/* Load a set's network and give it an arithmetic, NULL: the file's own; `why` is the sentence of a failure.
 * *loaded: it failed, if at all, at the arithmetic. */
static int try_network(const char *folder, const char *arith, int *loaded, char *why,
                       size_t why_size)
{
    char model[512], config[512];
    spikeq_ctx *ctx;
    spikeq_network *network = NULL;
    golden_path(model, sizeof model, folder, "model.safetensors");
    golden_path(config, sizeof config, folder, "config.json");
    ck_assert_int_eq(spikeq_ctx_new(&ctx), SPIKEQ_OK);
    int status = spikeq_network_load(ctx, model, config, NULL, 0, &network);
    *loaded = status == SPIKEQ_OK;
    if (*loaded && arith != NULL)
        status = network_arith(ctx, network, &(struct sq_fixed_choices){.arith = arith});
    snprintf(why, why_size, "%s", status == SPIKEQ_OK ? "" : spikeq_error_text(ctx));
    spikeq_network_free(network);
    spikeq_ctx_free(ctx);
    return status;
}

/* Can it be loaded? Else why not. */
static int loads(const char *folder, char *why, size_t why_size)
{
    int loaded;
    return try_network(folder, NULL, &loaded, why, why_size) == SPIKEQ_OK;
}

START_TEST(sets_from_elsewhere_are_equal)
{
    char why[256];
    if (n_others == 0) {
        sq_skip("further golden sets: SPIKEQ_GOLDEN names no folder of them");
        return;
    }
    if (!loads(other[_i], why, sizeof why)) {
        sq_skip("%s: %s", other[_i], why);
        return;
    }
    for (int schedule = 0; schedule < 2; schedule++)
        check_set(other[_i],
                  (struct golden_how){.run = {.threads = 2, .batch = 2, .schedule = schedule}});
}
END_TEST

/* Integers: the same spikes and means, in both scales and roundings. */
static void check_fixed(const char *folder, const char *with)
{
    static const char *const scale[] = {"channel", "layer"}, *const rounding[] = {"nearest",
                                                                                  "down"};
    const struct exactness exact = read_exactness(folder);
    for (int i = 0; i < 2; i++) {
        char dump[] = "/tmp/spikeq-integers-XXXXXX";
        ck_assert_ptr_nonnull(mkdtemp(dump));
        golden_run(
            folder, "model.safetensors", dump,
            &(struct golden_how){.run = {.threads = 2, .batch = 2, .schedule = i, .isa = with},
                                 .fixed = {.arith = "fixed",
                                           .weight_bits = 16,
                                           .scale = scale[i],
                                           .rounding = rounding[i]}});
        golden_compare(folder, "spikes.npz", dump);
        golden_compare_within(folder, "residual.npz", dump, exact.head_in ? 0 : 1e-6);
        compare_logits(folder, "logits.npy", dump, exact.logits);
        ck_assert_int_eq(rmdir(dump), 0);
    }
}

/* Does it run in integers? Else `why` says what of it does not. */
static int runs_fixed(const char *folder, char *why, size_t why_size)
{
    int loaded;
    const int status = try_network(folder, "fixed", &loaded, why, why_size);
    ck_assert(loaded && (status == SPIKEQ_OK || status == SPIKEQ_EUNSUPPORTED));
    return status == SPIKEQ_OK;
}

/* Leaks that are no shift are refused; all others run. */
START_TEST(fixed_point_of_16_bits_is_equal)
{
    const char *folder = set[_i / N_ISA], *name = isa[_i % N_ISA];
    char why[512];
    const int is_other = strstr(folder, "plif") != NULL || strcmp(folder, set[1]) == 0;
    if (sq_cpu_restrict(sq_cpu_detect().features, name) < 0) {
        sq_skip("%s on %s: this processor has none of it", folder, name);
        return;
    }
    ck_assert_msg(runs_fixed(folder, why, sizeof why) == !is_other, "%s: %s", folder, why);
    if (is_other)
        ck_assert_msg(strstr(why, "no power of two") != NULL, "%s", why);
    else
        check_fixed(folder, name);
}
END_TEST

/* Membranes of MS-ResNet's set keep 35 bits, of which 31 are held: one of its spikes differs. */
START_TEST(fixed_point_of_sets_from_elsewhere_is_equal)
{
    char why[512];
    if (n_others == 0) {
        sq_skip("further golden sets in fixed point: SPIKEQ_GOLDEN names no folder of them");
        return;
    }
    if (!loads(other[_i], why, sizeof why) || !read_exactness(other[_i]).currents ||
        strstr(other[_i], "ms-resnet") != NULL)
        return;
    if (runs_fixed(other[_i], why, sizeof why))
        check_fixed(other[_i], "auto");
    else
        ck_assert_msg(strstr(why, "no power of two") != NULL, "%s", why);
}
END_TEST

static Suite *relatives_suite(void)
{
    Suite *suite = suite_create("relatives");
    TCase *tests = tcase_create("official outputs");
    list_others();
    tcase_set_timeout(tests, 300);
    tcase_add_loop_test(tests, every_schedule_and_size_is_equal, 0, N_SETS * N_ISA);
    tcase_add_test(tests, the_other_input_of_a_classifier);
    tcase_add_loop_test(tests, sets_from_elsewhere_are_equal, 0, n_others > 0 ? n_others : 1);
    tcase_add_loop_test(tests, fixed_point_of_16_bits_is_equal, 0, N_SETS * N_ISA);
    tcase_add_loop_test(tests, fixed_point_of_sets_from_elsewhere_is_equal, 0,
                        n_others > 0 ? n_others : 1);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(relatives_suite())
