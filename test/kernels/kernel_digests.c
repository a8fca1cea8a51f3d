/* Digests of what every kernel variant of this machine makes of the same drawn inputs, one line
 * each: "accumulate_i8 neon 1f0a...". Lines of one operation have one digest, on every processor;
 * test/house/neon.sh compares those of AArch64 with those of this machine, test/house/emulated.sh
 * those of processors with AVX-512. The unit tests prove what the scalar kernels compute; this
 * proves that others compute the same.
 *
 *   kernel_digests [CASES]     how many drawn inputs (default 200); an emulator is slow */
#include "kernels/base/cpu.h"
#include "kernels/base/random.h"
#include "kernels/dispatch/dispatch.h"

#include "kernels/pack/erode.h"
#include "kernels/pack/gate.h"
#include "kernels/pack/planes.h"
#include "kernels/pack/pool.h"
#include "kernels/real/real_pool.h"
#include "traces/format/gaps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    N_CASES = 200,
    MAX_IN = 200,
    MAX_ROWS = 6,
    MAX_RUNS = 4,
    LINE_PIXELS = 4,
    TOKENS = 20,
    CHANNELS = 96,
    N_TAPS = 10
};

struct draw {
    uint64_t state;
};

static uint64_t next(struct draw *draw)
{
    return sq_splitmix64(&draw->state);
}

/* FNV-1a, 64 bits. */
static uint64_t digest(uint64_t sum, const void *bytes, size_t n)
{
    for (const unsigned char *at = bytes; n > 0; n--)
        sum = (sum ^ *at++) * 0x100000001b3u;
    return sum;
}

/* All buffers of one case; every array is large enough for every case. */
struct buffers {
    _Alignas(64) float f[MAX_IN * 64];
    _Alignas(64) float acc_f[2 * SQ_QUAD * 64];
    _Alignas(64) float v_f[MAX_ROWS * 64];
    _Alignas(64) int8_t i8[MAX_IN * 64];
    _Alignas(64) int16_t i16[MAX_IN * 64];
    _Alignas(64) int16_t acc16[2 * SQ_QUAD * 64];
    _Alignas(64) int32_t acc32[2 * SQ_QUAD * 64];
    _Alignas(64) int32_t v32[MAX_ROWS * 64];
    _Alignas(64) int32_t bias[64];
    _Alignas(64) int32_t threshold[64];
    _Alignas(64) int32_t y[TOKENS * CHANNELS];
    _Alignas(64) unsigned char scratch[1 << 16];
    int16_t x16[MAX_IN];
    _Alignas(64) double sum[64];
    _Alignas(64) int64_t sum_i64[64];
    uint64_t bits[3][TOKENS * 2], word[MAX_ROWS], plane[SQ_MULTISPIKE_PLANES][MAX_ROWS];
    uint16_t event[2 * MAX_IN][SQ_QUAD];
    struct sq_quad quad[2];
    struct sq_quads quads;
    struct sq_dense_span dense[MAX_ROWS];
    struct sq_pixel_event pixel[MAX_RUNS][2 * LINE_PIXELS];
    struct sq_spread_span spread[MAX_RUNS];
    uint16_t list[TOKENS * CHANNELS + SQ_LIST_PADDING];
    uint32_t begin[TOKENS + 1], ones[TOKENS];
    uint16_t set[2 * SQ_SUBSET_LANES], size[2 * SQ_SUBSET_LANES], most[2 * SQ_SUBSET_LANES];
    unsigned features; /* of the processor, as restricted */
};

static float draw_float(struct draw *draw)
{
    const float magnitude = (float)(next(draw) >> 40) * 0x1p-20f;
    return next(draw) & 1 ? -magnitude : magnitude;
}

static void fill(struct buffers *b, struct draw *draw)
{
    for (size_t i = 0; i < MAX_IN * 64; i++) {
        b->f[i] = draw_float(draw);
        b->i8[i] = (int8_t)(next(draw) % 31) - 15;
        b->i16[i] = (int16_t)next(draw);
    }
    for (size_t i = 0; i < MAX_ROWS * 64; i++) {
        b->acc_f[i] = draw_float(draw);
        b->v_f[i] = draw_float(draw);
        b->acc16[i] = (int16_t)(next(draw) % 2001) - 1000;
        b->acc32[i] = (int32_t)(next(draw) % 2001) - 1000;
        b->v32[i] = (int32_t)(next(draw) % 200001) - 100000;
    }
    for (size_t i = 0; i < 64; i++) {
        b->bias[i] = (int32_t)(next(draw) % 2001) - 1000;
        b->threshold[i] = 1 + (int32_t)(next(draw) % 20000);
    }
    for (size_t i = 0; i < MAX_IN; i++)
        b->x16[i] = (int16_t)(next(draw) % 255) - 127;
    for (size_t i = 0; i < 3 * TOKENS; i++) {
        b->bits[i / TOKENS][i % TOKENS * 2] = next(draw) & next(draw);
        b->bits[i / TOKENS][i % TOKENS * 2 + 1] = (next(draw) & next(draw)) & 0xffffffffu;
    }
}

