/* Options by name: one table, its ranges kept, and a run by names is the run of the same struct. */
#include "sim/api/calls.h"
#include "test/sim/api/session_case.h"
#include "test/support/network_arith.h"

static spikeq_options *options;

/* The same of other commands. */
static const struct {
    const char *command, *name, *value, *part;
} other_row[] = {
    {"replay", "drop", "1", NULL},
    {"replay", "drop", "1.5", "drop 1.5: expected a probability, 0 to 1"},
    {"replay", "drop", "", "drop : expected a probability, 0 to 1"},
    {"replay", "shift", "-65536", NULL},
    {"replay", "shift", "65537", "shift 65537: expected a whole number of timesteps"},
    {"replay", "shift", "1.5", "shift 1.5"},
    {"import", "dt", "0.5", NULL},
    {"import", "dt", "0", "dt 0: expected milliseconds above 0"},
    {"import", "dt", "1e10", "dt 1e10"},
    {"diff", "logits-tolerance", "0", NULL},
    {"diff", "logits-tolerance", "-1", "logits-tolerance -1: expected a number, 0 or more"},
    {"diff", "logits-tolerance", "inf", "logits-tolerance inf"},
    {"energy", "digits", "17", NULL},
    {"energy", "digits", "full", NULL},
    {"energy", "digits", "18", "digits 18: expected a whole number from 1 to 17"},
    {"energy", "digits", "ful", "digits ful"},
    {"energy", "unit", "kJ", "unit kJ: expected pJ, nJ, uJ, mJ or J"},
    {"quantize", "bits", "4,8,16", NULL},
    {"quantize", "bits", "4,,8", "bits : expected a whole number from 4 to 16"},
    {"quantize", "bits", "4,17", "bits 17: expected a whole number from 4 to 16"},
    {"quantize", "bits", "4,", "bits : expected"},
    {"quantize", "bits", "00000000000000000000008000", "bits 00000000000000000000008000: expected"},
    {"quantize", "bits", "00000000000000000000008", NULL},
    {"quantize", "choose", "best", "choose best: expected range or error"},
    {"synthesize", "seed", "18446744073709551615", NULL},
    {"synthesize", "seed", "-1", "seed -1"},
    {"analyze", "top", "5", "unknown option top"}, /* of the program */
    {"spikeq analyze", "top", "5", NULL},
    {"graph", "dot", "2", "dot 2: a flag is 1 or 0"},
};

START_TEST(a_value_of_another_command_is_taken_or_refused)
{
    spikeq_options *chosen;
    session_ok(spikeq_options_new(ctx, other_row[_i].command, &chosen));
    const int status = spikeq_options_set(chosen, other_row[_i].name, other_row[_i].value);
    if (other_row[_i].part == NULL)
        session_ok(status);
    else
        session_refused(status, SPIKEQ_EUSAGE, other_row[_i].part);
    spikeq_options_free(chosen);
}
END_TEST

static void set_up(void)
{
    session_set_up("cifar-2-64");
    session_ok(spikeq_options_new(ctx, "spikeq run", &options));
}

static void tear_down(void)
{
    spikeq_options_free(options);
    session_tear_down();
}

