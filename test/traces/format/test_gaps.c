/* Theorem: a gap list that needs exactly the room it has is written, one that needs a byte more is
 * refused, and in neither case is a byte behind the room touched. The room lies at the end of its
 * allocation, so that AddressSanitizer sees an overrun, and before a canary elsewhere. */
#include "kernels/base/bits.h"
#include "kernels/base/cpu.h"
#include "test/unit.h"
#include "traces/format/gaps.h"

#include <stdlib.h>
#include <string.h>

enum {
    MAX_LIST = 320,
    MAX_NUMBERS = MAX_LIST * 255,
    N_WORDS = (MAX_NUMBERS + 63) / 64,
    CANARY = 80
};

static const struct {
    const char *name;
    unsigned needs;
    sq_gaps_add_fn *add;
} variant[] = {
#define SQ_VARIANT(isa, needs) {"sq_gaps_add_" #isa, needs, sq_gaps_add_##isa},
#include "traces/format/gaps.inc"
#undef SQ_VARIANT
};

/* Steps of a list, again and again: a byte for each but those of 255 and more. */
static const struct {
    unsigned gap[4];
    size_t n;
} pattern[] = {
    {{0}, 1},            /* every number: the fastest way through a word */
    {{1}, 1},            /* every second one */
    {{254}, 1},          /* the longest step of one byte */
    {{255}, 1},          /* the shortest one of two */
    {{0, 0, 0, 255}, 4}, /* runs with a marker between them */
    {{0, 509, 63, 64}, 4},
    {{510, 0}, 2}, /* two markers at once */
    {{7, 300}, 2},
};

enum { N_PATTERNS = sizeof pattern / sizeof *pattern };

/* The first numbers of the pattern, as many as fill `n_bytes` or would exceed it; their list. */
static size_t draw(size_t p, size_t n_bytes, uint64_t *bits, unsigned char *list)
{
    size_t at = 0, number = 0;
    memset(bits, 0, N_WORDS * sizeof *bits);
    for (size_t i = 0; at < n_bytes; i++) {
        const size_t gap = pattern[p].gap[i % pattern[p].n];
        at = (size_t)(sq_gap_put(list + at, gap) - list);
        number += gap;
        sq_bit_set(bits, number++);
    }
    return at;
}

/* Write the list into `room` bytes that `spare` canary bytes follow. */
static void write_into(sq_gaps_add_fn *add, const uint64_t *bits, const unsigned char *list,
                       size_t needed, size_t room, size_t spare)
{
    unsigned char *out = malloc(room + spare + 1), *const at = out + 1;
    struct sq_gaps gaps = {at, at + room, 0};
    memset(out, 0x5a, room + spare + 1);
    const bool fits = add(&gaps, bits, N_WORDS, 0);
    ck_assert_int_eq(fits, needed <= room);
    if (fits) {
        ck_assert_uint_eq((size_t)(gaps.out - at), needed);
        ck_assert_mem_eq(at, list, needed);
    }
    ck_assert_int_eq(out[0], 0x5a);
    for (size_t i = 0; i < spare; i++)
        ck_assert_msg(at[room + i] == 0x5a, "byte %zu behind a room of %zu", i, room);
    free(out);
}

START_TEST(no_byte_behind_the_room_is_touched)
{
    static uint64_t bits[N_WORDS];
    unsigned char list[MAX_LIST + 8];
    const size_t p = (size_t)_i % N_PATTERNS;
    const size_t v = (size_t)_i / N_PATTERNS;
    if ((sq_cpu_detect().features & variant[v].needs) != variant[v].needs) {
        sq_skip("%s: this processor cannot run it", variant[v].name);
        return;
    }
    for (size_t n = 1; n < MAX_LIST - 8; n += n < 140 ? 1 : 7) {
        const size_t needed = draw(p, n, bits, list);
        for (size_t less = 0; less <= 3 && less < needed; less++) {
            write_into(variant[v].add, bits, list, needed, needed - less, 0);
            write_into(variant[v].add, bits, list, needed, needed - less, CANARY);
        }
        write_into(variant[v].add, bits, list, needed, needed + 1, CANARY);
        write_into(variant[v].add, bits, list, needed, needed + 63, CANARY);
        write_into(variant[v].add, bits, list, needed, needed + 64, CANARY);
    }
}
END_TEST

/* A frame has room for its bit row and no more: gap lists one byte shorter are its largest, those
 * as long give way to the bits. */
START_TEST(a_frame_stays_in_its_bits)
{
    const size_t v = (size_t)_i;
    if ((sq_cpu_detect().features & variant[v].needs) != variant[v].needs) {
        sq_skip("%s: this processor cannot run it", variant[v].name);
        return;
    }
    for (uint32_t plain = 1; plain < 280; plain++)
        for (uint32_t spikes = plain > 3 ? plain - 3 : 0; spikes <= plain + 1; spikes++) {
            const struct sq_frame_shape shape = {1, 8 * plain};
            uint64_t bits[35] = {0};
            uint8_t encoding;
            unsigned char *out = malloc(plain);
            for (uint32_t i = 0; i < spikes; i++)
                sq_bit_set(bits, shape.n_channels - 1 - 7 * i); /* up to the last element */
            const size_t first = shape.n_channels - 1 - 7 * (spikes > 0 ? spikes - 1 : 0);
            const size_t gaps = spikes > 0 ? spikes + first / SQ_GAP_NONE : 0;
            const size_t size =
                sq_frame_encode_by(variant[v].add, &shape, bits, spikes, &encoding, out);
            ck_assert_int_eq(encoding, gaps < plain ? SQ_FRAME_GAPS : SQ_FRAME_BITS);
            ck_assert_uint_eq(size, gaps < plain ? gaps : plain);
            free(out);
        }
}
END_TEST

/* Counts need at most sq_frame_values_bytes(), whatever they are. */
START_TEST(values_stay_in_their_room)
{
    struct sq_rng rng = {4711};
    for (size_t n = 1; n < 1100; n += n < 20 ? 1 : 77)
        for (size_t every = 1; every <= n; every += 1 + every / 2) {
            uint16_t *value = calloc(n, sizeof *value);
            const size_t room = sq_frame_values_bytes(n);
            unsigned char *out = malloc(room);
            uint64_t spikes;
            uint8_t encoding;
            for (size_t i = every - 1; i < n; i += every)
                value[i] = (uint16_t)(1 + sq_rng_below(&rng, 65535));
            ck_assert_uint_le(sq_frame_encode_values(value, n, &encoding, &spikes, out), room);
            free(value);
            free(out);
        }
}
END_TEST

static Suite *suite(void)
{
    const int n_variants = (int)(sizeof variant / sizeof *variant);
    Suite *s = suite_create("traces/format gaps");
    TCase *t = tcase_create("gaps");
    tcase_add_loop_test(t, no_byte_behind_the_room_is_touched, 0, n_variants * N_PATTERNS);
    tcase_add_loop_test(t, a_frame_stays_in_its_bits, 0, n_variants);
    tcase_add_test(t, values_stay_in_their_room);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
