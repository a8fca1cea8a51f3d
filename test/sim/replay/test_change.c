/* What a what-if does to spikes: which are lost is a function of seed, sample, timestep, node and
 * neuron; silence takes the channels that its text names. */
#include "sim/replay/change.h"

#include "kernels/base/bits.h"
#include "test/sim/network/tiny_load.h"

#include <math.h>

enum { MAX_NODES = 64 };

static struct sq_arena arena;
static struct sq_change change;
static unsigned char silenced[MAX_NODES];

static void set_up(void)
{
    tiny_prepare(TINY_CIFAR10, 1); /* dim 16, 4 heads of 4 */
    expect_ok(&err, tiny_load_own(NULL));
    arena = (struct sq_arena){NULL, 0};
    change =
        (struct sq_change){.silence = sq_arena_alloc(&arena, loaded->n_nodes, sizeof(uint64_t *))};
    memset(silenced, 0, sizeof silenced);
}

static void tear_down(void)
{
    sq_arena_free(&arena);
    tiny_discard();
}

/* Rows of channels that are no whole words. */
static const struct sq_spike_shape wide = {
    .n_rows = 200, .n_channels = 150, .n_words = 3, .n_planes = 1, .line_rows = 1};

static uint64_t *all_ones(void)
{
    uint64_t *bits = calloc(sq_plane_words(&wide), sizeof *bits);
    for (size_t r = 0; r < wide.n_rows; r++)
        for (size_t c = 0; c < wide.n_channels; c++)
            sq_bit_set(bits + r * wide.n_words, c);
    return bits;
}

static uint64_t left_of(double drop, uint64_t seed, uint64_t sample, uint32_t t, size_t node,
                        uint64_t *bits)
{
    change.drop = drop;
    change.seed = seed;
    sq_change_drop(&change, &wide, sample, t, node, bits);
    return sq_popcount(bits, sq_plane_words(&wide));
}

/* Within five standard deviations of a binomial distribution, for 40 packets. */
START_TEST(so_many_are_lost)
{
    static const double drop[] = {0, 0.01, 0.1, 0.5, 0.9, 1};
    const double p = drop[_i], n = 40.0 * wide.n_rows * wide.n_channels;
    double lost = n;
    for (uint32_t t = 0; t < 40; t++) {
        uint64_t *bits = all_ones();
        lost -= (double)left_of(p, 5, t / 8, t % 8, 3, bits);
        free(bits);
    }
    ck_assert_msg(fabs(lost - n * p) <= 5 * sqrt(n * p * (1 - p)), "%g of %g lost at %g", lost, n,
                  p);
}
END_TEST

/* Theorem: whether a spike is lost does not depend on which others there are. */
START_TEST(each_spike_is_lost_by_itself)
{
    struct sq_rng rng = {1};
    const size_t n_words = sq_plane_words(&wide);
    uint64_t *all = all_ones(), *some = all_ones(), *sent = malloc(n_words * sizeof *sent);
    for (size_t i = 0; i < n_words; i++)
        sent[i] = some[i] &= sq_rng_next(&rng);
    left_of(0.3, 9, 7, 2, 4, all);
    left_of(0.3, 9, 7, 2, 4, some);
    for (size_t i = 0; i < n_words; i++)
        ck_assert_uint_eq(some[i], all[i] & sent[i]);
    free(sent);
    free(some);
    free(all);
}
END_TEST

/* Seed, sample, timestep and node each choose other spikes: about half of those left are shared. */
START_TEST(other_places_lose_others)
{
    static const struct {
        uint64_t seed, sample;
        uint32_t t;
        size_t node;
    } other[] = {{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0},
                 {0, 0, 0, 1}, {1, 1, 0, 0}, {0, 0, 1, 1}};
    const size_t n_words = sq_plane_words(&wide);
    uint64_t *a = all_ones(), *b = all_ones();
    uint64_t common = 0;
    left_of(0.5, 0, 0, 0, 0, a);
    left_of(0.5, other[_i].seed, other[_i].sample, other[_i].t, other[_i].node, b);
    for (size_t i = 0; i < n_words; i++)
        common += sq_ones(a[i] & b[i]);
    const double n = (double)wide.n_rows * wide.n_channels;
    ck_assert_msg(fabs((double)common - n / 4) < 5 * sqrt(n * 3 / 16), "%g of %g shared",
                  (double)common, n);
    free(a);
    free(b);
}
END_TEST

