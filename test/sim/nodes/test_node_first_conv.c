/* The first convolution: frames of counts enter as events, on bit planes from high to low, and no
 * kernel that multiplies is called; all other pixels are multiplied. Weights are no round numbers,
 * so that the order of additions shows in the bits. */
#include "sim/nodes/nodes.h"

#include "test/sim/network/tiny_load.h"

#include <string.h>

static struct sq_arena arena;
static struct sq_lane lane;
static struct sq_scratch scratch;
static struct sq_kernels kernels;
static unsigned n_multiplied; /* calls of a kernel that multiplies */

static void dense_f32(float *acc, const float *w, size_t width, const struct sq_dense_span *span,
                      size_t n_rows, size_t n_spans)
{
    n_multiplied++;
    sq_dense_f32_scalar(acc, w, width, span, n_rows, n_spans);
}

static void dense_i16(int32_t *acc, const int16_t *w, size_t width,
                      const struct sq_dense_span *span, size_t n_rows, size_t n_spans)
{
    n_multiplied++;
    sq_dense_i16_scalar(acc, w, width, span, n_rows, n_spans);
}

/* A network of frames whose first neurons never fire, so that membranes tell the currents. */
static void set_up(void)
{
    struct sq_rng rng = {3};
    tiny_prepare(TINY_CIFAR10DVS, 1);
    struct tiny_tensor *weight = tiny_tensor_find(&tensors, "patch_embed.proj_conv.weight");
    for (size_t i = 0; i < tiny_tensor_count(weight); i++)
        weight->value[i] = (float)(sq_rng_unit(&rng) - 0.5);
    expect_ok(&err, tiny_load_own(NULL));
    sq_kernels_choose(&kernels, 0);
    kernels.dense_f32 = dense_f32;
    kernels.dense_i16 = dense_i16;
    memset(&lane, 0, sizeof lane);
    memset(&scratch, 0, sizeof scratch);
    arena = (struct sq_arena){NULL, 0};
    n_multiplied = 0;
}

static void tear_down(void)
{
    sq_arena_free(&arena);
    tiny_discard();
}

/* Deliver timestep 0 of what lies in lane.pixels (and lane.whole). */
static void deliver(void)
{
    const struct sq_shared shared = {.network = loaded, .kernels = &kernels, .depth = 2};
    struct sq_task task = {.shared = &shared,
                           .node = &loaded->node[1],
                           .node_index = 1,
                           .lane = &lane,
                           .membrane = lane.membrane[1],
                           .scratch = &scratch,
                           .n_steps = 1};
    sq_deliver_analog(&task);
}

static void alloc_state(void)
{
    expect_ok(&err, sq_lane_alloc(&err, &arena, loaded, 2, 0, &lane));
    expect_ok(&err, sq_scratch_alloc(&err, &arena, loaded, 0, &scratch));
}

/* Sparse counts up to `largest`, which is there. */
static void draw_counts(uint32_t largest)
{
    struct sq_rng rng = {largest};
    const size_t n = (size_t)loaded->node[0].shape.n_rows * net.channels;
    for (size_t i = 0; i < n; i++)
        lane.pixels[i] = sq_rng_below(&rng, 3) == 0 ? (float)sq_rng_below(&rng, largest + 1) : 0;
    lane.pixels[n / 2] = (float)largest;
}

/* Pixel of channel c that tap (ky, kx) of output (y, x) meets; 0 beyond the edge. */
static float pixel_at(int64_t y, int64_t x, uint32_t c)
{
    if (y < 0 || y >= net.height || x < 0 || x >= net.width)
        return 0;
    return lane.pixels[((size_t)y * net.width + (size_t)x) * net.channels + c];
}

/* docs/numerics.md, written out: the sum of output channel o at (y, x) over one plane of the
 * counts, onto `sum`; or, with plane < 0, of products. */
