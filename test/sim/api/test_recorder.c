/* Recorders: spikes handed over while a network runs give the trace that spikeq_import() makes of them, and of a
 * known graph that of spikeq's own run. */
#include "sim/api/calls.h"
#include "test/sim/api/session_case.h"

#include <math.h>

enum { MOST = 64 };

static struct npz_array *spikes; /* [T,B,...] each */
static size_t n_spikes;
static struct spikeq_recorder_population population[MOST];
static char config[512];

static void set_up(void)
{
    char path[512];
    session_set_up("cifar-2-64");
    golden_path(path, sizeof path, "cifar-2-64", "spikes.npz");
    golden_path(config, sizeof config, "cifar-2-64", "config.json");
    spikes = npz_load(path, &n_spikes);
    ck_assert_uint_le(n_spikes, MOST);
    for (size_t p = 0; p < n_spikes; p++) {
        population[p] = (struct spikeq_recorder_population){.size = sizeof population[p],
                                                            .name = spikes[p].name,
                                                            .n_dims = spikes[p].header.n_dims - 2};
        memcpy(population[p].dim, spikes[p].header.dim + 2,
               population[p].n_dims * sizeof population[p].dim[0]);
    }
}

static void tear_down(void)
{
    npz_free(spikes, n_spikes);
    session_tear_down();
}

static struct spikeq_recorder_options options_of(const char *path)
{
    return (struct spikeq_recorder_options){.size = sizeof(struct spikeq_recorder_options),
                                            .path = path,
                                            .model = "Net",
                                            .timesteps = 4,
                                            .population = population,
                                            .n_populations = n_spikes};
}

static size_t neurons_of(size_t p)
{
    return spikes[p].n_bytes / (spikes[p].header.dim[0] * spikes[p].header.dim[1]);
}

/* One timestep of a population as the golden array has it: bytes, floats or bits. */
static int write_one(spikeq_recorder *recorder, size_t p, uint64_t sample, uint32_t t,
                     enum spikeq_dtype dtype)
{
    const size_t n = neurons_of(p);
    const unsigned char *from = spikes[p].data + (t * spikes[p].header.dim[1] + sample) * n;
    unsigned char *bits = calloc(n, 1);
    float *floats = calloc(n, sizeof *floats);
    struct spikeq_array a = {sizeof a, from, dtype, population[p].n_dims, {0}};
    memcpy(a.dim, population[p].dim, a.n_dims * sizeof a.dim[0]);
    for (size_t i = 0; i < n; i++) {
        bits[i / 8] |= (unsigned char)(from[i] << i % 8);
        floats[i] = from[i];
    }
    if (dtype == SPIKEQ_F32)
        a.data = floats;
    if (dtype == SPIKEQ_BITS)
        a = (struct spikeq_array){sizeof a, bits, SPIKEQ_BITS, 1, {(n + 7) / 8}};
    const int status = spikeq_recorder_write(recorder, sample, spikes[p].name, t, &a);
    free(bits);
    free(floats);
    return status;
}

/* All samples, two open at a time as a batch has them; types take turns. */
static void write_all(spikeq_recorder *recorder, const float *logits, size_t n_logits)
{
    static const enum spikeq_dtype dtype[] = {SPIKEQ_U8, SPIKEQ_F32, SPIKEQ_BITS};
    const uint64_t n = spikes[0].header.dim[1];
    ck_assert_uint_ge(n, 2);
    for (uint32_t t = 0; t < 4; t++)
        for (size_t p = 0; p < n_spikes; p++)
            for (uint64_t b = n; b-- > 0;)
                session_ok(write_one(recorder, p, b, t, dtype[(t + p + b) % 3]));
    for (uint64_t b = 0; b < n; b++)
        session_ok(spikeq_recorder_finish_sample(recorder, b, -1, -1,
                                                 logits != NULL ? logits + b * n_logits : NULL));
}

static char *digest_of(const char *path)
{
    char *text = NULL;
    session_ok(spikeq_trace_digest(ctx, path, &text));
    return text;
}

static void expect_equal(const char *a, const char *b)
{
    char *x = digest_of(a), *y = digest_of(b);
    ck_assert_str_eq(x, y);
    spikeq_free(x);
    spikeq_free(y);
}

/* Its totals, as a table of prices. */
static char *priced(const char *path)
{
    char *text = NULL;
    const struct sq_energy_choices options = {.report = path, .format = "csv"};
    session_ok(sq_api_energy(ctx, &options, &text));
    return text;
}

