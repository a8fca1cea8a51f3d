/* Options by name: one table, its ranges kept, and a run by names is the run of the same struct. */
#include "test/sim/api/session_case.h"

static spikeq_options *options;

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

/* The command's help names exactly the rows of the table. */
START_TEST(the_table_is_the_commands)
{
    static char help[16384], name[80];
    struct spikeq_option option = {.size = sizeof option};
    const char *program = getenv("SPIKEQ") != NULL ? getenv("SPIKEQ") : "build/release/spikeq";
    char command[600];
    size_t n = 0, n_named = 0;
    snprintf(command, sizeof command, "%s run --help", program);
    FILE *pipe = popen(command, "r");
    ck_assert_ptr_nonnull(pipe);
    help[fread(help, 1, sizeof help - 1, pipe)] = '\0';
    ck_assert_int_eq(pclose(pipe), 0);
    for (; spikeq_options_list(options, n, &option) == SPIKEQ_OK; n++) {
        snprintf(name, sizeof name, "--%s", option.name);
        const char *found = strstr(help, name);
        ck_assert_msg(found != NULL, "the help lacks %s", name);
        ck_assert(option.help[0] != '\0' && option.type[0] != '\0');
        ck_assert((strcmp(option.type, "flag") == 0) == (option.metavar[0] == '\0'));
        if (strcmp(option.type, "count") == 0 || strcmp(option.type, "choice") == 0)
            ck_assert_str_ne(option.range, "");
    }
    session_refused(spikeq_options_list(options, n, &option), SPIKEQ_EUSAGE, "no option number");
    for (const char *at = help; (at = strstr(at, "\n  --")) != NULL; at += 5) {
        snprintf(name, sizeof name, "%.*s", (int)strcspn(at + 5, " ,\n"), at + 5);
        size_t i = 0;
        while (spikeq_options_list(options, i, &option) == SPIKEQ_OK &&
               strcmp(option.name, name) != 0)
            i++;
        ck_assert_msg(i < n, "the table lacks --%s", name);
        n_named++;
    }
    ck_assert_uint_gt(n_named, 30);
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
    session_refused(spikeq_run_with(ctx, network, own, &report), SPIKEQ_EUSAGE,
                    "trace is missing: trace-detail");
    session_refused(spikeq_network_with(ctx, own, &network), SPIKEQ_EUSAGE, "model is missing");
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
    struct spikeq_summary of_a, of_b;
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
    session_ok(spikeq_network_with(ctx, options, &named));
    session_ok(spikeq_run_with(ctx, named, options, &a));
    spikeq_network_free(named);
    ck_assert_uint_eq(n_progress, 1);
    const char *const set[] = {"tau=2", "T=3"};
    session_ok(spikeq_network_load(ctx, model, config, set, 2, &named));
    session_ok(spikeq_network_arith(ctx, named,
                                    &(struct spikeq_fixed_options){.arith = "fixed",
                                                                   .weight_bits = 10,
                                                                   .membrane_bits = 28,
                                                                   .pixel_bits = 9,
                                                                   .pixel_max = 8,
                                                                   .scale = "layer",
                                                                   .rounding = "down"}));
    session_ok(spikeq_run(ctx, named,
                          &(struct spikeq_run_options){.input = path,
                                                       .limit = 1,
                                                       .threads = 2,
                                                       .batch = 1,
                                                       .schedule = SPIKEQ_SCHEDULE_STEP,
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
    tcase_add_test(all, nothing_is_changed_by_what_is_refused);
    tcase_add_test(all, the_table_is_the_commands);
    tcase_add_test(all, the_library_refuses_what_it_would_not_do);
    tcase_add_test(all, a_run_by_names_is_the_run);
    tcase_add_test(all, handles_hold_their_context);
    suite_add_tcase(suite, all);
    return suite;
}

SQ_TEST_MAIN(suite())
