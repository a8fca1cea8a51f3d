/* The products of dual spike self-attention against loops over all their terms, bit for bit, in every
 * variant of the kernels; and that what is counted of recorded spikes is what was counted on the way. */
#include "sim/nodes/nodes.h"

#include "kernels/base/bits.h"
#include "kernels/base/cpu.h"
#include "test/unit.h"

#include <string.h>

enum { DEPTH = 1, TIMESTEPS = 2, NODES = 3, Y = 0, SPIKES = 1, PRODUCT = 2 };

/* Heads, channels of a head, positions of y, tokens. */
static const struct {
    uint32_t heads, d, m, n;
} shapes[] = {{1, 16, 16, 5}, {2, 4, 25, 7}, {3, 33, 6, 4}, {6, 12, 49, 3}, {5, 1, 1, 9}};

static struct sq_arena arena;
static struct sq_network network;
static struct sq_node node[NODES];
static struct sq_lane lane;
static struct sq_scratch scratch;
static struct sq_spikes packet[NODES];
static struct sq_tally tally[NODES * TIMESTEPS];
static void *reals[NODES];
static struct sq_kernels kernels;
static float *plain; /* y[position][channel] */

static void *take(size_t count, size_t size)
{
    void *object = sq_arena_alloc(&arena, count, size);
    ck_assert_ptr_nonnull(object);
    return object;
}

static void shape_node(size_t at, enum sq_node_kind kind, uint32_t channels, uint32_t rows)
{
    node[at] = (struct sq_node){.kind = kind, .height = 1, .width = rows, .max_value = 1};
    node[at].shape = (struct sq_spike_shape){.n_rows = rows,
                                             .n_channels = channels,
                                             .n_words = (uint32_t)sq_words_for(channels),
                                             .n_planes = 1,
                                             .line_rows = 1};
    reals[at] = take(rows * sq_packed_columns(channels), sizeof(float));
    packet[at].bits = take((size_t)rows * node[at].shape.n_words, sizeof(uint64_t));
}

/* Element (row, channel) of the reals of a node. */
static float *real_at(size_t at, uint32_t row, uint32_t c)
{
    const uint32_t channels = node[at].shape.n_channels;
    const size_t width = sq_block_width(channels, c / 64);
    return (float *)reals[at] + (size_t)(c / 64) * 64 * node[at].shape.n_rows + row * width +
           c % 64;
}

static void draw(struct sq_rng *rng)
{
    const struct sq_spike_shape *y = &node[Y].shape, *s = &node[SPIKES].shape;
    plain = take((size_t)y->n_rows * y->n_channels, sizeof *plain);
    for (uint32_t r = 0; r < y->n_rows; r++)
        for (uint32_t c = 0; c < y->n_channels; c++)
            plain[r * y->n_channels + c] = *real_at(Y, r, c) = (float)(sq_rng_unit(rng) - 0.5);
    for (uint32_t r = 0; r < s->n_rows; r++)
        for (uint32_t c = 0; c < s->n_channels; c++)
            if (sq_rng_below(rng, 4) == 0) {
                sq_bit_set(packet[SPIKES].bits + (size_t)r * s->n_words, c);
                tally[SPIKES * TIMESTEPS].spikes++;
            }
}

/* A network of y, spikes, and the product of both, whose currents leave as reals. */
static void set_up(int shape, enum sq_node_kind kind)
{
    static uint16_t source[2] = {Y, SPIKES};
    struct sq_rng rng = {(uint64_t)shape + 1};
    const uint32_t heads = shapes[shape].heads, d = shapes[shape].d, m = shapes[shape].m;
    const int is_score = kind == SQ_NODE_SCORE;
    shape_node(Y, SQ_NODE_CONV, 2 * heads * d, m);
    shape_node(SPIKES, SQ_NODE_NEURONS, heads * (is_score ? d : m), shapes[shape].n);
    shape_node(PRODUCT, kind, heads * (is_score ? m : d), shapes[shape].n);
    memcpy(node[PRODUCT].source, source, sizeof source);
    node[PRODUCT].n_sources = 2;
    node[PRODUCT].n_heads = heads;
    node[PRODUCT].sends_reals = 1;
    node[PRODUCT].head_scale = take(heads, sizeof(float));
    for (uint32_t h = 0; h < heads; h++)
        node[PRODUCT].head_scale[h] = (float)(0.1 + sq_rng_unit(&rng));
    network.node = node;
    network.n_nodes = NODES;
    network.config.timesteps = TIMESTEPS;
    memset(tally, 0, sizeof tally);
    lane = (struct sq_lane){.packet = packet, .reals = reals};
    lane.outcome.tally = tally;
    scratch.dssa = take(sq_dssa_floats(&network, &node[PRODUCT]), sizeof(float));
    scratch.zero_bias = take(64, sizeof(float));
    draw(&rng);
}

static void tear_down(void)
{
    sq_arena_free(&arena);
}

static void run(void (*what)(struct sq_task *))
{
    const struct sq_shared shared = {.network = &network, .kernels = &kernels, .depth = DEPTH};
    struct sq_task task = {.shared = &shared,
                           .node = &node[PRODUCT],
                           .node_index = PRODUCT,
                           .lane = &lane,
                           .membrane = lane.membrane != NULL ? lane.membrane[PRODUCT] : NULL,
                           .scratch = &scratch,
                           .n_steps = 1};
    what(&task);
}

