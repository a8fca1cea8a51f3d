/* Structs that calls fill: one of an older, shorter version is filled as far as it goes, one without a size not at
 * all. */
#include "test/sim/api/session_case.h"

static char model[512], config[512], images[512];
static const char *trace, *spikes;
static spikeq_options *run_options;
static spikeq_report *report;
static spikeq_session *session;
static spikeq_trace *opened;
static const char *shard[2];

static void must_set(spikeq_options *options, const char *name, const char *value)
{
    session_ok(spikeq_options_set(options, name, value));
}

static void set_up(void)
{
    static const char csv[] = "sample,timestep,population,index\n0,0,a,1\n0,1,b,0\n";
    char part[16];
    session_set_up("sdt-plif-1-32");
    golden_path(model, sizeof model, "sdt-plif-1-32", "model.safetensors");
    golden_path(config, sizeof config, "sdt-plif-1-32", "config.json");
    golden_path(images, sizeof images, "sdt-plif-1-32", "input.npy");
    spikes = strdup(temp_write("spikes.csv", csv, sizeof csv - 1));
    session_ok(spikeq_options_new(ctx, "run", &run_options));
    must_set(run_options, "input", images);
    must_set(run_options, "profile", "1");
    must_set(run_options, "force", "1");
    for (int i = 0; i < 2; i++) {
        snprintf(part, sizeof part, "%d/2", i + 1);
        shard[i] = strdup(temp_path(i == 0 ? "1.db" : "2.db"));
        must_set(run_options, "trace", shard[i]);
        must_set(run_options, "shard", part);
        session_ok(spikeq_run(ctx, network, run_options, &report));
        spikeq_report_free(report);
    }
    trace = strdup(temp_path("run.db"));
    must_set(run_options, "trace", trace);
    must_set(run_options, "shard", NULL);
    session_ok(spikeq_run(ctx, network, run_options, &report));
    session_ok(spikeq_session_open(ctx, network, NULL, &session));
    session_ok(spikeq_trace_open(ctx, trace, &opened));
}

static void tear_down(void)
{
    spikeq_trace_close(opened);
    spikeq_session_free(session);
    spikeq_report_free(report);
    spikeq_options_free(run_options);
    free((void *)trace);
    free((void *)spikes);
    free((void *)shard[0]);
    free((void *)shard[1]);
    session_tear_down();
}

/* The options of a command that makes the file of this name, whether or not it is there. */
static spikeq_options *options_to(const char *command, const char *option, const char *name)
{
    spikeq_options *options;
    session_ok(spikeq_options_new(ctx, command, &options));
    must_set(options, option, temp_path(name));
    must_set(options, "force", "1");
    return options;
}

/* Give the result of a call whose options are not needed any more. */
static int done(spikeq_options *options, int status)
{
    spikeq_options_free(options);
    return status;
}

static int fill_rank(void *out)
{
    return spikeq_ctx_join(ctx, out);
}

static int fill_summary(void *out)
{
    return spikeq_report_summary(report, out);
}

static int fill_warning(void *out)
{
    return spikeq_report_warning(report, 0, out);
}

static int fill_node_time(void *out)
{
    return spikeq_report_node_time(report, 0, out);
}

static int fill_population(void *out)
{
    return spikeq_report_population(report, 0, out);
}

static int fill_synapse(void *out)
{
    return spikeq_report_synapse(report, 1, out);
}

static int fill_attention(void *out)
{
    return spikeq_report_attention(report, 0, out);
}

static int fill_merge(void *out)
{
    spikeq_options *options = options_to("merge", "out", "whole.db");
    return done(options, spikeq_merge(ctx, shard, 2, options, out));
}

static int fill_import(void *out)
{
    spikeq_options *options = options_to("import", "output", "import.db");
    return done(options, spikeq_import(ctx, spikes, options, out));
}

static int fill_stream(void *out)
{
    spikeq_options *options = options_to("replay", "stream", "events");
    return done(options, spikeq_stream(ctx, trace, options, out));
}

