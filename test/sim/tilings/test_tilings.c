/* Plans: what the engine would choose comes back as what is forced; a plan that does not fit the network is refused by
 * one sentence that names the place. */
#include "sim/tilings/tilings.h"

#include "sim/nodes/synapse_tiling.h"
#include "test/unit.h"

#include <string.h>

#define SET "test/golden/cifar-2-64/"

static struct sq_error err;
static struct sq_network *network;
static struct sq_arena arena;
static struct sq_forced_tilings *forced;
static uint32_t n_layers;

static void load(const struct sq_fixed_settings *fixed)
{
    const struct sq_network_request request = {.config_dirs = "configs",
                                               .model = SET "model.safetensors",
                                               .config = SET "config.json",
                                               .fixed = fixed};
    ck_assert_msg(sq_network_load_request(&err, &request, &network) == SQ_OK, "%s", err.text);
}

static void release(void)
{
    sq_network_free(network);
    sq_arena_free(&arena);
}

static uint32_t count_tiled(void)
{
    uint32_t n = 0;
    for (size_t i = 0; i < network->n_nodes; i++)
        n += sq_is_tiled(&network->node[i]) != 0;
    return n;
}

/* Every layer, at every rate that was asked for: the same choice as sq_tiling_choose()'s. */
static void require_choices(const double *rate, size_t n_rates)
{
    const struct sq_cpu cpu = sq_cpu_detect();
    for (size_t i = 0; i < network->n_nodes; i++) {
        const struct sq_node *node = &network->node[i];
        ck_assert_uint_eq(forced[i].n, sq_is_tiled(node) ? n_rates : 0);
        for (size_t k = 0; k < forced[i].n; k++) {
            const struct sq_node *from = &network->node[node->source[0]];
            const struct sq_tiling_case of = sq_synapse_case(node, from, &cpu, rate[k]);
            const struct sq_tiling want = sq_tiling_choose(&cpu, &of);
            const struct sq_tiling *got = &forced[i].by_rate[k].tiling;
            ck_assert(forced[i].by_rate[k].rate == rate[k]);
            ck_assert_uint_eq(got->lines, want.lines);
            ck_assert_uint_eq(got->taps, want.taps);
            ck_assert_uint_eq(got->parts, want.parts);
            ck_assert(got->parts == 1 || got->part_rows == want.part_rows);
        }
    }
}

START_TEST(a_plan_comes_back)
{
    static const struct sq_fixed_settings fixed = {.weight_bits = 8};
    static const double usual[] = {0.05, 0.1, 0.2}, asked[] = {0.001, 0.5};
    const struct sq_tilings_request request = {.rates = _i % 2 ? "0.001,0.5" : NULL, .as_json = 1};
    char *text = NULL;
    load(_i / 2 ? &fixed : NULL);
    ck_assert_msg(sq_tilings_describe(&err, network, &request, &text) == SQ_OK, "%s", err.text);
    ck_assert_msg(sq_tilings_parse(&err, "plan", text, strlen(text), network, &arena, &forced,
                                   &n_layers) == SQ_OK,
                  "%s", err.text);
    ck_assert_uint_eq(n_layers, count_tiled());
    ck_assert_uint_gt(n_layers, 10);
    require_choices(_i % 2 ? asked : usual, _i % 2 ? 2 : 3);
    free(text);
    release();
}
END_TEST

/* A line a layer and rate, but for those that are not tiled. */
START_TEST(a_table_has_every_layer)
{
    const struct sq_tilings_request request = {.rates = "0.1", .isa = "scalar"};
    char *text = NULL;
    load(NULL);
    ck_assert_int_eq(sq_tilings_describe(&err, network, &request, &text), SQ_OK);
    ck_assert_ptr_nonnull(strstr(text, "arithmetic f32, kernels scalar\n"));
    for (size_t i = 0; i < network->n_synapses; i++)
        ck_assert_ptr_nonnull(strstr(text, network->synapse[i].name));
    ck_assert_ptr_nonnull(strstr(text, "block.0.attn.attn_lif          attend, q (k^T v) first\n"));
    free(text);
    release();
}
END_TEST

