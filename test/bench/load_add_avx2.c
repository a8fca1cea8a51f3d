#define LIMIT_ISA    avx2
#define LIMIT_VECTOR 32
#include "test/bench/load_add_loop.h"
