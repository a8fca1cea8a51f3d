#define MASKED_WEIGHT float
#define MASKED_SUM    float
#include "kernels/masked/masked_plain.h"

void sq_masked_f32_scalar(float *acc, const float *w, size_t width, const uint64_t *word,
                          size_t n_rows, size_t n_taps, int twice)
{
    masked_plain(acc, w, width, word, n_rows, n_taps, twice);
}
