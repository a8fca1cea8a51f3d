/* Calls with options by name give what the same call gives with its struct, for every command. */
#include "sim/api/calls.h"
#include "test/sim/api/session_case.h"

static char model[512], config[512], images[512];
static const char *trace;

static void set_up(void)
{
    session_set_up("cifar-2-64");
    golden_path(model, sizeof model, "cifar-2-64", "model.safetensors");
    golden_path(config, sizeof config, "cifar-2-64", "config.json");
    golden_path(images, sizeof images, "cifar-2-64", "input.npy");
    trace = temp_path("run.db");
}

/* The trace that other calls read. */
static void record(void)
{
    spikeq_report *report;
    session_ok(sq_api_run(
        ctx, network,
        &(struct sq_run_choices){.input = images, .trace = {.path = trace, .force = 1}}, &report));
    spikeq_report_free(report);
}

/* Options of a command, "name=value". */
static spikeq_options *options_of(const char *command, const char *const *settings)
{
    spikeq_options *options;
    session_ok(spikeq_options_new(ctx, command, &options));
    for (; *settings != NULL; settings++) {
        char name[64];
        const size_t n = strcspn(*settings, "=");
        snprintf(name, sizeof name, "%.*s", (int)n, *settings);
        session_ok(spikeq_options_set(options, name, *settings + n + 1));
    }
    return options;
}

/* "name=" and a path. */
static const char *setting(const char *name, const char *path)
{
    static char text[8][600];
    static unsigned next;
    char *out = text[next++ % 8];
    snprintf(out, sizeof text[0], "%s=%s", name, path);
    return out;
}

/* Frees all of it. */
static void same_text(char *a, char *b, spikeq_options *options)
{
    ck_assert_ptr_nonnull(a);
    ck_assert_uint_gt(strlen(a), 20);
    ck_assert_str_eq(a, b);
    spikeq_free(a);
    spikeq_free(b);
    spikeq_options_free(options);
}

START_TEST(energies)
{
    char *named = NULL, *direct = NULL;
    record();
    spikeq_options *options = options_of(
        "energy", SETTINGS("convention=exact", "switch=batch-norm=mac", "per=layer", "unit=nJ",
                           "digits=7", "format=markdown", "hardware=fp32_45nm"));
    session_ok(spikeq_energy(ctx, &trace, 1, options, 0, &named));
    const char *const switches[] = {"batch-norm=mac"};
    session_ok(sq_api_energy(ctx,
                             &(struct sq_energy_choices){.report = trace,
                                                         .convention = "exact",
                                                         .switches = switches,
                                                         .n_switches = 1,
                                                         .per = "layer",
                                                         .unit = "nJ",
                                                         .digits = 7,
                                                         .format = "markdown",
                                                         .hardware = "fp32_45nm"},
                             &direct));
    same_text(named, direct, options);
}
END_TEST

/* A model is run first; two sources, and what the library itself refuses. */
START_TEST(energies_of_other_sources)
{
    char *named = NULL, *direct = NULL;
    record();
    spikeq_options *options =
        options_of("energy", SETTINGS(setting("model", model), setting("config", config),
                                      setting("input", images), "convention=exact", "format=csv"));
    session_ok(spikeq_energy(ctx, NULL, 0, options, 0, &named));
    session_ok(sq_api_energy(
        ctx, &(struct sq_energy_choices){.report = trace, .convention = "exact", .format = "csv"},
        &direct));
    /* The same figures; the first cell is the model's name. */
    ck_assert_str_eq(strchr(named, '\n'), strchr(direct, '\n'));
    spikeq_free(named);
    named = NULL;
    session_refused(spikeq_energy(ctx, &trace, 1, options, 0, &named), SPIKEQ_EUSAGE,
                    "expected one of reports or traces, model, rates, table");
    spikeq_options_free(options);
    options = options_of("energy", SETTINGS("format=json"));
    session_refused(spikeq_energy(ctx, NULL, 0, options, 0, &named), SPIKEQ_EUSAGE,
                    "expected one of");
    const char *const twice[] = {trace, trace};
    session_ok(spikeq_energy(ctx, twice, 2, options, 0, &named));
    spikeq_free(direct);
    session_ok(sq_api_energy(
        ctx,
        &(struct sq_energy_choices){.report = trace, .more = &trace, .n_more = 1, .format = "json"},
        &direct));
    same_text(named, direct, options);
    options = options_of("energy", SETTINGS("digits=full"));
    session_ok(spikeq_energy_list(ctx, options, 100, &named));
    session_ok(
        sq_api_energy_list(ctx, &(struct sq_energy_choices){.width = 100, .digits = -1}, &direct));
    same_text(named, direct, options);
}
END_TEST

