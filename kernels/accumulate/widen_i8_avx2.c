#include "kernels/accumulate/widen.h"

void sq_widen_i8_avx2(int16_t *out, const int8_t *w, size_t n)
{
    widen(out, w, n);
}
