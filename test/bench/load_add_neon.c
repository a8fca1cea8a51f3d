#define LIMIT_ISA    neon
#define LIMIT_VECTOR 16
#include "test/bench/load_add_loop.h"
