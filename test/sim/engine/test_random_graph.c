/* Networks of random operations against brute force: every population's spikes and currents, and what
 * every layer counts, for each schedule and instruction set; and in fixed point the same spikes, where the
 * exponents that were chosen hold every value exactly. */
#include "kernels/base/cpu.h"
#include "sim/api/calls.h"
#include "sim/network/network.h"
#include "test/sim/input/temp_files.h"
#include "test/support/network_arith.h"
#include "test/support/npz.h"
#include "test/support/random_graph.h"

#include <math.h>

static struct random_graph graph;

static void discard(void)
{
    random_graph_free(&graph);
}

/* Element (t, sample, i) of a dump of n elements a sample. */
static size_t place(uint32_t t, uint32_t sample, size_t n)
{
    return (t * (size_t)graph.batch + sample) * n;
}

/* Spikes of one sample, from the dump. */
static void compare_spikes(const struct random_node *node, uint32_t sample, const char *how)
{
    char name[64];
    const size_t n = random_elements(node);
    snprintf(name, sizeof name, "dump/%s.npy", node->id);
    struct npz_array *spikes = npy_load(temp_path(name));
    ck_assert_uint_eq(spikes->n_bytes, place(graph.timesteps, 0, n));
    for (uint32_t t = 0; t < graph.timesteps; t++)
        for (size_t i = 0; i < n; i++)
            if (spikes->data[place(t, sample, n) + i] != (unsigned char)node->value[t * n + i])
                ck_abort_msg("%s, %s: sample %u, t %u, element %zu sends %u", how, node->id, sample,
                             t, i, spikes->data[place(t, sample, n) + i]);
    npz_free(spikes, 1);
}

/* The same of its currents. */
static void compare_currents(const struct random_node *node, uint32_t sample, const char *how)
{
    char name[64];
    const size_t n = random_elements(node);
    snprintf(name, sizeof name, "dump/preact/%s.npy", node->id);
    struct npz_array *currents = npy_load(temp_path(name));
    ck_assert_uint_eq(currents->n_bytes, place(graph.timesteps, 0, n) * sizeof(float));
    for (uint32_t t = 0; t < graph.timesteps; t++)
        for (size_t i = 0; i < n; i++) {
            float current;
            memcpy(&current, currents->data + (place(t, sample, n) + i) * sizeof current,
                   sizeof current);
            if (current != node->current[t * n + i])
                ck_abort_msg("%s, %s: sample %u, t %u, element %zu integrates %.9g, not %.9g", how,
                             node->id, sample, t, i, (double)current,
                             (double)node->current[t * n + i]);
        }
    npz_free(currents, 1);
}

/* Events and additions of layers that read spikes or counts. */
static void compare_counts(const spikeq_report *report)
{
    struct spikeq_summary summary = {.size = sizeof summary};
    spikeq_report_summary(report, &summary);
    for (size_t i = 0; i < summary.n_synapses; i++) {
        struct spikeq_synapse synapse = {.size = sizeof synapse};
        spikeq_report_synapse(report, i, &synapse);
        for (size_t k = 1; k < graph.n; k++) {
            const struct random_node *node = &graph.node[k];
            if (strncmp(synapse.name, "w_", 2) != 0 || strcmp(synapse.name + 2, node->id) != 0 ||
                node->in[0]->edge == RANDOM_REALS)
                continue;
            ck_assert_msg(synapse.events == node->events && synapse.additions == node->additions,
                          "%s: %llu events, %llu additions, not %llu, %llu", node->id,
                          (unsigned long long)synapse.events, (unsigned long long)synapse.additions,
                          (unsigned long long)node->events, (unsigned long long)node->additions);
        }
    }
}

static void run(spikeq_ctx *ctx, const spikeq_network *network, const char *isa, int schedule,
                int is_fixed)
{
    char how[64], input[256], dump[256];
    spikeq_report *report;
    snprintf(input, sizeof input, "%s", temp_path("input.npy"));
    snprintf(dump, sizeof dump, "%s", temp_path("dump"));
    snprintf(how, sizeof how, "%s, %s%s", isa, schedule ? "step" : "layer",
             is_fixed ? ", fixed" : "");
    const struct sq_run_choices options = {.input = input,
                                           .dump_dir = dump,
                                           .dump_reals = !is_fixed,
                                           .isa = isa,
                                           .schedule = schedule,
                                           .trace = {.force = 1},
                                           .threads = 1 + (unsigned)schedule,
                                           .batch = 2};
    ck_assert_msg(sq_api_run(ctx, network, &options, &report) == SPIKEQ_OK, "%s",
                  spikeq_error_text(ctx));
    for (size_t i = 1; i < graph.n; i++)
        graph.node[i].events = graph.node[i].additions = 0;
    for (uint32_t sample = 0; sample < graph.batch; sample++) {
        random_graph_run(&graph, sample);
        for (size_t i = 1; i < graph.n; i++) {
            if (graph.node[i].is_population)
                compare_spikes(&graph.node[i], sample, how);
            if (graph.node[i].is_population && !is_fixed)
                compare_currents(&graph.node[i], sample, how);
        }
    }
    compare_counts(report);
    spikeq_report_free(report);
}

