/* Sessions on the golden networks: every logit and every spike that a session gives is the official code's, and
 * what spikeq_run() reports and records of the same samples is what the session does, whatever threads, batch,
 * queue and size of the pushes. */
#include "sim/api/calls.h"
#include "test/sim/api/session_case.h"

#include "kernels/base/bits.h"

#include <cjson/cJSON.h>

static const char *const set[] = {"cifar-2-64",    "cifar-1-48-odd", "dvs-1-64",
                                  "imagenet-1-64", "sdt-cifar-2-64", "spikingformer-dvs-1-32"};
static const struct {
    const char *threads, *batch, *queue;
    uint64_t push; /* samples at a time */
} size[] = {{"1", "1", "1", 1}, {"2", "2", "2", 64}, {"4", "3", "16", 1}, {"3", "8", "3", 2}};

enum {
    N_SETS = sizeof set / sizeof set[0],
    N_SIZES = sizeof size / sizeof size[0],
    N_CASES = N_SETS * N_SIZES
};

/* What came out, gathered as the golden arrays are. */
struct gathered {
    float *logits; /* [B][classes] */
    uint64_t n, spikes;
};

static void compare_spikes(spikeq_session *session, const struct spikeq_result *result,
                           const struct npz_array *want)
{
    const struct sq_array *a = &want->header;
    const uint64_t T = a->dim[0], B = a->dim[1];
    const size_t n = want->n_bytes / (size_t)(T * B), packed = (n + 7) / 8;
    unsigned char *bytes = malloc(T * n), *bits = malloc(T * packed);
    size_t needed = 0;
    session_ok(spikeq_session_spikes(session, want->name, SPIKEQ_U8, NULL, 0, &needed));
    ck_assert_uint_eq(needed, T * n);
    session_ok(spikeq_session_spikes(session, want->name, SPIKEQ_U8, bytes, T * n, NULL));
    session_ok(spikeq_session_spikes(session, want->name, SPIKEQ_BITS, bits, T * packed, &needed));
    ck_assert_uint_eq(needed, T * packed);
    for (uint64_t t = 0; t < T; t++) {
        const unsigned char *expected = want->data + (t * B + result->sample) * n;
        ck_assert_msg(memcmp(bytes + t * n, expected, n) == 0, "%s, sample %d, timestep %d",
                      want->name, (int)result->sample, (int)t);
        for (size_t i = 0; i < n; i++)
            if ((bits[t * packed + i / 8] >> i % 8 & 1) != expected[i])
                ck_abort_msg("%s: bit %zu of timestep %d", want->name, i, (int)t);
    }
    free(bytes);
    free(bits);
}

/* The counts of a result are those of its spikes. */
static void compare_counts(const struct spikeq_result *result, const struct npz_array *want,
                           size_t n_want)
{
    uint64_t all = 0, additions = 0;
    for (size_t p = 0; p < result->n_populations; p++) {
        struct spikeq_population_info info = {.size = sizeof info};
        ck_assert_int_eq(spikeq_network_population(network, p, &info), SPIKEQ_OK);
        size_t w = 0;
        while (w < n_want && strcmp(want[w].name, info.name) != 0)
            w++;
        ck_assert_uint_lt(w, n_want);
        ck_assert_uint_eq(info.n_dims, want[w].header.n_dims - 2);
        ck_assert_mem_eq(info.dim, want[w].header.dim + 2, info.n_dims * sizeof info.dim[0]);
        for (uint32_t t = 0; t < result->timesteps; t++) {
            const unsigned char *at =
                want[w].data + (t * want[w].header.dim[1] + result->sample) * info.neurons;
            uint64_t n = 0;
            for (uint64_t i = 0; i < info.neurons; i++)
                n += at[i];
            ck_assert_uint_eq(result->spikes[p * result->timesteps + t], n);
            all += n;
            additions += result->additions[p * result->timesteps + t];
        }
    }
    ck_assert_uint_eq(result->all_spikes, all);
    ck_assert_uint_le(additions, result->all_additions);
}

static void take(spikeq_session *session, struct gathered *out, const struct npz_array *want,
                 size_t n_want)
{
    struct spikeq_result result = {.size = sizeof result};
    while (spikeq_session_next(session, &result) == SPIKEQ_OK) {
        ck_assert_uint_eq(result.sample, out->n);
        ck_assert_int_eq(result.label, (int64_t)(result.sample % result.n_classes));
        for (size_t c = 0; c < result.n_classes; c++)
            ck_assert(result.logits[c] <= result.logits[result.prediction]);
        memcpy(out->logits + out->n * result.n_classes, result.logits,
               result.n_classes * sizeof(float));
        for (size_t w = 0; w < n_want; w++)
            compare_spikes(session, &result, &want[w]);
        compare_counts(&result, want, n_want);
        out->spikes += result.all_spikes;
        out->n++;
    }
    ck_assert_ptr_nonnull(strstr(spikeq_error_text(ctx), "no sample is under way"));
}