static float add_taps(float sum, int plane, int64_t y, int64_t x, uint32_t o)
{
    const struct sq_synapse *synapse = loaded->node[1].synapse;
    const float *w = synapse->weight + o;
    for (int64_t tap = 0; tap < 9; tap++)
        for (uint32_t c = 0; c < net.channels; c++, w += sq_block_width(synapse->n_out, 0)) {
            const float pixel = pixel_at(y + tap / 3 - 1, x + tap % 3 - 1, c);
            if (plane < 0)
                sum += pixel * *w;
            else if ((uint32_t)pixel >> plane & 1)
                sum += *w;
        }
    return sum;
}

static float current(int n_planes, int64_t y, int64_t x, uint32_t o)
{
    float sum = 0;
    if (n_planes == 0)
        return add_taps(sum, -1, y, x, o);
    for (int plane = n_planes - 1; plane >= 0; plane--)
        sum = add_taps(sum + sum, plane, y, x, o);
    return sum;
}

/* Every membrane is (current + bias) / 2. */
static void require_membranes(int n_planes)
{
    const struct sq_synapse *synapse = loaded->node[1].synapse;
    const size_t width = sq_block_width(synapse->n_out, 0);
    const float *membrane = lane.membrane[1];
    ck_assert_uint_eq(synapse->n_blocks, 1);
    for (uint32_t row = 0; row < loaded->node[1].shape.n_rows; row++)
        for (uint32_t o = 0; o < synapse->n_out; o++) {
            const float x =
                current(n_planes, row / net.width, row % net.width, o) + synapse->bias[o];
            const float got = membrane[row * width + o];
            if (got != x / 2)
                ck_abort_msg("row %u, channel %u: %.9g, not %.9g", row, o, (double)got,
                             (double)(x / 2));
        }
}

START_TEST(counts_enter_as_events)
{
    static const struct {
        uint32_t largest;
        int n_planes;
    } frame[] = {{1, 1}, {2, 2}, {7, 3}, {300, 9}, {40000, 16}, {1 << 24, 25}};
    loaded->node[1].threshold = 1e30f;
    alloc_state();
    draw_counts(frame[_i].largest);
    deliver();
    ck_assert_uint_eq(n_multiplied, 0);
    require_membranes(frame[_i].n_planes);
}
END_TEST

/* A half, a negative number, a number too large: then nothing of the frame is a count. */
START_TEST(other_pixels_are_multiplied)
{
    static const float odd[] = {0.5f, -1, 0x1p24f + 2};
    loaded->node[1].threshold = 1e30f;
    alloc_state();
    draw_counts(7);
    lane.pixels[5] = odd[_i];
    deliver();
    ck_assert_uint_gt(n_multiplied, 0);
    require_membranes(0);
}
END_TEST

/* In fixed point every order gives the same integers: events against products. */
START_TEST(integers_are_the_same_either_way)
{
    const struct sq_fixed_settings settings = {.pixel_bits = 10, .pixel_max = 31};
    const size_t n = (size_t)net.height * net.width * net.channels;
    expect_ok(&err, sq_fixed_make(&err, loaded, &settings, NULL));
    const size_t bytes =
        loaded->node[1].shape.n_rows * sq_packed_columns(loaded->node[1].shape.n_channels) * 4;
    const int exponent = sq_pixel_exponent(&loaded->fixed);
    ck_assert_int_gt(exponent, 0);
    alloc_state();
    draw_counts(20);
    for (size_t i = 0; i < n; i++)
        lane.whole[i] = (int16_t)((int)lane.pixels[i] << exponent);
    deliver();
    ck_assert_uint_eq(n_multiplied, 0);
    void *events = malloc(bytes);
    memcpy(events, lane.membrane[1], bytes);
    memset(lane.membrane[1], 0, bytes);
    lane.pixels[5] += 0.5f; /* no counts any more; the integers stay as they were */
    deliver();
    ck_assert_uint_gt(n_multiplied, 0);
    ck_assert_mem_eq(lane.membrane[1], events, bytes);
    free(events);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("deliver");
    TCase *t = tcase_create("first convolution");
    tcase_add_unchecked_fixture(t, temp_make, temp_remove);
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_loop_test(t, counts_enter_as_events, 0, 6);
    tcase_add_loop_test(t, other_pixels_are_multiplied, 0, 3);
    tcase_add_test(t, integers_are_the_same_either_way);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
