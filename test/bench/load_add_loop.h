/* The loops of load_add.h for vectors of LIMIT_VECTOR bytes; LIMIT_ISA is the suffix. */
#include "test/bench/load_add.h"

#include <stdint.h>
#include <string.h>

#define LIMIT_PASTE(a, b)  a##b
#define LIMIT_JOIN(a, b)   LIMIT_PASTE(a, b)
#define LIMIT_NAME(prefix) LIMIT_JOIN(prefix, LIMIT_ISA)

/* The compiler cannot know that `vector` is the same at every pass, so it adds none up beforehand. */
#define LIMIT_LOOP(name, type)                                                              \
    typedef type name##_vec __attribute__((vector_size(LIMIT_VECTOR)));                     \
    void LIMIT_NAME(name##_)(const void *from, size_t n_bytes, size_t n_passes, void *sums) \
    {                                                                                       \
        const name##_vec *vector = from;                                                    \
        name##_vec sum[8];                                                                  \
        memset(sum, 0, sizeof sum);                                                         \
        for (size_t pass = 0; pass < n_passes; pass++) {                                    \
            for (size_t i = 0; i < n_bytes / LIMIT_VECTOR; i += 8)                          \
                for (size_t k = 0; k < 8; k++)                                              \
                    sum[k] += vector[i + k];                                                \
            __asm__ volatile("" : "+r"(vector));                                            \
        }                                                                                   \
        memcpy(sums, sum, sizeof sum);                                                      \
    }

LIMIT_LOOP(limit_f32, float)
LIMIT_LOOP(limit_i16, int16_t)
LIMIT_LOOP(limit_i32, int32_t)
