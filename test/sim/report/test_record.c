/* What is recorded for accounting equals brute force, on 1,000 random networks of the three
 * layouts: pooling windows, residual additions, both products of SSA in both orders, synapses and
 * neurons, counted one element at a time from the spikes of the dense reference. */
#include "sim/account/price/exact.h"
#include "sim/api/calls.h"
#include "sim/report/report.h"
#include "test/support/dense_reference.h"
#include "test/support/tiny_file.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { N_NETWORKS = 1000, N_TESTS = 20 };

struct record_case {
    struct tiny_network net;
    struct dense_result want;
    const struct sq_counters *got;
    uint64_t seed;
};

static const struct dense_population *population(const struct record_case *c, const char *name)
{
    for (size_t i = 0; i < c->want.n_populations; i++)
        if (strcmp(c->want.population[i].name, name) == 0)
            return &c->want.population[i];
    ck_abort_msg("no population %s", name);
    return NULL;
}

static void require(const struct record_case *c, const char *op, const char *what, uint64_t got,
                    uint64_t want)
{
    if (got != want)
        ck_abort_msg("seed %llu (%s): %s: %s is %llu, not %llu", (unsigned long long)c->seed,
                     tiny_describe(&c->net), op, what, (unsigned long long)got,
                     (unsigned long long)want);
}

static struct sq_op_count counted(const struct record_case *c, const char *name)
{
    const struct sq_op *op = sq_counters_find(c->got, name);
    ck_assert_msg(op != NULL, "no operation %s", name);
    return sq_op_sum(op);
}

/* Frames of a population: (t, b) pairs; each holds n_neurons bytes. */
static size_t n_frames(const struct record_case *c)
{
    return (size_t)c->net.timesteps * c->net.batch;
}

/* 3x3 stride 2 padding 1: windows that hold (y, x), one window at a time. */
static uint64_t windows_of(uint64_t y, uint64_t x, uint64_t height, uint64_t width)
{
    uint64_t n = 0;
    for (uint64_t oy = 0; oy < (height + 1) / 2; oy++)
        for (uint64_t ox = 0; ox < (width + 1) / 2; ox++)
            n += y + 1 >= 2 * oy && y <= 2 * oy + 1 && x + 1 >= 2 * ox && x <= 2 * ox + 1;
    return n;
}

static void check_pool(const struct record_case *c, const char *suffix)
{
    char lif[64], pool[64];
    snprintf(lif, sizeof lif, "patch_embed.proj_lif%s", suffix);
    snprintf(pool, sizeof pool, "patch_embed.maxpool%s", suffix);
    const struct dense_population *p = population(c, lif);
    const uint64_t height = p->dim[1], width = p->dim[2];
    uint64_t windows = 0, ones = 0;
    for (size_t i = 0; i < n_frames(c) * p->n_neurons; i++)
        if (p->spikes[i]) {
            windows += windows_of(i / width % height, i % width, height, width);
            ones++;
        }
    const struct sq_op_count got = counted(c, pool);
    require(c, pool, "windows", got.windows, windows);
    require(c, pool, "nonzeros", got.nonzeros, ones);
}

/* A population as [frame][token][channel], whatever its layout; freed by the caller. */
static unsigned char *by_token(const struct record_case *c, const char *name)
{
    const struct dense_population *p = population(c, name);
    const int tokens_first = c->net.layout == TINY_CIFAR10 && p->n_dims == 2;
    const size_t n_tokens = tiny_grid_height(&c->net) * tiny_grid_width(&c->net);
    const size_t channels = p->n_neurons / n_tokens;
    unsigned char *out = malloc(n_frames(c) * p->n_neurons);
    for (size_t f = 0; f < n_frames(c); f++)
        for (size_t n = 0; n < n_tokens; n++)
            for (size_t j = 0; j < channels; j++)
                out[(f * n_tokens + n) * channels + j] =
                    p->spikes[f * p->n_neurons +
                              (tokens_first ? n * channels + j : j * n_tokens + n)];
    return out;
}

/* The last pooling: OR of the windows of proj_lif3, as [frame][token][channel]. */
static unsigned char *pooled_tokens(const struct record_case *c)
{
    const struct dense_population *p = population(c, "patch_embed.proj_lif3");
    const uint64_t height = p->dim[1], width = p->dim[2], out_width = (width + 1) / 2;
    const uint64_t n_tokens = (height + 1) / 2 * out_width, dim = p->dim[0];
    unsigned char *out = calloc(n_frames(c) * n_tokens, dim);
    for (size_t i = 0; i < n_frames(c) * p->n_neurons; i++) {
        const uint64_t y = i / width % height, x = i % width, ch = i / (width * height) % dim;
        const uint64_t frame = i / p->n_neurons;
        for (uint64_t oy = 0; p->spikes[i] && oy < (height + 1) / 2; oy++)
            for (uint64_t ox = 0; ox < out_width; ox++)
                if (y + 1 >= 2 * oy && y <= 2 * oy + 1 && x + 1 >= 2 * ox && x <= 2 * ox + 1)
                    out[(frame * n_tokens + oy * out_width + ox) * dim + ch] = 1;
    }
    return out;
}

