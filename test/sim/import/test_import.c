/* Theorem: what was recorded, written as arrays and imported again, is the same trace. And what
 * does not fit the configuration is named. */
#include "kernels/base/bits.h"
#include "sim/api/calls.h"
#include "sim/api/context.h"
#include "sim/import/import.h"
#include "sim/import/import_kind.h"
#include "sim/record/trace_plan.h"
#include "test/support/test_context.h"
#include "test/support/zip_writer.h"
#include "test/traces/files/make_array.h"
#include "traces/compare/trace_digest.h"

#include <inttypes.h>

/* One network of each layout: 1 block, as small as layouts allow. */
static const char *const config_text[] = {
    "{\"layout\":\"cifar10\",\"depth\":1,\"dim\":16,\"heads\":2,\"mlp_hidden\":24,\"T\":2,"
    "\"in_channels\":1,\"image_height\":8,\"image_width\":8,\"classes\":3}",
    "{\"layout\":\"imagenet\",\"depth\":1,\"dim\":16,\"heads\":2,\"mlp_hidden\":24,\"T\":2,"
    "\"in_channels\":1,\"image_height\":16,\"image_width\":32,\"classes\":3}",
    "{\"layout\":\"cifar10dvs\",\"depth\":1,\"dim\":16,\"heads\":2,\"mlp_hidden\":24,\"T\":2,"
    "\"in_channels\":2,\"image_height\":32,\"image_width\":16,\"classes\":3}",
};

enum { LAYOUTS = 3, N_SAMPLES = 3, CLASSES = 3 };

/* Import, with what can be wrong overridden. */
static int import(const char *source, const char *trace, const char *config,
                  struct sq_import_choices *more)
{
    struct sq_import_choices options = more != NULL ? *more : (struct sq_import_choices){0};
    options.source = source;
    options.trace = trace;
    options.config = config;
    return sq_api_import(ctx, &options);
}

/* The recording's definition: a value of population number p. */
static uint16_t value_of(const struct sq_trace_population *p, uint32_t number, uint64_t sample,
                         uint32_t t, uint64_t i)
{
    struct sq_rng rng = {number * 7919u + sample * 104729u + t * 1299709u + i};
    const uint64_t draw = sq_rng_next(&rng) >> 8;
    return p->kind == SQ_TRACE_INPUT ? (uint16_t)(draw % 5 * (draw % 3 == 0)) : draw % 4 == 0;
}

/* One array as .npy bytes: uint8 spikes, or int32 counts. */
static size_t make_array(const struct sq_trace_population *p, uint32_t number,
                         const uint64_t ids[N_SAMPLES], unsigned char *out)
{
    static unsigned char data[1 << 20];
    const size_t neurons = sq_trace_neurons(p), item = p->kind == SQ_TRACE_INPUT ? 4 : 1;
    char dictionary[118], shape[48];
    snprintf(shape, sizeof shape, "(2, %d, %u, %u, ", N_SAMPLES, (unsigned)p->dim[0],
             (unsigned)p->dim[1]);
    if (p->n_dims == 3)
        snprintf(shape + strlen(shape), 8, "%u", (unsigned)p->dim[2] % 1000);
    snprintf(dictionary, sizeof dictionary,
             "{'descr': '%s', 'fortran_order': False, 'shape': %s), }", item == 4 ? "<i4" : "|u1",
             shape);
    ck_assert_uint_le(2 * N_SAMPLES * neurons * item, sizeof data);
    memset(data, 0, sizeof data);
    for (uint32_t t = 0; t < 2; t++)
        for (uint32_t b = 0; b < N_SAMPLES; b++)
            for (size_t i = 0; i < neurons; i++)
                data[((t * N_SAMPLES + b) * neurons + i) * item] =
                    (unsigned char)value_of(p, number, ids[b], t, i);
    return make_npy(out, dictionary, data, 2 * N_SAMPLES * neurons * item);
}