static const struct {
    const char *name, *value, *part; /* NULL: taken */
} row[] = {
    {"crop", "corner", NULL},
    {"crop", "top", "crop top: expected center or corner"},
    {"threads", "4", NULL},
    {"threads", "1024", NULL},
    {"threads", "0", "threads 0: expected a whole number from 1 to 1024"},
    {"threads", "1025", "threads 1025"},
    {"threads", "-1", "threads -1"},
    {"threads", "4x", "threads 4x"},
    {"threads", "", "threads : expected"},
    {"threads", "99999999999999999999", "threads 9999"},
    {"limit", "18446744073709551615", NULL},
    {"limit", "18446744073709551616", "limit 18446744073709551616"},
    {"schedule", "step", NULL},
    {"schedule", "steps", "schedule steps: expected layer or step"},
    {"trace-codec", "lzma", "trace-codec lzma: expected none, zlib or zstd"},
    {"trace-codec", "z", "trace-codec z"},
    {"tolerate", "1", NULL},
    {"tolerate", "yes", "tolerate yes: a flag is 1 or 0"},
    {"pixel-max", "2.5", NULL},
    {"pixel-max", "0", "pixel-max 0: expected a number above 0, up to 65536"},
    {"pixel-max", "nan", "pixel-max nan"},
    {"pixel-max", "65537", "pixel-max 65537"},
    {"size", "240x180", NULL},
    {"size", "240", "size 240: expected WIDTHxHEIGHT"},
    {"size", "0x1", "size 0x1"},
    {"size", "32769x1", "size 32769x1"},
    {"size", "1x1x1", "size 1x1x1"},
    {"model", "anything at all", NULL},
    {"threds", "4", "unknown option threds (did you mean threads?)"},
    {"zzzzzz", "4", "unknown option zzzzzz"},
    {"queue", "4", "unknown option queue"}, /* of sessions */
};

START_TEST(a_value_is_taken_or_refused)
{
    char before[64] = "";
    const char *kept = spikeq_options_get(options, row[_i].name);
    if (kept != NULL)
        snprintf(before, sizeof before, "%s", kept);
    const int status = spikeq_options_set(options, row[_i].name, row[_i].value);
    if (row[_i].part == NULL) {
        session_ok(status);
        ck_assert_str_eq(spikeq_options_get(options, row[_i].name), row[_i].value);
        session_ok(spikeq_options_set(options, row[_i].name, NULL));
        ck_assert_ptr_null(spikeq_options_get(options, row[_i].name));
    } else {
        session_refused(status, SPIKEQ_EUSAGE, row[_i].part);
        ck_assert_ptr_null(spikeq_options_get(options, row[_i].name));
    }
}
END_TEST

/* A refused value leaves the one before. */
START_TEST(nothing_is_changed_by_what_is_refused)
{
    session_ok(spikeq_options_set(options, "threads", "3"));
    ck_assert_int_eq(spikeq_options_set(options, "threads", "0"), SPIKEQ_EUSAGE);
    ck_assert_str_eq(spikeq_options_get(options, "threads"), "3");
    spikeq_ctx_dashes(ctx, 1);
    session_refused(spikeq_options_set(options, "threads", "x"), SPIKEQ_EUSAGE, "--threads x");
    for (int i = 0; i < 64; i++)
        session_ok(spikeq_options_set(options, "set", "T=4"));
    session_refused(spikeq_options_set(options, "set", "T=4"), SPIKEQ_EUSAGE, "more than 64 times");
}
END_TEST

static const char *const command_name[] = {"run",    "quantize", "synthesize", "energy", "analyze",
                                           "replay", "import",   "export",     "events", "inspect",
                                           "graph",  "diff",     "configs",    "merge"};

/* Every row of every command is whole, and its own; the command's help has exactly these rows, in their order. */
START_TEST(the_table_is_the_commands)
{
    static char help[32768], name[80], line[600];
    struct spikeq_option option = {.size = sizeof option};
    const char *program = getenv("SPIKEQ") != NULL ? getenv("SPIKEQ") : "build/release/spikeq";
    spikeq_options *of_command;
    size_t n = 0;
    snprintf(line, sizeof line, "%s %s --help", program, command_name[_i]);
    FILE *pipe = popen(line, "r");
    ck_assert_ptr_nonnull(pipe);
    help[fread(help, 1, sizeof help - 1, pipe)] = '\0';
    ck_assert_int_eq(pclose(pipe), 0);
    snprintf(line, sizeof line, "spikeq %s", command_name[_i]);
    session_ok(spikeq_options_new(ctx, line, &of_command));
    const char *at = help;
    for (; spikeq_options_list(of_command, n, &option) == SPIKEQ_OK; n++) {
        at = strstr(at, "\n  -");
        ck_assert_msg(at != NULL, "the help of %s lacks --%s", command_name[_i], option.name);
        snprintf(name, sizeof name, "\n  %s%s%s--%s", option.letter[0] != '\0' ? "-" : "",
                 option.letter, option.letter[0] != '\0' ? ", " : "", option.name);
        ck_assert_msg(strncmp(at, name, strlen(name)) == 0, "%.40s is not%s", at, name);
        at += strlen(name);
        ck_assert(option.help[0] != '\0' && option.type[0] != '\0');
        ck_assert((strcmp(option.type, "flag") == 0) == (option.metavar[0] == '\0'));
        if (strcmp(option.type, "count") == 0 || strcmp(option.type, "choice") == 0 ||
            strcmp(option.type, "list") == 0)
            ck_assert_str_ne(option.range, "");
    }
    ck_assert_ptr_null(strstr(at, "\n  -"));
    ck_assert_uint_gt(n, 0);
    session_refused(spikeq_options_list(of_command, n, &option), SPIKEQ_EUSAGE, "no option number");
    spikeq_options_free(of_command);
}
END_TEST

