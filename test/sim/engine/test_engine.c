/* The engine against brute force: for random networks of all three layouts, sizes awkward on
 * purpose, every spike, every logit and every count of spikeq_run() equals the dense forward pass
 * (test/support/dense_reference.h), whatever the schedule, threads, batch and instruction set.
 * Weights are dyadic, so that "equals" is exact. */
#include "kernels/base/cpu.h"
#include "sim/api/calls.h"
#include "test/support/dense_reference.h"
#include "test/support/npz.h"
#include "test/support/tiny_file.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { N_NETWORKS = 90, N_RUNS = 3, N_ISA = 4 };

static const enum tiny_layout layout[] = {TINY_CIFAR10, TINY_IMAGENET, TINY_CIFAR10DVS};
static const char *const isa[N_ISA] = {"auto", "scalar", "avx2", "avx512"};

/* One case: what was drawn, what must come out, where the files lie. */
struct engine_case {
    uint64_t seed;
    struct tiny_network net;
    struct dense_result want;
    char dir[32], how[64];
    const char *isa; /* the only one to run on; NULL: drawn */
};

#define FAIL_UNLESS(c, true_, format, ...)                                             \
    ck_assert_msg(true_, "seed %llu (%s; %s): " format, (unsigned long long)(c)->seed, \
                  tiny_describe(&(c)->net), (c)->how, __VA_ARGS__)

static void path_in(char path[256], const struct engine_case *c, const char *file)
{
    snprintf(path, 256, "%s/%s", c->dir, file);
}

static void remove_file(const struct engine_case *c, const char *file)
{
    char path[256];
    path_in(path, c, file);
    FAIL_UNLESS(c, unlink(path) == 0, "%s is not there", file);
}

static struct npz_array *take_dumped(const struct engine_case *c, const char *name)
{
    char path[256], file[128];
    snprintf(file, sizeof file, "dump/%s.npy", name);
    path_in(path, c, file);
    struct npz_array *array = npy_load(path);
    remove_file(c, file);
    return array;
}

static void compare_population(const struct engine_case *c, const struct dense_population *want)
{
    struct npz_array *got = take_dumped(c, want->name);
    const size_t n = want->n_neurons * c->net.timesteps * c->net.batch;
    FAIL_UNLESS(c, got->header.n_dims == want->n_dims + 2, "%s has %u dimensions", want->name,
                got->header.n_dims);
    FAIL_UNLESS(c, got->header.dim[0] == c->net.timesteps && got->header.dim[1] == c->net.batch,
                "%s does not begin [T,B]", want->name);
    FAIL_UNLESS(c, memcmp(got->header.dim + 2, want->dim, want->n_dims * sizeof want->dim[0]) == 0,
                "%s has another shape", want->name);
    FAIL_UNLESS(c, got->n_bytes == n, "%s has %zu bytes, not %zu", want->name, got->n_bytes, n);
    size_t at = 0; /* an assertion an element would be a message an element */
    while (at < n && got->data[at] == want->spikes[at])
        at++;
    FAIL_UNLESS(c, at == n, "%s differs at element %zu of %zu", want->name, at, n);
    npz_free(got, 1);
}

static int is_power_of_two(uint32_t n)
{
    return (n & (n - 1)) == 0;
}

/* Do both means divide by powers of two? */
static int means_are_exact(const struct engine_case *c)
{
    const uint32_t n_tokens = tiny_grid_height(&c->net) * tiny_grid_width(&c->net);
    return is_power_of_two(n_tokens) && is_power_of_two(c->net.timesteps);
}

/* What the classifier reads: exact, or within the rounding of T + 1 quotients. */
static void compare_head_in(const struct engine_case *c)
{
    struct npz_array *got = take_dumped(c, "head_in");
    const size_t n = (size_t)c->net.batch * c->net.dim;
    FAIL_UNLESS(c, got->header.n_dims == 2 && got->n_bytes == n * sizeof(float),
                "head_in has %zu bytes", got->n_bytes);
    for (size_t i = 0; i < n; i++) {
        float value;
        memcpy(&value, got->data + i * sizeof value, sizeof value);
        const double error = fabs((double)value - c->want.head_in[i]);
        const double bound =
            means_are_exact(c) ? 0 : c->want.head_in[i] * 0x1p-23 * (c->net.timesteps + 2);
        if (error > bound)
            FAIL_UNLESS(c, 0, "head_in %zu is %.9g, not %.9g", i, (double)value,
                        c->want.head_in[i]);
    }
    npz_free(got, 1);
}