/* The graph tells names and shapes. */
static struct sq_network *network_of(const char *path)
{
    struct sq_config config;
    struct sq_network *network;
    struct sq_error err = {0};
    expect_ok(&err, sq_config_load(&err, "", path, &config));
    expect_ok(&err, sq_network_without_weights(&err, &config, &network));
    return network;
}

static struct sq_trace_population population_of(const struct sq_node *node)
{
    struct sq_trace_population p = {.kind =
                                        node->kind == SQ_NODE_INPUT ? SQ_TRACE_INPUT : SQ_TRACE_LIF,
                                    .n_rows = node->shape.n_rows,
                                    .n_channels = node->shape.n_channels,
                                    .channels_first = node->axes != SQ_AXES_NC,
                                    .n_dims = node->axes == SQ_AXES_CHW ? 3 : 2};
    strcpy(p.name, node->name);
    p.dim[0] = node->axes == SQ_AXES_NC ? p.n_rows : p.n_channels;
    p.dim[1] = node->axes == SQ_AXES_NC   ? p.n_channels
               : node->axes == SQ_AXES_CN ? p.n_rows
                                          : node->height;
    p.dim[2] = node->axes == SQ_AXES_CHW ? node->width : 0;
    return p;
}

static const uint64_t ids[N_SAMPLES] = {0, 4, 5};
static const int64_t labels[N_SAMPLES] = {2, -1, 0};
static const float logits[N_SAMPLES][CLASSES] = {{1, 3, 3}, {-1, -2, -3}, {0, 0, 1}};

/* An archive of the whole recording but the node `without`. */
static const char *make_archive(const struct sq_network *network, const char *without)
{
    static unsigned char npy[1 << 20];
    const struct zip_member deflated = {.deflate = 1};
    struct bytes file = {0};
    struct zip_writer writer = {.out = &file};
    for (uint32_t i = (uint32_t)network->n_nodes; i-- > 0;) { /* not in the data's order */
        const struct sq_node *node = &network->node[i];
        const struct sq_trace_population p = population_of(node);
        char name[SQ_NAME_BYTES + 8];
        if (!sq_trace_may_hold(network, node) || strcmp(node->name, without) == 0)
            continue;
        snprintf(name, sizeof name, "%s.npy", node->name);
        zip_writer_add(&writer, name, npy, make_array(&p, i, ids, npy), i % 2 ? &deflated : NULL);
    }
    size_t n = make_npy(npy, "{'descr': '<i8', 'fortran_order': False, 'shape': (3,), }", ids, 24);
    zip_writer_add(&writer, "samples.npy", npy, n, NULL);
    n = make_npy(npy, "{'descr': '<i8', 'fortran_order': False, 'shape': (3,), }", labels, 24);
    zip_writer_add(&writer, "labels.npy", npy, n, NULL);
    n = make_npy(npy, "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 3), }", logits, 36);
    zip_writer_add(&writer, "logits.npy", npy, n, NULL);
    zip_writer_end(&writer);
    const char *path = temp_write("x.npz", file.data, file.n);
    bytes_free(&file);
    return path;
}

static struct sq_trace *open_trace(const char *path)
{
    struct sq_error err = {0};
    struct sq_trace *trace;
    expect_ok(&err, sq_trace_open(&err, path, &trace));
    return trace;
}