/* stream += spikes of `name`; the residual addition `op` must have counted just that. */
static void check_add(const struct record_case *c, const char *op, const char *name,
                      unsigned char *stream)
{
    unsigned char *add = by_token(c, name);
    const size_t n = n_frames(c) * population(c, name)->n_neurons;
    uint64_t both = 0, a = 0, b = 0, units = 0;
    for (size_t i = 0; i < n; i++) {
        both += stream[i] && add[i];
        a += stream[i] != 0;
        b += add[i] != 0;
        units += stream[i];
        stream[i] = (unsigned char)(stream[i] + add[i]);
    }
    const struct sq_op_count got = counted(c, op);
    require(c, op, "both", got.both, both);
    require(c, op, "nonzeros", got.nonzeros, a);
    require(c, op, "nonzeros_b", got.nonzeros_b, b);
    require(c, op, "units", got.units, units);
    free(add);
}

static void check_ssa(const struct record_case *c, uint32_t block)
{
    static const char *const letter[3] = {"q", "k", "v"};
    const uint32_t n = tiny_grid_height(&c->net) * tiny_grid_width(&c->net), dim = c->net.dim;
    const uint32_t d = dim / c->net.heads;
    unsigned char *qkv[3], *head[3];
    struct sq_op_count want = {0};
    unsigned is = 0;
    char name[64];
    for (int i = 0; i < 3; i++) {
        snprintf(name, sizeof name, "block.%u.attn.%s_lif", block, letter[i]);
        qkv[i] = by_token(c, name);
        head[i] = malloc((size_t)n * d);
    }
    for (size_t f = 0; f < n_frames(c); f++)
        for (uint32_t g = 0; g < c->net.heads; g++) {
            for (int i = 0; i < 3; i++)
                for (uint32_t token = 0; token < n; token++)
                    memcpy(head[i] + (size_t)token * d,
                           qkv[i] + (f * n + token) * dim + (size_t)g * d, d);
            sq_ssa_counts(&want, &is, head[0], head[1], head[2], n, d, 1);
        }
    snprintf(name, sizeof name, "block.%u.attn.ssa", block);
    const struct sq_op_count got = counted(c, name);
    for (int order = 0; order < 2; order++) {
        require(c, name, "coincidences", got.coincidences[order], want.coincidences[order]);
        require(c, name, "events2", got.events2[order], want.events2[order]);
    }
    require(c, name, "unary2", got.unary2, want.unary2);
    require(c, name, "q", got.q, want.q);
    for (int i = 0; i < 3; i++) {
        free(qkv[i]);
        free(head[i]);
    }
}

static void check_layers(const struct record_case *c)
{
    for (size_t i = 0; i + 1 < c->want.n_synapses; i++) {
        const struct dense_synapse *want = &c->want.synapse[i];
        const struct sq_exact got = sq_exact_count(sq_counters_find(c->got, want->name));
        require(c, want->name, "dense_in", got.dense_in, want->dense);
        require(c, want->name, "fanout_live", counted(c, want->name).fanout_live, want->live);
        if (i == 0)
            continue; /* analog: counted as MAC */
        require(c, want->name, "ac_events", got.ac_events, want->additions);
        require(c, want->name, "ac_unary", got.ac_unary, want->unit_additions);
    }
    for (size_t i = 0; i < c->want.n_populations; i++) {
        const struct dense_population *p = &c->want.population[i];
        uint64_t ones = 0;
        for (size_t at = 0; at < n_frames(c) * p->n_neurons; at++)
            ones += p->spikes[at];
        require(c, p->name, "spikes", counted(c, p->name).out_nonzeros, ones);
    }
}

/* Mean over tokens, then over timesteps, in float32 as the network computes it.
 *   stream   [frame][token][channel], frames by timestep, then sample */
static float feature_at(const struct record_case *c, const unsigned char *stream, uint32_t sample,
                        uint32_t channel)
{
    const size_t n_tokens = tiny_grid_height(&c->net) * tiny_grid_width(&c->net);
    float total = 0;
    for (uint32_t t = 0; t < c->net.timesteps; t++) {
        const size_t frame = (size_t)t * c->net.batch + sample;
        unsigned sum = 0;
        for (size_t n = 0; n < n_tokens; n++)
            sum += stream[(frame * n_tokens + n) * c->net.dim + channel];
        total += (float)sum / (float)n_tokens;
    }
    return total / (float)c->net.timesteps;
}

