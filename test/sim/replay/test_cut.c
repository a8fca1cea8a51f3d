/* Where a replay enters the network: for each --from what is computed, injected and left out, on
 * all three layouts, written out node by node; and what must hold of every cut. */
#include "sim/replay/cut.h"

#include "test/sim/network/tiny_load.h"

enum { MAX_NODES = 64, MAX_FROM = 3 };

static struct sq_arena arena;
static unsigned char recorded[MAX_NODES];
static struct sq_cut cut;

/* A network of depth 1, of which everything was recorded. */
static void load(enum tiny_layout layout)
{
    tiny_prepare(layout, 1);
    expect_ok(&err, tiny_load_own(NULL));
    ck_assert_uint_le(loaded->n_nodes, MAX_NODES);
    memset(recorded, 1, sizeof recorded);
    arena = (struct sq_arena){NULL, 0};
}

static void discard(void)
{
    sq_arena_free(&arena);
    tiny_discard();
}

static size_t find(const char *name)
{
    size_t node = MAX_NODES;
    expect_ok(&err, sq_cut_find(&err, loaded, name, &node));
    return node;
}

static int make(const char *const from[MAX_FROM])
{
    size_t node[MAX_FROM], n = 0;
    while (n < MAX_FROM && from[n] != NULL) {
        node[n] = find(from[n]);
        n++;
    }
    return sq_cut_make(&err, &arena, loaded, node, n, recorded, &cut);
}

/* One letter a node: C computed, I injected, - left out. */
static void roles(char text[MAX_NODES + 1])
{
    static const char letter[] = {
        [SQ_COMPUTE] = 'C', [SQ_INJECT] = 'I', [SQ_COUNT] = '?', [SQ_SKIP] = '-'};
    for (size_t i = 0; i < loaded->n_nodes; i++)
        text[i] = letter[cut.role[i]];
    text[loaded->n_nodes] = '\0';
}

/* Numbers of the nodes that a what-if changes, "5 7". */
static void changed(char text[256])
{
    size_t at = 0;
    text[0] = '\0';
    for (size_t i = 0; i < loaded->n_nodes; i++)
        if (cut.is_from[i])
            at += (size_t)snprintf(text + at, 256 - at, "%s%zu", at > 0 ? " " : "", i);
}

/* Nodes: input, patch embedding (cifar10 pools behind proj_lif2 and proj_lif3 only), block.0.in, q,
 * k, v, attn, proj, block.0.mid, fc1, fc2, block.0.out, head. */
static const struct {
    const char *from[MAX_FROM];
    const char *cifar10, *others;                 /* roles */
    const char *changed_cifar10, *changed_others; /* nodes */
} expected[] = {
    {{"input"}, "CCCCCCCCCCCCCCCCCCC", "CCCCCCCCCCCCCCCCCCCCC", "", ""},
    {{"patch_embed.proj_lif"}, "-ICCCCCCCCCCCCCCCCC", "-ICCCCCCCCCCCCCCCCCCC", "1", "1"},
    {{"patch_embed.proj_lif1"}, "--ICCCCCCCCCCCCCCCC", "---ICCCCCCCCCCCCCCCCC", "2", "3"},
    {{"block.0"}, "-----ICICCCCCCCCCCC", "-------ICICCCCCCCCCCC", "5 7", "7 9"},
    {{"block.0.in"}, "-----ICICCCCCCCCCCC", "-------ICICCCCCCCCCCC", "5 7", "7 9"},
    {{"block.0.attn.q_lif", "block.0.attn.k_lif", "block.0.attn.v_lif"},
     "-----ICICIIICCCCCCC",
     "-------ICICIIICCCCCCC",
     "9 10 11",
     "11 12 13"},
    {{"block.0.attn.q_lif"}, "-----ICICIIICCCCCCC", "-------ICICIIICCCCCCC", "9", "11"},
    {{"block.0.mlp.fc2_lif"}, "-----ICIC----IC-ICC", "-------ICIC----IC-ICC", "16", "18"},
    {{"block.1"}, "-----ICIC----IC-ICC", "-------ICIC----IC-ICC", "5 7 13 16", "7 9 15 18"},
    {{"patch_embed.rpe_lif", "block.0.mlp.fc1_lif"},
     "-----ICICCCCCCCICCC",
     "-------ICICCCCCCCICCC",
     "7 15",
     "9 17"},
};

static void compare(enum tiny_layout layout, size_t i)
{
    char got[MAX_NODES + 1], nodes[256];
    const int is_cifar = layout == TINY_CIFAR10;
    load(layout);
    expect_ok(&err, make(expected[i].from));
    roles(got);
    changed(nodes);
    ck_assert_str_eq(got, is_cifar ? expected[i].cifar10 : expected[i].others);
    ck_assert_str_eq(nodes, is_cifar ? expected[i].changed_cifar10 : expected[i].changed_others);
    ck_assert_int_eq(cut.needs_input, strcmp(expected[i].from[0], "input") == 0);
    discard();
}