static void check_frame(struct sq_trace *trace, uint32_t number, uint64_t sample, uint32_t p,
                        uint32_t t)
{
    static unsigned char scratch[1 << 18];
    static uint64_t bits[1 << 15];
    static uint16_t value[1 << 15];
    const struct sq_trace_population *of = &sq_trace_plan_of(trace)->population[p];
    const struct sq_trace_place where = {"x", sample};
    const size_t words = sq_words_for(of->n_channels);
    struct sq_trace_frame frame;
    struct sq_error err = {0};
    ck_assert_int_eq(sq_trace_frame(&err, trace, sample, p, t, &frame), 1);
    expect_ok(&err, of->kind == SQ_TRACE_INPUT
                        ? sq_trace_decode_values(&err, &where, of, &frame, scratch, value)
                        : sq_trace_decode(&err, &where, of, &frame, scratch, bits));
    for (size_t i = 0; i < sq_trace_neurons(of); i++) {
        const size_t row = of->channels_first ? i % of->n_rows : i / of->n_channels;
        const size_t channel = of->channels_first ? i / of->n_rows : i % of->n_channels;
        const uint16_t got = of->kind == SQ_TRACE_INPUT
                                 ? value[row * of->n_channels + channel]
                                 : (uint16_t)sq_bit_get(bits + row * words, channel);
        ck_assert_uint_eq(got, value_of(of, number, sample, t, i));
    }
}

static void check_population(const struct sq_trace_population *got, const struct sq_node *node)
{
    const struct sq_trace_population want = population_of(node);
    ck_assert_str_eq(got->name, want.name);
    ck_assert_int_eq(got->kind, want.kind);
    ck_assert_int_eq(got->channels_first, want.channels_first);
    ck_assert_uint_eq(got->n_rows, want.n_rows);
    ck_assert_uint_eq(got->n_dims, want.n_dims);
    ck_assert_mem_eq(got->dim, want.dim, want.n_dims * sizeof want.dim[0]);
    ck_assert_double_eq(got->threshold, (double)node->threshold);
}

/* Every frame of every population, in the order of the data's way. */
static void check_trace(const char *path, const struct sq_network *network)
{
    struct sq_trace *trace = open_trace(path);
    struct sq_trace_sample sample;
    struct sq_error err = {0};
    uint32_t p = 0;
    ck_assert_int_eq(sq_trace_seek(&err, trace, 0), SQ_OK);
    for (int b = 0; b < N_SAMPLES; b++) {
        ck_assert_int_eq(sq_trace_next(&err, trace, &sample), 1);
        ck_assert_uint_eq(sample.id, ids[b]);
        ck_assert_int_eq(sample.label, labels[b]);
        ck_assert_int_eq(sample.prediction, b == 0 ? 1 : b == 1 ? 0 : 2);
        ck_assert_mem_eq(sample.logits, logits[b], sizeof logits[b]);
    }
    ck_assert_int_eq(sq_trace_next(&err, trace, &sample), 0);
    for (uint32_t i = 0; i < network->n_nodes; i++) {
        if (!sq_trace_may_hold(network, &network->node[i]))
            continue;
        check_population(&sq_trace_plan_of(trace)->population[p], &network->node[i]);
        for (int b = 0; b < N_SAMPLES; b++)
            for (uint32_t t = 0; t < 2; t++)
                check_frame(trace, i, ids[b], p, t);
        p++;
    }
    ck_assert_uint_eq(p, sq_trace_plan_of(trace)->n_populations);
    ck_assert_uint_eq(sq_trace_plan_of(trace)->n_synapses, network->n_synapses + 1);
    ck_assert_str_eq(sq_trace_meta(trace, "arith"), "recorded elsewhere");
    ck_assert_ptr_nonnull(strstr(sq_trace_meta(trace, "config"), "\"dim\":16"));
    sq_trace_close(trace);
}

static void digest_of(const char *path, char text[SQ_DIGEST_TEXT])
{
    struct sq_error err = {0};
    struct sq_trace *trace = open_trace(path);
    expect_ok(&err, sq_trace_digest(&err, trace, text));
    sq_trace_close(trace);
}