/* Two quads of eight rows, the second with fewer events. */
static void fill_quads(struct buffers *b, struct draw *draw)
{
    for (size_t e = 0; e < 2 * (size_t)MAX_IN; e++)
        for (size_t r = 0; r < SQ_QUAD; r++)
            b->event[e][r] = (uint16_t)(next(draw) % MAX_IN << SQ_EVENT_SHIFT);
    b->quad[0] = (struct sq_quad){100 + (uint32_t)(next(draw) % 100), {6, 1, 4, 0}};
    b->quad[1] = (struct sq_quad){(uint32_t)(next(draw) % 100), {2, 7, 3, 5}};
    b->quads = (struct sq_quads){b->quad, 2, b->event[0], 1};
}

/* Two channels; a line of LINE_PIXELS pixels and its ends fill acc_f and acc32. */
static void fill_lines(struct buffers *b, struct draw *draw)
{
    for (uint32_t k = 0; k < MAX_RUNS; k++) {
        uint32_t n = 0;
        for (uint16_t i = 0; i < 2 * LINE_PIXELS; i++)
            if (next(draw) % 2 == 0)
                b->pixel[k][n++] = (struct sq_pixel_event){i / 2, i % 2};
        b->spread[k] = (struct sq_spread_span){b->pixel[k], n, 6 * (uint32_t)(next(draw) % 3),
                                               next(draw) % 4 == 0};
    }
}

static struct buffers *new_case(uint64_t seed)
{
    struct buffers *b = NULL;
    struct draw draw = {seed};
    if (posix_memalign((void **)&b, 64, sizeof *b) != 0)
        exit(EXIT_FAILURE);
    memset(b, 0, sizeof *b);
    fill(b, &draw);
    fill_quads(b, &draw);
    fill_lines(b, &draw);
    return b;
}

/* One operation on one case; returns the digest of everything that it wrote. */
#define OPERATION(name) \
    static uint64_t name(const struct sq_kernels *k, struct buffers *b, size_t width, uint64_t sum)

/* The same from zeros, on sums, on doubled sums. */
OPERATION(accumulate_f32)
{
    for (int from = SQ_FROM_ZERO; from <= SQ_FROM_TWICE; from++) {
        k->accumulate_f32(b->acc_f, width, b->f, &b->quads, (enum sq_sums_from)from,
                          &SQ_NOTHING_AHEAD);
        sum = digest(sum, b->acc_f, sizeof b->acc_f);
    }
    return sum;
}

OPERATION(accumulate_i8)
{
    for (int from = SQ_FROM_ZERO; from <= SQ_FROM_TWICE; from++) {
        k->accumulate_i8(b->acc16, width, b->i8, &b->quads, (enum sq_sums_from)from);
        sum = digest(sum, b->acc16, sizeof b->acc16);
    }
    return sum;
}

OPERATION(accumulate_i16)
{
    for (int from = SQ_FROM_ZERO; from <= SQ_FROM_TWICE; from++) {
        k->accumulate_i16(b->acc32, width, b->i16, &b->quads, (enum sq_sums_from)from);
        sum = digest(sum, b->acc32, sizeof b->acc32);
    }
    return sum;
}

/* A tile is two strips wide. */
OPERATION(accumulate_tile)
{
    for (int from = SQ_FROM_ZERO; from <= SQ_FROM_TWICE; from++) {
        k->accumulate_tile(b->acc16, width & 32 ? 32 : 64, b->i16, &b->quads,
                           (enum sq_sums_from)from);
        sum = digest(sum, b->acc16, sizeof b->acc16);
    }
    return sum;
}

OPERATION(widen_i8)
{
    k->widen_i8(b->acc16, b->i8, width & 16 ? NULL : b->i8 + 64, MAX_ROWS);
    return digest(sum, b->acc16, sizeof b->acc16);
}

