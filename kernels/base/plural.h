/* Plural forms in sentences: printf("%llu sample%s", n, sq_s(n)). */
#ifndef SQ_BASE_PLURAL_H
#define SQ_BASE_PLURAL_H

#include <stdint.h>

/* "" for 1, "s" for every other number. */
static inline const char *sq_s(uint64_t n)
{
    return n == 1 ? "" : "s";
}

#endif