START_TEST(a_recording_is_the_import_of_the_same_spikes)
{
    char source[512], imported[256], recorded[256];
    const int has_config = _i;
    spikeq_recorder *recorder;
    struct spikeq_import_summary summary = {.size = sizeof summary},
                                 expected = {.size = sizeof expected};
    snprintf(imported, sizeof imported, "%s", temp_path("imported.db"));
    snprintf(recorded, sizeof recorded, "%s", temp_path("recorded.db"));
    golden_path(source, sizeof source, "cifar-2-64", "spikes.npz");
    const struct sq_import_choices import = {.source = source,
                                             .trace = imported,
                                             .config = has_config ? config : NULL,
                                             .force = 1,
                                             .summary = &expected};
    session_ok(sq_api_import(ctx, &import));
    struct spikeq_recorder_options options = options_of(recorded);
    options.config = has_config ? config : NULL;
    options.force = 1;
    options.codec = has_config ? "zlib" : NULL;
    session_ok(spikeq_recorder_open(ctx, &options, &recorder));
    write_all(recorder, NULL, 0);
    session_ok(spikeq_recorder_close(recorder, &summary));
    spikeq_recorder_free(recorder);
    ck_assert_uint_eq(summary.n_samples, expected.n_samples);
    ck_assert_uint_eq(summary.n_populations, expected.n_populations);
    ck_assert_uint_eq(summary.spikes, expected.spikes);
    ck_assert_ptr_nonnull(strstr(summary.note, "while Net ran"));
    expect_equal(imported, recorded);
    if (has_config) {
        char *a = priced(imported), *b = priced(recorded);
        ck_assert_str_eq(a, b);
        spikeq_free(a);
        spikeq_free(b);
    }
}
END_TEST

/* What spikeq's own run records, recorded from a session as if it were another network. */
START_TEST(a_known_graph_gives_the_trace_of_a_run)
{
    char own[300], recorded[256];
    spikeq_recorder *recorder;
    struct spikeq_result result = {.size = sizeof result};
    float *logits = NULL;
    uint64_t n = 0, n_taken;
    snprintf(own, sizeof own, "trace=%s", temp_path("own.db"));
    snprintf(recorded, sizeof recorded, "%s", temp_path("foreign.db"));
    spikeq_session *session = session_open(SETTINGS(own, "queue=64"));
    const struct spikeq_samples samples = samples_of(&pixels, 0);
    session_ok(spikeq_session_push(session, &samples, &n_taken));
    while (spikeq_session_next(session, &result) == SPIKEQ_OK) {
        logits = realloc(logits, (n + 1) * result.n_classes * sizeof *logits);
        memcpy(logits + n++ * result.n_classes, result.logits, result.n_classes * sizeof *logits);
    }
    session_ok(spikeq_session_close(session, NULL));
    spikeq_session_free(session);
    struct spikeq_recorder_options options = options_of(recorded);
    options.config = config;
    options.n_logits = result.n_classes;
    session_ok(spikeq_recorder_open(ctx, &options, &recorder));
    write_all(recorder, logits, result.n_classes);
    session_ok(spikeq_recorder_close(recorder, NULL));
    spikeq_recorder_free(recorder);
    expect_equal(own + strlen("trace="), recorded);
    free(logits);
}
END_TEST

static spikeq_recorder *open_plain(const char *path)
{
    spikeq_recorder *recorder = NULL;
    struct spikeq_recorder_options options = options_of(path);
    session_ok(spikeq_recorder_open(ctx, &options, &recorder));
    return recorder;
}

