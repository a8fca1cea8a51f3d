#include "kernels/count/words_icelake.h"

#include "kernels/count/packet_count_head.h"

uint64_t sq_count_common_icelake(const uint64_t *a, uint32_t n_a, const uint64_t *b, uint32_t n_b,
                                 size_t n_words)
{
    return count_common(a, n_a, b, n_b, n_words);
}

uint64_t sq_count_windows_icelake(const uint64_t *bits, uint32_t height, uint32_t width,
                                  uint32_t n_words)
{
    return count_windows(bits, height, width, n_words);
}

uint64_t sq_count_nonzeros_f32_icelake(const float *y, size_t n)
{
    return count_nonzeros_f32(y, n);
}
