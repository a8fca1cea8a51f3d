/* Speed of sq_accumulate_f32 on four strips of 16 outputs, N_ROWS rows, against the dense kernel of
 * the same instruction set on the same shape (its figure does not depend on the rate).
 *
 *   hot    the same weights and accumulators again and again
 *   cold   the next copy of both at every pass, COLD_BYTES in all: from memory
 *
 * Columns: 10^9 additions a second for each tile, then for the best tile the dense-equivalent rate
 * (10^9 multiply-accumulates a second that a dense kernel would have to do), then the dense kernel
 * itself. 0.00: such a tile holds the whole block. Time is the thread's processor time, median of
 * N_SAMPLES, without the cutting of lists into runs. Never passes or fails. */
#include "kernels/accumulate/quads.h"
#include "kernels/base/cpu.h"
#include "kernels/dense/dense.h"
#include "test/bench/measure.h"
#include "test/unit.h"

#include <stdio.h>
#include <string.h>

enum {
    N_ROWS = 64,
    WIDTH = 64,
    MAX_IN = 3072,
    MAX_TILES = MAX_IN / 64,
    N_SAMPLES = 7,
    COLD_BYTES = 96 << 20
};

static const struct {
    const char *name;
    unsigned needs;
    sq_accumulate_f32_fn *accumulate;
    sq_dense_f32_fn *dense;
} variant[] = {
#define SQ_VARIANT(isa, needs) \
    {#isa, (unsigned)(needs), sq_accumulate_f32_##isa, sq_dense_f32_##isa},
#include "kernels/accumulate/accumulate.inc"
#undef SQ_VARIANT
};

static const uint32_t n_ins[] = {64, 128, 192, 256, 384, 768, 1536, 3072};
static const double rates[] = {0.02, 0.05, 0.10, 0.20, 0.40};
static const uint32_t tiles[] = {64, 128, 192, 256, MAX_IN};
enum { N_TILES = sizeof tiles / sizeof tiles[0] };
#define FOR_EACH(i, array) for (size_t i = 0; i < sizeof(array) / sizeof(array)[0]; i++)
/* Copies of (accumulators, weights), one after the other; a pass takes the next. */
struct ring {
    float *copy;
    size_t stride, n_copies, at;
};

struct lists {
    uint16_t event[N_ROWS * MAX_IN + 8];
    uint32_t begin[N_ROWS + 1];
};

/* One cutting into tiles, laid out. */
struct tiles {
    struct sq_quad quad[N_ROWS / SQ_QUAD * MAX_TILES];
    uint16_t event[N_ROWS * MAX_IN + SQ_QUAD_SLACK];
    struct sq_quad_row order[N_ROWS];
    uint32_t begin[MAX_IN + 2], first[MAX_TILES];
    struct sq_quads quads[MAX_TILES];
};

/* What one pass does: all tiles of all rows, or the dense kernel where accumulate is NULL. */
struct job {
    sq_accumulate_f32_fn *accumulate;
    sq_dense_f32_fn *dense;
    struct ring ring;
    size_t n_tiles;
    const struct sq_quads *quads; /* [n_tiles] */
    const uint32_t *first;        /* weight row of each */
    uint32_t n_in;
    const struct sq_dense_span *dense_run;
};

static void pass(struct job *job)
{
    struct ring *ring = &job->ring;
    float *acc = ring->copy + ring->at * ring->stride;
    const float *w = acc + N_ROWS * WIDTH; /* a dense kernel reads the same numbers */
    ring->at = ring->at + 1 < ring->n_copies ? ring->at + 1 : 0;
    if (job->accumulate == NULL)
        job->dense(acc, w, WIDTH, job->dense_run, N_ROWS, 1);
    else
        for (size_t t = 0; t < job->n_tiles; t++)
            for (size_t column = 0; column < WIDTH; column += SQ_LANES)
                job->accumulate(acc + column, WIDTH,
                                w + (column / SQ_LANES * (job->n_in + 1) + job->first[t]) *
                                        SQ_LANES,
                                &job->quads[t], SQ_FROM_SUMS, &SQ_NOTHING_AHEAD);
}

static double seconds_of(struct job *job, size_t n_passes)
{
    const double start = clock_seconds(CLOCK_THREAD_CPUTIME_ID);
    for (size_t i = 0; i < n_passes; i++)
        pass(job);
    return clock_seconds(CLOCK_THREAD_CPUTIME_ID) - start;
}

/* Median seconds of a pass; as many passes a sample as take a millisecond. */
static double measure(struct job *job)
{
    double sample[N_SAMPLES];
    size_t n_passes = 1;
    while (seconds_of(job, n_passes) < 1e-3)
        n_passes *= 2;
    for (int i = 0; i < N_SAMPLES; i++)
        sample[i] = seconds_of(job, n_passes) / (double)n_passes;
    return median(sample, N_SAMPLES);
}

static void draw_lists(struct lists *lists, uint32_t n_in, double rate)
{
    struct sq_rng rng = {n_in};
    uint32_t n = 0;
    for (uint32_t r = 0; r < N_ROWS; r++) {
        lists->begin[r] = n;
        for (uint32_t i = 0; i < n_in; i++)
            if (sq_rng_unit(&rng) < rate)
                lists->event[n++] = (uint16_t)i;
    }
    lists->begin[N_ROWS] = n;
}

/* Tiles of `tile` inputs; returns how many. */
static size_t cut(struct tiles *tiles, const struct lists *lists, uint32_t n_in, uint32_t tile)
{
    uint32_t at[N_ROWS];
    size_t n_tiles = 0;
    struct sq_span span[N_ROWS];
    struct sq_quad_room room = {tiles->quad, tiles->event, tiles->begin, tiles->order, {NULL}};
    memcpy(at, lists->begin, sizeof at);
    for (uint32_t from = 0; from < n_in; from += tile, n_tiles++) {
        for (uint32_t r = 0; r < N_ROWS; r++) {
            const uint32_t begin = at[r];
            while (at[r] < lists->begin[r + 1] && lists->event[at[r]] < from + tile)
                at[r]++;
            span[r] = (struct sq_span){lists->event + begin, at[r] - begin, (uint16_t)from};
        }
        const struct sq_quad_rows rows = {span, N_ROWS, 1, tile < n_in ? tile : n_in,
                                          (uint16_t)(n_in - from)};
        tiles->first[n_tiles] = from;
        tiles->quads[n_tiles] = sq_quads_lay(&room, &rows, SQ_FROM_SUMS);
    }
    return n_tiles;
}

/* One line: one shape, rate and variant. */
static void bench_line(struct job *job, const struct lists *lists, uint32_t n_in, double rate)
{
    static struct tiles laid;
    const double n_additions = (double)lists->begin[N_ROWS] * WIDTH;
    const double n_macs = (double)n_in * N_ROWS * WIDTH;
    double best = 1e9;
    printf(" %5u %4.0f%%", n_in, rate * 100);
    job->quads = laid.quads;
    job->first = laid.first;
    job->n_in = n_in;
    for (size_t t = 0; t < N_TILES; t++) {
        const int cuts = tiles[t] < n_in || tiles[t] == MAX_IN;
        job->n_tiles = cut(&laid, lists, n_in, tiles[t]);
        const double seconds = cuts ? measure(job) : 1e9;
        best = seconds < best ? seconds : best;
        printf(" %7.2f", n_additions / seconds * 1e-9);
    }
    job->accumulate = NULL;
    printf(" %9.2f %9.2f\n", n_macs / best * 1e-9, n_macs / measure(job) * 1e-9);
    fflush(stdout);
}

/* `bytes` of copies of one shape, at least one; the block of memory is the caller's. */
static struct ring ring_of(float *memory, uint32_t n_in, size_t bytes)
{
    struct ring ring = {.copy = memory, .stride = (size_t)WIDTH * (N_ROWS + n_in + 1)};
    const size_t fitting = bytes / (ring.stride * sizeof(float));
    ring.n_copies = fitting > 1 ? fitting : 1;
    return ring;
}

static void bench_variant(size_t v, float *memory, size_t bytes)
{
    static struct lists lists;
    static float x[MAX_IN];
    struct sq_dense_span dense_run[N_ROWS];
    printf("%s, %s\n  n_in rate", variant[v].name, bytes ? "cold" : "hot");
    printf("    t=64   t=128   t=192   t=256    none dense-eqv     dense\n");
    FOR_EACH(n, n_ins)
    {
        for (int r = 0; r < N_ROWS; r++)
            dense_run[r] = (struct sq_dense_span){.x = x, .n_in = n_ins[n]};
        FOR_EACH(r, rates)
        {
            struct job job = {variant[v].accumulate, variant[v].dense, .dense_run = dense_run};
            job.ring = ring_of(memory, n_ins[n], bytes);
            draw_lists(&lists, n_ins[n], rates[r]);
            bench_line(&job, &lists, n_ins[n], rates[r]);
        }
    }
}

int main(void)
{
    const unsigned features = sq_cpu_detect().features;
    float *memory;
    if (posix_memalign((void **)&memory, 64, COLD_BYTES))
        return EXIT_FAILURE;
    memset(memory, 0, COLD_BYTES); /* zeros: sums stay finite for any number of passes */
    FOR_EACH(v, variant)
    {
        if ((features & variant[v].needs) != variant[v].needs) {
            printf("%s: not on this processor\n", variant[v].name);
            continue;
        }
        bench_variant(v, memory, 0);
        bench_variant(v, memory, COLD_BYTES);
    }
    free(memory);
    return EXIT_SUCCESS;
}