START_TEST(arrays_become_a_trace)
{
    char config[256], trace[256], first[SQ_DIGEST_TEXT], second[SQ_DIGEST_TEXT];
    snprintf(config, sizeof config, "%s", temp_text("c.json", config_text[_i]));
    snprintf(trace, sizeof trace, "%s", temp_path("t.db"));
    struct sq_network *network = network_of(config);
    const char *archive = make_archive(network, "");
    struct spikeq_import_summary summary = {.size = sizeof summary};
    struct sq_import_choices more = {.summary = &summary};
    ck_assert_msg(import(archive, trace, config, &more) == SPIKEQ_OK, "%s", spikeq_error_text(ctx));
    ck_assert_uint_eq(summary.n_samples, N_SAMPLES);
    check_trace(trace, network);
    digest_of(trace, first);
    for (int codec = 0; codec < 2; codec++) {
        more = (struct sq_import_choices){.force = 1, .codec = codec == 0 ? "zlib" : "zstd"};
        ck_assert_int_eq(import(archive, trace, config, &more), SPIKEQ_OK);
        check_trace(trace, network);
        digest_of(trace, second);
        ck_assert_str_eq(first, second);
    }
    sq_network_free(network);
    unlink(trace);
}
END_TEST

/* The same as event lists: input events come as often as they count. */
static const char *make_csv(const struct sq_network *network)
{
    FILE *file = fopen(temp_path("x.csv"), "w");
    fputs("sample,timestep,population,index\n", file);
    for (int b = 0; b < N_SAMPLES; b++)
        for (uint32_t i = 0; i < network->n_nodes; i++) {
            const struct sq_trace_population p = population_of(&network->node[i]);
            if (!sq_trace_may_hold(network, &network->node[i]))
                continue;
            for (uint32_t t = 0; t < 2; t++)
                for (uint64_t k = 0; k < sq_trace_neurons(&p); k++)
                    for (uint16_t n = value_of(&p, i, ids[b], t, k); n > 0; n--)
                        fprintf(file, "%" PRIu64 ",%u,%s,%" PRIu64 "\n", ids[b], t, p.name, k);
        }
    fclose(file);
    return temp_path("x.csv");
}

START_TEST(events_give_the_same_frames)
{
    char config[256], trace[256];
    snprintf(config, sizeof config, "%s", temp_text("c.json", config_text[_i]));
    snprintf(trace, sizeof trace, "%s", temp_path("t.db"));
    struct sq_network *network = network_of(config);
    ck_assert_msg(import(make_csv(network), trace, config, NULL) == SPIKEQ_OK, "%s",
                  spikeq_error_text(ctx));
    struct sq_trace *got = open_trace(trace);
    uint32_t p = 0;
    for (uint32_t i = 0; i < network->n_nodes; i++)
        if (sq_trace_may_hold(network, &network->node[i])) {
            check_population(&sq_trace_plan_of(got)->population[p], &network->node[i]);
            for (uint32_t t = 0; t < 2; t++)
                check_frame(got, i, ids[1], p, t);
            p++;
        }
    sq_trace_close(got);
    sq_network_free(network);
    unlink(trace);
}
END_TEST

/* A folder of arrays that fit the first network, and one that is wrong. */
static const struct {
    const char *name, *shape, *says;
    size_t size;
} wrong[] = {
    {"block.0.attn.q_lif", "(2, 3, 4, 15)",
     "block.0.attn.q_lif has shape [2,3,4,15], config c expects [2,3,4,16]", 360},
    {"block.0.attn.q_lif", "(2, 3, 16, 4)",
     "block.0.attn.q_lif has shape [2,3,16,4], config c expects [2,3,4,16]", 384},
    {"block.0.attn.q_lif", "(2, 3, 64)",
     "block.0.attn.q_lif has shape [2,3,64], config c expects [2,3,4,16]", 384},
    {"block.0.attn.q_lif", "(3, 2, 4, 16)",
     "block.0.attn.q_lif has shape [3,2,4,16], config c expects [2,2,4,16]", 384},
    {"block.1.attn.q_lif", "(2, 3, 4, 16)", "block.1.attn.q_lif is not a population of config c",
     384},
    {"block.0.in", "(2, 3, 4, 16)", "block.0.in is not a population of config c", 384},
    {"input", "(2, 3, 1, 8, 8)", "input is not a population of config c", 384},
    {"block.0.attn.q_lif", "(2, 3, 4, 16)",
     "population patch_embed.proj_lif of config c is missing; partial", 384},
};

