#include "sim/nodes/tiling.h"

#include <math.h>

/* In units of one event whose weights lie in the first-level cache, from test/bench/bench_accumulate: a span must be
 * found and laid out. */
static const double SPAN_COST = 1;

/* How much longer an event takes whose weights lie in the second-level cache: more where they are spread
 * over more of it. */
static const double FAR_LEAST = 1, FAR_MOST = 3;

uint32_t sq_tiling_steps(const struct sq_tiling *tiling, uint32_t kernel)
{
    return tiling->lines == kernel && tiling->taps == kernel
               ? tiling->parts
               : kernel * ((kernel + tiling->taps - 1) / tiling->taps) * tiling->parts;
}

static uint32_t max_parts(uint32_t channels)
{
    const uint32_t parts = (channels + SQ_MIN_PART - 1) / SQ_MIN_PART;
    const uint32_t large = (channels + SQ_LARGE_PART - 1) / SQ_LARGE_PART;
    const uint32_t most = large > SQ_MAX_PARTS ? large : SQ_MAX_PARTS;
    return parts < most ? parts : most;
}

uint32_t sq_tiling_max_steps(uint32_t kernel, uint32_t channels)
{
    return kernel * kernel * max_parts(channels);
}

uint32_t sq_tiling_rows(const struct sq_tiling *tiling, uint32_t channels)
{
    return tiling->parts > 1 ? tiling->part_rows : tiling->lines * tiling->taps * channels;
}

double sq_tiling_cost(const struct sq_cpu *cpu, const struct sq_tiling_case *of,
                      const struct sq_tiling *tiling)
{
    const double near = (double)cpu->l1_bytes;
    const double bytes = (double)sq_tiling_rows(tiling, of->channels) * (double)of->row_bytes;
    const uint32_t n_steps = sq_tiling_steps(tiling, of->kernel);
    double far = FAR_LEAST + 4 * bytes / (double)cpu->l2_bytes;
    far = far < FAR_MOST ? far : FAR_MOST;
    const double an_event = bytes <= near ? 1 : 1 + (1 - near / bytes) * far;
    return n_steps * (of->step_cost + tiling->lines * SPAN_COST) + of->events * an_event;
}

static void take_cheaper(struct sq_tiling *best, double *least, const struct sq_cpu *cpu,
                         const struct sq_tiling_case *of, struct sq_tiling tiling)
{
    const double its = sq_tiling_cost(cpu, of, &tiling);
    if (its >= *least ||
        (of->most_rows > 0 && sq_tiling_rows(&tiling, of->channels) > of->most_rows))
        return;
    *best = tiling;
    *least = its;
}

struct sq_tiling sq_tiling_choose(const struct sq_cpu *cpu, const struct sq_tiling_case *of)
{
    struct sq_tiling best = {.lines = 0};
    double least = INFINITY;
    take_cheaper(&best, &least, cpu, of,
                 (struct sq_tiling){of->kernel, of->kernel, 1, of->channels});
    for (uint32_t pieces = 1; pieces <= of->kernel && of->kernel > 1; pieces++) {
        const uint32_t taps = (of->kernel + pieces - 1) / pieces;
        take_cheaper(&best, &least, cpu, of, (struct sq_tiling){1, taps, 1, of->channels});
    }
    for (uint32_t parts = 2; parts <= max_parts(of->channels); parts++) {
        const uint32_t even = (of->channels + parts - 1) / parts; /* no small last part */
        const uint32_t rows = (even + SQ_MIN_PART - 1) / SQ_MIN_PART * SQ_MIN_PART;
        take_cheaper(&best, &least, cpu, of,
                     (struct sq_tiling){1, 1, (of->channels + rows - 1) / rows, rows});
    }
    return best;
}

const struct sq_tiling *sq_tiling_forced(const struct sq_forced_tilings *forced, double rate)
{
    size_t at = 0;
    while (at + 1 < forced->n && forced->by_rate[at + 1].rate <= rate)
        at++;
    return &forced->by_rate[at].tiling;
}
