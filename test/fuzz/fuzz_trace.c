/* Any bytes as a trace: it is refused, or all of it can be read, and a second reading says the
 * same. The first byte says how the rest is meant:
 *
 *   0   the file
 *   1   changes of a sound file, three bytes each: where (two), what is added to the byte there.
 *       Then what is read must be what the sound file holds
 *   2   a frame with a right checksum: which, encoding, codec, spikes (two bytes), data
 *   3   nodes and operations with a right digest: how many of each, then a byte for each of their
 *       columns. The reader takes them exactly where they fit together */
#define _GNU_SOURCE

#include "kernels/base/bits.h"
#include "test/fuzz/fuzz_file.h"
#include "traces/compare/compare.h"
#include "traces/compare/trace_digest.h"
#include "traces/format/checksum.h"
#include "traces/format/graph_check.h"
#include "traces/format/schema.h"
#include "traces/format/store.h"
#include "traces/write/trace_file.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SAMPLES = 3, TIMESTEPS = 2, POPULATIONS = 3, MOST_SPIKES = 64 };

static const struct sq_trace_population population[POPULATIONS] = {
    {"input", SQ_TRACE_INPUT, 6, 2, 3, {2, 2, 3}, 1, 0},
    {"a.proj_lif", SQ_TRACE_LIF, 6, 5, 3, {5, 2, 3}, 1, 1},
    {"b.q_lif", SQ_TRACE_LIF, 4, 70, 2, {4, 70}, 0, 0.5},
};
static const struct sq_trace_node node[] = {
    {"input", "input", "[]", "{}", SQ_TRACE_EDGE_COUNTS, 65535, "", 2, 2, 3, 0},
    {"a.proj_lif", "conv", "[\"input\"]", "{\"kernel\":3}", SQ_TRACE_EDGE_SPIKES, 1, "stem", 5, 2,
     3, 1},
    {"b.q_lif", "linear", "[\"a.proj_lif\"]", "{}", SQ_TRACE_EDGE_SPIKES, 1, "q", 70, 4, 1, 2},
};
static const struct sq_trace_operation operation[] = {
    {"a.proj_conv", "conv", "a.proj_lif", 45, 500, 12, 96, 90, 7},
    {"b.q_linear", "linear", "b.q_lif", 70, 2000, 14, 0, 350, -1},
};
static const struct sq_trace_plan plan = {.timesteps = TIMESTEPS,
                                          .n_samples = SAMPLES,
                                          .n_populations = POPULATIONS,
                                          .n_nodes = sizeof node / sizeof *node,
                                          .n_operations = sizeof operation / sizeof *operation,
                                          .population = population,
                                          .node = node,
                                          .operation = operation};

/* The sound file, and what it says; made once. */
static struct {
    char path[64], other[80];
    uint8_t *bytes;
    size_t size;
    char digest[SQ_DIGEST_TEXT];
    uint64_t spikes[POPULATIONS * TIMESTEPS];
} sound;

static void fill_frame(struct sq_trace_frame *frame, uint64_t id, unsigned char *out)
{
    const struct sq_trace_population *p = &population[frame->population];
    const struct sq_frame_shape shape = {p->n_rows, p->n_channels};
    uint64_t bits[8] = {0};
    uint16_t value[12] = {0};
    frame->data = out;
    if (p->kind == SQ_TRACE_INPUT) {
        value[(id + frame->timestep) % 12] = (uint16_t)(1 + id * 200);
        frame->size = sq_frame_encode_values(value, 12, &frame->encoding, &frame->spikes, out);
        return;
    }
    for (uint32_t i = 0; i < 3 + 20 * frame->timestep; i++)
        sq_bit_set(bits + i % p->n_rows * sq_words_for(p->n_channels),
                   (i * 11 + id) % p->n_channels);
    frame->spikes = sq_popcount(bits, p->n_rows * sq_words_for(p->n_channels));
    frame->size = sq_frame_encode(&shape, bits, frame->spikes, &frame->encoding, out);
}

