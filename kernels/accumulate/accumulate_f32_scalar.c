#include "kernels/accumulate/accumulate.h"
#include "kernels/base/block.h"

static void add_row(float *restrict acc, const float *restrict row, size_t width)
{
    for (size_t j = 0; j < width; j++)
        acc[j] += row[j];
}

static void accumulate_run(float *acc, const float *w, size_t width, const struct sq_run *run)
{
    const char *first = (const char *)w + sq_block_bytes(run->first, width >> 4);
    if (run->twice)
        for (size_t j = 0; j < width; j++)
            acc[j] += acc[j];
    for (uint32_t e = 0; e < run->n_events; e++) {
        const uint16_t row = (uint16_t)(run->event[e] - run->base);
        add_row(acc, (const float *)(first + sq_block_bytes(row, width >> 4)), width);
    }
}

void sq_accumulate_f32_scalar(float *acc, const float *w, size_t width, const struct sq_run *run,
                              size_t n_rows, size_t n_runs)
{
    for (; n_rows > 0; n_rows--, acc += width)
        for (size_t k = 0; k < n_runs; k++)
            accumulate_run(acc, w, width, run++);
}