OPERATION(add_tile)
{
    for (int from = SQ_FROM_ZERO; from <= SQ_FROM_TWICE; from++) {
        k->add_tile(b->acc32, b->i16, width, (enum sq_sums_from)from);
        sum = digest(sum, b->acc32, sizeof b->acc32);
    }
    return sum;
}

OPERATION(dense_f32)
{
    for (size_t r = 0; r < MAX_ROWS; r++)
        b->dense[r] = (struct sq_dense_span){b->f + 7 * r, 64, (uint32_t)r};
    k->dense_f32(b->acc_f, b->f, width, b->dense, MAX_ROWS, 1);
    return digest(sum, b->acc_f, sizeof b->acc_f);
}

OPERATION(dense_i16)
{
    for (size_t r = 0; r < MAX_ROWS; r++)
        b->dense[r] = (struct sq_dense_span){b->x16 + r, 64, (uint32_t)r};
    k->dense_i16(b->acc32, b->i16, width, b->dense, MAX_ROWS, 1);
    return digest(sum, b->acc32, sizeof b->acc32);
}

OPERATION(spread_f32)
{
    k->spread_f32(b->acc_f, b->f, width, 2, LINE_PIXELS, b->spread, MAX_RUNS);
    return digest(sum, b->acc_f, sizeof b->acc_f);
}

OPERATION(spread_i16)
{
    k->spread_i16(b->acc32, b->i16, width, 2, LINE_PIXELS, b->spread, MAX_RUNS);
    return digest(sum, b->acc32, sizeof b->acc32);
}

OPERATION(lif_f32)
{
    k->lif_f32(b->word, 1, b->v_f, b->acc_f, width, b->f, 1.5f, width, MAX_ROWS);
    return digest(digest(sum, b->v_f, sizeof b->v_f), b->word, sizeof b->word);
}

OPERATION(lif_i16)
{
    const struct sq_lif_fixed fixed = {b->bias, b->threshold, 5,
                                       b->bias[0] & 1 ? SQ_ROUND_NEAREST : SQ_ROUND_DOWN};
    k->lif_i16(b->word, 1, b->v32, b->acc16, width, &fixed, width, MAX_ROWS);
    return digest(digest(sum, b->v32, sizeof b->v32), b->word, sizeof b->word);
}

OPERATION(lif_i32)
{
    const struct sq_lif_fixed fixed = {b->bias, b->threshold, 4,
                                       b->bias[0] & 1 ? SQ_ROUND_NEAREST : SQ_ROUND_DOWN};
    k->lif_i32(b->word, 1, b->v32, b->acc32, width, &fixed, width, MAX_ROWS);
    return digest(digest(sum, b->v32, sizeof b->v32), b->word, sizeof b->word);
}

static const struct sq_attend_shape attend_shape = {
    .n_tokens = TOKENS, .n_heads = 4, .head_dim = CHANNELS / 4, .n_words = 2};

OPERATION(attend_f32)
{
    const enum sq_attend_order order = width & 16 ? SQ_ATTEND_QK_FIRST : SQ_ATTEND_KV_FIRST;
    float *y = (float *)(void *)b->y;
    k->attend(y, CHANNELS, b->bits[0], b->bits[1], b->bits[2], &attend_shape, order, b->scratch);
    return digest(sum, b->y, sizeof b->y);
}

OPERATION(attend_i32)
{
    const enum sq_attend_order order = width & 16 ? SQ_ATTEND_QK_FIRST : SQ_ATTEND_KV_FIRST;
    k->attend_i32(b->y, CHANNELS, b->bits[0], b->bits[1], b->bits[2], &attend_shape, order,
                  b->scratch);
    return digest(sum, b->y, sizeof b->y);
}

/* Every model; the membranes of one are those that the last left. */
OPERATION(neuron_f32)
{
    struct sq_neuron neuron = {SQ_MODEL_LIF, 1.5f, width & 16 ? 1.5f : 7.0f, 0.25f};
    for (; neuron.model <= SQ_MODEL_MS; neuron.model++) {
        k->neuron_f32(b->word, 1, b->v_f, b->acc_f, width, b->f, &neuron, width, MAX_ROWS);
        sum = digest(digest(sum, b->v_f, sizeof b->v_f), b->word, sizeof b->word);
    }
    return sum;
}

