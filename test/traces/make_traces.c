/* make_traces DIR: small traces for tests that start programs, and what they hold as .npy files.
 *
 *   plain.db zlib.db zstd.db   6 samples, the same in every codec    counts.db  counts of them
 *   partial.db    4 of 6 samples, as a killed run leaves it
 *   spike.db      plain.db but for one spike and one prediction
 *   wide.db       numbers beyond 255 and spikes far apart, compressed by zlib
 *   npy/NAME.npy  the populations as [T,B,...], logits as [B,classes]
 *   digests       the digests of plain.db, counts.db and wide.db, one a line */
#include "kernels/base/bits.h"
#include "test/support/tiny_trace.h"
#include "traces/compare/trace_digest.h"
#include "traces/files/npy_dump.h"
#include "traces/format/checksum.h"
#include "traces/format/codec.h"
#include "traces/format/schema.h"
#include "traces/format/store.h"

#include <stdio.h>
#include <sys/stat.h>

enum { SEED = 5, SAMPLES = 6 };

/* The frame of the spike that spike.db changes: b.attn.q_lif[5,70]. */
enum { SAMPLE = 3, TIMESTEP = 1, POPULATION = 2, ROW = 5, CHANNEL = 70 };

static char path[4096];

static const char *in(const char *folder, const char *name)
{
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

/* A trace of the first n samples; cut: its writer goes away before the end. */
static void make(const char *folder, const char *name, struct sq_trace_plan plan, uint64_t n)
{
    struct sq_error err = {0};
    struct sq_trace_writer *writer;
    plan.n_samples = SAMPLES;
    ck_assert_msg(sq_trace_create(&err, in(folder, name), &plan, 0, &writer) == SQ_OK, "%s",
                  err.text);
    for (uint64_t id = 0; id < n; id++)
        tiny_put(writer, &plan, SEED, id);
    if (n == SAMPLES)
        ck_assert_int_eq(sq_trace_finish(&err, writer), SQ_OK);
    sq_trace_writer_free(writer);
}

static void update(const struct sq_store *store, const char *sql,
                   const struct sq_trace_frame *frame, int64_t checksum)
{
    struct sq_error err = {0};
    sqlite3_stmt *statement;
    ck_assert_msg(sq_store_prepare(&err, store, sql, &statement) == SQ_OK, "%s", err.text);
    sqlite3_bind_int64(statement, 1, checksum);
    if (frame != NULL) {
        sqlite3_bind_int64(statement, 2, (sqlite3_int64)frame->spikes);
        sqlite3_bind_int64(statement, 3, frame->encoding);
        sqlite3_bind_blob64(statement, 4, frame->data, frame->size, SQLITE_STATIC);
    }
    ck_assert_int_eq(sq_store_run(&err, store, statement, "cannot be changed"), SQ_OK);
    sqlite3_finalize(statement);
}

/* One spike turned, with a checksum that says so. */
static void turn_spike(const struct sq_store *store)
{
    const struct sq_trace_population *p = &tiny_plan()->population[POPULATION];
    const struct sq_frame_shape shape = {p->n_rows, p->n_channels};
    struct sq_trace_frame frame = {.population = POPULATION, .timestep = TIMESTEP};
    uint64_t bits[TINY_MAX_NEURONS];
    unsigned char data[TINY_MAX_NEURONS];
    char sql[160];
    const uint64_t id = sq_frame_id(tiny_plan(), SAMPLE, POPULATION, TIMESTEP);
    tiny_bits(SEED, SAMPLE, POPULATION, TIMESTEP, bits);
    bits[ROW * sq_words_for(p->n_channels) + CHANNEL / 64] ^= (uint64_t)1 << CHANNEL % 64;
    frame.spikes = sq_popcount(bits, p->n_rows * sq_words_for(p->n_channels));
    frame.size = sq_frame_encode(&shape, bits, frame.spikes, &frame.encoding, data);
    frame.data = data;
    snprintf(sql, sizeof sql,
             "UPDATE frame SET checksum = ?, spikes = ?, encoding = ?, data = ? WHERE id = %llu",
             (unsigned long long)id);
    update(store, sql, &frame, sq_checksum_frame(id, &frame));
}

/* Another prediction of sample 4, with a checksum that says so. */
static void change_prediction(const char *folder, const struct sq_store *store)
{
    struct sq_error err = {0};
    struct sq_trace *trace;
    struct sq_trace_sample sample;
    ck_assert_int_eq(sq_trace_open(&err, in(folder, "plain.db"), &trace), SQ_OK);
    ck_assert_int_eq(sq_trace_seek(&err, trace, 4), SQ_OK);
    ck_assert_int_eq(sq_trace_next(&err, trace, &sample), 1);
    sample.prediction = 2;
    update(store, "UPDATE sample SET checksum = ?, prediction = 2 WHERE id = 4", NULL,
           sq_checksum_sample(&sample));
    sq_trace_close(trace);
}

static void make_changed(const char *folder)
{
    struct sq_error err = {0};
    struct sq_store store;
    make(folder, "spike.db", *tiny_plan(), SAMPLES);
    ck_assert_int_eq(sq_store_open(&err, in(folder, "spike.db"), SQ_STORE_WRITE, &store), SQ_OK);
    turn_spike(&store);
    change_prediction(folder, &store);
    sq_store_close(&store);
}

/* A frame as the array that the module returns: one byte a neuron, or int32 for whole numbers. */
static void slab_of(uint64_t sample, uint32_t population, uint32_t t, uint8_t *spike,
                    int32_t *number)
{
    const struct sq_trace_population *p = &tiny_plan()->population[population];
    uint64_t bits[TINY_MAX_NEURONS];
    uint16_t value[TINY_MAX_NEURONS];
    if (p->kind == SQ_TRACE_INPUT)
        tiny_values(SEED, sample, t, value);
    else
        tiny_bits(SEED, sample, population, t, bits);
    for (uint32_t r = 0; r < p->n_rows; r++)
        for (uint32_t c = 0; c < p->n_channels; c++) {
            const size_t at = p->channels_first ? c * p->n_rows + r : r * p->n_channels + c;
            if (p->kind == SQ_TRACE_INPUT)
                number[at] = value[r * p->n_channels + c];
            else
                spike[at] = (uint8_t)sq_bit_get(bits + r * sq_words_for(p->n_channels), c);
        }
}

static void dump_population(struct sq_npy_dump *dump, uint32_t population)
{
    const struct sq_trace_population *p = &tiny_plan()->population[population];
    const int is_input = p->kind == SQ_TRACE_INPUT;
    struct sq_npy_plan plan = {
        p->name, is_input ? SQ_NPY_I32 : SQ_NPY_U8, TINY_TIMESTEPS, SAMPLES, p->n_dims, {0}};
    struct sq_error err = {0};
    uint8_t spike[TINY_MAX_NEURONS];
    int32_t number[TINY_MAX_NEURONS];
    uint32_t id;
    for (uint32_t i = 0; i < p->n_dims; i++)
        plan.dim[i] = p->dim[i];
    ck_assert_int_eq(sq_npy_dump_add(&err, dump, &plan, &id), SQ_OK);
    for (uint64_t b = 0; b < SAMPLES; b++)
        for (uint32_t t = 0; t < TINY_TIMESTEPS; t++) {
            slab_of(b, population, t, spike, number);
            ck_assert_int_eq(
                sq_npy_dump_write(&err, dump, id, t, b, is_input ? (void *)number : (void *)spike),
                SQ_OK);
        }
}

static void dump_logits(struct sq_npy_dump *dump)
{
    struct sq_error err = {0};
    uint32_t id;
    const struct sq_npy_plan plan = {"logits", SQ_NPY_F32, 0, SAMPLES, 1, {TINY_CLASSES}};
    ck_assert_int_eq(sq_npy_dump_add(&err, dump, &plan, &id), SQ_OK);
    for (uint64_t b = 0; b < SAMPLES; b++) {
        float logits[TINY_CLASSES];
        tiny_logits(SEED, b, logits);
        ck_assert_int_eq(sq_npy_dump_write(&err, dump, id, 0, b, logits), SQ_OK);
    }
}

static void dump_arrays(const char *folder)
{
    struct sq_error err = {0};
    struct sq_npy_dump *dump;
    ck_assert_msg(sq_npy_dump_open(&err, in(folder, "npy"), &dump) == SQ_OK, "%s", err.text);
    for (uint32_t p = 0; p < TINY_POPULATIONS; p++)
        dump_population(dump, p);
    dump_logits(dump);
    ck_assert_int_eq(sq_npy_dump_finish(&err, dump, SAMPLES), SQ_OK);
    sq_npy_dump_free(dump);
}

static void write_digest(const char *folder, const char *name, FILE *to)
{
    struct sq_error err = {0};
    struct sq_trace *trace;
    char digest[SQ_DIGEST_TEXT];
    ck_assert_int_eq(sq_trace_open(&err, in(folder, name), &trace), SQ_OK);
    ck_assert_msg(sq_trace_digest(&err, trace, digest) == SQ_OK, "%s", err.text);
    fprintf(to, "%s\n", digest);
    sq_trace_close(trace);
}

/* Populations of wide.db and their one frame: elements, and what they hold. */
enum { WIDE = 3000, WIDE_LISTED = 9 };
static const struct sq_trace_population wide[2] = {
    {"wide.input", SQ_TRACE_INPUT, WIDE, 1, 1, {WIDE}, 0, 0},
    {"wide.lif", SQ_TRACE_LIF, 2, WIDE / 2, 2, {2, WIDE / 2}, 0, 0.1},
};
static const struct sq_trace_plan wide_plan = {
    .timesteps = 1, .n_samples = 1, .n_populations = 2, .population = wide, .codec = SQ_CODEC_ZLIB};
static const uint16_t listed[WIDE_LISTED] = {0, 255, 256, 511, 1021, 1499, 1500, 1501, 2999};

/* zlib where it is smaller, as the writer of runs does. */
static void pack(struct sq_trace_frame *frame, const unsigned char *plain, size_t size,
                 unsigned char *out)
{
    struct sq_packer *packer;
    ck_assert_int_eq(sq_packer_new(NULL, SQ_CODEC_ZLIB, &packer), SQ_OK);
    frame->size = sq_pack(packer, plain, size, out);
    frame->codec = frame->size > 0 ? SQ_CODEC_ZLIB : SQ_CODEC_NONE;
    frame->data = frame->size > 0 ? out : plain;
    frame->size = frame->size > 0 ? frame->size : size;
    sq_packer_free(packer);
}

static void make_wide(const char *folder)
{
    static unsigned char plain[2][4 * WIDE], out[2][4 * WIDE];
    static uint16_t value[WIDE];
    static uint64_t bits[2 * ((WIDE / 2 + 63) / 64)];
    struct sq_trace_frame frame[2] = {{.population = 0}, {.population = 1}};
    struct sq_error err = {0};
    struct sq_trace_writer *writer;
    for (int i = 0; i < WIDE_LISTED; i++) {
        const size_t row = listed[i] / (WIDE / 2), channel = listed[i] % (WIDE / 2);
        value[listed[i]] = (uint16_t)(1 + 7281 * i);
        sq_bit_set(bits + row * sq_words_for(WIDE / 2), channel);
    }
    size_t size =
        sq_frame_encode_values(value, WIDE, &frame[0].encoding, &frame[0].spikes, plain[0]);
    pack(&frame[0], plain[0], size, out[0]);
    frame[1].spikes = WIDE_LISTED;
    size = sq_frame_encode(&(struct sq_frame_shape){2, WIDE / 2}, bits, WIDE_LISTED,
                           &frame[1].encoding, plain[1]);
    pack(&frame[1], plain[1], size, out[1]);
    ck_assert_int_eq(sq_trace_create(&err, in(folder, "wide.db"), &wide_plan, 0, &writer), SQ_OK);
    const struct sq_trace_sample sample = {.id = 0, .label = -1, .prediction = -1};
    ck_assert_int_eq(sq_trace_put(&err, writer, &sample, frame, 2), SQ_OK);
    ck_assert_int_eq(sq_trace_finish(&err, writer), SQ_OK);
    sq_trace_writer_free(writer);
}

static const char *folder;

/* A test, because what makes tiny traces asserts that it succeeds. */
START_TEST(make_all)
{
    struct sq_trace_plan plan = *tiny_plan();
    mkdir(folder, 0777);
    make(folder, "plain.db", plan, SAMPLES);
    make(folder, "partial.db", plan, 4);
    plan.codec = SQ_CODEC_ZLIB;
    make(folder, "zlib.db", plan, SAMPLES);
    plan.codec = SQ_CODEC_ZSTD;
    make(folder, "zstd.db", plan, SAMPLES);
    plan.codec = SQ_CODEC_NONE;
    plan.detail = SQ_TRACE_COUNTS;
    make(folder, "counts.db", plan, SAMPLES);
    make_changed(folder);
    make_wide(folder);
    dump_arrays(folder);
    FILE *digests = fopen(in(folder, "digests"), "w");
    ck_assert_ptr_nonnull(digests);
    write_digest(folder, "plain.db", digests);
    write_digest(folder, "counts.db", digests);
    write_digest(folder, "wide.db", digests);
    ck_assert_int_eq(fclose(digests), 0);
}
END_TEST

int main(int argc, char **argv)
{
    if (argc != 2)
        return EXIT_FAILURE;
    folder = argv[1];
    Suite *suite = suite_create("test/traces");
    TCase *all = tcase_create("make");
    tcase_add_test(all, make_all);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_SILENT);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