/* Push all, never more than `most` at a time, and take what comes. */
static void feed(spikeq_session *session, uint64_t most, struct gathered *out,
                 const struct npz_array *want, size_t n_want)
{
    const uint64_t n = pixels.dim[0];
    int64_t *labels = calloc(n, sizeof *labels);
    struct spikeq_network_info info = {.size = sizeof info};
    ck_assert_int_eq(spikeq_network_describe(network, &info), SPIKEQ_OK);
    for (uint64_t i = 0; i < n; i++)
        labels[i] = (int64_t)(i % info.classes);
    out->logits = calloc(n * info.classes, sizeof *out->logits);
    for (uint64_t first = 0, n_taken = 0; first < n; first += n_taken) {
        struct spikeq_array part = pixels;
        struct spikeq_samples samples = samples_of(&part, first);
        part.dim[0] = first + most < n ? first + most : n;
        samples.labels = labels;
        const int status = spikeq_session_push(session, &samples, &n_taken);
        if (status != SPIKEQ_EAGAIN)
            session_ok(status);
        take(session, out, want, n_want);
    }
    free(labels);
}

/* The report as text without what may differ: timing, threads, batch, input. */
static char *comparable(const spikeq_report *report)
{
    static const char *const may_differ[] = {"timing", "input", "run", "warnings"};
    char *text;
    session_ok(spikeq_report_json(ctx, report, &text));
    cJSON *json = cJSON_Parse(text);
    spikeq_free(text);
    for (size_t i = 0; i < sizeof may_differ / sizeof may_differ[0]; i++)
        cJSON_DeleteItemFromObject(json, may_differ[i]);
    ck_assert_ptr_nonnull(cJSON_GetObjectItem(json, "populations"));
    ck_assert_ptr_nonnull(cJSON_GetObjectItem(json, "synapses"));
    text = cJSON_Print(json);
    cJSON_Delete(json);
    return text;
}

static char *digest_of(const char *trace)
{
    char *text;
    session_ok(spikeq_trace_digest(ctx, trace, &text));
    return text;
}

static const char *write_labels(uint64_t n, uint64_t classes)
{
    char head[160];
    unsigned char file[128 + 8 * 64] = "\x93NUMPY\x01";
    snprintf(head, sizeof head, "{'descr': '<i8', 'fortran_order': False, 'shape': (%d,), }",
             (int)n);
    file[8] = 118;
    memset(file + 10, ' ', 118);
    memcpy(file + 10, head, strlen(head));
    file[127] = '\n';
    ck_assert_uint_le(n, 64);
    for (uint64_t i = 0; i < n; i++)
        file[128 + 8 * i] = (unsigned char)(i % classes);
    return temp_write("labels.npy", file, 128 + 8 * n);
}

/* The same samples by spikeq_run(), from the file. */
static spikeq_report *run_of(const char *folder, const char *trace)
{
    char path[512];
    spikeq_report *report = NULL;
    struct spikeq_network_info info = {.size = sizeof info};
    ck_assert_int_eq(spikeq_network_describe(network, &info), SPIKEQ_OK);
    golden_path(path, sizeof path, folder, "input.npy");
    const struct sq_run_choices options = {.input = path,
                                           .labels = write_labels(pixels.dim[0], info.classes),
                                           .threads = 2,
                                           .trace = {.path = trace, .force = 1}};
    session_ok(sq_api_run(ctx, network, &options, &report));
    return report;
}

static void compare_with_run(const char *folder, const char *trace, const spikeq_report *report)
{
    const char *other = temp_path("run.db");
    spikeq_report *run = run_of(folder, other);
    char *a = comparable(run), *b = comparable(report);
    ck_assert_str_eq(a, b);
    free(a);
    free(b);
    a = digest_of(other);
    b = digest_of(trace);
    ck_assert_str_eq(a, b);
    spikeq_free(a);
    spikeq_free(b);
    spikeq_report_free(run);
}

