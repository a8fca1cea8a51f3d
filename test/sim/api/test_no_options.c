/* NULL means that no option is set: calls that require none take it, the others say what is missing. */
#include "test/sim/api/session_case.h"

static char model[512], images[512];
static const char *trace;

static void set_up(void)
{
    session_set_up("cifar-2-64");
    golden_path(model, sizeof model, "cifar-2-64", "model.safetensors");
    golden_path(images, sizeof images, "cifar-2-64", "input.npy");
    trace = temp_path("run.db");
}

static spikeq_options *options_of(const char *command)
{
    spikeq_options *options;
    session_ok(spikeq_options_new(ctx, command, &options));
    return options;
}

static void record(void)
{
    spikeq_options *options = options_of("run");
    spikeq_report *report;
    session_ok(spikeq_options_set(options, "input", images));
    session_ok(spikeq_options_set(options, "trace", trace));
    session_ok(spikeq_options_set(options, "force", "1"));
    session_ok(spikeq_run(ctx, network, options, &report));
    spikeq_report_free(report);
    spikeq_options_free(options);
}

/* What a call gives with these options. */
static int call(size_t which, const spikeq_options *options, char **text)
{
    int is_equal = 0, status = SPIKEQ_EUSAGE;
    switch (which) {
    case 0:
        return spikeq_inspect(ctx, model, options, text);
    case 1:
        return spikeq_graph(ctx, "spikformer-4-384-cifar10", options, text);
    case 2:
        return spikeq_events(ctx, "test/bugcases/hd.aedat", options, text);
    case 3:
        status = spikeq_diff(ctx, trace, trace, options, &is_equal, text);
        ck_assert_int_eq(is_equal, 1);
        return status;
    case 4:
        return spikeq_energy(ctx, &trace, 1, options, 0, text);
    case 5:
        return spikeq_energy_list(ctx, options, 0, text);
    default:
        return spikeq_analyze(ctx, &trace, 1, options, text);
    }
}

START_TEST(defaults)
{
    static const char *const command[] = {"inspect", "graph",  "events", "diff",
                                          "energy",  "energy", "analyze"};
    record();
    for (size_t i = 0; i < sizeof command / sizeof command[0]; i++) {
        char *bare = NULL, *unset = NULL;
        spikeq_options *options = options_of(command[i]);
        session_ok(call(i, NULL, &bare));
        session_ok(call(i, options, &unset));
        ck_assert_uint_gt(strlen(bare), 20);
        ck_assert_str_eq(bare, unset);
        spikeq_free(bare);
        spikeq_free(unset);
        spikeq_options_free(options);
    }
}
END_TEST

START_TEST(what_is_missing)
{
    spikeq_network *none = NULL;
    spikeq_report *report = NULL;
    char *text = NULL;
    int is_equal = -1;
    const char *const shards[] = {"a.db", "b.db"};
    session_refused(spikeq_network_open(ctx, NULL, &none), SPIKEQ_EUSAGE, "model is missing");
    session_refused(spikeq_run(ctx, network, NULL, &report), SPIKEQ_EUSAGE, "no input given");
    session_refused(spikeq_merge(ctx, shards, 2, NULL, NULL), SPIKEQ_EUSAGE, "out is missing");
    session_refused(spikeq_quantise(ctx, NULL, &text), SPIKEQ_EUSAGE, "model is missing");
    session_refused(spikeq_synthesise(ctx, NULL, &text), SPIKEQ_EUSAGE, "config is missing");
    session_refused(spikeq_energy(ctx, NULL, 0, NULL, 0, &text), SPIKEQ_EUSAGE,
                    "expected one of reports or traces, model, rates, table");
    session_refused(spikeq_analyze(ctx, NULL, 0, NULL, &text), SPIKEQ_EUSAGE,
                    "give 1 to 16 traces");
    session_refused(spikeq_replay(ctx, trace, NULL, &text, &is_equal), SPIKEQ_EUSAGE,
                    "it needs a model");
    session_refused(spikeq_stream(ctx, trace, NULL, NULL), SPIKEQ_EUSAGE, "a target");
    session_refused(spikeq_import(ctx, "a.npz", NULL, NULL), SPIKEQ_EUSAGE, "output is missing");
    session_refused(spikeq_export(ctx, trace, NULL), SPIKEQ_EUSAGE, "to is missing");
    ck_assert_ptr_null(none);
    ck_assert_ptr_null(report);
    ck_assert_ptr_null(text);
    ck_assert_int_eq(is_equal, -1);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("calls without options");
    TCase *all = tcase_create("all");
    tcase_add_unchecked_fixture(all, temp_make, temp_remove);
    tcase_add_checked_fixture(all, set_up, session_tear_down);
    tcase_set_timeout(all, 120);
    tcase_add_test(all, defaults);
    tcase_add_test(all, what_is_missing);
    suite_add_tcase(suite, all);
    return suite;
}

SQ_TEST_MAIN(suite())
