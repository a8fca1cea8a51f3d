#define MASKED_WEIGHT int16_t
#define MASKED_SUM    int32_t
#include "kernels/masked/masked_plain.h"

void sq_masked_i16_scalar(int32_t *acc, const int16_t *w, size_t width, const uint64_t *word,
                          size_t n_rows, size_t n_taps, int twice)
{
    masked_plain(acc, w, width, word, n_rows, n_taps, twice);
}