/* A report in memory costs what its file does; titles call it "run". */
START_TEST(energies_of_a_report_in_memory)
{
    char *json, *of_memory = NULL, *of_file = NULL;
    spikeq_report *report;
    record();
    session_ok(spikeq_report_of_trace(ctx, trace, &report));
    session_ok(spikeq_report_json(ctx, report, &json));
    spikeq_report_free(report);
    const char *run = temp_write("run", json, strlen(json));
    spikeq_options *options = options_of("energy", SETTINGS("convention=exact", "format=csv"));
    session_ok(spikeq_energy_of_report(ctx, json, options, 100, &of_memory));
    session_ok(spikeq_energy(ctx, &run, 1, options, 100, &of_file));
    ck_assert_str_eq(of_memory, of_file);
    spikeq_free(of_memory);
    spikeq_free(of_file);
    session_ok(spikeq_energy_of_report(ctx, json, NULL, 100, &of_memory));
    ck_assert_int_eq(strncmp(of_memory, "run: energy", strlen("run: energy")), 0);
    spikeq_free(of_memory);
    session_ok(spikeq_options_set(options, "table", run));
    session_refused(spikeq_energy_of_report(ctx, json, options, 100, &of_memory), SPIKEQ_EUSAGE,
                    "expected one of");
    session_refused(spikeq_energy_of_report(ctx, "{}", NULL, 0, &of_memory), SPIKEQ_EFORMAT,
                    "run: ");
    spikeq_free(json);
    spikeq_options_free(options);
}
END_TEST

START_TEST(figures_of_traces)
{
    char *named = NULL, *direct = NULL;
    int equal_named = -1, equal_direct = -1;
    record();
    spikeq_options *options = options_of(
        "analyze", SETTINGS("populations=block.*", "samples=0:1", "threads=2", "raster-sample=0"));
    session_ok(spikeq_analyze(ctx, &trace, 1, options, &named));
    session_ok(sq_api_analyze(ctx,
                              &(struct sq_analyze_choices){.traces = &trace,
                                                           .n_traces = 1,
                                                           .populations = "block.*",
                                                           .samples = "0:1",
                                                           .threads = 2,
                                                           .raster_sample = "0"},
                              &direct));
    same_text(named, direct, options);
    options = options_of(
        "diff", SETTINGS("populations=block.0.*", "samples=:1", "json=1", "logits-tolerance=0.5"));
    session_ok(spikeq_diff(ctx, trace, trace, options, &equal_named, &named));
    session_ok(sq_api_diff(
        ctx, trace, trace,
        &(struct sq_diff_choices){
            .populations = "block.0.*", .samples = ":1", .as_json = 1, .logits_tolerance = 0.5},
        &equal_direct, &direct));
    ck_assert_int_eq(equal_named, 1);
    ck_assert_int_eq(equal_direct, 1);
    same_text(named, direct, options);
}
END_TEST

START_TEST(replays)
{
    char *named = NULL, *direct = NULL;
    int equal_named = -1, equal_direct = -1;
    const char *const from[] = {"block.0"}, *const silence[] = {"block.1.attn.q_lif"};
    record();
    spikeq_options *options = options_of(
        "replay", SETTINGS(setting("model", model), "from=block.0", "drop=0.25", "seed=3",
                           "shift=1", "silence=block.1.attn.q_lif", "threads=2", "batch=1",
                           "schedule=step", "isa=scalar", "json=1", "samples=0"));
    session_ok(spikeq_replay(ctx, trace, options, &named, &equal_named));
    session_ok(sq_api_replay(ctx,
                             &(struct sq_replay_choices){.trace = trace,
                                                         .model = model,
                                                         .from = from,
                                                         .n_from = 1,
                                                         .drop = 0.25,
                                                         .seed = 3,
                                                         .shift = 1,
                                                         .silence = silence,
                                                         .n_silence = 1,
                                                         .threads = 2,
                                                         .batch = 1,
                                                         .schedule = SQ_SCHEDULE_STEP,
                                                         .isa = "scalar",
                                                         .as_json = 1,
                                                         .samples = "0"},
                             &direct, &equal_direct));
    ck_assert_int_eq(equal_named, equal_direct);
    same_text(named, direct, options);
    options = options_of("replay", SETTINGS("from=block.0"));
    session_refused(spikeq_replay(ctx, trace, options, &named, &equal_named), SPIKEQ_EUSAGE,
                    "model is missing: a replay computes");
    spikeq_options_free(options);
}
END_TEST

