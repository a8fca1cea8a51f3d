#include <stdint.h>

#define MASKED_WEIGHT float
#define MASKED_SUM    float
#define MASKED_LANE   int32_t
#define MASKED_LANES  4
#define WIDEN(row)    (*(const vec *)(row))
#include "kernels/masked/masked_rows.h"

void sq_masked_f32_neon(float *acc, const float *w, size_t width, const uint64_t *word,
                        size_t n_rows, size_t n_taps, int twice)
{
    masked_block(acc, w, width, word, n_rows, n_taps, twice);
}
