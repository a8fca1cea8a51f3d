/* Without a suffix that names more, the compiler uses what every processor of the kind has: SSE2 on
 * x86-64, as it does for the scalar kernels. */
#define LIMIT_ISA    scalar
#define LIMIT_VECTOR 16
#include "test/bench/load_add_loop.h"
