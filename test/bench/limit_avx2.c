#define LIMIT_ISA    avx2
#define LIMIT_VECTOR 32
#include "test/bench/limit_loop.h"