/* Which go together: a command, its options, and what is said. */
static const struct {
    const char *command, *setting[4], *part; /* NULL: they do */
} together[] = {
    {"run", {NULL}, NULL},
    {"spikeq run", {NULL}, "model is missing"},
    {"spikeq run", {"model=m"}, "input is missing"},
    {"spikeq run", {"model=m", "input=i"}, NULL},
    {"spikeq run", {"model=m", "input=i", "force=1"}, "force replaces what trace, report or dump"},
    {"spikeq run", {"model=m", "input=i", "force=0"}, NULL},
    {"run", {"dump-reals=1"}, "dump-reals adds to what dump writes"},
    {"run", {"trace-codec=zlib"}, "trace is missing: its options say how to record one"},
    {"session", {"trace-detail=counts"}, "trace is missing: its options say how to record one"},
    {"quantize", {"model=m"}, "bits is missing"},
    {"quantize",
     {"model=m", "bits=4,8", "crop=center"},
     "options for recordings go with calibrate"},
    {"synthesize", {"config=c", "output=o"}, "rate is missing"},
    {"synthesize", {"config=c", "output=o", "rates=r"}, NULL},
    {"energy", {"rates=r"}, "rates needs config NAME"},
    {"energy", {"config=c", "rates=r"}, NULL},
    {"spikeq energy", {"list=1", "format=json"}, NULL},
    {"spikeq energy", {"list=1", "per=layer"}, "list shows everything"},
    {"analyze", {"config=c"}, "config goes with model"},
    {"analyze", {"raster-sample=1"}, NULL},
    {"spikeq analyze", {"raster-sample=1"}, "raster-sample goes with json, csv or html"},
    {"replay", {"drop=0"}, "drop goes with model: only then something is computed"},
    {"replay", {"drop=0.5"}, "model is missing: a replay computes"},
    {"replay", {"model=m", "from=input", "drop=0.5"}, "drop needs seed"},
    {"replay", {"model=m", "from=input", "drop=0.5", "seed=0"}, NULL},
    {"replay",
     {"model=m", "from=input", "verify=1", "shift=-1"},
     "verify compares with the recording"},
    {"replay", {"model=m", "from=input", "verify=1", "shift=0"}, NULL},
    {"replay", {"stream=-", "json=1"}, "json goes with no stream"},
    {"import", {NULL}, "output is missing"},
    {"export", {NULL}, "to is missing"},
    {"events", {"bin=2"}, "bin and -o need frames RULE"},
    {"inspect", {"json=1", "config=1"}, "exclude each other"},
    {"spikeq inspect", {"digest=1", "weights=ema"}, "digest takes a trace, weights a checkpoint"},
    {"graph", {"dot=1", "mermaid=1"}, "json, dot and mermaid exclude each other"},
    {"diff", {"json=1"}, NULL},
};