static void put_sample(struct sq_trace_writer *writer, uint64_t id)
{
    struct sq_trace_frame frame[POPULATIONS * TIMESTEPS];
    unsigned char out[POPULATIONS * TIMESTEPS][64];
    const float logits[2] = {0.5f, (float)id};
    const struct sq_trace_sample sample = {
        .id = id, .label = (int64_t)id - 1, .prediction = 1, .logits = logits, .n_logits = 2};
    for (uint32_t i = 0; i < POPULATIONS * TIMESTEPS; i++) {
        frame[i] = (struct sq_trace_frame){.population = i / TIMESTEPS, .timestep = i % TIMESTEPS};
        fill_frame(&frame[i], id, out[i]);
    }
    must(sq_trace_put(NULL, writer, &sample, frame, POPULATIONS * TIMESTEPS) == SQ_OK);
}

static void save(const uint8_t *bytes, size_t size)
{
    FILE *file = fopen(sound.path, "wb");
    must(file != NULL && fwrite(bytes, 1, size, file) == size && fclose(file) == 0);
}

static void load(void)
{
    FILE *file = fopen(sound.path, "rb");
    must(file != NULL && fseek(file, 0, SEEK_END) == 0);
    sound.size = (size_t)ftell(file);
    rewind(file);
    sound.bytes = malloc(sound.size);
    must(sound.bytes != NULL && fread(sound.bytes, 1, sound.size, file) == sound.size);
    fclose(file);
}

static void remove_files(void)
{
    unlink(sound.path);
    unlink(sound.other);
}

/* Everything that a reader can be asked. SQ_OK, or a refusal that says something. */
static int read_all(struct sq_error *err, char digest[SQ_DIGEST_TEXT], uint64_t *spikes)
{
    struct sq_trace *trace;
    err->text[0] = '\0';
    int status = sq_trace_open(err, sound.path, &trace);
    if (status == SQ_OK) {
        const struct sq_trace_plan *got = sq_trace_plan_of(trace);
        if (got->n_populations * got->timesteps > POPULATIONS * TIMESTEPS)
            status = SQ_EUNSUPPORTED; /* the fuzzer's own sound file: nothing to compare with */
        else
            status = sq_trace_totals(err, trace, spikes);
        if (status == SQ_OK)
            status = sq_trace_digest(err, trace, digest);
        must(status == SQ_EUNSUPPORTED || status == SQ_OK || err->text[0] != '\0');
        sq_trace_close(trace);
    }
    return status;
}

static void make_sound(void)
{
    struct sq_error err = {0};
    struct sq_trace_writer *writer;
    const char *folder = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    snprintf(sound.path, sizeof sound.path, "%s/spikeq-fuzz-%d.db", folder, (int)getpid());
    snprintf(sound.other, sizeof sound.other, "%s-journal", sound.path);
    atexit(remove_files);
    must(sq_trace_create(&err, sound.path, &plan, 1, &writer) == SQ_OK);
    for (uint64_t id = 0; id < SAMPLES; id++)
        put_sample(writer, id);
    must(sq_trace_finish(&err, writer) == SQ_OK);
    sq_trace_writer_free(writer);
    load();
    must(read_all(&err, sound.digest, sound.spikes) == SQ_OK);
}

static void change_bytes(const uint8_t *data, size_t size)
{
    uint8_t *bytes = malloc(sound.size);
    must(bytes != NULL);
    memcpy(bytes, sound.bytes, sound.size);
    for (; size >= 3; data += 3, size -= 3)
        bytes[(data[0] | (size_t)data[1] << 8) % sound.size] += data[2];
    save(bytes, sound.size);
    free(bytes);
}