START_TEST(a_session_gives_what_the_official_code_gives)
{
    const char *folder = set[_i / N_SIZES];
    char batch[32], threads[32], queue[32], trace[300], path[512];
    const size_t s = _i % N_SIZES;
    size_t n_want;
    struct gathered out = {.n = 0};
    spikeq_report *report = NULL;
    session_set_up(folder);
    golden_path(path, sizeof path, folder, "spikes.npz");
    struct npz_array *want = npz_load(path, &n_want);
    snprintf(threads, sizeof threads, "threads=%s", size[s].threads);
    snprintf(batch, sizeof batch, "batch=%s", size[s].batch);
    snprintf(queue, sizeof queue, "queue=%s", size[s].queue);
    snprintf(trace, sizeof trace, "trace=%s", temp_path("session.db"));
    spikeq_session *session =
        session_open(SETTINGS(threads, batch, queue, trace, "force=1", "keep=*",
                              s % 2 ? "schedule=step" : "schedule=layer"));
    feed(session, size[s].push, &out, want, n_want);
    session_ok(spikeq_session_close(session, &report));
    spikeq_session_free(session);
    ck_assert_uint_eq(out.n, pixels.dim[0]);
    golden_path(path, sizeof path, folder, "logits.npy");
    struct npz_array *logits = npy_load(path);
    for (size_t i = 0; i < logits->n_bytes / sizeof(float); i++) {
        float expected;
        memcpy(&expected, logits->data + i * sizeof expected, sizeof expected);
        ck_assert_float_eq_tol(out.logits[i], expected, 1e-4f);
    }
    compare_with_run(folder, trace + strlen("trace="), report);
    spikeq_report_free(report);
    npz_free(logits, 1);
    npz_free(want, n_want);
    free(out.logits);
    session_tear_down();
}
END_TEST

/* Spikes of q, k and v of the first block, given: the logits are those of the pixels. */
static void give_recorded(const char *folder, enum spikeq_dtype dtype, const char *from)
{
    char path[512], setting[128];
    size_t n_want, n_wanted = 0;
    struct spikeq_array array[16];
    unsigned char *packed[16] = {NULL};
    struct spikeq_population_info info = {.size = sizeof info};
    struct spikeq_result result = {.size = sizeof result};
    session_set_up(folder);
    golden_path(path, sizeof path, folder, "spikes.npz");
    struct npz_array *want = npz_load(path, &n_want);
    golden_path(path, sizeof path, folder, "logits.npy");
    struct npz_array *logits = npy_load(path);
    snprintf(setting, sizeof setting, "from=%s", from);
    spikeq_session *session = session_open(SETTINGS(setting, "threads=2", "keep=head_lif,block.*"));
    for (; spikeq_session_wanted(session, n_wanted, &info) == SPIKEQ_OK; n_wanted++) {
        size_t w = 0;
        while (strcmp(want[w].name, info.name) != 0)
            w++;
        struct spikeq_array *a = &array[n_wanted];
        *a = array_of(&want[w]);
        if (dtype != SPIKEQ_BITS)
            continue;
        const size_t bytes = (info.neurons + 7) / 8, rows = a->dim[0] * a->dim[1];
        packed[n_wanted] = calloc(rows, bytes);
        for (size_t r = 0; r < rows; r++)
            for (size_t i = 0; i < info.neurons; i++)
                packed[n_wanted][r * bytes + i / 8] |=
                    (unsigned char)(want[w].data[r * info.neurons + i] << i % 8);
        *a = (struct spikeq_array){
            sizeof *a, packed[n_wanted], SPIKEQ_BITS, 3, {a->dim[0], a->dim[1], bytes}};
    }
    ck_assert_uint_gt(n_wanted, 0);
    struct spikeq_samples samples = samples_of(array, 0);
    samples.n_arrays = n_wanted;
    for (uint64_t n_taken = 0; samples.first < array[0].dim[1]; samples.first += n_taken) {
        session_ok(spikeq_session_push(session, &samples, &n_taken));
        while (spikeq_session_next(session, &result) == SPIKEQ_OK) {
            const size_t bytes = result.n_classes * sizeof(float);
            for (size_t c = 0; c < result.n_classes; c++) {
                float expected;
                memcpy(&expected, logits->data + result.sample * bytes + c * sizeof expected,
                       sizeof expected);
                ck_assert_float_eq_tol(result.logits[c], expected, 1e-4f);
            }
            for (size_t w = 0; w < n_want; w++)
                if (strncmp(want[w].name, "block.1", 7) == 0)
                    compare_spikes(session, &result, &want[w]);
        }
    }
    spikeq_report *report;
    session_ok(spikeq_session_close(session, &report));
    struct spikeq_summary summary = {.size = sizeof summary};
    struct spikeq_warning warning = {.size = sizeof warning};
    spikeq_report_summary(report, &summary);
    ck_assert_uint_ge(summary.n_warnings, 1);
    spikeq_report_warning(report, summary.n_warnings - 1, &warning);
    ck_assert_str_eq(warning.name, "network-in-part");
    spikeq_report_free(report);
    spikeq_session_free(session);
    for (size_t i = 0; i < 16; i++)
        free(packed[i]);
    npz_free(logits, 1);
    npz_free(want, n_want);
    session_tear_down();
}

