/* Networks of random operations against brute force: every population's spikes and currents, and what
 * every layer counts, for each schedule and instruction set. */
#include "kernels/base/cpu.h"
#include "sim/spikeq.h"
#include "test/sim/input/temp_files.h"
#include "test/support/npz.h"
#include "test/support/random_graph.h"

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

/* Spikes and currents of one sample, from the dump. */
static void compare(const struct random_node *node, uint32_t sample, const char *how)
{
    char name[64];
    const size_t n = random_elements(node);
    snprintf(name, sizeof name, "dump/%s.npy", node->id);
    struct npz_array *spikes = npy_load(temp_path(name));
    snprintf(name, sizeof name, "dump/preact/%s.npy", node->id);
    struct npz_array *currents = npy_load(temp_path(name));
    ck_assert_uint_eq(spikes->n_bytes, place(graph.timesteps, 0, n));
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
            if (spikes->data[place(t, sample, n) + i] != (unsigned char)node->value[t * n + i])
                ck_abort_msg("%s, %s: sample %u, t %u, element %zu sends %u", how, node->id, sample,
                             t, i, spikes->data[place(t, sample, n) + i]);
        }
    npz_free(spikes, 1);
    npz_free(currents, 1);
}

/* Events and additions of layers that read spikes or counts. */
static void compare_counts(const spikeq_report *report)
{
    struct spikeq_summary summary;
    spikeq_report_summary(report, &summary);
    for (size_t i = 0; i < summary.n_synapses; i++) {
        struct spikeq_synapse synapse;
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

static void run(spikeq_ctx *ctx, const spikeq_network *network, const char *isa, int schedule)
{
    char how[64], input[256], dump[256];
    spikeq_report *report;
    snprintf(input, sizeof input, "%s", temp_path("input.npy"));
    snprintf(dump, sizeof dump, "%s", temp_path("dump"));
    snprintf(how, sizeof how, "%s, %s", isa, schedule ? "step" : "layer");
    const struct spikeq_run_options options = {.input = input,
                                               .dump_dir = dump,
                                               .dump_reals = 1,
                                               .isa = isa,
                                               .schedule = schedule,
                                               .trace = {.force = 1},
                                               .threads = 1 + (unsigned)schedule,
                                               .batch = 2};
    ck_assert_msg(spikeq_run(ctx, network, &options, &report) == SPIKEQ_OK, "%s",
                  spikeq_error_text(ctx));
    for (size_t i = 1; i < graph.n; i++)
        graph.node[i].events = graph.node[i].additions = 0;
    for (uint32_t sample = 0; sample < graph.batch; sample++) {
        random_graph_run(&graph, sample);
        for (size_t i = 1; i < graph.n; i++)
            if (graph.node[i].is_population)
                compare(&graph.node[i], sample, how);
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
            run(ctx, network, isa[i], (int)(i + (size_t)_i) % 2);
    spikeq_network_free(network);
    spikeq_ctx_free(ctx);
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
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(random_graph_suite())