/* The bytes of a file, to be freed. */
static char *bytes_of(const char *path, size_t *n)
{
    FILE *file = fopen(path, "rb");
    ck_assert_ptr_nonnull(file);
    char *bytes = calloc(1, 1 << 22);
    ck_assert_ptr_nonnull(bytes);
    *n = fread(bytes, 1, 1 << 22, file);
    fclose(file);
    return bytes;
}

static void same_file(const char *a, const char *b)
{
    size_t n_a, n_b;
    char *of_a = bytes_of(a, &n_a), *of_b = bytes_of(b, &n_b);
    ck_assert_uint_gt(n_a, 0);
    ck_assert_uint_eq(n_a, n_b);
    ck_assert_mem_eq(of_a, of_b, n_a);
    free(of_a);
    free(of_b);
}

START_TEST(what_traces_become)
{
    struct spikeq_stream_result sent = {.size = sizeof sent};
    const char *a = temp_path("a"), *b = temp_path("b");
    record();
    spikeq_options *options = options_of(
        "export", SETTINGS("to=csv", setting("out", a), "populations=block.0.*", "samples=1:"));
    session_ok(spikeq_export(ctx, trace, options));
    session_ok(sq_api_export(
        ctx,
        &(struct sq_export_choices){
            .trace = trace, .to = "csv", .out = b, .populations = "block.0.*", .samples = "1:"}));
    same_file(a, b);
    session_refused(spikeq_export(ctx, trace, options), SPIKEQ_EUSAGE, "exists");
    spikeq_options_free(options);
    options = options_of("replay", SETTINGS(setting("stream", a), "form=binary", "pace=max",
                                            "populations=head_lif,block.1.*", "force=1"));
    session_ok(spikeq_stream(ctx, trace, options, &sent));
    session_ok(sq_api_stream(ctx,
                             &(struct sq_stream_choices){.trace = trace,
                                                         .target = b,
                                                         .form = "binary",
                                                         .populations = "head_lif,block.1.*",
                                                         .force = 1},
                             NULL));
    ck_assert_uint_gt(sent.events, 0);
    same_file(a, b);
    spikeq_options_free(options);
}
END_TEST

START_TEST(what_files_are)
{
    char *named = NULL, *direct = NULL;
    const char *const set[] = {"T=3"};
    spikeq_options *options =
        options_of("inspect", SETTINGS("config=1", "architecture=spikformer-cifar10"));
    session_ok(spikeq_inspect(ctx, model, options, &named));
    session_ok(sq_api_inspect(ctx,
                              &(struct sq_inspect_choices){.path = model,
                                                           .as_config = 1,
                                                           .architecture = "spikformer-cifar10"},
                              &direct));
    same_text(named, direct, options);
    options = options_of("graph", SETTINGS(setting("config", config), "set=T=3", "mermaid=1"));
    session_ok(spikeq_graph(ctx, model, options, &named));
    session_ok(sq_api_graph(
        ctx,
        &(struct sq_graph_choices){
            .source = model, .config = config, .set = set, .n_set = 1, .format = "mermaid"},
        &direct));
    same_text(named, direct, options);
}
END_TEST

START_TEST(networks_that_are_made)
{
    char *named = NULL, *direct = NULL;
    const char *a = temp_path("a.safetensors"), *b = temp_path("b.safetensors");
    const unsigned bits[] = {4, 6};
    spikeq_options *options = options_of(
        "quantize",
        SETTINGS(setting("model", model), setting("config", config), "bits=4,6", "scale=layer",
                 "rounding=down", "membrane-bits=28", "pixel-bits=9", "pixel-max=8", "format=json",
                 setting("calibrate", images), "limit=1", "threads=1", "choose=error"));
    session_ok(spikeq_quantise(ctx, options, &named));
    session_ok(sq_api_quantise(ctx,
                               &(struct sq_quantise_choices){.model = model,
                                                             .config = config,
                                                             .bits = bits,
                                                             .n_bits = 2,
                                                             .fixed = {.membrane_bits = 28,
                                                                       .pixel_bits = 9,
                                                                       .pixel_max = 8,
                                                                       .scale = "layer",
                                                                       .rounding = "down"},
                                                             .choose = "error",
                                                             .calibrate = images,
                                                             .limit = 1,
                                                             .threads = 1,
                                                             .format = "json"},
                               &direct));
    same_text(named, direct, options);
    const char *const rate[] = {"0.2", "block.*=0.1"}, *const set[] = {"T=2"};
    options = options_of("synthesize", SETTINGS(setting("config", config), "set=T=2", "rate=0.2",
                                                "rate=block.*=0.1", "seed=5", "isa=scalar",
                                                "limit=1", "json=1", setting("output", a)));
    session_ok(spikeq_synthesise(ctx, options, &named));
    ck_assert_int_eq(rename(a, b), 0);
    session_ok(sq_api_synthesise(ctx,
                                 &(struct sq_synthesise_choices){.config = config,
                                                                 .set = set,
                                                                 .n_set = 1,
                                                                 .rate = rate,
                                                                 .n_rate = 2,
                                                                 .seed = 5,
                                                                 .isa = "scalar",
                                                                 .limit = 1,
                                                                 .as_json = 1,
                                                                 .out = a},
                                 &direct));
    same_file(a, b);
    same_text(named, direct, options);
}
END_TEST