START_TEST(what_goes_together)
{
    spikeq_options *chosen;
    session_ok(spikeq_options_new(ctx, together[_i].command, &chosen));
    for (size_t i = 0; i < 4 && together[_i].setting[i] != NULL; i++) {
        const char *setting = together[_i].setting[i];
        const size_t n = strcspn(setting, "=");
        char name[64];
        snprintf(name, sizeof name, "%.*s", (int)n, setting);
        session_ok(spikeq_options_set(chosen, name, setting + n + 1));
    }
    if (together[_i].part == NULL)
        session_ok(spikeq_options_check(chosen));
    else
        session_refused(spikeq_options_check(chosen), SPIKEQ_EUSAGE, together[_i].part);
    spikeq_options_free(chosen);
}
END_TEST

/* What only the program acts on is refused by the library's own options. */
START_TEST(the_library_refuses_what_it_would_not_do)
{
    static const char *const of_program[] = {"report", "json", "quiet", "strict"};
    spikeq_options *own, *none = NULL;
    spikeq_report *report;
    spikeq_session *session;
    session_ok(spikeq_options_new(ctx, "run", &own));
    for (size_t i = 0; i < sizeof of_program / sizeof of_program[0]; i++) {
        session_refused(spikeq_options_set(own, of_program[i], "1"), SPIKEQ_EUSAGE,
                        "unknown option");
        ck_assert_int_eq(spikeq_options_set(options, of_program[i], "1"), SPIKEQ_OK);
    }
    session_refused(spikeq_options_new(ctx, "runn", &none), SPIKEQ_EUSAGE, "did you mean run");
    session_refused(spikeq_session_open(ctx, network, own, &session), SPIKEQ_EUSAGE,
                    "options of session are needed");
    session_ok(spikeq_options_set(own, "trace-detail", "counts"));
    session_refused(spikeq_run(ctx, network, own, &report), SPIKEQ_EUSAGE,
                    "trace is missing: its options say how to record one");
    session_refused(spikeq_network_open(ctx, own, &network), SPIKEQ_EUSAGE, "model is missing");
    spikeq_options_free(own);
    spikeq_options_free(NULL);
}
END_TEST

static uint64_t n_progress;
static void progress(void *data, uint64_t n_done, uint64_t n_total)
{
    ck_assert_ptr_eq(data, &n_progress);
    ck_assert_uint_le(n_done, n_total);
    n_progress++;
}

/* Every member of the structs that names reach. */
START_TEST(a_run_by_names_is_the_run)
{
    char model[512], config[512], path[512];
    spikeq_network *named;
    spikeq_report *a, *b;
    struct spikeq_summary of_a = {.size = sizeof of_a}, of_b = {.size = sizeof of_b};
    golden_path(model, sizeof model, "cifar-2-64", "model.safetensors");
    golden_path(config, sizeof config, "cifar-2-64", "config.json");
    golden_path(path, sizeof path, "cifar-2-64", "input.npy");
    const char *const setting[][2] = {
        {"model", model},     {"config", config}, {"set", "tau=2"},        {"set", "T=3"},
        {"input", path},      {"limit", "1"},     {"threads", "2"},        {"batch", "1"},
        {"schedule", "step"}, {"arith", "fixed"}, {"weight-bits", "10"},   {"scale", "layer"},
        {"rounding", "down"}, {"pixel-max", "8"}, {"membrane-bits", "28"}, {"pixel-bits", "9"},
        {"isa", "scalar"},
    };
    for (size_t i = 0; i < sizeof setting / sizeof setting[0]; i++)
        session_ok(spikeq_options_set(options, setting[i][0], setting[i][1]));
    spikeq_options_on_progress(options, progress, &n_progress);
    session_ok(spikeq_network_open(ctx, options, &named));
    session_ok(spikeq_run(ctx, named, options, &a));
    spikeq_network_free(named);
    ck_assert_uint_eq(n_progress, 1);
    const char *const set[] = {"tau=2", "T=3"};
    session_ok(spikeq_network_load(ctx, model, config, set, 2, &named));
    session_ok(network_arith(ctx, named,
                             &(struct sq_fixed_choices){.arith = "fixed",
                                                        .weight_bits = 10,
                                                        .membrane_bits = 28,
                                                        .pixel_bits = 9,
                                                        .pixel_max = 8,
                                                        .scale = "layer",
                                                        .rounding = "down"}));
    session_ok(sq_api_run(ctx, named,
                          &(struct sq_run_choices){.input = path,
                                                   .limit = 1,
                                                   .threads = 2,
                                                   .batch = 1,
                                                   .schedule = SQ_SCHEDULE_STEP,
                                                   .isa = "scalar"},
                          &b));
    spikeq_network_free(named);
    spikeq_report_summary(a, &of_a);
    spikeq_report_summary(b, &of_b);
    ck_assert_str_eq(of_a.arith, of_b.arith);
    ck_assert_str_eq(of_a.schedule, "step");
    ck_assert_str_eq(of_a.isa, "scalar");
    ck_assert_uint_eq(of_a.timesteps, 3);
    ck_assert_uint_eq(of_a.threads, 2);
    ck_assert_uint_eq(of_a.n_samples, 1);
    ck_assert_uint_eq(of_a.additions, of_b.additions);
    ck_assert_uint_gt(of_a.additions, 0);
    spikeq_report_free(a);
    spikeq_report_free(b);
}
END_TEST