static int fill_recorder(void *out)
{
    static const unsigned char bytes[2] = {1, 0};
    const struct spikeq_recorder_population population = {
        .size = sizeof population, .name = "a", .n_dims = 1, .dim = {2}};
    const struct spikeq_recorder_options options = {.size = sizeof options,
                                                    .path = temp_path("recorded.db"),
                                                    .timesteps = 1,
                                                    .population = &population,
                                                    .n_populations = 1,
                                                    .force = 1};
    const struct spikeq_array array = {
        .size = sizeof array, .data = bytes, .dtype = SPIKEQ_U8, .n_dims = 1, .dim = {2}};
    struct spikeq_import_summary summary = {.size = sizeof summary};
    spikeq_recorder *recorder;
    session_ok(spikeq_recorder_open(ctx, &options, &recorder));
    session_ok(spikeq_recorder_write(recorder, 0, "a", 0, &array));
    session_ok(spikeq_recorder_finish_sample(recorder, 0, -1, 0, NULL));
    const int status = spikeq_recorder_close(recorder, out);
    if (status == SPIKEQ_EUSAGE) /* it goes on */
        session_ok(spikeq_recorder_close(recorder, &summary));
    spikeq_recorder_free(recorder);
    return status;
}

static int fill_option(void *out)
{
    return spikeq_options_list(run_options, 0, out);
}

static int fill_network(void *out)
{
    return spikeq_network_describe(network, out);
}

static int fill_network_population(void *out)
{
    return spikeq_network_population(network, 0, out);
}

static int fill_result(void *out)
{
    const struct spikeq_samples samples = samples_of(&pixels, 0);
    uint64_t n_taken;
    int status = spikeq_session_push(session, &samples, &n_taken);
    ck_assert(status == SPIKEQ_OK || status == SPIKEQ_EAGAIN);
    return spikeq_session_next(session, out);
}

static int fill_state(void *out)
{
    return spikeq_session_state(session, out);
}

static int fill_trace(void *out)
{
    return spikeq_trace_describe(opened, out);
}

static int fill_trace_population(void *out)
{
    return spikeq_trace_population(opened, 0, out);
}

static int fill_sample(void *out)
{
    session_ok(spikeq_trace_seek(ctx, opened, 0));
    return spikeq_trace_next(ctx, opened, out);
}

/* Struct, a member of an older version, the first member that the older version lacks, and the call. */
static const struct filled {
    const char *name;
    size_t size, member, n_member, older;
    int (*fill)(void *out);
} filled[] = {
#define FILLED(of, has, lacks, call)                                                        \
    {                                                                                       \
#of, sizeof(struct of), offsetof(struct of, has), sizeof(((struct of *)NULL)->has), \
            offsetof(struct of, lacks), call                                                \
    }
    FILLED(spikeq_rank, rank, n_ranks, fill_rank),
    FILLED(spikeq_summary, n_warnings, shard, fill_summary),
    FILLED(spikeq_warning, name, text, fill_warning),
    FILLED(spikeq_node_time, layer, seconds, fill_node_time),
    FILLED(spikeq_population, rate, rate_per_timestep, fill_population),
    FILLED(spikeq_synapse, dense_additions, macs, fill_synapse),
    FILLED(spikeq_attention, unit_additions, dense_additions, fill_attention),
    FILLED(spikeq_merge_summary, n_shards, is_trace, fill_merge),
    FILLED(spikeq_import_summary, format, note, fill_import),
    FILLED(spikeq_import_summary, spikes, timesteps, fill_recorder),
    FILLED(spikeq_stream_result, events, reader_left, fill_stream),
    FILLED(spikeq_option, value, letter, fill_option),
    FILLED(spikeq_network_info, n_populations, n_parameters, fill_network),
    FILLED(spikeq_population_info, dim, levels, fill_network_population),
    FILLED(spikeq_population_info, name, neurons, fill_trace_population),
    FILLED(spikeq_result, n_populations, logits, fill_result),
    FILLED(spikeq_session_state, batch, is_finished, fill_state),
    FILLED(spikeq_trace_info, n_populations, has_spikes, fill_trace),
    FILLED(spikeq_trace_sample, prediction, n_logits, fill_sample),
};

enum { N_FILLED = sizeof filled / sizeof filled[0], UNTOUCHED = 0xa5, MOST = 1024 };

