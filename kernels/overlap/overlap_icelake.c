#include "kernels/overlap/overlap_rows.h"

void sq_overlap_icelake(uint32_t *ones, const uint64_t *a, const uint64_t *b, size_t n_b,
                        size_t n_words)
{
    overlap_rows(ones, a, b, n_b, n_words);
}
