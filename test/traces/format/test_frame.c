/* Theorem: whatever the spikes, encode then decode gives them back, in as few bytes as the smaller
 * of bit row and gap list; and no bytes at all make the decoder write out of bounds. */
#include "kernels/base/bits.h"
#include "kernels/base/cpu.h"
#include "test/unit.h"
#include "traces/format/frame.h"
#include "traces/format/gaps.h"

#include <stdio.h>
#include <string.h>

enum { MAX_ROWS = 40, MAX_CHANNELS = 200, MAX_WORDS = MAX_ROWS * 4, MAX_BYTES = MAX_ROWS * 25 };

static uint64_t draw_spikes(struct sq_rng *rng, const struct sq_frame_shape *shape, double rate,
                            uint64_t *bits)
{
    const size_t n_words = sq_words_for(shape->n_channels);
    uint64_t spikes = 0;
    memset(bits, 0, shape->n_rows * n_words * sizeof *bits);
    for (uint32_t r = 0; r < shape->n_rows; r++)
        for (uint32_t c = 0; c < shape->n_channels; c++)
            if (sq_rng_unit(rng) < rate) {
                sq_bit_set(bits + r * n_words, c);
                spikes++;
            }
    return spikes;
}

static struct sq_frame_shape draw_shape(struct sq_rng *rng)
{
    static const uint32_t even[] = {8, 16, 32, 64, 128}; /* widths that have ways of their own */
    const uint32_t rows = 1 + (uint32_t)sq_rng_below(rng, MAX_ROWS);
    if (sq_rng_below(rng, 3) == 0)
        return (struct sq_frame_shape){rows, even[sq_rng_below(rng, 5)]};
    return (struct sq_frame_shape){rows, 1 + (uint32_t)sq_rng_below(rng, MAX_CHANNELS)};
}

/* Plainly: the list of frame.h, one element after the other. */
static size_t plain_gaps(const struct sq_frame_shape *shape, const uint64_t *bits)
{
    size_t bytes = 0, gap = 0;
    for (uint32_t r = 0; r < shape->n_rows; r++)
        for (uint32_t c = 0; c < shape->n_channels; c++, gap++)
            if (sq_bit_get(bits + r * sq_words_for(shape->n_channels), c)) {
                bytes += gap / 255 + 1;
                gap = SIZE_MAX;
            }
    return bytes;
}

START_TEST(decoding_gives_back_the_spikes)
{
    static const double rate[] = {0, 0.001, 0.01, 0.05, 0.125, 0.3, 0.9, 1};
    struct sq_rng rng = {0xf7a3e + (uint64_t)_i};
    for (int round = 0; round < 200; round++) {
        const struct sq_frame_shape shape = draw_shape(&rng);
        uint64_t bits[MAX_WORDS], got[MAX_WORDS];
        unsigned char out[MAX_BYTES + 1];
        uint8_t encoding;
        const uint64_t spikes = draw_spikes(&rng, &shape, rate[_i], bits);
        const size_t plain = sq_frame_bits_bytes(&shape), gaps = plain_gaps(&shape, bits);
        out[plain] = 0x5a;
        const size_t size = sq_frame_encode(&shape, bits, spikes, &encoding, out);
        ck_assert_uint_eq(size, gaps < plain ? gaps : plain);
        ck_assert_int_eq(encoding, gaps < plain ? SQ_FRAME_GAPS : SQ_FRAME_BITS);
        ck_assert_int_eq(out[plain], 0x5a);
        memset(got, 0xff, sizeof got);
        ck_assert_ptr_null(sq_frame_decode(&shape, encoding, out, size, spikes, got));
        ck_assert_mem_eq(got, bits, shape.n_rows * sq_words_for(shape.n_channels) * sizeof *bits);
    }
}
END_TEST

/* Theorem: every variant of the gap list writes the scalar one's bytes, and stays in its room. */
static const struct {
    const char *name;
    unsigned needs;
    sq_gaps_add_fn *add;
} variant[] = {
#define SQ_VARIANT(isa, needs) {"sq_gaps_add_" #isa, needs, sq_gaps_add_##isa},
#include "traces/format/gaps.inc"
#undef SQ_VARIANT
};

START_TEST(every_variant_equals_scalar)
{
    static const double rate[] = {0.0005, 0.01, 0.06, 0.11, 0.5};
    struct sq_rng rng = {991};
    if ((sq_cpu_detect().features & variant[_i].needs) != variant[_i].needs) {
        sq_skip("%s: this processor cannot run it", variant[_i].name);
        return;
    }
    for (int round = 0; round < 2000; round++) {
        const struct sq_frame_shape shape = draw_shape(&rng);
        const size_t plain = sq_frame_bits_bytes(&shape);
        uint64_t bits[MAX_WORDS];
        unsigned char want[MAX_BYTES + 1], got[MAX_BYTES + 1];
        uint8_t want_encoding, encoding;
        const uint64_t spikes = draw_spikes(&rng, &shape, rate[round % 5], bits);
        const size_t size = sq_frame_encode(&shape, bits, spikes, &want_encoding, want);
        got[plain] = 0x5a;
        ck_assert_uint_eq(sq_frame_encode_by(variant[_i].add, &shape, bits, spikes, &encoding, got),
                          size);
        ck_assert_int_eq(encoding, want_encoding);
        ck_assert_mem_eq(got, want, size);
        ck_assert_int_eq(got[plain], 0x5a);
    }
}
END_TEST