START_TEST(a_cut_is_this)
{
    compare(TINY_CIFAR10, (size_t)_i);
    compare(TINY_IMAGENET, (size_t)_i);
    compare(TINY_CIFAR10DVS, (size_t)_i);
}
END_TEST

/* Theorem: whoever computes has all that it reads, and everything behind a named node computes,
 * unless it is named itself. */
static void require_sound(const unsigned char *named)
{
    for (size_t i = 0; i < loaded->n_nodes; i++) {
        const struct sq_node *node = &loaded->node[i];
        for (uint16_t s = 0; s < node->n_sources; s++) {
            if (cut.role[i] == SQ_COMPUTE)
                ck_assert_uint_ne(cut.role[node->source[s]], SQ_SKIP);
            if (named[node->source[s]] && !named[i])
                ck_assert_uint_eq(cut.role[i], SQ_COMPUTE);
        }
        if (named[i] && sq_node_is_population(node))
            ck_assert_uint_ne(cut.role[i], SQ_COMPUTE);
    }
    ck_assert_uint_eq(cut.role[loaded->n_nodes - 1], SQ_COMPUTE);
    ck_assert_int_eq(cut.needs_input, cut.role[0] == SQ_COMPUTE);
}

START_TEST(every_cut_is_sound)
{
    struct sq_rng rng = {(uint64_t)_i};
    load(TINY_CIFAR10 + (enum tiny_layout)_i);
    for (int round = 0; round < 200; round++) {
        unsigned char named[MAX_NODES] = {0};
        size_t from[MAX_FROM];
        const size_t n = 1 + sq_rng_below(&rng, MAX_FROM);
        for (size_t i = 0; i < n; i++)
            named[from[i] = sq_rng_below(&rng, loaded->n_nodes - 1)] = 1;
        expect_ok(&err, sq_cut_make(&err, &arena, loaded, from, n, recorded, &cut));
        require_sound(named);
    }
    discard();
}
END_TEST

/* Refused exactly where something is injected that was not recorded; the first such is named. */
START_TEST(what_was_not_recorded_is_named)
{
    static const char *const from[MAX_FROM] = {"block.0"};
    load(TINY_CIFAR10 + (enum tiny_layout)_i);
    expect_ok(&err, make(from));
    for (size_t i = 0; i < loaded->n_nodes; i++) {
        const int is_injected = cut.role[i] == SQ_INJECT;
        char want[128];
        recorded[i] = 0;
        snprintf(want, sizeof want, "%s: its spikes were not recorded", loaded->node[i].name);
        expect(&err, make(from), is_injected ? SQ_EUNSUPPORTED : SQ_OK, want);
        recorded[i] = 1;
    }
    memset(recorded, 0, sizeof recorded);
    expect(&err, make(from), SQ_EUNSUPPORTED, "patch_embed.proj_lif3: its spikes");
    discard();
}
END_TEST

START_TEST(names_that_are_none_are_refused)
{
    static const char *const name[] = {"head",
                                       "block.2",
                                       "block.-1",
                                       "block.0x",
                                       "block.",
                                       "",
                                       "Input",
                                       "block.0.",
                                       "*",
                                       "block. 0",
                                       "block.99999999999999999999999"};
    size_t node = 7;
    load(TINY_CIFAR10);
    for (size_t i = 0; i < sizeof name / sizeof name[0]; i++) {
        char want[128];
        snprintf(want, sizeof want, SQ_OPT "from %s: the network has no such population", name[i]);
        expect(&err, sq_cut_find(&err, loaded, name[i], &node), SQ_EUSAGE, want);
        ck_assert_uint_eq(node, 7);
    }
    ck_assert_uint_eq(find("block.1"), find("block.0.out"));
    ck_assert_uint_eq(find("block.0"), find("block.0.in"));
    ck_assert_uint_eq(find("block"), find("block.0.in"));
    ck_assert_uint_eq(find("block.0.mlp"), find("block.0.mid"));
    discard();
}
END_TEST

static Suite *cut_suite(void)
{
    Suite *suite = suite_create("sim/replay");
    TCase *tests = tcase_create("cut");
    tcase_add_unchecked_fixture(tests, temp_make, temp_remove);
    tcase_add_loop_test(tests, a_cut_is_this, 0, sizeof expected / sizeof expected[0]);
    tcase_add_loop_test(tests, every_cut_is_sound, 0, 3);
    tcase_add_loop_test(tests, what_was_not_recorded_is_named, 0, 3);
    tcase_add_test(tests, names_that_are_none_are_refused);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(cut_suite())