static void change_frame(const uint8_t *data, size_t size)
{
    struct sq_error err = {0};
    struct sq_store store;
    sqlite3_stmt *update;
    if (size < 5)
        return;
    const struct sq_trace_frame frame = {.encoding = data[1] % SQ_FRAME_ENCODINGS,
                                         .codec = data[2] % SQ_CODECS,
                                         .spikes = data[3] | (uint64_t)data[4] << 8,
                                         .data = data + 5,
                                         .size = size - 5};
    const uint64_t id = data[0] % (SAMPLES * POPULATIONS * TIMESTEPS);
    must(sq_store_open(&err, sound.path, SQ_STORE_WRITE, &store) == SQ_OK);
    must(sq_store_exec(&err, &store, "PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY") ==
         SQ_OK);
    must(sq_store_prepare(&err, &store,
                          "UPDATE frame SET spikes = ?, encoding = ?, codec = ?, checksum = ?, "
                          "data = ? WHERE id = ?",
                          &update) == SQ_OK);
    sqlite3_bind_int64(update, 1, (sqlite3_int64)frame.spikes);
    sqlite3_bind_int64(update, 2, frame.encoding);
    sqlite3_bind_int64(update, 3, frame.codec);
    sqlite3_bind_int64(update, 4, sq_checksum_frame(id, &frame));
    sqlite3_bind_blob64(update, 5, frame.data, frame.size, SQLITE_STATIC);
    sqlite3_bind_int64(update, 6, (sqlite3_int64)id);
    must(sq_store_run(&err, &store, update, "cannot be changed") == SQ_OK);
    sqlite3_finalize(update);
    sq_store_close(&store);
}

/* Bytes that choose what nodes and operations are made of; 0 when they have come to their end. */
struct choices {
    const uint8_t *at, *end;
};

static uint8_t choose(struct choices *choices)
{
    return choices->at < choices->end ? *choices->at++ : 0;
}

static uint64_t choose_number(struct choices *choices)
{
    static const uint64_t number[] = {0,
                                      1,
                                      2,
                                      3,
                                      4,
                                      5,
                                      70,
                                      1024,
                                      1025,
                                      1u << 30,
                                      (1u << 30) + 1,
                                      UINT32_MAX,
                                      SQ_TRACE_MAX_COUNT,
                                      SQ_TRACE_MAX_COUNT + 1,
                                      INT64_MAX,
                                      UINT64_MAX - 1,
                                      UINT64_MAX};
    return number[choose(choices) % (sizeof number / sizeof *number)];
}

static const char *choose_id(struct choices *choices)
{
    static const char *const id[] = {"a.proj_lif", "b.q_lif", "input", "c",    "",
                                     "d",          "x\"y",    "x\\y",  "x\ny", "e"};
    return id[choose(choices) % (sizeof id / sizeof *id)];
}

static const char *choose_inputs(struct choices *choices)
{
    static const char *const inputs[] = {"[]",
                                         "[\"input\"]",
                                         "[\"a.proj_lif\"]",
                                         "[\"input\",\"c\"]",
                                         "[\"c\"]",
                                         "[\"d\",\"c\",\"e\"]",
                                         "",
                                         "[",
                                         "]",
                                         "[\"",
                                         "[\"\"]",
                                         "[\"input\",]",
                                         "[\"input\"]]",
                                         "[[\"input\"]]",
                                         "[\"gone\"]"};
    return inputs[choose(choices) % (sizeof inputs / sizeof *inputs)];
}

static void choose_node(struct choices *choices, struct sq_trace_node *to)
{
    static const char *const parameters[] = {"{}", "{\"kernel\":3}", "", "{", "}{", "[]", "{\n}"};
    snprintf(to->id, sizeof to->id, "%s", choose_id(choices));
    snprintf(to->op, sizeof to->op, "%s", choose(choices) % 8 == 7 ? "" : "conv");
    snprintf(to->roles, sizeof to->roles, "%s", choose(choices) % 8 == 7 ? "\t" : "q");
    to->inputs = choose_inputs(choices);
    to->parameters = parameters[choose(choices) % (sizeof parameters / sizeof *parameters)];
    to->edge = (enum sq_trace_edge)(choose(choices) % (SQ_TRACE_EDGES + 1));
    to->max_value = choose_number(choices);
    to->channels = (uint32_t)choose_number(choices);
    to->height = (uint32_t)choose_number(choices);
    to->width = (uint32_t)choose_number(choices);
    to->population = (int64_t)choose_number(choices);
}