/* What a text names, as "NODE: channels"; several nodes: the first. */
static const struct {
    const char *text;
    unsigned n_nodes;
    const char *node;
    uint64_t mask;
} named[] = {
    {"block.0.attn.q_lif", 1, "block.0.attn.q_lif", 0xffff},
    {"block.0.attn.q_lif[head=2]", 1, "block.0.attn.q_lif", 0x0f00},
    {"block.0.attn.q_lif[head=0:2]", 1, "block.0.attn.q_lif", 0x00ff},
    {"block.0.attn.q_lif[head=3:]", 1, "block.0.attn.q_lif", 0xf000},
    {"block.0.attn.q_lif[head=:1]", 1, "block.0.attn.q_lif", 0x000f},
    {"block.0.attn.attn_lif[head=1]", 1, "block.0.attn.attn_lif", 0x00f0},
    {"block.0.attn.q_lif[channel=5]", 1, "block.0.attn.q_lif", 0x0020},
    {"block.0.attn.q_lif[channel=0:16]", 1, "block.0.attn.q_lif", 0xffff},
    {"block.*.attn.[qk]_lif", 2, "block.0.attn.k_lif", 0xffff},
    {"block.*.attn.[qk]_lif[head=1]", 2, "block.0.attn.k_lif", 0x00f0},
    {"patch_embed.proj_lif[channel=1]", 1, "patch_embed.proj_lif", 0x2},
    {"*", 12, "block.0.mlp.fc1_lif", 0xffffffffff},
    {"block.0.mlp.fc2_lif,patch_embed.rpe_lif", 2, "patch_embed.rpe_lif", 0xffff},
};

START_TEST(a_silence_names_these)
{
    unsigned n = 0;
    expect_ok(&err, sq_change_silence(&err, &arena, loaded, named[_i].text, &change, silenced));
    for (size_t i = 0; i < loaded->n_nodes; i++) {
        n += silenced[i];
        ck_assert_int_eq(silenced[i] != 0, change.silence[i] != NULL);
        if (strcmp(loaded->node[i].name, named[_i].node) == 0)
            ck_assert_uint_eq(change.silence[i][0], named[_i].mask);
    }
    ck_assert_uint_eq(n, named[_i].n_nodes);
}
END_TEST

START_TEST(silences_add_up)
{
    const char *const text[] = {"block.0.attn.q_lif[head=2]", "*q_lif[channel=0]"};
    for (size_t i = 0; i < 2; i++)
        expect_ok(&err, sq_change_silence(&err, &arena, loaded, text[i], &change, silenced));
    for (size_t i = 0; i < loaded->n_nodes; i++)
        if (silenced[i])
            ck_assert_uint_eq(change.silence[i][0], 0x0f01);
}
END_TEST

static const struct {
    const char *text, *says;
} refused[] = {
    {"nobody", SQ_OPT "silence nobody: matches no population of the network"},
    {"input", SQ_OPT "silence input: matches no population of the network"},
    {"block.0.in", "matches no population of the network"},
    {"head", "matches no population of the network"},
    {"", "names no population"},
    {"[head=1]", "names no population"},
    {"block.0.attn.q_lif[head=4]", "block.0.attn.q_lif has 4 heads, numbered from 0"},
    {"block.0.attn.q_lif[head=2:9]", "block.0.attn.q_lif has 4 heads, numbered from 0"},
    {"block.0.attn.q_lif[channel=16]", "block.0.attn.q_lif has 16 channels, numbered from 0"},
    {"block.0.attn.q_lif[channel=99:]", "block.0.attn.q_lif has 16 channels, numbered from 0"},
    {"block.0.attn.q_lif[head=4:]", "block.0.attn.q_lif has 4 heads, numbered from 0"},
    {"block.0.attn.q_lif[head=2:2]", SQ_OPT "silence 2:2: expected"},
    {"block.0.attn.q_lif[head=x]", SQ_OPT "silence x: expected"},
    {"block.0.attn.q_lif[head=-1]", SQ_OPT "silence -1: expected"},
    {"block.0.mlp.fc1_lif[head=0]", "block.0.mlp.fc1_lif has no heads"},
    {"block.0.attn.q_lif[row=1]", "matches no population of the network"},
    {"block.0.attn.q_lif[head=]", "matches no population of the network"},
};