/* The classifier's input: how many different values, the largest, their sum. */
static void check_features(const struct record_case *c, const unsigned char *stream)
{
    const struct sq_op *head = sq_counters_find(c->got, "head");
    uint64_t most = 0, got = 0;
    double sum = 0, max = 0, got_sum = 0, got_max = 0;
    float *value = malloc(c->net.dim * sizeof *value);
    for (uint32_t sample = 0; sample < c->net.batch; sample++) {
        uint64_t n_distinct = 0;
        for (uint32_t j = 0; j < c->net.dim; j++) {
            uint32_t earlier = 0;
            value[j] = feature_at(c, stream, sample, j);
            while (value[earlier] != value[j])
                earlier++;
            n_distinct += earlier == j;
            sum += (double)value[j];
            max = value[j] > max ? value[j] : max;
        }
        most = n_distinct > most ? n_distinct : most;
    }
    free(value);
    for (size_t g = 0; g < head->n_groups; g++) {
        got = head->group[g].distinct > got ? head->group[g].distinct : got;
        got_max = head->group[g].max > got_max ? head->group[g].max : got_max;
        got_sum += head->group[g].real_sum;
    }
    require(c, "head", "distinct", got, most);
    ck_assert_msg(got_max == max, "seed %llu: largest feature %.9g, not %.9g",
                  (unsigned long long)c->seed, got_max, max);
    ck_assert_msg(fabs(got_sum - sum) <= 1e-9 * sum, "seed %llu: sum of features %.17g, not %.17g",
                  (unsigned long long)c->seed, got_sum, sum);
}

static void check_all(const struct record_case *c)
{
    static const char *const suffix[4] = {"", "1", "2", "3"};
    for (int stage = c->net.layout == TINY_CIFAR10 ? 2 : 0; stage < 4; stage++)
        check_pool(c, suffix[stage]);
    unsigned char *stream = pooled_tokens(c);
    check_add(c, "block.0.in", "patch_embed.rpe_lif", stream);
    for (uint32_t block = 0; block < c->net.depth; block++) {
        char op[64], lif[64];
        check_ssa(c, block);
        snprintf(op, sizeof op, "block.%u.mid", block);
        snprintf(lif, sizeof lif, "block.%u.attn.proj_lif", block);
        check_add(c, op, lif, stream);
        snprintf(op, sizeof op, "block.%u.out", block);
        snprintf(lif, sizeof lif, "block.%u.mlp.fc2_lif", block);
        check_add(c, op, lif, stream);
    }
    check_features(c, stream);
    free(stream);
    check_layers(c);
}

static void run_case(struct record_case *c, const char *dir)
{
    char model[256], config[256], input[256];
    spikeq_ctx *ctx;
    spikeq_network *network;
    spikeq_report *report;
    struct sq_rng rng = {c->seed};
    tiny_draw(&rng, TINY_CIFAR10 + (enum tiny_layout)(c->seed % 3), &c->net);
    tiny_write(&c->net, dir);
    dense_run(&c->net, &c->want);
    snprintf(model, sizeof model, "%s/model.safetensors", dir);
    snprintf(config, sizeof config, "%s/config.json", dir);
    snprintf(input, sizeof input, "%s/input.npy", dir);
    ck_assert_int_eq(spikeq_ctx_new(&ctx), SPIKEQ_OK);
    ck_assert_msg(spikeq_network_load(ctx, model, config, NULL, 0, &network) == SPIKEQ_OK, "%s",
                  spikeq_error_text(ctx));
    const struct sq_run_choices options = {.input = input, .threads = 1 + c->seed % 2};
    ck_assert_msg(sq_api_run(ctx, network, &options, &report) == SPIKEQ_OK, "%s",
                  spikeq_error_text(ctx));
    c->got = sq_record_counters(report->record);
    check_all(c);
    spikeq_report_free(report);
    spikeq_network_free(network);
    spikeq_ctx_free(ctx);
    dense_free(&c->want);
    tiny_free(&c->net);
    unlink(model);
    unlink(config);
    unlink(input);
}

START_TEST(counters_equal_brute_force)
{
    char dir[] = "/tmp/spikeq-record-XXXXXX";
    ck_assert_ptr_nonnull(mkdtemp(dir));
    for (uint64_t i = 0; i < N_NETWORKS / N_TESTS; i++) {
        struct record_case c = {.seed = 5000 + (uint64_t)_i * (N_NETWORKS / N_TESTS) + i};
        run_case(&c, dir);
    }
    ck_assert_int_eq(rmdir(dir), 0);
}
END_TEST

static Suite *record_suite(void)
{
    Suite *suite = suite_create("record");
    TCase *tests = tcase_create("against brute force");
    tcase_set_timeout(tests, 600);
    tcase_add_loop_test(tests, counters_equal_brute_force, 0, N_TESTS);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(record_suite())
