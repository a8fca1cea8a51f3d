#include "sim/synthesis/draw.h"

/* The name's bytes by FNV-1a, and a number that is drawn from the seed. */
struct sq_draw sq_draw_of(uint64_t seed, const char *name)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (const unsigned char *at = (const unsigned char *)name; *at != '\0'; at++)
        hash = (hash ^ *at) * 0x100000001b3u;
    return (struct sq_draw){sq_splitmix64(&seed) ^ hash};
}

float sq_draw_uniform(struct sq_draw *draw)
{
    const int32_t odd = 2 * (int32_t)(sq_draw_bits(draw) >> 40) + 1;
    return (float)(odd - (1 << 24)) * 0x1p-24f;
}