#define PLAN(layers)      "{\"format\": \"spikeq plan\", \"version\": 1, \"layers\": [" layers "]}"
#define LAYER(name, list) "{\"layer\": \"" name "\", \"tilings\": [" list "]}"
#define FC1               "block.0.mlp.fc1_linear"
#define CONV              "patch_embed.proj_conv1"
#define WHOLE             "{\"lines\": 1, \"taps\": 1, \"channels\": 64}"

static const struct {
    const char *text;
    int code;
    const char *said;
} refused[] = {
    {"", SQ_EFORMAT, "plan: not JSON"},
    {"[]", SQ_EFORMAT, "plan: holds no JSON object"},
    {"{\"layers\": []}", SQ_EFORMAT, "not a plan"},
    {"{\"format\": \"spikeq plan\", \"version\": 2}", SQ_EUNSUPPORTED, "another version"},
    {"{\"format\": \"spikeq plan\", \"version\": 1}", SQ_EFORMAT, "\"layers\" is no list"},
    {"{\"format\": \"spikeq plan\", \"version\": 1, \"isa\": \"avx2\", \"layers\": []}", SQ_EVALUE,
     "\"isa\" forces nothing"},
    {PLAN(""), SQ_EVALUE, "forces nothing: no layer in it has tilings"},
    {PLAN("{\"layer\": \"" FC1 "\"}"), SQ_EVALUE, "forces nothing: no layer in it has tilings"},
    {PLAN("3"), SQ_EFORMAT, "entry 1 of \"layers\" is no JSON object"},
    {PLAN("{\"tilings\": []}"), SQ_EFORMAT, "\"layer\" is missing"},
    {PLAN(LAYER("block.9.attn.q_linear", WHOLE)), SQ_EVALUE,
     "has no layer \"block.9.attn.q_linear\""},
    {PLAN(LAYER("patch_embed.proj_conv", WHOLE)), SQ_EVALUE, "patch_embed.proj_conv is not tiled"},
    {PLAN(LAYER(FC1, "")), SQ_EFORMAT, "\"tilings\": expected a list of 1 to 64"},
    {PLAN(LAYER(FC1, WHOLE) ", " LAYER(FC1, WHOLE)), SQ_EVALUE, FC1 " is given twice"},
    {PLAN(LAYER(FC1, "{\"lines\": 1, \"taps\": 1}")), SQ_EFORMAT, "\"channels\" is missing"},
    {PLAN(LAYER(FC1, "{\"lines\": 1, \"taps\": 1, \"channels\": 0}")), SQ_EVALUE,
     "\"channels\": expected a whole number from 1 to 64"},
    {PLAN(LAYER(FC1, "{\"lines\": 1, \"taps\": 1, \"channels\": 65}")), SQ_EVALUE,
     "\"channels\": expected a whole number from 1 to 64"},
    {PLAN(LAYER(FC1, "{\"lines\": 1, \"taps\": 1, \"channels\": 1.5}")), SQ_EVALUE,
     "\"channels\": expected a whole number"},
    {PLAN(LAYER(FC1, "{\"lines\": 1, \"taps\": 1, \"channels\": 64, \"rows\": 3}")), SQ_EVALUE,
     "\"rows\" forces nothing"},
    {PLAN(LAYER(FC1, "{\"lines\": 1, \"lines\": 1, \"taps\": 1, \"channels\": 64}")), SQ_EVALUE,
     "\"lines\" is given twice"},
    {PLAN(LAYER(FC1, "{\"lines\": 2, \"taps\": 1, \"channels\": 64}")), SQ_EVALUE,
     "\"lines\": expected a whole number from 1 to 1"},
    {PLAN(LAYER(FC1, WHOLE ", " WHOLE)), SQ_EVALUE, "\"rate\": expected a firing rate above 0"},
    {PLAN(LAYER(FC1, "{\"rate\": 1.5, \"lines\": 1, \"taps\": 1, \"channels\": 64}")), SQ_EVALUE,
     "tiling 1: \"rate\": expected"},
    {PLAN(LAYER(FC1, "{\"rate\": 0.2, \"lines\": 1, \"taps\": 1, \"channels\": 64}, "
                     "{\"rate\": 0.2, \"lines\": 1, \"taps\": 1, \"channels\": 64}")),
     SQ_EVALUE, "tiling 2: \"rate\": expected a firing rate above 0.2"},
    {PLAN(LAYER(FC1, "{\"lines\": 1, \"taps\": 1, \"channels\": 1}")), SQ_EVALUE,
     "makes 64 steps of the layer, at most 1 fit"},
    {PLAN(LAYER(CONV, "{\"lines\": 2, \"taps\": 3, \"channels\": 8}")), SQ_EVALUE,
     "2 lines and 3 taps of a 3x3 kernel"},
    {PLAN(LAYER(CONV, "{\"lines\": 3, \"taps\": 2, \"channels\": 8}")), SQ_EVALUE,
     "3 lines and 2 taps of a 3x3 kernel"},
    {PLAN(LAYER(CONV, "{\"lines\": 1, \"taps\": 2, \"channels\": 4}")), SQ_EVALUE,
     "4 of 8 channels: fewer than all go with 1 line and 1 tap"},
};

