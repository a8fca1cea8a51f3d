/* spikeq_nearest(): the known name nearest to a mistyped word. */
#include "kernels/base/nearest.h"
#include "sim/spikeq.h"

const char *spikeq_nearest(const char *word, const char *const *known, size_t n)
{
    struct sq_nearest nearest = sq_nearest_to(word);
    for (size_t i = 0; i < n; i++)
        sq_nearest_offer(&nearest, known[i]);
    return nearest.name;
}