/* Halves among the currents, in both roundings. */
OPERATION(multispike_f32)
{
    for (size_t i = 0; i < MAX_ROWS * 64; i++)
        b->acc_f[i] = i % 2 ? b->acc_f[i] : (float)(b->acc32[i] % 16) * 0.5f - b->f[i % width];
    for (int half_up = 0; half_up < 2; half_up++) {
        k->multispike_f32(b->plane[0], 1, MAX_ROWS, b->acc_f, width, b->f, half_up ? 4.0f : 7.0f,
                          half_up ? SQ_HALF_UP : SQ_HALF_TO_EVEN, width, MAX_ROWS);
        sum = digest(sum, b->plane, sizeof b->plane);
    }
    return sum;
}

/* Every model, leak and rounding; then multispike. */
OPERATION(neuron_fixed)
{
    for (uint32_t leak = 0; leak < 6; leak++) {
        const struct sq_neuron_fixed fixed = {.bias = b->bias,
                                              .threshold = b->threshold,
                                              .shift = leak,
                                              .model = leak % 3 == 0   ? SQ_MODEL_LIF
                                                       : leak % 3 == 1 ? SQ_MODEL_MS
                                                                       : SQ_MODEL_IF,
                                              .leak = leak,
                                              .rounding =
                                                  leak < 3 ? SQ_ROUND_NEAREST : SQ_ROUND_DOWN};
        k->neuron_i16(b->word, 1, b->v32, b->acc16, width, &fixed, width, MAX_ROWS);
        sum = digest(digest(sum, b->word, sizeof b->word), b->v32, sizeof b->v32);
        for (size_t i = 0; i < MAX_ROWS * 64; i++)
            b->v32[i] >>= 8; /* IF has no leak */
    }
    const struct sq_neuron_fixed levels = {.bias = b->bias, .threshold = b->bias, .shift = 1};
    k->multispike_i16(b->plane[0], 1, MAX_ROWS, b->acc16, width, &levels, 7, width, MAX_ROWS);
    return digest(sum, b->plane, sizeof b->plane);
}

/* Currents, sums, maxima, pooling and column sums, each of what the last wrote. */
OPERATION(real_f32)
{
    const size_t n = MAX_ROWS * width;
    k->real_current_f32(b->v_f, b->acc_f, width, b->f, width, MAX_ROWS);
    k->real_add_f32(b->acc_f, b->acc_f, b->v_f, n);
    k->real_max_f32(b->v_f, b->acc_f, n);
    sq_real_pool(b->f, b->v_f, 2, MAX_ROWS / 2, width, 3, 2, 1, k->real_max_f32);
    k->real_sum_f32(b->sum, b->v_f, width, MAX_ROWS);
    sum = digest(digest(sum, b->v_f, sizeof b->v_f), b->acc_f, sizeof b->acc_f);
    return digest(digest(sum, b->f, 2 * width * sizeof *b->f), b->sum, sizeof b->sum);
}

OPERATION(limits)
{
    _Alignas(64) float f32[SQ_LIMIT_BYTES / sizeof(float)] = {0};
    _Alignas(64) uint16_t i16[SQ_LIMIT_BYTES / sizeof(uint16_t)] = {0};
    _Alignas(64) uint32_t i32[SQ_LIMIT_BYTES / sizeof(uint32_t)] = {0};
    const size_t n_rows = MAX_ROWS * 64 * sizeof(float) / SQ_LIMIT_BYTES;
    (void)width;
    k->limit_f32(f32, b->acc_f, n_rows);
    k->limit_i16(i16, (const uint16_t *)b->acc_f, n_rows);
    k->limit_i32(i32, (const uint32_t *)b->acc_f, n_rows);
    sum = digest(digest(sum, f32, sizeof f32), i16, sizeof i16);
    return digest(sum, i32, sizeof i32);
}

OPERATION(real_i32)
{
    const size_t n = MAX_ROWS * width;
    static const int32_t shift[3][64] __attribute__((aligned(64))) = {
        {[1] = 5, [2] = 9}, {[3] = 7, [9] = 3, [15] = 31}, {[3] = 1, [15] = 1}};
    static const int32_t half[64]
        __attribute__((aligned(64))) = {[3] = (1 << 6) - 1, [15] = (1 << 30) - 1};
    const struct sq_real_align align = {b->bias, shift[0], shift[1], half, shift[2]};
    k->real_current_i16(b->v32, b->acc16, width, &align, width, MAX_ROWS);
    k->real_max_i32(b->acc32, b->v32, n);
    k->real_add_i32(b->v32, b->v32, b->acc32, n);
    sum = digest(sum, b->v32, sizeof b->v32);
    for (size_t i = 0; i < n; i++)
        b->acc32[i] >>= 12; /* room for the shifts */
    k->real_current_i32(b->v32, b->acc32, width, &align, width, MAX_ROWS);
    k->real_sum_i32(b->sum_i64, b->v32, width, MAX_ROWS);
    return digest(digest(sum, b->v32, sizeof b->v32), b->sum_i64, sizeof b->sum_i64);
}