START_TEST(what_does_not_fit_is_named)
{
    static const char zeros[400];
    struct sq_import_choices more = {.partial = _i != 7};
    char name[64], config[256];
    snprintf(config, sizeof config, "%s", temp_text("c.json", config_text[0]));
    mkdir(temp_path("d"), 0777);
    snprintf(name, sizeof name, "d/%s.npy", wrong[_i].name);
    write_npy(name, "|u1", wrong[_i].shape, zeros, wrong[_i].size);
    ck_assert_int_eq(import(temp_path("d"), temp_path("t.db"), config, &more), SPIKEQ_ESHAPE);
    ck_assert_msg(strstr(spikeq_error_text(ctx), wrong[_i].says) != NULL, "%s",
                  spikeq_error_text(ctx));
    ck_assert_int_ne(access(temp_path("t.db"), F_OK), 0);
    temp_remove_tree(temp_path("d"));
}
END_TEST

/* A value that is no spike, in the last sample: nothing stays, an older trace does. */
START_TEST(an_import_is_whole_or_not_there)
{
    unsigned char data[1000] = {0};
    char config[256], trace[256];
    struct sq_import_choices more = {.partial = 1};
    snprintf(config, sizeof config, "%s", temp_text("c.json", config_text[0]));
    snprintf(trace, sizeof trace, "%s", temp_path("t.db"));
    mkdir(temp_path("d"), 0777);
    for (int good = 0; good < 2; good++) {
        const size_t n = 2 * 200;
        char shape[] = "(2, 200, 4, 16)";
        unsigned char *all = calloc(n, 64);
        all[n * 64 - 1] = good ? 1 : 2;
        write_npy("d/block.0.attn.q_lif.npy", "|u1", shape, all, n * 64);
        free(all);
        ck_assert_int_eq(import(temp_path("d"), trace, config, &more),
                         good ? SPIKEQ_OK : SPIKEQ_EVALUE);
        ck_assert_int_eq(access(trace, F_OK) == 0, good);
    }
    write_npy("d/block.0.attn.q_lif.npy", "|u1", "(2, 1, 4, 16)", data, 128);
    ck_assert_int_eq(import(temp_path("d"), trace, config, &more), SPIKEQ_EUSAGE);
    ck_assert_ptr_nonnull(strstr(spikeq_error_text(ctx), "already exists"));
    data[5] = 7;
    write_npy("d/block.0.attn.q_lif.npy", "|u1", "(2, 1, 4, 16)", data, 128);
    more.force = 1;
    ck_assert_int_eq(import(temp_path("d"), trace, config, &more), SPIKEQ_EVALUE);
    struct sq_trace *kept = open_trace(trace);
    ck_assert_uint_eq(sq_trace_n_samples(kept), 200);
    sq_trace_close(kept);
    ck_assert_int_ne(access(temp_path("t.db.partial"), F_OK), 0);
    temp_remove_tree(temp_path("d"));
    unlink(trace);
}
END_TEST

/* An index and a timestep may be bounded each and the sample still too large. */
START_TEST(a_sample_is_bounded)
{
    const char *source = temp_text("x.csv", "sample,timestep,population,index\n"
                                            "0,65535,a,1073741823\n");
    ck_assert_int_eq(import(source, temp_path("t.db"), NULL, NULL), SPIKEQ_EUNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(spikeq_error_text(ctx), "more than 1 GiB a sample"));
    source = temp_text("x.csv", "sample,timestep,population,index\n9223372036854775807,9,a,1\n");
    ck_assert_int_eq(import(source, temp_path("t.db"), NULL, NULL), SPIKEQ_EVALUE);
    ck_assert_ptr_nonnull(
        strstr(spikeq_error_text(ctx), "sample 9223372036854775807, expected a number from 0 to"));
    ck_assert_int_ne(access(temp_path("t.db"), F_OK), 0);
}
END_TEST