START_TEST(recordings)
{
    struct spikeq_import_summary of_named = {.size = sizeof of_named},
                                 of_direct = {.size = sizeof of_direct};
    char *named = NULL, *direct = NULL, *digest[2];
    static const char csv[] = "sample,timestep,population,index\n0,0,a,1\n0,1,b,0\n";
    static const char events[] = "1000 3 4 1\n2000 5 6 0\n3000 1 1 1\n";
    const char *spikes = temp_write("spikes.csv", csv, sizeof csv - 1);
    const char *recording = temp_write("events.txt", events, sizeof events - 1);
    const char *a = temp_path("a.db"), *b = temp_path("b.db");
    const char *const neurons[] = {"a=4", "b=2"};
    spikeq_options *options =
        options_of("import", SETTINGS(setting("output", a), "neurons=a=4", "neurons=b=2",
                                      "format=csv", "codec=zlib"));
    session_ok(spikeq_import(ctx, spikes, options, &of_named));
    session_ok(sq_api_import(ctx, &(struct sq_import_choices){.source = spikes,
                                                              .trace = b,
                                                              .format = "csv",
                                                              .codec = "zlib",
                                                              .neurons = neurons,
                                                              .n_neurons = 2,
                                                              .summary = &of_direct}));
    ck_assert_uint_eq(of_named.spikes, 2);
    ck_assert_uint_eq(of_named.n_populations, of_direct.n_populations);
    session_ok(spikeq_trace_digest(ctx, a, &digest[0]));
    session_ok(spikeq_trace_digest(ctx, b, &digest[1]));
    same_text(digest[0], digest[1], options);
    options = options_of("events", SETTINGS("size=8x8", "frames=number:2", "bin=2", "json=1"));
    session_ok(spikeq_events(ctx, recording, options, &named));
    session_ok(sq_api_events(ctx,
                             &(struct sq_events_choices){.path = recording,
                                                         .width = 8,
                                                         .height = 8,
                                                         .frames = "number:2",
                                                         .bin = 2,
                                                         .as_json = 1},
                             &direct));
    same_text(named, direct, options);
}
END_TEST

/* The words of a row are those that the last refusal names, no more and no fewer. */
static void same_words(const char *command, const char *name, int status)
{
    struct spikeq_option row = {.size = sizeof row};
    char word[32];
    spikeq_options *options = options_of(command, SETTINGS(NULL));
    const char *said = strstr(spikeq_error_text(ctx), "?: ");
    size_t n_said = 1, i = 0;
    ck_assert_int_eq(status, SPIKEQ_EUSAGE);
    ck_assert_ptr_nonnull(said);
    for (const char *at = said; *at != '\0'; at++)
        n_said += *at == ',' || strncmp(at, " or ", 4) == 0;
    char *text = strdup(said); /* the next calls have sentences of their own */
    while (spikeq_options_list(options, i++, &row) == SPIKEQ_OK && strcmp(row.name, name) != 0)
        ;
    for (const char *at = row.range; *at != '\0'; at += *at == '|', n_said--) {
        const size_t n = strcspn(at, "|");
        snprintf(word, sizeof word, "%.*s", (int)n, at);
        ck_assert_msg(strstr(text, word) != NULL, "%s --%s: %s is not in %s", command, name, word,
                      text);
        at += n;
    }
    ck_assert_msg(n_said == 0, "%s --%s: %s, not %s", command, name, row.range, text);
    free(text);
    spikeq_options_free(options);
}