/* Options outlive the context that they were made with; so do networks and their descriptions. */
START_TEST(handles_hold_their_context)
{
    struct spikeq_network_info info = {.size = sizeof info};
    struct spikeq_population_info population = {.size = sizeof population};
    spikeq_ctx *other;
    spikeq_options *of_other;
    ck_assert_int_eq(spikeq_ctx_new(&other), SPIKEQ_OK);
    ck_assert_int_eq(spikeq_options_new(other, "session", &of_other), SPIKEQ_OK);
    spikeq_ctx_free(other);
    ck_assert_int_eq(spikeq_options_set(of_other, "queue", "0"), SPIKEQ_EUSAGE);
    ck_assert_int_eq(spikeq_options_set(of_other, "queue", "9"), SPIKEQ_OK);
    spikeq_options_free(of_other);
    ck_assert_int_eq(spikeq_network_describe(network, &info), SPIKEQ_OK);
    ck_assert_uint_eq(info.classes, 10);
    ck_assert_int_eq(info.takes_frames, 0);
    ck_assert_int_eq(spikeq_network_population(network, info.n_populations, &population),
                     SPIKEQ_EUSAGE);
    ck_assert_int_eq(spikeq_network_population(network, info.n_populations - 1, &population),
                     SPIKEQ_OK);
    ck_assert_uint_eq(population.levels, 1);
    info.size = 0;
    ck_assert_int_eq(spikeq_network_describe(network, &info), SPIKEQ_EUSAGE);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("options by name");
    TCase *all = tcase_create("all");
    tcase_add_unchecked_fixture(all, temp_make, temp_remove);
    tcase_add_checked_fixture(all, set_up, tear_down);
    tcase_set_timeout(all, 60);
    tcase_add_loop_test(all, a_value_is_taken_or_refused, 0, sizeof row / sizeof row[0]);
    tcase_add_loop_test(all, a_value_of_another_command_is_taken_or_refused, 0,
                        sizeof other_row / sizeof other_row[0]);
    tcase_add_test(all, nothing_is_changed_by_what_is_refused);
    tcase_add_loop_test(all, the_table_is_the_commands, 0,
                        sizeof command_name / sizeof command_name[0]);
    tcase_add_loop_test(all, what_goes_together, 0, sizeof together / sizeof together[0]);
    tcase_add_test(all, the_library_refuses_what_it_would_not_do);
    tcase_add_test(all, a_run_by_names_is_the_run);
    tcase_add_test(all, handles_hold_their_context);
    suite_add_tcase(suite, all);
    return suite;
}

SQ_TEST_MAIN(suite())