/* Exact where the means are; else within the rounding of `dim` terms. */
static void compare_logits(const struct engine_case *c)
{
    struct npz_array *got = take_dumped(c, "logits");
    const int is_exact = means_are_exact(c);
    const size_t n = (size_t)c->net.batch * c->net.classes;
    FAIL_UNLESS(c, got->n_bytes == n * sizeof(float), "logits have %zu bytes", got->n_bytes);
    for (size_t i = 0; i < n; i++) {
        float value;
        memcpy(&value, got->data + i * sizeof value, sizeof value);
        const double error = fabs((double)value - c->want.logits[i]);
        const double bound = is_exact ? 0 : c->want.magnitude[i] * 0x1p-23 * (c->net.dim + 4);
        if (error > bound)
            FAIL_UNLESS(c, 0, "logit %zu is %.9g, not %.9g", i, (double)value, c->want.logits[i]);
    }
    npz_free(got, 1);
}

static uint64_t count_ones(const unsigned char *spikes, size_t n)
{
    uint64_t ones = 0;
    for (size_t i = 0; i < n; i++)
        ones += spikes[i];
    return ones;
}

static void compare_rates(const struct engine_case *c, const spikeq_report *report, size_t index)
{
    const struct dense_population *want = &c->want.population[index];
    const size_t per_t = want->n_neurons * c->net.batch;
    struct spikeq_population got = {.size = sizeof got};
    spikeq_report_population(report, index, &got);
    FAIL_UNLESS(c, strcmp(got.name, want->name) == 0, "population %s, not %s", got.name,
                want->name);
    FAIL_UNLESS(c, got.neurons == want->n_neurons, "%s has %llu neurons", got.name,
                (unsigned long long)got.neurons);
    FAIL_UNLESS(c, got.spikes == count_ones(want->spikes, per_t * c->net.timesteps),
                "%s: %llu spikes", got.name, (unsigned long long)got.spikes);
    for (uint32_t t = 0; t < c->net.timesteps; t++) {
        const double rate = (double)count_ones(want->spikes + t * per_t, per_t) / (double)per_t;
        FAIL_UNLESS(c, fabs(got.rate_per_timestep[t] - rate) < 1e-12, "%s: rate %g at t = %u",
                    got.name, got.rate_per_timestep[t], t);
    }
}

static void compare_synapse(const struct engine_case *c, const spikeq_report *report, size_t index)
{
    const struct dense_synapse *want = &c->want.synapse[index];
    const int is_head = index == c->net.n_layers;
    const int has_units = index == 0 ? c->want.pixels_are_counts : !is_head;
    struct spikeq_synapse got = {.size = sizeof got};
    spikeq_report_synapse(report, index, &got);
    FAIL_UNLESS(c, strcmp(got.name, want->name) == 0, "synapse %s, not %s", got.name, want->name);
    const struct {
        const char *what;
        uint64_t got, want;
    } count[] = {{"events", got.events, want->events},
                 {"additions", got.additions, want->additions},
                 {"dense", got.dense_additions, want->dense},
                 {"macs", got.macs, want->macs},
                 {"has_units", (uint64_t)got.has_units, (uint64_t)has_units},
                 {"unit_additions", has_units ? got.unit_additions : 0,
                  has_units ? want->unit_additions : 0}};
    for (size_t i = 0; i < sizeof count / sizeof count[0]; i++)
        if (count[i].got != count[i].want)
            FAIL_UNLESS(c, 0, "%s: %s is %llu, not %llu", got.name, count[i].what,
                        (unsigned long long)count[i].got, (unsigned long long)count[i].want);
}

static void compare_report(const struct engine_case *c, const spikeq_report *report)
{
    struct spikeq_summary summary = {.size = sizeof summary};
    spikeq_report_summary(report, &summary);
    ck_assert_uint_eq(summary.n_samples, c->net.batch);
    ck_assert_uint_eq(summary.n_populations, c->want.n_populations);
    ck_assert_uint_eq(summary.n_synapses, c->want.n_synapses);
    for (size_t i = 0; i < c->want.n_populations; i++)
        compare_rates(c, report, i);
    for (size_t i = 0; i < c->want.n_synapses; i++)
        compare_synapse(c, report, i);
}