START_TEST(words_are_those_that_the_library_takes)
{
    spikeq_report *report;
    char *text = NULL;
    record();
    same_words(
        "energy", "convention",
        sq_api_energy(ctx, &(struct sq_energy_choices){.report = trace, .convention = "?"}, &text));
    same_words("export", "to",
               sq_api_export(ctx, &(struct sq_export_choices){.trace = trace, .to = "?"}));
    same_words(
        "run", "isa",
        sq_api_run(ctx, network, &(struct sq_run_choices){.input = images, .isa = "?"}, &report));
    static const char events[] = "1000 3 4 1\n";
    const char *recording = temp_write("one.txt", events, sizeof events - 1);
    same_words("events", "frames",
               sq_api_events(ctx,
                             &(struct sq_events_choices){
                                 .path = recording, .width = 8, .height = 8, .frames = "?"},
                             &text));
    ck_assert_ptr_null(text);
}
END_TEST

/* Options of another command are refused, and so are those that break a rule. */
START_TEST(what_is_refused)
{
    char *text = NULL;
    spikeq_options *options = options_of("diff", SETTINGS("json=1"));
    session_refused(spikeq_graph(ctx, model, options, &text), SPIKEQ_EUSAGE,
                    "options of graph are needed here");
    spikeq_options_free(options);
    options = options_of("analyze", SETTINGS("weights=ema"));
    session_refused(spikeq_analyze(ctx, &trace, 1, options, &text), SPIKEQ_EUSAGE,
                    "weights goes with model");
    spikeq_options_free(options);
    options = options_of("quantize",
                         SETTINGS(setting("model", model), "bits=4,4,4,4,4,4,4,4,4,4,4,4,4,4"));
    session_refused(spikeq_quantise(ctx, options, &text), SPIKEQ_EUSAGE,
                    "bits: more than 13 widths");
    spikeq_options_free(options);
    ck_assert_ptr_null(text);
}
END_TEST

/* What a network was opened with is no option of its run: another value would change nothing. */
START_TEST(a_network_runs_as_it_was_opened)
{
    const char *const fixed[] = {setting("model", model),
                                 setting("config", config),
                                 "set=T=2",
                                 "arith=fixed",
                                 "weight-bits=6",
                                 "pixel-max=2.5",
                                 setting("input", images),
                                 NULL};
    static const struct {
        const char *name, *value, *sentence;
    } other[] = {
        {"arith", "f32",
         "arith f32: the network was opened with fixed; give this where it is opened"},
        {"weight-bits", "8", "weight-bits 8: the network was opened with 6;"},
        {"rounding", "down", "rounding down: the network was opened without it;"},
        {"model", "other.pth", "model other.pth: the network was opened with "},
        {"set", "T=3", "set T=3: the network was opened with T=2;"},
    };
    spikeq_options *options = options_of("run", fixed);
    spikeq_network *opened;
    spikeq_report *report = NULL;
    session_ok(spikeq_network_open(ctx, options, &opened));
    session_ok(spikeq_run(ctx, opened, options, &report));
    spikeq_report_free(report);
    report = NULL;
    for (size_t i = 0; i < sizeof other / sizeof *other; i++) {
        spikeq_options *wrong = options_of("run", fixed);
        session_ok(spikeq_options_set(wrong, other[i].name, other[i].value));
        session_refused(spikeq_run(ctx, opened, wrong, &report), SPIKEQ_EUSAGE, other[i].sentence);
        spikeq_options_free(wrong);
    }
    session_refused(spikeq_run(ctx, network, options, &report), SPIKEQ_EUSAGE, /* opened by load */
                    "the network was opened with");
    ck_assert_ptr_null(report);
    spikeq_network_free(opened);
    spikeq_options_free(options);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("calls with options by name");
    TCase *all = tcase_create("all");
    tcase_add_unchecked_fixture(all, temp_make, temp_remove);
    tcase_add_checked_fixture(all, set_up, session_tear_down);
    tcase_set_timeout(all, 120);
    tcase_add_test(all, energies);
    tcase_add_test(all, energies_of_other_sources);
    tcase_add_test(all, energies_of_a_report_in_memory);
    tcase_add_test(all, figures_of_traces);
    tcase_add_test(all, replays);
    tcase_add_test(all, what_traces_become);
    tcase_add_test(all, what_files_are);
    tcase_add_test(all, networks_that_are_made);
    tcase_add_test(all, recordings);
    tcase_add_test(all, a_network_runs_as_it_was_opened);
    tcase_add_test(all, words_are_those_that_the_library_takes);
    tcase_add_test(all, what_is_refused);
    suite_add_tcase(suite, all);
    return suite;
}

SQ_TEST_MAIN(suite())
