#define MASKED_WEIGHT int8_t
#define MASKED_SUM    int16_t
#include "kernels/masked/masked_plain.h"

void sq_masked_i8_scalar(int16_t *acc, const int8_t *w, size_t width, const uint64_t *word,
                         size_t n_rows, size_t n_taps, int twice)
{
    masked_plain(acc, w, width, word, n_rows, n_taps, twice);
}
