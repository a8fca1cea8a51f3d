/* spikeq_export() as its user sees it: what NumPy and h5py read is what was recorded. The arrays
 * are checked by test/sim/api/check_export.py, which is independent of this code. */
#include "sim/api/calls.h"

#include "kernels/base/bits.h"
#include "test/support/random_trace.h"
#include "test/support/tiny_trace.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/spikeq-export-XXXXXX", trace[64];
static spikeq_ctx *ctx;

enum { SEED = 3, N_SAMPLES = 7 };

static void make_folder(void)
{
    strcpy(folder + sizeof folder - 7, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(trace, sizeof trace, "%s/a.db", folder);
    ck_assert_int_eq(spikeq_ctx_new(&ctx), SPIKEQ_OK);
}

static void remove_folder(void)
{
    char command[80];
    spikeq_ctx_free(ctx);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
}

static int export_as(const char *to, const char *name, const char *populations, const char *samples)
{
    char out[96];
    snprintf(out, sizeof out, "%s/%s", folder, name);
    return sq_api_export(
        ctx,
        &(struct sq_export_choices){
            .trace = trace, .to = to, .out = out, .populations = populations, .samples = samples});
}

/* Run the checks of one kind in Python; the test is skipped where its modules are missing: 0. */
static int check_by_python(const char *what)
{
    static const char *const python[] = {"python3", "/usr/bin/python3"};
    char command[160];
    for (size_t i = 0; i < 2; i++) {
        snprintf(command, sizeof command, "%s -c 'import numpy, h5py' 2>/dev/null", python[i]);
        if (system(command) != 0)
            continue;
        snprintf(command, sizeof command, "%s test/sim/api/check_export.py %s %s", python[i], what,
                 folder);
        ck_assert_int_eq(system(command), 0);
        return 1;
    }
    sq_skip("what Python reads of an export: no python3 with numpy and h5py");
    return 0;
}

/* The nonzeros of population p as int32 [T,B,dim...], raw: FOLDER/NAME.want. */
static void write_wanted(uint32_t number)
{
    const struct sq_trace_population *p = &tiny_plan()->population[number];
    char path[160];
    snprintf(path, sizeof path, "%s/%s.want", folder, p->name);
    FILE *file = fopen(path, "wb");
    for (uint32_t t = 0; t < TINY_TIMESTEPS; t++)
        for (uint64_t b = 0; b < N_SAMPLES; b++) {
            uint64_t bits[TINY_MAX_NEURONS];
            uint16_t value[TINY_MAX_NEURONS];
            if (p->kind == SQ_TRACE_INPUT)
                tiny_values(SEED, b, t, value);
            else
                tiny_bits(SEED, b, number, t, bits);
            for (uint32_t i = 0; i < p->n_rows * p->n_channels; i++) {
                const uint32_t row = p->channels_first ? i % p->n_rows : i / p->n_channels;
                const uint32_t channel = p->channels_first ? i / p->n_rows : i % p->n_channels;
                const int32_t element =
                    p->kind == SQ_TRACE_INPUT
                        ? value[row * p->n_channels + channel]
                        : sq_bit_get(bits + row * sq_words_for(p->n_channels), channel);
                fwrite(&element, sizeof element, 1, file);
            }
        }
    fclose(file);
}

START_TEST(others_read_what_was_recorded)
{
    static const char *const format[] = {"npz", "csv", "hdf5", "aer"};
    char name[16];
    tiny_trace(trace, NULL, SEED, N_SAMPLES);
    for (uint32_t p = 0; p < TINY_POPULATIONS; p++)
        write_wanted(p);
    for (size_t i = 0; i < sizeof format / sizeof format[0]; i++) {
        snprintf(name, sizeof name, "a.%s", format[i]);
        ck_assert_msg(export_as(format[i], name, NULL, NULL) == SPIKEQ_OK, "%s",
                      spikeq_error_text(ctx));
        snprintf(name, sizeof name, "some.%s", format[i]);
        ck_assert_int_eq(export_as(format[i], name, "a.*,input", "2:5"), SPIKEQ_OK);
    }
    if (check_by_python("whole"))
        check_by_python("some");
}
END_TEST

/* Two blocks: the first with tokens before channels, the second as convolutions have them. Sizes
 * are odd, so that pooling meets every edge. */
static const struct sq_trace_population spikformer[] = {
    {"patch_embed.proj_lif", SQ_TRACE_LIF, 195, 2, 3, {2, 15, 13}, 1, 1},
    {"patch_embed.proj_lif1", SQ_TRACE_LIF, 195, 4, 3, {4, 15, 13}, 1, 1},
    {"patch_embed.proj_lif2", SQ_TRACE_LIF, 195, 8, 3, {8, 15, 13}, 1, 1},
    {"patch_embed.proj_lif3", SQ_TRACE_LIF, 56, 16, 3, {16, 8, 7}, 1, 1},
    {"patch_embed.rpe_lif", SQ_TRACE_LIF, 16, 16, 3, {16, 4, 4}, 1, 1},
    {"block.0.attn.q_lif", SQ_TRACE_LIF, 16, 16, 2, {16, 16}, 0, 1},
    {"block.0.attn.k_lif", SQ_TRACE_LIF, 16, 16, 2, {16, 16}, 0, 1},
    {"block.0.attn.v_lif", SQ_TRACE_LIF, 16, 16, 2, {16, 16}, 0, 1},
    {"block.0.attn.attn_lif", SQ_TRACE_LIF, 16, 16, 2, {16, 16}, 0, 0.5},
    {"block.0.attn.proj_lif", SQ_TRACE_LIF, 16, 16, 2, {16, 16}, 0, 1},
    {"block.0.mlp.fc1_lif", SQ_TRACE_LIF, 16, 64, 2, {16, 64}, 0, 1},
    {"block.0.mlp.fc2_lif", SQ_TRACE_LIF, 16, 16, 2, {16, 16}, 0, 1},
    {"block.1.attn.q_lif", SQ_TRACE_LIF, 16, 16, 2, {16, 16}, 1, 1},
    {"block.1.attn.k_lif", SQ_TRACE_LIF, 16, 16, 2, {16, 16}, 1, 1},
    {"block.1.attn.v_lif", SQ_TRACE_LIF, 16, 16, 2, {16, 16}, 1, 1},
    {"block.1.attn.attn_lif", SQ_TRACE_LIF, 16, 16, 2, {16, 16}, 1, 0.5},
    {"block.1.attn.proj_lif", SQ_TRACE_LIF, 16, 16, 3, {16, 4, 4}, 1, 1},
    {"block.1.mlp.fc1_lif", SQ_TRACE_LIF, 16, 64, 3, {64, 4, 4}, 1, 1},
    {"block.1.mlp.fc2_lif", SQ_TRACE_LIF, 16, 16, 3, {16, 4, 4}, 1, 1},
};

enum { N_POPULATIONS = sizeof spikformer / sizeof spikformer[0] };

/* What each population is, by its name: the part before "_lif", and the number of the block. */
static void name_node(const struct sq_trace_population *p, size_t number, char parameters[32],
                      struct sq_trace_node *node)
{
    const char *dot = strrchr(p->name, '.');
    int block = -1;
    snprintf(node->id, sizeof node->id, "%.100s", p->name);
    snprintf(node->op, sizeof node->op, "neuron");
    snprintf(node->roles, sizeof node->roles, "%.*s", (int)strcspn(dot + 1, "_"), dot + 1);
    if (sscanf(p->name, "block.%d.", &block) != 1)
        snprintf(node->roles, sizeof node->roles, "%s", dot[1] == 'r' ? "position" : "stem");
    else if (strcmp(node->roles, "attn") == 0)
        snprintf(node->roles, sizeof node->roles, "attention");
    snprintf(parameters, 32, block >= 0 ? "{\"block\":%d}" : "{}", block);
    node->inputs = "[]";
    node->parameters = parameters;
    node->population = (int64_t)number;
    node->channels = p->n_channels;
    node->height = p->n_dims == 3 ? (uint32_t)p->dim[1] : 1;
    node->width = p->n_rows / node->height;
    node->max_value = 1;
}

/* heads 0: the trace does not say how many there are. */
static void write_spikformer(int heads)
{
    static struct sq_trace_node node[N_POPULATIONS + 1];
    static char parameters[N_POPULATIONS + 1][32];
    for (size_t i = 0; i < N_POPULATIONS; i++)
        name_node(&spikformer[i], i, parameters[i], &node[i]);
    snprintf(parameters[N_POPULATIONS], sizeof parameters[0], "{\"heads\":%d}", heads);
    node[N_POPULATIONS] = (struct sq_trace_node){.id = "ssa",
                                                 .op = "attend",
                                                 .inputs = "[]",
                                                 .parameters = parameters[N_POPULATIONS],
                                                 .population = -1};
    const struct sq_trace_plan plan = {.timesteps = 3,
                                       .n_samples = 2,
                                       .n_populations = N_POPULATIONS,
                                       .population = spikformer,
                                       .n_nodes = N_POPULATIONS + (heads > 0),
                                       .node = node};
    random_trace(trace, &plan, 21, 2);
}

START_TEST(prosperity_gets_what_enters_each_layer)
{
    write_spikformer(4);
    ck_assert_msg(export_as("prosperity", "p.npz", NULL, "1") == SPIKEQ_OK, "%s",
                  spikeq_error_text(ctx));
    ck_assert_int_eq(export_as("npz", "a.npz", NULL, "1"), SPIKEQ_OK);
    ck_assert_int_eq(export_as("prosperity", "part.npz", "*.mlp.*,*.proj_lif?", "1"), SPIKEQ_OK);
    check_by_python("prosperity");
}
END_TEST

START_TEST(prosperity_is_refused_what_it_cannot_have)
{
    write_spikformer(4);
    ck_assert_int_eq(export_as("prosperity", "p.npz", NULL, NULL), SPIKEQ_EUSAGE);
    ck_assert_ptr_nonnull(strstr(spikeq_error_text(ctx), "2 samples are selected"));
    ck_assert_int_eq(export_as("prosperity", "p.npz", "*.fc2_lif", "0"), SPIKEQ_EUNSUPPORTED);
    write_spikformer(5);
    ck_assert_int_eq(export_as("prosperity", "p.npz", NULL, "0"), SPIKEQ_ESHAPE);
    write_spikformer(0);
    ck_assert_int_eq(export_as("prosperity", "p.npz", NULL, "0"), SPIKEQ_EUNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(spikeq_error_text(ctx), "how many attention heads"));
    tiny_trace(trace, NULL, SEED, 1);
    ck_assert_int_eq(export_as("prosperity", "p.npz", NULL, NULL), SPIKEQ_EUNSUPPORTED);
}
END_TEST

START_TEST(wrong_options_are_usage)
{
    tiny_trace(trace, NULL, SEED, 1);
    ck_assert_int_eq(export_as("xml", "x", NULL, NULL), SPIKEQ_EUSAGE);
    ck_assert_int_eq(export_as("csv", "x", NULL, "3:2"), SPIKEQ_EUSAGE);
    ck_assert_int_eq(export_as("csv", "x", "nobody", NULL), SPIKEQ_EVALUE);
    ck_assert_int_eq(export_as("csv", "a.db", NULL, NULL), SPIKEQ_EUSAGE);
    ck_assert_ptr_nonnull(strstr(spikeq_error_text(ctx), "is the trace itself"));
    ck_assert_int_eq(sq_api_export(ctx, &(struct sq_export_choices){.to = "csv"}), SPIKEQ_EUSAGE);
    ck_assert_int_eq(sq_api_export(ctx, &(struct sq_export_choices){.trace = trace, .to = "npz"}),
                     SPIKEQ_EUSAGE);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("sim/replay");
    TCase *export = tcase_create("export");
    tcase_set_timeout(export, 60);
    tcase_add_checked_fixture(export, make_folder, remove_folder);
    tcase_add_test(export, others_read_what_was_recorded);
    tcase_add_test(export, prosperity_gets_what_enters_each_layer);
    tcase_add_test(export, prosperity_is_refused_what_it_cannot_have);
    tcase_add_test(export, wrong_options_are_usage);
    suite_add_tcase(s, export);
    return s;
}

SQ_TEST_MAIN(suite())
