#define LIMIT_ISA    neon
#define LIMIT_VECTOR 16
#include "test/bench/limit_loop.h"