START_TEST(bits_are_numbered_from_the_low_end)
{
    const struct sq_frame_shape shape = {2, 12};
    const uint64_t bits[2] = {0xfff, 0xffe}; /* all but element 12 */
    unsigned char out[3];
    uint8_t encoding;
    ck_assert_uint_eq(sq_frame_encode(&shape, bits, 23, &encoding, out), 3);
    ck_assert_int_eq(encoding, SQ_FRAME_BITS);
    ck_assert_mem_eq(out, ((unsigned char[]){0xff, 0xef, 0xff}), 3);
}
END_TEST

START_TEST(gaps_count_from_the_last_spike)
{
    const struct sq_frame_shape shape = {1, 1000};
    uint64_t bits[16] = {0};
    unsigned char out[125];
    uint8_t encoding;
    static const unsigned want[] = {0, 1, 256, 257, 999};
    for (size_t i = 0; i < 5; i++)
        sq_bit_set(bits, want[i]);
    /* from -1: 0; 1; 256 is 254 behind 2; 257; 999 is 741 = 2 * 255 + 231 behind 258 */
    ck_assert_uint_eq(sq_frame_encode(&shape, bits, 5, &encoding, out), 7);
    ck_assert_mem_eq(out, ((unsigned char[]){0, 0, 254, 0, 255, 255, 231}), 7);
}
END_TEST

START_TEST(damage_is_refused)
{
    const struct sq_frame_shape shape = {1, 20};
    uint64_t bits[1];
#define REFUSES(encoding, spikes, ...)                                                             \
    do {                                                                                           \
        const unsigned char data[] = {__VA_ARGS__};                                                \
        ck_assert_ptr_nonnull(sq_frame_decode(&shape, encoding, data, sizeof data, spikes, bits)); \
    } while (0)
    REFUSES(SQ_FRAME_BITS, 1, 1, 0);         /* too short */
    REFUSES(SQ_FRAME_BITS, 1, 0, 0, 0x10);   /* neuron 20 */
    REFUSES(SQ_FRAME_BITS, 2, 1, 0, 0);      /* one spike, not two */
    REFUSES(SQ_FRAME_GAPS, 1, 20);           /* neuron 20 */
    REFUSES(SQ_FRAME_GAPS, 2, 19, 0);        /* neuron 20 again */
    REFUSES(SQ_FRAME_GAPS, 0, 255);          /* names none */
    REFUSES(SQ_FRAME_GAPS, 1, 3, 4);         /* two, not one */
    REFUSES(SQ_FRAME_VALUES8, 1, 3, 4);      /* no spikes */
    REFUSES(SQ_FRAME_ENCODINGS, 0, 0, 0, 0); /* unknown */
#undef REFUSES
}
END_TEST

START_TEST(no_bytes_lead_out_of_bounds)
{
    struct sq_rng rng = {20261124};
    for (int round = 0; round < 20000; round++) {
        const struct sq_frame_shape shape = draw_shape(&rng);
        uint64_t bits[MAX_WORDS];
        unsigned char data[64];
        uint16_t value[MAX_ROWS * MAX_CHANNELS];
        const size_t size = (size_t)sq_rng_below(&rng, sizeof data + 1);
        for (size_t i = 0; i < size; i++)
            data[i] = (unsigned char)(sq_rng_below(&rng, 3) ? sq_rng_next(&rng) : 255);
        const uint8_t encoding = (uint8_t)sq_rng_below(&rng, 6);
        const uint64_t spikes = sq_rng_below(&rng, 70);
        sq_frame_decode(&shape, encoding, data, size, spikes, bits);
        sq_frame_decode_values(encoding, data, size, spikes,
                               (size_t)shape.n_rows * shape.n_channels, value);
    }
}
END_TEST

START_TEST(values_come_back)
{
    struct sq_rng rng = {77 + (uint64_t)_i};
    enum { N = 5000 };
    static uint16_t value[N], got[N];
    static unsigned char out[3 * N + N / 255 + 1];
    for (int round = 0; round < 50; round++) {
        const size_t n = 1 + (size_t)sq_rng_below(&rng, N);
        uint64_t spikes, nonzeros = 0;
        uint8_t encoding;
        for (size_t i = 0; i < n; i++) {
            const int fires = sq_rng_below(&rng, 1 + 8 * (uint64_t)_i) == 0;
            value[i] = fires ? (uint16_t)sq_rng_below(&rng, round % 2 ? 65536 : 256) : 0;
            nonzeros += value[i] != 0;
        }
        const size_t size = sq_frame_encode_values(value, n, &encoding, &spikes, out);
        ck_assert_uint_le(size, sq_frame_values_bytes(n));
        ck_assert_uint_eq(spikes, nonzeros);
        ck_assert_ptr_null(sq_frame_decode_values(encoding, out, size, spikes, n, got));
        ck_assert_mem_eq(got, value, n * sizeof *value);
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("traces/format");
    TCase *frame = tcase_create("frame");
    tcase_add_loop_test(frame, decoding_gives_back_the_spikes, 0, 8);
    tcase_add_loop_test(frame, every_variant_equals_scalar, 0, sizeof variant / sizeof *variant);
    tcase_add_test(frame, bits_are_numbered_from_the_low_end);
    tcase_add_test(frame, gaps_count_from_the_last_spike);
    tcase_add_test(frame, damage_is_refused);
    tcase_add_test(frame, no_bytes_lead_out_of_bounds);
    tcase_add_loop_test(frame, values_come_back, 0, 40);
    suite_add_tcase(s, frame);
    return s;
}

SQ_TEST_MAIN(suite())