START_TEST(what_is_no_spike_is_refused)
{
    const char *path = temp_path("refused.db");
    float value[8] = {0};
    struct spikeq_array a = {sizeof a, value, SPIKEQ_F32, 1, {8}};
    unsigned char byte[1] = {0xf0};
    struct spikeq_recorder_population small = {
        .size = sizeof small, .name = "lif", .n_dims = 2, .dim = {2, 4}};
    struct spikeq_recorder_population odd = {
        .size = sizeof odd, .name = "odd", .n_dims = 1, .dim = {3}};
    struct spikeq_recorder_population both[] = {small, odd};
    struct spikeq_recorder_options options = options_of(path);
    spikeq_recorder *recorder;
    options.population = both;
    options.n_populations = 2;
    options.timesteps = 1;
    session_ok(spikeq_recorder_open(ctx, &options, &recorder));
    value[5] = 0.5f;
    session_refused(spikeq_recorder_write(recorder, 3, "lif", 0, &a), SPIKEQ_EVALUE,
                    "Net: lif: the value at sample 3, timestep 0, index 5 is 0.5, expected 0 or 1; "
                    "record spikes, not currents or potentials");
    value[5] = 2;
    session_refused(spikeq_recorder_write(recorder, 3, "lif", 0, &a), SPIKEQ_EVALUE,
                    "counts are not spikes");
    value[5] = NAN;
    session_refused(spikeq_recorder_write(recorder, 3, "lif", 0, &a), SPIKEQ_EVALUE, "nan");
    value[5] = 1;
    session_refused(spikeq_recorder_finish_sample(recorder, 3, -1, -1, NULL), SPIKEQ_EUSAGE,
                    "sample 3 is not open");
    session_refused(spikeq_recorder_write(recorder, 3, "lif", 1, &a), SPIKEQ_EUSAGE, "timestep 1");
    session_refused(spikeq_recorder_write(recorder, 3, "other", 0, &a), SPIKEQ_EUSAGE,
                    "other is not one of the 2 populations");
    a.dim[0] = 7;
    session_refused(spikeq_recorder_write(recorder, 3, "lif", 0, &a), SPIKEQ_ESHAPE,
                    "spikes of shape [7], expected [2,4]");
    a.dim[0] = 8;
    session_ok(spikeq_recorder_write(recorder, 3, "lif", 0, &a));
    a = (struct spikeq_array){sizeof a, byte, SPIKEQ_BITS, 1, {1}};
    session_refused(spikeq_recorder_write(recorder, 3, "odd", 0, &a), SPIKEQ_EVALUE,
                    "bits behind the last of 3 neurons");
    session_refused(spikeq_recorder_finish_sample(recorder, 3, -1, -1, NULL), SPIKEQ_EUSAGE,
                    "odd was not written at timestep 0");
    byte[0] = 5;
    a.n_dims = 2;
    a.dim[1] = 1;
    session_ok(spikeq_recorder_write(recorder, 3, "odd", SPIKEQ_ALL_TIMESTEPS, &a));
    session_refused(spikeq_recorder_finish_sample(recorder, 3, -2, -1, NULL), SPIKEQ_EVALUE,
                    "label -2");
    session_refused(spikeq_recorder_finish_sample(recorder, 3, -1, -1, value), SPIKEQ_EUSAGE,
                    "opened without");
    session_ok(spikeq_recorder_finish_sample(recorder, 3, 1, 2, NULL));
    session_refused(spikeq_recorder_write(recorder, 3, "odd", SPIKEQ_ALL_TIMESTEPS, &a),
                    SPIKEQ_EUSAGE, "sample 3 comes after sample 3, which was finished");
    session_ok(spikeq_recorder_write(recorder, 9, "odd", SPIKEQ_ALL_TIMESTEPS, &a));
    session_refused(spikeq_recorder_close(recorder, NULL), SPIKEQ_EUSAGE, "sample 9 is open");
    session_refused(spikeq_recorder_close(recorder, NULL), SPIKEQ_EUSAGE, "the recorder is closed");
    spikeq_recorder_free(recorder);
    ck_assert_int_ne(access(path, F_OK), 0); /* a failed close leaves nothing */
}
END_TEST

START_TEST(an_aborted_recording_leaves_nothing)
{
    char path[256];
    snprintf(path, sizeof path, "%s", temp_path("aborted.db"));
    spikeq_recorder *recorder = open_plain(path);
    write_all(recorder, NULL, 0);
    spikeq_recorder_free(recorder);
    ck_assert_int_ne(access(path, F_OK), 0);
    recorder = open_plain(path);
    session_refused(spikeq_recorder_close(recorder, NULL), SPIKEQ_EUSAGE, "no sample was recorded");
    spikeq_recorder_free(recorder);
    ck_assert_int_ne(access(path, F_OK), 0);
    spikeq_recorder_free(NULL);
}
END_TEST

