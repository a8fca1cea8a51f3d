#include "kernels/overlap/subset_sets.h"

void sq_subset_icelake(uint16_t *most, const uint16_t *set, const uint16_t *ones, size_t n)
{
    subset_sets(most, set, ones, n);
}
