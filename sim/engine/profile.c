#include "sim/engine/profile.h"

#include "kernels/limit/limit.h"

#include <time.h>

/* Passes of one trial; trials, of which the fastest counts. */
enum { LIMIT_PASSES = 2048, LIMIT_TRIALS = 32, LIMIT_WIDTH = SQ_LIMIT_BYTES / sizeof(float) };

int sq_profile_open(struct sq_error *err, struct sq_arena *arena, size_t n_nodes, unsigned threads,
                    struct sq_profile *profile)
{
    *profile = (struct sq_profile){.n_nodes = n_nodes};
    profile->ns = sq_arena_alloc(arena, n_nodes * threads, sizeof *profile->ns);
    return profile->ns != NULL ? SQ_OK : sq_fail(err, SQ_ENOMEM, "out of memory for the profile");
}

/* Processor time of the calling thread. */
static uint64_t thread_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void sq_profile_limit(struct sq_profile *profile, const struct sq_kernels *kernels)
{
    _Alignas(64) float sum[LIMIT_WIDTH] = {0}, w[SQ_LIMIT_ROWS * LIMIT_WIDTH] = {0};
    uint64_t least = UINT64_MAX;
    for (int trial = 0; trial < LIMIT_TRIALS; trial++) {
        const uint64_t start = thread_ns();
        for (int pass = 0; pass < LIMIT_PASSES; pass++)
            kernels->limit_f32(sum, w, SQ_LIMIT_ROWS);
        const uint64_t ns = thread_ns() - start;
        least = ns > 0 && ns < least ? ns : least;
    }
    profile->limit = 1e9 * LIMIT_PASSES * SQ_LIMIT_ROWS * LIMIT_WIDTH / (double)least;
}

int sq_profile_fire(struct sq_error *err, struct sq_profile *profile,
                    const struct sq_shared *shared, const struct sq_firing *firing,
                    struct sq_lane *lane, struct sq_scratch *scratch, unsigned worker)
{
    const uint64_t start = thread_ns();
    const int status = sq_fire(err, shared, firing, lane, scratch, worker);
    profile->ns[worker * profile->n_nodes + firing->node] += thread_ns() - start;
    return status;
}

double sq_profile_seconds(const struct sq_profile *profile, unsigned threads, size_t node)
{
    uint64_t ns = 0;
    for (unsigned i = 0; i < threads; i++)
        ns += profile->ns[i * profile->n_nodes + node];
    return (double)ns * 1e-9;
}
