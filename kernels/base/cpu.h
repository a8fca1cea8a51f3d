/* What this processor can do and how large its caches are. Detected once per context, so that a
 * context can be forced to a lesser instruction set. */
#ifndef SQ_BASE_CPU_H
#define SQ_BASE_CPU_H

#include <stddef.h>

enum {
    SQ_CPU_AVX2 = 1u << 0,    /* AVX2, BMI1, BMI2, POPCNT */
    SQ_CPU_AVX512 = 1u << 1,  /* AVX-512 F, BW, DQ, VL, on top of the row above */
    SQ_CPU_ICELAKE = 1u << 2, /* AVX-512 VBMI2 and VPOPCNTDQ: compress 16-bit lanes, count ones;
                               * they came together (Ice Lake, Zen 4) */
    SQ_CPU_NEON = 1u << 3,    /* Advanced SIMD of AArch64, which every such processor has */
};

/* The names that sq_cpu_restrict() knows. */
#if defined(__aarch64__)
#define SQ_ISA_NAMES "auto, scalar, neon"
#define SQ_ISA_WORDS "auto|scalar|neon"
#else
#define SQ_ISA_NAMES "auto, scalar, avx2, avx512"
#define SQ_ISA_WORDS "auto|scalar|avx2|avx512"
#endif

struct sq_cpu {
    unsigned features; /* SQ_CPU_* */
    size_t l1_bytes;   /* data cache of one core; 32 KiB where the system does not say */
    size_t l2_bytes;   /* 512 KiB where the system does not say */
    int l1_is_assumed, l2_is_assumed; /* the system does not say */
};

/* Ask the processor and the operating system. Cannot fail. */
struct sq_cpu sq_cpu_detect(void);

/* The features that the instruction-set name (SQ_ISA_NAMES) allows on a processor with `features`;
 * -1 if the name is unknown, -2 if the processor lacks it. */
int sq_cpu_restrict(unsigned features, const char *isa);

#endif