START_TEST(given_spikes_go_on_as_computed_ones)
{
    give_recorded("cifar-2-64", _i == 0 ? SPIKEQ_U8 : SPIKEQ_BITS, "block.1");
    give_recorded("cifar-2-64", _i == 0 ? SPIKEQ_U8 : SPIKEQ_BITS,
                  "block.0.attn.q_lif,block.0.attn.k_lif");
}
END_TEST

/* QKFormer's coupled batches: as the run has them, the last one shorter. */
START_TEST(coupled_batches_are_those_of_a_run)
{
    char path[512], dump[256];
    const uint64_t n = 5;
    spikeq_report *report;
    struct spikeq_result result = {.size = sizeof result};
    uint64_t n_taken, n_results = 0;
    session_set_up("fixed-qkformer-3-32");
    const size_t row = input->n_bytes / input->header.dim[0];
    unsigned char *more = malloc(n * row); /* the set's samples, again and again */
    for (uint64_t i = 0; i < n; i++)
        memcpy(more + i * row, input->data + i % input->header.dim[0] * row, row);
    pixels.data = more;
    pixels.dim[0] = n;
    FILE *file = fopen(temp_path("more.npy"), "wb");
    char head[256];
    snprintf(head, sizeof head,
             "{'descr': '%s%c%u', 'fortran_order': False, 'shape': (%d, %d, %d, %d), }",
             input->header.item_bytes > 1 ? "<" : "|", input->header.kind, input->header.item_bytes,
             (int)n, (int)pixels.dim[1], (int)pixels.dim[2], (int)pixels.dim[3]);
    fwrite("\x93NUMPY\x01\0\x76\0", 1, 10, file);
    fprintf(file, "%-117s\n", head);
    fwrite(more, row, n, file);
    fclose(file);
    snprintf(dump, sizeof dump, "%s", temp_path("dump"));
    golden_path(path, sizeof path, "", "");
    session_ok(sq_api_run(
        ctx, network,
        &(struct sq_run_choices){
            .input = temp_path("more.npy"), .couple_batch = 2, .threads = 2, .dump_dir = dump},
        &report));
    spikeq_report_free(report);
    struct npz_array *logits = golden_take(dump, "logits");
    spikeq_session *session =
        session_open(SETTINGS("couple-batch=2", "threads=2", "queue=5", "keep=*"));
    for (struct spikeq_samples samples = samples_of(&pixels, 0); samples.first < n;
         samples.first += n_taken) {
        pixels.dim[0] = samples.first + 1; /* one at a time */
        session_ok(spikeq_session_push(session, &samples, &n_taken));
        ck_assert_uint_eq(n_taken, 1);
        if (samples.first % 2 == 0)
            session_refused(spikeq_session_next(session, &result), SPIKEQ_EAGAIN,
                            "1 of a coupled batch of 2 samples");
        while (spikeq_session_next(session, &result) == SPIKEQ_OK)
            ck_assert_mem_eq(logits->data + n_results++ * result.n_classes * sizeof(float),
                             result.logits, result.n_classes * sizeof(float));
    }
    ck_assert_uint_eq(n_results, 4);
    session_ok(spikeq_session_finish(session));
    session_ok(spikeq_session_next(session, &result));
    ck_assert_mem_eq(logits->data + 4 * result.n_classes * sizeof(float), result.logits,
                     result.n_classes * sizeof(float));
    session_ok(spikeq_session_close(session, NULL));
    spikeq_session_free(session);
    free(more);
    npz_free(logits, 1);
    session_tear_down();
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("session");
    TCase *all = tcase_create("all");
    tcase_add_unchecked_fixture(all, temp_make, temp_remove);
    tcase_set_timeout(all, 300);
    tcase_add_loop_test(all, a_session_gives_what_the_official_code_gives, 0, N_CASES);
    tcase_add_loop_test(all, given_spikes_go_on_as_computed_ones, 0, 2);
    tcase_add_test(all, coupled_batches_are_those_of_a_run);
    suite_add_tcase(suite, all);
    return suite;
}

SQ_TEST_MAIN(suite())