START_TEST(equals_brute_force)
{
    static const char *const isa[] = {"scalar", "avx2", "avx512"};
    char model[256], config[256];
    spikeq_ctx *ctx;
    spikeq_network *network;
    random_graph_draw(&graph, (uint64_t)_i);
    random_graph_write(&graph, temp_dir);
    snprintf(model, sizeof model, "%s", temp_path("model.safetensors"));
    snprintf(config, sizeof config, "%s", temp_path("config.json"));
    ck_assert_int_eq(spikeq_ctx_new(&ctx), SPIKEQ_OK);
    ck_assert_msg(spikeq_network_load(ctx, model, config, NULL, 0, &network) == SPIKEQ_OK, "%s",
                  spikeq_error_text(ctx));
    for (size_t i = 0; i < sizeof isa / sizeof *isa; i++)
        if (sq_cpu_restrict(sq_cpu_detect().features, isa[i]) >= 0)
            run(ctx, network, isa[i], (int)(i + (size_t)_i) % 2, 0);
    spikeq_network_free(network);
    spikeq_ctx_free(ctx);
}
END_TEST

static const struct random_node *node_called(const char *id)
{
    for (size_t i = 1; i < graph.n; i++)
        if (strcmp(graph.node[i].id, id) == 0)
            return &graph.node[i];
    return NULL;
}

/* Does every membrane of a population have as many places behind the point as its values need: those of its
 * currents, which of attention and sums are whole, and those that each timestep shifts? */
static int is_exact(const struct sq_network *network, const struct sq_node *node)
{
    const struct random_node *neurons = node_called(node->name);
    const int is_whole = node->kind == SQ_NODE_ATTEND || node->kind == SQ_NODE_SUM;
    const int grain = is_whole ? 0 : neurons->in[0]->grain;
    const int tokens = node->kind == SQ_NODE_MEAN
                           ? ilogb((double)network->node[node->source[0]].shape.n_rows)
                           : 0; /* the sum counts in as many places less */
    const int needed = grain - tokens + neurons->leak * (int)graph.timesteps;
    for (uint32_t o = 0; o < node->shape.n_channels; o++)
        if (grain < 0 || node->fixed->exponent[o] + (int)node->fixed->guard_bits < needed ||
            (node->synapse != NULL && node->fixed->exponent[o] < 5))
            return 0;
    return 1;
}

/* The same of the whole network, and of its streams those of their currents. */
static int all_exact(const struct sq_network *network)
{
    for (size_t i = 0; i < network->n_nodes; i++) {
        const struct sq_node *node = &network->node[i];
        if (sq_node_is_population(node) && !is_exact(network, node))
            return 0;
        if (node->stream != NULL && (node_called(node->name)->grain < 0 ||
                                     node->stream->exponent < node_called(node->name)->grain))
            return 0;
    }
    return 1;
}

/* One network in integers; 0: their bounds or places do not suffice. */
static int run_fixed(uint64_t seed)
{
    static const char *const isa[] = {"scalar", "avx2", "avx512"};
    static const unsigned bits[] = {16, 8};
    char model[256], config[256];
    spikeq_ctx *ctx;
    spikeq_network *network;
    random_graph_draw_shifts(&graph, seed);
    random_graph_write(&graph, temp_dir);
    snprintf(model, sizeof model, "%s", temp_path("model.safetensors"));
    snprintf(config, sizeof config, "%s", temp_path("config.json"));
    ck_assert_int_eq(spikeq_ctx_new(&ctx), SPIKEQ_OK);
    ck_assert_msg(spikeq_network_load(ctx, model, config, NULL, 0, &network) == SPIKEQ_OK, "%s",
                  spikeq_error_text(ctx));
    const struct sq_fixed_choices fixed = {.arith = "fixed", .weight_bits = bits[seed % 2]};
    const int status = network_arith(ctx, network, &fixed);
    ck_assert_msg(status == SPIKEQ_OK || status == SPIKEQ_EVALUE ||
                      strstr(spikeq_error_text(ctx), "is added to the stream itself") != NULL,
                  "%s", spikeq_error_text(ctx));
    const int runs =
        status == SPIKEQ_OK && all_exact((const struct sq_network *)(const void *)network);
    for (size_t i = 0; runs && i < sizeof isa / sizeof *isa; i++)
        if (sq_cpu_restrict(sq_cpu_detect().features, isa[i]) >= 0)
            run(ctx, network, isa[i], (int)(i + seed) % 2, 1);
    spikeq_network_free(network);
    spikeq_ctx_free(ctx);
    random_graph_free(&graph);
    return runs;
}

START_TEST(integers_equal_brute_force)
{
    int n = 0;
    for (uint64_t seed = 0; seed < 12; seed++)
        n += run_fixed(1000 * (uint64_t)_i + seed);
    memset(&graph, 0, sizeof graph);
    ck_assert_int_ge(n, 3);
}
END_TEST

static Suite *random_graph_suite(void)
{
    Suite *suite = suite_create("random graphs");
    TCase *tests = tcase_create("against brute force");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, temp_make, NULL);
    tcase_add_checked_fixture(tests, NULL, discard);
    tcase_add_checked_fixture(tests, NULL, temp_remove);
    tcase_add_loop_test(tests, equals_brute_force, 0, 80);
    tcase_add_loop_test(tests, integers_equal_brute_force, 0, 8);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(random_graph_suite())
