/* Theorem: the frames of a sample lie beside each other in its buffer, none reaches into the next,
 * and the last one ends with the buffer. Every frame is one of all spikes, its largest. */
#include "sim/record/encode.h"

#include "kernels/base/bits.h"
#include "sim/record/trace_plan.h"
#include "test/sim/network/tiny_load.h"

#include <stdlib.h>

enum { CANARY = 64, MAX_NODES = 64 };

static struct sq_arena arena;
static struct sq_trace_plan plan;
static struct sq_encode_plan encode;
static int32_t population_of[MAX_NODES];

static void make_plans(void)
{
    const struct sq_trace_request request = {
        .samples = {0, INT64_MAX}, .n_planned = 1, .arith = "f32", .detail = SQ_TRACE_SPIKES};
    tiny_prepare(TINY_CIFAR10, 1);
    expect_ok(&err, tiny_load_own(NULL));
    arena = (struct sq_arena){NULL, 0};
    expect_ok(&err, sq_trace_plan_make(&err, &arena, loaded, &request, &plan, population_of));
    expect_ok(&err, sq_encode_plan_make(&err, &arena, loaded, &plan, population_of, 0, &encode));
}

/* All neurons of a node; the caller frees bits. */
static uint64_t *all_ones(const struct sq_node *node)
{
    const size_t n_words = sq_words_for(node->shape.n_channels);
    uint64_t *bits = calloc(node->shape.n_rows * n_words, sizeof *bits);
    for (uint32_t r = 0; r < node->shape.n_rows; r++)
        for (uint32_t c = 0; c < node->shape.n_channels; c++)
            sq_bit_set(bits + r * n_words, c);
    return bits;
}

static void show(struct sq_record_buffer *buffer, size_t node_index, uint32_t t)
{
    const struct sq_node *node = &loaded->node[node_index];
    uint64_t *bits = all_ones(node);
    const struct sq_spikes packet = {.bits = bits};
    const struct sq_packet_view view = {
        .t = t,
        .node_index = node_index,
        .spikes = (uint64_t)node->shape.n_rows * node->shape.n_channels,
        .packet = &packet,
    };
    sq_encode_packet(&encode, &view, buffer);
    free(bits);
}

static void require_all_ones(const struct sq_trace_frame *frame, const struct sq_node *node)
{
    const struct sq_frame_shape shape = {node->shape.n_rows, node->shape.n_channels};
    uint64_t *bits = all_ones(node);
    ck_assert_int_eq(frame->encoding, SQ_FRAME_BITS);
    ck_assert_uint_eq(frame->size, sq_frame_bits_bytes(&shape));
    ck_assert_ptr_null(
        sq_frame_decode(&shape, frame->encoding, frame->data, frame->size, frame->spikes, bits));
    free(bits);
}

/* Forwards and backwards: no later frame may mend what an earlier one broke. */
START_TEST(frames_keep_to_their_room)
{
    struct sq_record_buffer *buffer;
    make_plans();
    expect_ok(&err, sq_record_buffer_new(&err, &arena, &encode, &buffer));
    unsigned char *bytes = malloc(encode.n_bytes + CANARY);
    memset(bytes, 0x5a, encode.n_bytes + CANARY);
    buffer->bytes = bytes;
    for (size_t k = 0; k < loaded->n_nodes * plan.timesteps; k++) {
        const size_t i = _i == 0 ? k : loaded->n_nodes * plan.timesteps - 1 - k;
        if (population_of[i / plan.timesteps] >= 0)
            show(buffer, i / plan.timesteps, (uint32_t)(i % plan.timesteps));
    }
    size_t sum = 0;
    for (size_t i = 0; i < loaded->n_nodes; i++)
        for (uint32_t t = 0; population_of[i] >= 0 && t < plan.timesteps; t++) {
            const struct sq_trace_frame *frame =
                &buffer->frame[(size_t)population_of[i] * plan.timesteps + t];
            require_all_ones(frame, &loaded->node[i]);
            sum += frame->size;
        }
    ck_assert_uint_eq(sum, encode.n_bytes); /* every byte is some frame's */
    for (size_t i = 0; i < CANARY; i++)
        ck_assert_int_eq(bytes[encode.n_bytes + i], 0x5a);
    free(bytes);
    sq_arena_free(&arena);
    tiny_discard();
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("sim/record encode");
    TCase *t = tcase_create("encode");
    tcase_add_loop_test(t, frames_keep_to_their_room, 0, 2);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