OPERATION(masked_f32)
{
    for (size_t i = 0; i < MAX_ROWS * 64; i++)
        b->acc_f[i] += 0.0f; /* no -0 */
    for (int twice = 0; twice < 2; twice++)
        k->masked_f32(b->acc_f, b->f, width, b->bits[twice], TOKENS * 2 / N_TAPS, N_TAPS, twice);
    return digest(sum, b->acc_f, sizeof b->acc_f);
}

OPERATION(masked_i8)
{
    for (int twice = 0; twice < 2; twice++)
        k->masked_i8(b->acc16, b->i8, width, b->bits[twice], TOKENS * 2 / N_TAPS, N_TAPS, twice);
    return digest(sum, b->acc16, sizeof b->acc16);
}

OPERATION(masked_i16)
{
    for (int twice = 0; twice < 2; twice++)
        k->masked_i16(b->acc32, b->i16, width, b->bits[twice], TOKENS * 2 / N_TAPS, N_TAPS, twice);
    return digest(sum, b->acc32, sizeof b->acc32);
}

/* Gates and maxima of neighbours have one variant for all processors. */
OPERATION(gate)
{
    (void)k;
    uint64_t out[TOKENS * 2];
    uint32_t ones[TOKENS * 6];
    const size_t n_heads = width & 16 ? 6 : 4;
    sq_gate_heads(out, b->bits[0], b->bits[1], TOKENS, CHANNELS, n_heads);
    sum = digest(sum, out, sizeof out);
    sq_gate_tokens(out, out, b->bits[2], TOKENS, 2);
    sq_gate_and_not(out, b->bits[1], out, TOKENS * 2);
    sq_gate_and(out, out, b->bits[0], TOKENS * 2);
    sum = digest(sum, out, sizeof out);
    sq_head_counts(ones, b->bits[1], TOKENS, CHANNELS, n_heads);
    sum = digest(sum, ones, TOKENS * n_heads * sizeof *ones);
    sq_erode_heads(out, b->bits[1], TOKENS, CHANNELS, CHANNELS / n_heads);
    sum = digest(sum, out, sizeof out);
    sq_erode_grid(out, b->bits[1], 4, TOKENS / 4, 2);
    return digest(sum, out, sizeof out);
}

/* Pooling and residual additions have one variant for all processors. */
OPERATION(pack)
{
    (void)k;
    uint64_t out[2 * TOKENS * 2];
    sq_pool_spikes(out, b->bits[0], 4, 5, 2);
    sum = digest(sum, out, 2 * 3 * 2 * sizeof *out);
    sq_pool_any(out, b->bits[0], 4, 5, 2, 2, 2, 0);
    sum = digest(sum, out, 2 * 2 * 2 * sizeof *out);
    sq_planes_add(out, 2, b->bits[1], 1, b->bits[2], 1, TOKENS * 2);
    sum = digest(sum, out, sizeof out);
    uint32_t total[128] = {(uint32_t)width};
    sq_planes_sum(total, out, 2, TOKENS, 2);
    return digest(sum, total, sizeof total);
}

/* A packet's events; what lies behind them may be anything. */
OPERATION(list_events)
{
    const struct sq_spike_shape shape = {TOKENS, (uint32_t)width + 32, 2, 1, width & 16 ? 5 : 1};
    const uint32_t n = k->list_events(b->list, b->begin, 0, b->bits[0], &shape);
    return digest(digest(sum, b->list, n * sizeof b->list[0]), b->begin, sizeof b->begin);
}

OPERATION(ssa_count)
{
    struct sq_ssa_count count = {0};
    k->ssa_count(&count, b->bits[0], b->bits[1], b->bits[2], &attend_shape, width & 16 ? 1 : 0,
                 b->scratch);
    return digest(sum, &count, sizeof count);
}

OPERATION(overlap)
{
    (void)width;
    k->overlap(b->ones, b->bits[0][0] & 1 ? b->bits[1] : b->bits[2], b->bits[0], TOKENS, 2);
    return digest(sum, b->ones, sizeof b->ones);
}