static int runs_here(const char *name)
{
    return sq_cpu_restrict(sq_cpu_detect().features, name) >= 0;
}

/* Both schedules by turns; threads, batch and instruction set as drawn. */
static struct sq_run_choices draw_options(struct sq_rng *rng, struct engine_case *c, int turn)
{
    struct sq_run_choices how = {.threads = 1 + (unsigned)sq_rng_below(rng, 4),
                                 .batch = (unsigned)sq_rng_below(rng, 5),
                                 .schedule = turn % 2,
                                 .isa = isa[sq_rng_below(rng, sizeof isa / sizeof isa[0])]};
    if (!runs_here(how.isa))
        how.isa = "scalar";
    if (c->isa != NULL)
        how.isa = c->isa;
    snprintf(c->how, sizeof c->how, "%s, %u threads, batch %u, %s",
             how.schedule == SQ_SCHEDULE_STEP ? "step" : "layer", how.threads, how.batch, how.isa);
    return how;
}

static void run_and_compare(struct engine_case *c, spikeq_ctx *ctx, const spikeq_network *network,
                            struct sq_run_choices how)
{
    char input[256], dump[256];
    spikeq_report *report;
    path_in(input, c, "input.npy");
    path_in(dump, c, "dump");
    how.input = input;
    how.dump_dir = dump;
    FAIL_UNLESS(c, sq_api_run(ctx, network, &how, &report) == SPIKEQ_OK, "%s",
                spikeq_error_text(ctx));
    for (size_t i = 0; i < c->want.n_populations; i++)
        compare_population(c, &c->want.population[i]);
    compare_head_in(c);
    compare_logits(c);
    compare_report(c, report);
    FAIL_UNLESS(c, rmdir(dump) == 0, "%s holds more than the populations", dump);
    spikeq_report_free(report);
}

static void check_case(struct sq_rng *rng, struct engine_case *c)
{
    char model[256], config[256];
    spikeq_ctx *ctx;
    spikeq_network *network;
    tiny_write(&c->net, c->dir);
    dense_run(&c->net, &c->want);
    path_in(model, c, "model.safetensors");
    path_in(config, c, "config.json");
    ck_assert_int_eq(spikeq_ctx_new(&ctx), SPIKEQ_OK);
    FAIL_UNLESS(c, spikeq_network_load(ctx, model, config, NULL, 0, &network) == SPIKEQ_OK, "%s",
                spikeq_error_text(ctx));
    for (int turn = 0; turn < N_RUNS; turn++)
        run_and_compare(c, ctx, network, draw_options(rng, c, turn));
    spikeq_network_free(network);
    spikeq_ctx_free(ctx);
}

/* A network of this number, on the instruction set `forced` or, where that is NULL, on drawn ones.
 */
static void check_network(int number, const char *forced)
{
    struct engine_case c = {
        .seed = 1000 + (uint64_t)number, .dir = "/tmp/spikeq-engine-XXXXXX", .isa = forced};
    struct sq_rng rng = {c.seed};
    ck_assert_ptr_nonnull(mkdtemp(c.dir));
    tiny_draw(&rng, layout[number % 3], &c.net);
    check_case(&rng, &c);
    remove_file(&c, "model.safetensors");
    remove_file(&c, "config.json");
    remove_file(&c, "input.npy");
    ck_assert_int_eq(rmdir(c.dir), 0);
    dense_free(&c.want);
    tiny_free(&c.net);
}

START_TEST(every_spike_logit_and_count_equals_brute_force)
{
    check_network(_i, NULL);
}
END_TEST

START_TEST(every_instruction_set_equals_brute_force)
{
    const char *name = isa[_i % N_ISA];
    if (runs_here(name))
        check_network(N_NETWORKS + _i / N_ISA, name);
    else
        sq_skip("network %d on %s: this processor has none of it", _i / N_ISA, name);
}
END_TEST

static Suite *engine_suite(void)
{
    Suite *suite = suite_create("engine");
    TCase *tests = tcase_create("against the dense reference");
    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, every_spike_logit_and_count_equals_brute_force, 0, N_NETWORKS);
    tcase_add_loop_test(tests, every_instruction_set_equals_brute_force, 0, 3 * N_ISA);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(engine_suite())