START_TEST(ids_ascend)
{
    const int64_t id[3] = {1, 1 + _i, 3};
    mkdir(temp_path("d"), 0777);
    write_npy("d/a.npy", "|u1", "(1, 3, 1)", "\0\1\0", 3);
    write_npy("d/samples.npy", "<i8", "(3,)", id, sizeof id);
    ck_assert_int_eq(import(temp_path("d"), temp_path("t.db"), NULL, NULL),
                     _i == 0 ? SPIKEQ_EVALUE : SPIKEQ_OK);
    ck_assert_int_eq(access(temp_path("t.db"), F_OK) == 0, _i);
    unlink(temp_path("t.db"));
    temp_remove_tree(temp_path("d"));
}
END_TEST

static const struct {
    const char *name, *content, *format; /* NULL: none */
} kinds[] = {
    {"a.csv", "sample,timestep,population,index\n0,0,a,1\n", "csv"},
    {"a.h5", "\x89HDF\r\n\x1a\n", "sonata"},
    {"a.pkl", "\x80\x04]", "prosperity"},
    {"a.npz", "PK\3\4", "npz"},
    {"a.npy", "\x93NUMPY\1", NULL},
    {"a.bs1", "\1\2\x80\3\4", "bs1"},
    {"a.BS1", "\x80\2\x80\3\4", "bs1"},
    {"zstd.bs1", "\x28\xb5\x2f\xfd", NULL},
    {"mark.csv", "\xef\xbb\xbf\"sample\",\"timestep\",\"population\",\"index\"\n", "csv"},
    {"a.txt", "10 1 2 1\n", NULL},
    {"empty", "", NULL},
};

START_TEST(an_array_is_a_raster_by_its_shape)
{
    const unsigned char spikes[6] = {0, 1, 0, 0, 1, 1};
    struct sq_import_kind kind;
    ck_assert(sq_import_kind_of(write_npy("a.npy", "|u1", "(2, 3)", spikes, 6), &kind));
    ck_assert_str_eq(kind.format, "npy");
    ck_assert_str_eq(kind.options, "--population NAME");
    ck_assert(!sq_import_kind_of(write_npy("a.npy", "|u1", "(6,)", spikes, 6), &kind));
    ck_assert(!sq_import_kind_of(write_npy("a.npy", "|u1", "(2, 3)", spikes, 5), &kind));
}
END_TEST

START_TEST(a_file_says_what_import_takes_it_for)
{
    struct sq_import_kind kind;
    const char *path = temp_text(kinds[_i].name, kinds[_i].content);
    ck_assert_int_eq(sq_import_kind_of(path, &kind), kinds[_i].format != NULL);
    if (kinds[_i].format != NULL)
        ck_assert_str_eq(kind.format, kinds[_i].format);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("sim/import");
    TCase *t = tcase_create("import");
    tcase_set_timeout(t, 60);
    tcase_add_unchecked_fixture(t, temp_make, temp_remove);
    tcase_add_checked_fixture(t, make_context, free_context);
    tcase_add_loop_test(t, arrays_become_a_trace, 0, LAYOUTS);
    tcase_add_loop_test(t, events_give_the_same_frames, 0, LAYOUTS);
    tcase_add_loop_test(t, what_does_not_fit_is_named, 0, sizeof wrong / sizeof wrong[0]);
    tcase_add_test(t, an_import_is_whole_or_not_there);
    tcase_add_test(t, a_sample_is_bounded);
    tcase_add_loop_test(t, ids_ascend, 0, 2);
    tcase_add_test(t, an_array_is_a_raster_by_its_shape);
    tcase_add_loop_test(t, a_file_says_what_import_takes_it_for, 0, sizeof kinds / sizeof kinds[0]);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