START_TEST(a_silence_that_names_nothing_is_refused)
{
    expect(&err, sq_change_silence(&err, &arena, loaded, refused[_i].text, &change, silenced),
           SQ_EUSAGE, refused[_i].says);
}
END_TEST

START_TEST(a_long_pattern_is_refused)
{
    char text[300];
    memset(text, '?', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    expect(&err, sq_change_silence(&err, &arena, loaded, text, &change, silenced), SQ_EUSAGE,
           "names no population");
}
END_TEST

START_TEST(silenced_channels_are_cleared)
{
    struct sq_rng rng = {4};
    uint64_t bits[64], want[64];
    const size_t node = loaded->n_nodes - 3; /* fc2, behind it out and head */
    const struct sq_spike_shape *shape = &loaded->node[node].shape;
    expect_ok(&err,
              sq_change_silence(&err, &arena, loaded, "*fc2_lif[channel=3:7]", &change, silenced));
    for (size_t r = 0; r < shape->n_rows; r++) {
        bits[r] = sq_rng_next(&rng) & 0xffff;
        want[r] = bits[r] & ~(uint64_t)0x78;
    }
    sq_change_apply_silence(&change, shape, node, bits);
    ck_assert_mem_eq(bits, want, shape->n_rows * sizeof *bits);
    sq_change_apply_silence(&change, shape, node - 1, bits); /* not silenced */
    ck_assert_mem_eq(bits, want, shape->n_rows * sizeof *bits);
}
END_TEST

START_TEST(a_change_is_told)
{
    static const char *const silence[] = {"a", "b[head=2]"};
    char text[64];
    const struct sq_change none = {0}, all = {.drop = 0.1, .seed = 7, .shift = -2};
    sq_change_text(&none, NULL, 0, text, sizeof text);
    ck_assert_str_eq(text, "");
    sq_change_text(&none, silence, 2, text, sizeof text);
    ck_assert_str_eq(text, "silence a; silence b[head=2]");
    sq_change_text(&all, silence, 2, text, sizeof text);
    ck_assert_str_eq(text, "drop 0.1 with seed 7; shift -2; silence a; silence b[head=2]");
    for (size_t size = 1; size < sizeof text; size++) { /* cut short, never written past the end */
        memset(text, '#', sizeof text);
        sq_change_text(&all, silence, 2, text, size);
        ck_assert_uint_lt(strlen(text), size);
        ck_assert_int_eq(text[size], '#');
    }
}
END_TEST

#define LOOP(test, array) \
    tcase_add_loop_test(tests, test, 0, (int)(sizeof(array) / sizeof(array)[0]))

static Suite *change_suite(void)
{
    Suite *suite = suite_create("sim/replay");
    TCase *tests = tcase_create("change");
    tcase_add_unchecked_fixture(tests, temp_make, temp_remove);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, so_many_are_lost, 0, 6);
    tcase_add_test(tests, each_spike_is_lost_by_itself);
    tcase_add_loop_test(tests, other_places_lose_others, 0, 6);
    LOOP(a_silence_names_these, named);
    tcase_add_test(tests, silences_add_up);
    LOOP(a_silence_that_names_nothing_is_refused, refused);
    tcase_add_test(tests, a_long_pattern_is_refused);
    tcase_add_test(tests, silenced_channels_are_cleared);
    tcase_add_test(tests, a_change_is_told);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(change_suite())