/* Term k of the product of token r and output c; 0: no spike selects it. */
static float term(int shape, enum sq_node_kind kind, uint32_t r, uint32_t c, uint32_t k)
{
    const uint32_t d = shapes[shape].d, m = shapes[shape].m, channels = node[Y].shape.n_channels;
    const int is_score = kind == SQ_NODE_SCORE;
    const uint32_t width = is_score ? m : d, terms = is_score ? d : m;
    const uint32_t h = c / width, j = c % width;
    const uint64_t *bits = packet[SPIKES].bits + (size_t)r * node[SPIKES].shape.n_words;
    if (!sq_bit_get(bits, h * terms + k))
        return 0;
    return is_score ? plain[j * channels + 2 * h * d + k]
                    : plain[k * channels + (2 * h + 1) * d + j];
}

static uint32_t terms_of(int shape, enum sq_node_kind kind)
{
    return kind == SQ_NODE_SCORE ? shapes[shape].d : shapes[shape].m;
}

/* Of whole numbers. */
static int32_t sum_of(int shape, enum sq_node_kind kind, uint32_t r, uint32_t c)
{
    int32_t sum = 0;
    for (uint32_t k = 0; k < terms_of(shape, kind); k++)
        sum += (int32_t)term(shape, kind, r, c, k);
    return sum;
}

/* The current of token r, output c: terms ascending, then the scale. */
static float expected(int shape, enum sq_node_kind kind, uint32_t r, uint32_t c)
{
    const uint32_t width = kind == SQ_NODE_SCORE ? shapes[shape].m : shapes[shape].d;
    float sum = 0;
    for (uint32_t k = 0; k < terms_of(shape, kind); k++)
        sum += term(shape, kind, r, c, k);
    return sum * node[PRODUCT].head_scale[c / width];
}

static void require_currents(int shape, enum sq_node_kind kind)
{
    for (uint32_t r = 0; r < node[PRODUCT].shape.n_rows; r++)
        for (uint32_t c = 0; c < node[PRODUCT].shape.n_channels; c++) {
            const float want = expected(shape, kind, r, c), got = *real_at(PRODUCT, r, c);
            ck_assert_msg(got == want, "row %u, channel %u: %.9g, not %.9g", r, c, (double)got,
                          (double)want);
        }
}

/* Real numbers cancel nowhere here: currents that are counted are those that are not 0. */
static void require_counts(int shape, enum sq_node_kind kind)
{
    const uint32_t width = kind == SQ_NODE_SCORE ? shapes[shape].m : shapes[shape].d;
    const struct sq_tally counted = tally[PRODUCT * TIMESTEPS];
    uint64_t nonzeros = 0;
    for (uint32_t r = 0; r < node[PRODUCT].shape.n_rows; r++)
        for (uint32_t c = 0; c < node[PRODUCT].shape.n_channels; c++)
            nonzeros += *real_at(PRODUCT, r, c) != 0;
    ck_assert_uint_eq(counted.events, tally[SPIKES * TIMESTEPS].spikes);
    ck_assert_uint_eq(counted.additions, counted.events * width);
    ck_assert_uint_eq(counted.currents, nonzeros);
    memset(&tally[PRODUCT * TIMESTEPS], 0, sizeof counted);
    run(kind == SQ_NODE_SCORE ? sq_tally_score : sq_tally_mix);
    ck_assert_mem_eq(&counted, &tally[PRODUCT * TIMESTEPS], sizeof counted);
}

/* Integers: the sums themselves, as the scale lies in thresholds. */
static void require_sums(int shape, enum sq_node_kind kind)
{
    static int32_t zero[8 * 64] __attribute__((aligned(64)));
    struct sq_fixed fixed = {
        .sum_bytes = 4, .bias = zero, .left = zero, .right = zero, .half = zero, .odd = zero};
    const struct sq_spike_shape *y = &node[Y].shape;
    ck_assert_uint_le(node[PRODUCT].shape.n_words, 8);
    for (uint32_t r = 0; r < y->n_rows; r++)
        for (uint32_t c = 0; c < y->n_channels; c++) {
            const int32_t whole = (int32_t)(plain[r * y->n_channels + c] * 0x1p20f);
            memcpy(real_at(Y, r, c), &whole, sizeof whole);
            plain[r * y->n_channels + c] = (float)whole;
        }
    node[PRODUCT].fixed = &fixed;
    node[PRODUCT].arithmetic = SQ_IN_I16;
    run(kind == SQ_NODE_SCORE ? sq_deliver_score : sq_deliver_mix);
    for (uint32_t r = 0; r < node[PRODUCT].shape.n_rows; r++)
        for (uint32_t c = 0; c < node[PRODUCT].shape.n_channels; c++) {
            int32_t got;
            memcpy(&got, real_at(PRODUCT, r, c), sizeof got);
            ck_assert_int_eq(got, sum_of(shape, kind, r, c));
        }
    node[PRODUCT].fixed = NULL;
    node[PRODUCT].arithmetic = SQ_IN_F32;
}

static void require_product(int shape, enum sq_node_kind kind)
{
    const unsigned features[] = {0, sq_cpu_detect().features};
    for (size_t i = 0; i < sizeof features / sizeof *features; i++) {
        sq_kernels_choose(&kernels, features[i]);
        set_up(shape, kind);
        run(kind == SQ_NODE_SCORE ? sq_deliver_score : sq_deliver_mix);
        require_currents(shape, kind);
        require_counts(shape, kind);
        require_sums(shape, kind);
        tear_down();
    }
}

START_TEST(scores)
{
    require_product(_i, SQ_NODE_SCORE);
}
END_TEST

START_TEST(mixes)
{
    require_product(_i, SQ_NODE_MIX);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("dssa");
    TCase *t = tcase_create("products");
    const int n = sizeof shapes / sizeof *shapes;
    tcase_add_checked_fixture(t, NULL, tear_down);
    tcase_add_loop_test(t, scores, 0, n);
    tcase_add_loop_test(t, mixes, 0, n);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
