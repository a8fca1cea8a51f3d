#define LIMIT_ISA    avx512
#define LIMIT_VECTOR 64
#include "test/bench/load_add_loop.h"