OPERATION(subset)
{
    const size_t n = 2 * SQ_SUBSET_LANES - width / 16;
    for (size_t i = 0; i < 2 * SQ_SUBSET_LANES; i++) {
        b->set[i] = (uint16_t)(b->bits[0][i] & b->bits[1][i]);
        b->size[i] = (uint16_t)__builtin_popcount(b->set[i]);
    }
    k->subset(b->most, b->set, b->size, n);
    return digest(sum, b->most, n * sizeof b->most[0]);
}

OPERATION(packet_count)
{
    const size_t n = 2 * TOKENS - width / 16;
    uint64_t count[4] = {k->count_common(b->bits[0], 1, b->bits[1], 1, n),
                         k->count_common(b->bits[0], 2, b->bits[2], 1, n - n % 8),
                         k->count_windows(b->bits[0], 4, 10 - width % 32 / 16, 1),
                         k->count_nonzeros_f32(b->acc_f, 300 - width)};
    return digest(sum, count, sizeof count);
}

/* The gaps between the spikes of rows that touch, with many empty words. */
OPERATION(gaps)
{
    (void)k;
    unsigned char out[2 * TOKENS * 64];
    struct sq_gaps list = {out, out + sizeof out - width, 0};
    for (size_t i = 0; i < 2 * TOKENS; i++)
        b->bits[0][i] &= b->bits[0][i] >> 3 & (i % 7 == 0 ? 0 : ~(uint64_t)0);
    const bool fits = sq_gaps_choose(b->features)(&list, b->bits[0], 2 * TOKENS, 0);
    return digest(sum, out, fits ? (size_t)(list.out - out) : 0);
}

static const struct {
    const char *name;
    uint64_t (*span)(const struct sq_kernels *, struct buffers *, size_t, uint64_t);
} operation[] = {
    {"accumulate_f32", accumulate_f32},
    {"accumulate_i8", accumulate_i8},
    {"accumulate_i16", accumulate_i16},
    {"accumulate_tile", accumulate_tile},
    {"widen_i8", widen_i8},
    {"add_tile", add_tile},
    {"dense_f32", dense_f32},
    {"dense_i16", dense_i16},
    {"spread_f32", spread_f32},
    {"spread_i16", spread_i16},
    {"lif_f32", lif_f32},
    {"lif_i16", lif_i16},
    {"lif_i32", lif_i32},
    {"neuron_f32", neuron_f32},
    {"multispike_f32", multispike_f32},
    {"neuron_fixed", neuron_fixed},
    {"real_f32", real_f32},
    {"limits", limits},
    {"real_i32", real_i32},
    {"masked_f32", masked_f32},
    {"masked_i8", masked_i8},
    {"masked_i16", masked_i16},
    {"gate", gate},
    {"attend_f32", attend_f32},
    {"attend_i32", attend_i32},
    {"pack", pack},
    {"list_events", list_events},
    {"ssa_count", ssa_count},
    {"overlap", overlap},
    {"subset", subset},
    {"packet_count", packet_count},
    {"gaps", gaps},
};

static uint64_t digest_cases(size_t which, const struct sq_kernels *kernels, unsigned features,
                             uint64_t n_cases)
{
    uint64_t sum = 0xcbf29ce484222325u;
    for (uint64_t seed = 0; seed < n_cases; seed++) {
        struct buffers *b = new_case(seed);
        b->features = features;
        sum = operation[which].span(kernels, b, 16 * (1 + seed % 4), sum);
        free(b);
    }
    return sum;
}

int main(int argc, char **argv)
{
    const uint64_t n_cases = argc > 1 ? strtoul(argv[1], NULL, 10) : N_CASES;
    static const char *const isa[] = {"scalar", "avx2", "avx512", "neon"};
    for (size_t i = 0; i < sizeof isa / sizeof isa[0]; i++) {
        const int features = sq_cpu_restrict(sq_cpu_detect().features, isa[i]);
        struct sq_kernels kernels = {0};
        if (features < 0)
            continue;
        sq_kernels_choose(&kernels, (unsigned)features);
        for (size_t o = 0; o < sizeof operation / sizeof operation[0]; o++)
            printf("%s %s %016llx\n", operation[o].name, isa[i],
                   (unsigned long long)digest_cases(o, &kernels, (unsigned)features, n_cases));
    }
    return EXIT_SUCCESS;
}
