#include "kernels/base/cpu.h"

#include <string.h>
#include <unistd.h>

static unsigned detect_features(void)
{
    unsigned features = 0;
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
        __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt"))
        features |= SQ_CPU_AVX2;
    if ((features & SQ_CPU_AVX2) && __builtin_cpu_supports("avx512f") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl"))
        features |= SQ_CPU_AVX512;
    if ((features & SQ_CPU_AVX512) && __builtin_cpu_supports("avx512vbmi2") &&
        __builtin_cpu_supports("avx512vpopcntdq"))
        features |= SQ_CPU_ICELAKE;
#elif defined(__aarch64__)
    features |= SQ_CPU_NEON;
#endif
    return features;
}

#if defined(_SC_LEVEL1_DCACHE_SIZE)
static void ask_cache(int name, size_t *bytes, int *is_assumed)
{
    const long found = sysconf(name);
    *is_assumed = found <= 0;
    if (found > 0)
        *bytes = (size_t)found;
}
#endif

struct sq_cpu sq_cpu_detect(void)
{
    struct sq_cpu cpu = {.features = detect_features(),
                         .l1_bytes = 32 << 10,
                         .l2_bytes = 512 << 10,
                         .l1_is_assumed = 1,
                         .l2_is_assumed = 1};
#if defined(_SC_LEVEL1_DCACHE_SIZE)
    ask_cache(_SC_LEVEL1_DCACHE_SIZE, &cpu.l1_bytes, &cpu.l1_is_assumed);
    ask_cache(_SC_LEVEL2_CACHE_SIZE, &cpu.l2_bytes, &cpu.l2_is_assumed);
#endif
    return cpu;
}

int sq_cpu_restrict(unsigned features, const char *isa)
{
    static const struct {
        const char *name;
        unsigned allowed, needed;
    } level[] = {
        {"auto", ~0u, 0},
        {"scalar", 0, 0},
#if defined(__aarch64__)
        {"neon", SQ_CPU_NEON, SQ_CPU_NEON},
#else
        {"avx2", SQ_CPU_AVX2, SQ_CPU_AVX2},
        {"avx512", ~0u, SQ_CPU_AVX512},
#endif
    };
    for (size_t i = 0; i < sizeof level / sizeof level[0]; i++) {
        if (strcmp(isa, level[i].name) != 0)
            continue;
        return (features & level[i].needed) == level[i].needed ? (int)(features & level[i].allowed)
                                                               : -2;
    }
    return -1;
}