static void choose_operation(struct choices *choices, struct sq_trace_operation *to)
{
    snprintf(to->name, sizeof to->name, "%s", choose_id(choices));
    snprintf(to->kind, sizeof to->kind, "%s", choose(choices) % 8 == 7 ? "" : "linear");
    snprintf(to->node, sizeof to->node, "%s", choose_id(choices));
    to->fan_out = choose_number(choices);
    to->dense = choose_number(choices);
    to->adder_bits = (uint32_t)choose_number(choices);
    to->factor_bits = (uint32_t)choose_number(choices);
    to->weights = choose_number(choices);
    to->weight_zeros = (int64_t)choose_number(choices);
}

/* The file that a plan makes is taken exactly where its nodes and operations fit together. */
static void write_graph(const uint8_t *data, size_t size)
{
    struct sq_error err = {0};
    struct sq_trace *trace;
    struct choices choices = {data, data + size};
    struct sq_trace_node nodes[8] = {0};
    struct sq_trace_operation operations[8] = {0};
    struct sq_trace_plan graph = plan;
    graph.n_nodes = choose(&choices) % 8;
    graph.n_operations = choose(&choices) % 8;
    graph.node = nodes;
    graph.operation = operations;
    for (size_t i = 0; i < graph.n_nodes; i++)
        choose_node(&choices, &nodes[i]);
    for (size_t i = 0; i < graph.n_operations; i++)
        choose_operation(&choices, &operations[i]);
    unlink(sound.path);
    must(sq_trace_file_make(&err, sound.path, &graph) == SQ_OK);
    const int fits = sq_trace_check_graph(&err, sound.path, SQ_EFORMAT, &graph) == SQ_OK;
    const int status = sq_trace_open(&err, sound.path, &trace);
    must((status == SQ_OK) == fits && (fits || strchr(err.text, '\n') == NULL));
    if (status == SQ_OK)
        sq_trace_close(trace);
}

/* Whatever may be opened compares equal with itself, or is refused. */
static void compare_with_itself(void)
{
    struct sq_error err = {0};
    struct sq_trace *a = NULL, *b = NULL;
    struct sq_comparison found;
    const struct sq_compare_options all = {.samples = {0, INT64_MAX}};
    if (sq_trace_open(&err, sound.path, &a) == SQ_OK &&
        sq_trace_open(&err, sound.path, &b) == SQ_OK &&
        sq_compare(&err, a, b, &all, &found) == SQ_OK) {
        must(sq_comparison_is_equal(&found));
        sq_comparison_free(&found);
    }
    sq_trace_close(a);
    sq_trace_close(b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sq_error first = {0}, again = {0};
    char digest[SQ_DIGEST_TEXT], digest_again[SQ_DIGEST_TEXT];
    uint64_t spikes[POPULATIONS * TIMESTEPS];
    if (sound.bytes == NULL)
        make_sound();
    if (size == 0)
        return 0;
    const int how = data[0] % 4;
    save(how == 0 ? data + 1 : sound.bytes, how == 0 ? size - 1 : sound.size);
    if (how == 1)
        change_bytes(data + 1, size - 1);
    if (how == 2)
        change_frame(data + 1, size - 1);
    if (how == 3)
        write_graph(data + 1, size - 1);
    const int status = read_all(&first, digest, spikes);
    must(read_all(&again, digest_again, spikes) == status);
    must(strcmp(first.text, again.text) == 0);
    must(status != SQ_OK || strcmp(digest, digest_again) == 0);
    if (how == 1 && status == SQ_OK)
        must(strcmp(digest, sound.digest) == 0 && memcmp(spikes, sound.spikes, sizeof spikes) == 0);
    compare_with_itself();
    return 0;
}