/* A struct of this size whose other bytes no call wrote. */
static void *make(unsigned char *bytes, size_t size)
{
    memset(bytes, UNTOUCHED, MOST);
    memcpy(bytes, &size, sizeof size);
    return bytes;
}

/* Nothing was written from here on. */
static void untouched(const struct filled *of, const unsigned char *bytes, size_t from)
{
    for (size_t i = from; i < MOST; i++)
        ck_assert_msg(bytes[i] == UNTOUCHED, "%s: byte %zu of %zu was written", of->name, i,
                      of->size);
}

START_TEST(as_far_as_it_goes)
{
    const struct filled *of = &filled[_i];
    _Alignas(max_align_t) unsigned char whole[MOST], older[MOST], none[MOST];
    ck_assert_uint_lt(of->size, MOST);
    ck_assert_int_eq(of->fill(make(none, 0)), SPIKEQ_EUSAGE);
    untouched(of, none, sizeof(size_t));
    session_ok(of->fill(make(whole, of->size)));
    untouched(of, whole, of->size);
    session_ok(of->fill(make(older, of->older)));
    untouched(of, older, of->older);
    ck_assert_msg(memcmp(older, &of->older, sizeof of->older) == 0, "%s: its size", of->name);
    make(none, 0);
    ck_assert_msg(memcmp(whole + of->member, none + of->member, of->n_member) != 0,
                  "%s: a member was not written", of->name);
    ck_assert_msg(memcmp(whole + of->member, older + of->member, of->n_member) == 0,
                  "%s: a member differs in the older version", of->name);
}
END_TEST

/* A number beyond the last, and no struct at all. */
START_TEST(what_is_not_there)
{
    struct spikeq_summary summary = {.size = sizeof summary};
    struct spikeq_population population = {.size = sizeof population};
    struct spikeq_synapse synapse = {.size = sizeof synapse};
    struct spikeq_attention attention = {.size = sizeof attention};
    struct spikeq_node_time node_time = {.size = sizeof node_time};
    struct spikeq_warning warning = {.size = sizeof warning};
    session_ok(spikeq_report_summary(report, &summary));
    ck_assert_uint_gt(summary.n_attentions, 0);
    ck_assert_uint_gt(summary.n_warnings, 0);
    ck_assert_uint_gt(summary.n_node_times, 0);
    const int status[] = {
        spikeq_report_population(report, summary.n_populations, &population),
        spikeq_report_synapse(report, summary.n_synapses, &synapse),
        spikeq_report_attention(report, summary.n_attentions, &attention),
        spikeq_report_node_time(report, summary.n_node_times, &node_time),
        spikeq_report_warning(report, summary.n_warnings, &warning),
        spikeq_report_population(report, SIZE_MAX, &population),
        spikeq_report_population(report, 0, NULL),
        spikeq_report_summary(report, NULL),
        spikeq_ctx_join(ctx, NULL),
    };
    for (size_t i = 0; i < sizeof status / sizeof status[0]; i++)
        ck_assert_int_eq(status[i], SPIKEQ_EUSAGE);
    ck_assert_ptr_null(population.name);
    ck_assert_ptr_null(warning.name);
}
END_TEST

/* What a call would make is not made where its struct has no size. */
START_TEST(nothing_is_made)
{
    struct spikeq_import_summary summary = {.size = 0};
    spikeq_options *options = options_to("import", "output", "unmade.db");
    session_refused(spikeq_import(ctx, spikes, options, &summary), SPIKEQ_EUSAGE, "size");
    ck_assert_int_ne(access(temp_path("unmade.db"), F_OK), 0);
    spikeq_options_free(options);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("structs with a size");
    TCase *all = tcase_create("all");
    tcase_add_unchecked_fixture(all, temp_make, temp_remove);
    tcase_add_checked_fixture(all, set_up, tear_down);
    tcase_set_timeout(all, 120);
    tcase_add_loop_test(all, as_far_as_it_goes, 0, N_FILLED);
    tcase_add_test(all, what_is_not_there);
    tcase_add_test(all, nothing_is_made);
    suite_add_tcase(suite, all);
    return suite;
}

SQ_TEST_MAIN(suite())