START_TEST(a_plan_that_does_not_fit_is_refused)
{
    load(NULL);
    const int status = sq_tilings_parse(&err, "plan", refused[_i].text, strlen(refused[_i].text),
                                        network, &arena, &forced, &n_layers);
    ck_assert_msg(status == refused[_i].code && strstr(err.text, refused[_i].said) != NULL,
                  "status %d: %s; not: %s", status, err.text, refused[_i].said);
    release();
}
END_TEST

/* A C string would end at it, and the plan in front of it be taken. */
START_TEST(a_nul_byte_hides_nothing)
{
    static const char text[] = PLAN(LAYER(FC1, WHOLE)) "\0x";
    load(NULL);
    ck_assert_int_eq(
        sq_tilings_parse(&err, "plan", text, sizeof text - 1, network, &arena, &forced, &n_layers),
        SQ_EFORMAT);
    ck_assert_ptr_nonnull(strstr(err.text, "not JSON: byte 0x00 at "));
    release();
}
END_TEST

/* In 8 bits only what packing the weights has proven. */
START_TEST(tiles_are_no_larger_than_proven)
{
    static const struct sq_fixed_settings fixed = {.weight_bits = 8};
    load(&fixed);
    struct sq_node *tiled = NULL;
    for (size_t i = 0; i < network->n_nodes; i++)
        if (network->node[i].kind == SQ_NODE_CONV && network->node[i].fixed->weight_bytes == 1)
            tiled = &network->node[i];
    ck_assert_ptr_nonnull(tiled);
    tiled->arithmetic =
        SQ_IN_I8_TILES; /* as if its sums did not fit 16 bits, and tiles of 17 rows were proven */
    tiled->fixed->tile_rows = 17;
    char text[512];
    snprintf(text, sizeof text, PLAN(LAYER("%s", "{\"lines\": 3, \"taps\": 3, \"channels\": %u}")),
             tiled->synapse->name, network->node[tiled->source[0]].shape.n_channels);
    ck_assert_int_eq(
        sq_tilings_parse(&err, "plan", text, strlen(text), network, &arena, &forced, &n_layers),
        SQ_EVALUE);
    ck_assert_ptr_nonnull(strstr(err.text, "sums are proven to fit 16 bits of at most 17"));
    release();
}
END_TEST

START_TEST(requests_are_checked)
{
    static const char *const rates[] = {"",    "0",       "0.1,",    "0.1,0.1", "1.5",
                                        "nan", "0.2,0.1", "0.1;0.2", "x",       "-0.1"};
    char *text = NULL;
    load(NULL);
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
        const struct sq_tilings_request request = {.rates = rates[i]};
        ck_assert_int_eq(sq_tilings_describe(&err, network, &request, &text), SQ_EUSAGE);
        ck_assert_ptr_nonnull(strstr(err.text, "ascending"));
    }
    const struct sq_tilings_request request = {.isa = "mmx"};
    ck_assert_int_eq(sq_tilings_describe(&err, network, &request, &text), SQ_EUSAGE);
    ck_assert_ptr_null(text);
    release();
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("tilings");
    TCase *t = tcase_create("plans");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, a_plan_comes_back, 0, 4);
    tcase_add_test(t, a_table_has_every_layer);
    tcase_add_loop_test(t, a_plan_that_does_not_fit_is_refused, 0,
                        sizeof refused / sizeof refused[0]);
    tcase_add_test(t, a_nul_byte_hides_nothing);
    tcase_add_test(t, tiles_are_no_larger_than_proven);
    tcase_add_test(t, requests_are_checked);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