START_TEST(an_older_trace_is_kept_until_the_new_one_is_whole)
{
    char path[256];
    struct spikeq_recorder_options options;
    spikeq_recorder *recorder = NULL;
    snprintf(path, sizeof path, "%s", temp_path("older.db"));
    recorder = open_plain(path);
    write_all(recorder, NULL, 0);
    session_ok(spikeq_recorder_close(recorder, NULL));
    spikeq_recorder_free(recorder);
    char *before = digest_of(path);
    options = options_of(path);
    session_refused(spikeq_recorder_open(ctx, &options, &recorder), SPIKEQ_EUSAGE, "exists");
    options.force = 1;
    session_ok(spikeq_recorder_open(ctx, &options, &recorder));
    write_all(recorder, NULL, 0);
    spikeq_recorder_free(recorder);
    char *after = digest_of(path);
    ck_assert_str_eq(before, after);
    spikeq_free(before);
    spikeq_free(after);
}
END_TEST

START_TEST(descriptions_that_do_not_fit_are_refused)
{
    spikeq_recorder *recorder = NULL;
    struct spikeq_recorder_options options = options_of(temp_path("bad.db"));
    options.size = 8;
    session_refused(spikeq_recorder_open(ctx, &options, &recorder), SPIKEQ_EUSAGE, "member size");
    options = options_of(NULL);
    session_refused(spikeq_recorder_open(ctx, &options, &recorder), SPIKEQ_EUSAGE, "path");
    options = options_of(temp_path("bad.db"));
    options.n_populations = 0;
    session_refused(spikeq_recorder_open(ctx, &options, &recorder), SPIKEQ_EUSAGE, "None is given");
    options = options_of(temp_path("bad.db"));
    options.timesteps = 0;
    session_refused(spikeq_recorder_open(ctx, &options, &recorder), SPIKEQ_EUSAGE, "0 timesteps");
    options = options_of(temp_path("bad.db"));
    options.codec = "lzma";
    session_refused(spikeq_recorder_open(ctx, &options, &recorder), SPIKEQ_EUSAGE, "codec lzma");
    options = options_of(temp_path("bad.db"));
    options.config = config;
    options.n_populations = n_spikes - 1;
    session_refused(spikeq_recorder_open(ctx, &options, &recorder), SPIKEQ_ESHAPE,
                    "is missing; partial goes without it");
    options.n_populations = n_spikes;
    options.timesteps = 5;
    session_refused(spikeq_recorder_open(ctx, &options, &recorder), SPIKEQ_ESHAPE, "has shape [5,");
    options.timesteps = 4;
    population[1].name = "nobody";
    session_refused(spikeq_recorder_open(ctx, &options, &recorder), SPIKEQ_ESHAPE,
                    "nobody is not a population of config");
    population[1].name = population[0].name;
    session_refused(spikeq_recorder_open(ctx, &options, &recorder), SPIKEQ_EFORMAT, "there twice");
    population[1].n_dims = 0;
    session_refused(spikeq_recorder_open(ctx, &options, &recorder), SPIKEQ_ESHAPE, "1 to 6 axes");
    ck_assert_int_ne(access(temp_path("bad.db"), F_OK), 0);
}
END_TEST

START_TEST(a_fork_may_not_use_it)
{
    int status;
    spikeq_recorder *recorder = open_plain(temp_path("forked.db"));
    const pid_t child = fork();
    if (child == 0) {
        const int is_refused = write_one(recorder, 0, 0, 0, SPIKEQ_U8) == SPIKEQ_EUSAGE &&
                               strstr(spikeq_error_text(ctx), "forked") != NULL;
        spikeq_recorder_free(recorder);
        _exit(is_refused ? 0 : 1);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    write_all(recorder, NULL, 0);
    session_ok(spikeq_recorder_close(recorder, NULL));
    spikeq_recorder_free(recorder);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("recorder");
    TCase *all = tcase_create("all");
    tcase_add_unchecked_fixture(all, temp_make, temp_remove);
    tcase_add_checked_fixture(all, set_up, tear_down);
    tcase_set_timeout(all, 120);
    tcase_add_loop_test(all, a_recording_is_the_import_of_the_same_spikes, 0, 2);
    tcase_add_test(all, a_known_graph_gives_the_trace_of_a_run);
    tcase_add_test(all, what_is_no_spike_is_refused);
    tcase_add_test(all, an_aborted_recording_leaves_nothing);
    tcase_add_test(all, an_older_trace_is_kept_until_the_new_one_is_whole);
    tcase_add_test(all, descriptions_that_do_not_fit_are_refused);
    tcase_add_test(all, a_fork_may_not_use_it);
    suite_add_tcase(suite, all);
    return suite;
}

SQ_TEST_MAIN(suite())
