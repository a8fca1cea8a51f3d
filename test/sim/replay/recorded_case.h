/* A random tiny network, recorded, with what a dense pass says of it; parts of its populations. */
#ifndef SQ_TEST_RECORDED_CASE_H
#define SQ_TEST_RECORDED_CASE_H

#include "test/sim/replay/replay_case.h"
#include "test/support/dense_reference.h"

/* A case, recorded as a.db, with what the dense pass says. */
struct recorded {
    struct replay_case c;
    struct dense_result want;
};

static inline void open_recorded(struct recorded *r, uint64_t seed)
{
    case_open(&r->c, seed);
    dense_run(&r->c.net, &r->want);
    case_record(&r->c, temp_path("a.db"));
}

static inline void close_recorded(struct recorded *r)
{
    dense_free(&r->want);
    case_close(&r->c);
}

static inline double number_of(const struct recorded *r, const cJSON *object, const char *key)
{
    return case_member(&r->c, object, key)->valuedouble;
}

static inline const struct dense_population *draw_population(struct recorded *r)
{
    return &r->want.population[sq_rng_below(&r->c.rng, r->want.n_populations)];
}

/* Channel of an element of a population's array. */
static inline size_t channel_of(const struct recorded *r, const struct dense_population *p,
                                size_t element)
{
    const int rows_first = p->n_dims == 2 && r->c.net.layout == TINY_CIFAR10;
    const size_t channels = p->dim[rows_first ? 1 : 0];
    return rows_first ? element % channels : element / (p->n_neurons / channels);
}

/* "NAME", "NAME[channel=a:b]" or "NAME[head=h]", and the channels that it names. */
static inline void draw_part(struct recorded *r, const struct dense_population *p, char text[128],
                             size_t *first, size_t *end)
{
    const size_t channels = channel_of(r, p, p->n_neurons - 1) + 1;
    const size_t head_dim = r->c.net.dim / r->c.net.heads;
    const size_t which = sq_rng_below(&r->c.rng, strstr(p->name, ".attn.") != NULL ? 3 : 2);
    *first = which == 0 ? 0 : sq_rng_below(&r->c.rng, channels);
    *end = which == 0 ? channels : *first + 1 + sq_rng_below(&r->c.rng, channels - *first);
    if (which == 0)
        snprintf(text, 128, "%s", p->name);
    else if (which == 1)
        snprintf(text, 128, "%s[channel=%zu:%zu]", p->name, *first, *end);
    else
        snprintf(text, 128, "%s[head=%zu]", p->name, *first / head_dim);
    if (which < 2)
        return;
    *first = *first / head_dim * head_dim;
    *end = *first + head_dim;
}

#endif
