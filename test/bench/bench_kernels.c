/* Additions a second of one synapse: the bare kernel on a block in the first-level cache, and the
 * whole node as the engine fires it, for every instruction set and arithmetic; beside them, in the
 * same turns, the limit of load-and-add (kernels/limit) and dense peers (peer/). One line of JSON a rate:
 *
 *   {"rate": R, "dense": MACs, "contenders": [
 *       {"kind": "limit" | "kernel" | "node" | "peer", "isa": ..., "arith": ..., "detail": ...,
 *        "work": additions (of a peer: MACs) of a pass, "seconds": [a pass, turn by turn]}]}
 *
 * Time is the thread's processor time. test/bench/kernels.py makes the layers and the table.
 *
 *   bench_kernels TURNS RATE[,RATE...] block
 *   bench_kernels TURNS RATE[,RATE...] layer MODEL CONFIG [PEERS.so] */
#include "kernels/accumulate/quads.h"
#include "test/bench/layer.h"
#include "test/bench/measure.h"
#include "test/bench/peer/dense_peer.h"
#include "test/unit.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

enum { MAX_TURNS = 99, MAX_CONTENDERS = 48, N_ROWS = 64, N_IN = 256, WIDTH = SQ_TILE_COLUMNS };
enum {
    FIRST_BYTES = SQ_LIMIT_ROWS * SQ_LIMIT_BYTES,
    SECOND_BYTES = 256 << 10,
    MEMORY_BYTES = 256 << 20,
};
static const double least_seconds = 2e-3; /* of a sample */

/* TILE: bytes, added in 16 bits tile by tile, whose sums go into 32. Its limit is that of I8. */
enum arithmetic { F32, I8, TILE, I16, N_ARITHMETICS };
static const char *const arithmetic_name[] = {"f32", "i8 into i16", "i8 in tiles into i32",
                                              "i16 into i32"};
static const uint32_t weight_bits[] = {0, 4, 8, 16}; /* of 4 bits every sum here fits 16 */

static const struct variant {
    const char *isa;
    unsigned needs;
    sq_accumulate_f32_fn *f32;
    sq_accumulate_i8_fn *i8;
    sq_accumulate_tile_fn *tile;
    sq_accumulate_i16_fn *i16;
} variant[] = {
#define SQ_VARIANT(isa, needs) \
    {#isa,                     \
     (unsigned)(needs),        \
     sq_accumulate_f32_##isa,  \
     sq_accumulate_i8_##isa,   \
     sq_accumulate_tile_##isa, \
     sq_accumulate_i16_##isa},
#include "kernels/accumulate/accumulate.inc"
#undef SQ_VARIANT
};

/* A strip of 16 outputs x 256 inputs, or a tile of two of bytes, 64 rows: all of it in the first-level cache. */
struct block {
    _Alignas(
        64) float weight[(N_IN + 1) * SQ_LANES]; /* of any type, so small that sums stay finite */
    _Alignas(64) float acc[N_ROWS * WIDTH];
    uint16_t list[N_ROWS * N_IN + 8], event[N_ROWS * N_IN + SQ_QUAD_SLACK];
    struct sq_quad quad[N_ROWS / SQ_QUAD];
    struct sq_quads quads;
};

/* What takes part in a turn. */
struct contender {
    const char *kind, *isa, *arith, *detail;
    void (*pass)(const struct contender *self);
    double work;
    size_t n_passes; /* of a sample */
    double seconds[MAX_TURNS];
    /* What its pass works on. */
    const struct variant *variant;
    enum arithmetic arithmetic;
    const char *from; /* of a limit: [n_bytes] */
    size_t n_bytes, n_rounds;
    struct sq_kernels kernels;
    struct layer *layer;
    struct block *block;
    const struct dense_peer *peer;
    void *peer_state;
};

struct bench {
    char *numbers; /* [MEMORY_BYTES] for limits */
    size_t n_turns, n_contenders;
    struct contender contender[MAX_CONTENDERS];
};

static void pass_limit(const struct contender *self)
{
    static _Alignas(64) union {
        float f32[SQ_LIMIT_BYTES / sizeof(float)];
        uint16_t i16[SQ_LIMIT_BYTES / sizeof(uint16_t)];
        uint32_t i32[SQ_LIMIT_BYTES / sizeof(uint32_t)];
    } sum;
    const void *from = self->from;
    const size_t n_rows = self->n_bytes / SQ_LIMIT_BYTES;
    for (size_t i = 0; i < self->n_rounds; i++)
        if (self->arithmetic == F32)
            self->kernels.limit_f32(sum.f32, from, n_rows);
        else if (self->arithmetic == I16)
            self->kernels.limit_i32(sum.i32, from, n_rows);
        else
            self->kernels.limit_i16(sum.i16, from, n_rows);
}

static void pass_node(const struct contender *self)
{
    layer_fire(self->layer, &self->kernels);
}

static void pass_peer(const struct contender *self)
{
    self->peer->run(self->peer_state);
}

static void pass_kernel(const struct contender *self)
{
    struct block *b = self->block;
    const enum sq_sums_from from = SQ_FROM_SUMS;
    if (self->arithmetic == F32)
        self->variant->f32(b->acc, WIDTH, b->weight, &b->quads, from, &SQ_NOTHING_AHEAD);
    else if (self->arithmetic == I8)
        self->variant->i8((int16_t *)b->acc, WIDTH, (int8_t *)b->weight, &b->quads, from);
    else if (self->arithmetic == TILE)
        self->variant->tile((int16_t *)b->acc, WIDTH, (int16_t *)b->weight, &b->quads, from);
    else
        self->variant->i16((int32_t *)b->acc, WIDTH, (int16_t *)b->weight, &b->quads, from);
}

static double seconds_of(const struct contender *c)
{
    const double start = clock_seconds(CLOCK_THREAD_CPUTIME_ID);
    for (size_t i = 0; i < c->n_passes; i++)
        c->pass(c);
    return clock_seconds(CLOCK_THREAD_CPUTIME_ID) - start;
}

/* All contenders once, then all of them again: what disturbs the machine disturbs all alike. */
static void take_turns(struct bench *bench)
{
    for (size_t i = 0; i < bench->n_contenders; i++) {
        struct contender *c = &bench->contender[i];
        for (c->n_passes = 1; seconds_of(c) < least_seconds;)
            c->n_passes *= 2;
    }
    for (size_t turn = 0; turn < bench->n_turns; turn++)
        for (size_t i = 0; i < bench->n_contenders; i++)
            bench->contender[i].seconds[turn] =
                seconds_of(&bench->contender[i]) / (double)bench->contender[i].n_passes;
}

static void print_line(const struct bench *bench, double rate, double dense)
{
    printf("{\"rate\": %g, \"dense\": %.0f, \"contenders\": [", rate, dense);
    for (size_t i = 0; i < bench->n_contenders; i++) {
        const struct contender *c = &bench->contender[i];
        printf("%s{\"kind\": \"%s\", \"isa\": \"%s\", \"arith\": \"%s\", \"detail\": \"%s\", "
               "\"work\": %.0f, \"seconds\": [",
               i > 0 ? ", " : "", c->kind, c->isa, c->arith, c->detail, c->work);
        for (size_t turn = 0; turn < bench->n_turns; turn++)
            printf("%s%.4g", turn > 0 ? ", " : "", c->seconds[turn]);
        printf("]}");
    }
    printf("]}\n");
    fflush(stdout);
}

static struct contender *add(struct bench *bench, const char *kind, const char *isa,
                             const char *arith, void (*pass)(const struct contender *))
{
    struct contender *c = &bench->contender[bench->n_contenders++];
    *c = (struct contender){.kind = kind, .isa = isa, .arith = arith, .detail = "", .pass = pass};
    return c;
}

static int runs_here(const struct variant *v)
{
    return (sq_cpu_detect().features & v->needs) == v->needs;
}

static void choose_kernels(struct contender *c, const struct variant *v)
{
    sq_kernels_choose(&c->kernels, (unsigned)sq_cpu_restrict(sq_cpu_detect().features, v->isa));
}

static void add_limit(struct bench *bench, const struct variant *v, size_t arithmetic,
                      size_t n_bytes)
{
    struct contender *c = add(bench, "limit", v->isa, arithmetic_name[arithmetic], pass_limit);
    c->detail = n_bytes == FIRST_BYTES ? "L1" : n_bytes == SECOND_BYTES ? "L2" : "memory";
    choose_kernels(c, v);
    c->arithmetic = (enum arithmetic)arithmetic;
    c->from = bench->numbers;
    c->n_bytes = n_bytes;
    c->n_rounds = n_bytes < MEMORY_BYTES ? 64 : 1;
    c->work =
        (double)(n_bytes * c->n_rounds) / (arithmetic == I8 ? sizeof(int16_t) : sizeof(int32_t));
}

static void add_node(struct bench *bench, const struct variant *v, struct layer *layer)
{
    struct contender *c = add(bench, "node", v->isa, layer_arithmetic(layer), pass_node);
    c->layer = layer;
    choose_kernels(c, v);
}

static void add_kernel(struct bench *bench, const struct variant *v, size_t arithmetic,
                       struct block *block)
{
    struct contender *c = add(bench, "kernel", v->isa, arithmetic_name[arithmetic], pass_kernel);
    c->variant = v;
    c->arithmetic = (enum arithmetic)arithmetic;
    c->block = block;
}

/* A layer of bytes whose sums fit 16 bits has no tiles, as one of 4 bits. */
static int is_twin(const struct layer *layer, size_t arithmetic)
{
    return arithmetic == TILE &&
           strcmp(layer_arithmetic(&layer[TILE]), layer_arithmetic(&layer[I8])) == 0;
}

/* For each instruction set and arithmetic its limit, and behind it the node or the bare kernel. */
static void add_variants(struct bench *bench, struct layer *layer, struct block *block)
{
    for (size_t v = 0; v < sizeof variant / sizeof variant[0]; v++)
        for (size_t a = 0; a < N_ARITHMETICS && runs_here(&variant[v]); a++) {
            if (a != TILE)
                add_limit(bench, &variant[v], a, FIRST_BYTES);
            if (layer == NULL)
                add_kernel(bench, &variant[v], a, block);
            else if (!is_twin(layer, a))
                add_node(bench, &variant[v], &layer[a]);
        }
}

/* Events of a block's rows. Returns their number. */
static size_t draw_block(struct block *block, double rate)
{
    static uint32_t begin[N_IN + 2];
    static struct sq_quad_row order[N_ROWS];
    struct sq_rng rng = {1};
    struct sq_span span[N_ROWS];
    size_t n = 0;
    for (size_t r = 0; r < N_ROWS; r++) {
        span[r] = (struct sq_span){.event = block->list + n};
        for (uint32_t i = 0; i < N_IN; i++)
            if (sq_rng_unit(&rng) < rate)
                block->list[n++] = (uint16_t)i;
        span[r].n_events = (uint32_t)(block->list + n - span[r].event);
    }
    struct sq_quad_room room = {block->quad, block->event, begin, order, {NULL}};
    const struct sq_quad_rows rows = {span, N_ROWS, 1, N_IN, N_IN};
    block->quads = sq_quads_lay(&room, &rows, SQ_FROM_ZERO);
    return n;
}

static void bench_block(struct bench *bench, double rate)
{
    static struct block block;
    memset(&block, 1, sizeof block);
    const double events = (double)draw_block(&block, rate);
    bench->n_contenders = 0;
    add_variants(bench, NULL, &block);
    for (size_t v = 0; v < sizeof variant / sizeof variant[0]; v++)
        for (size_t i = 0; i < 2 && runs_here(&variant[v]); i++)
            add_limit(bench, &variant[v], F32, i == 0 ? SECOND_BYTES : MEMORY_BYTES);
    for (size_t i = 0; i < bench->n_contenders; i++)
        if (bench->contender[i].block != NULL)
            bench->contender[i].work =
                events * (bench->contender[i].arithmetic == TILE ? SQ_TILE_COLUMNS : SQ_LANES);
    take_turns(bench);
    print_line(bench, rate, (double)N_ROWS * N_IN * SQ_LANES);
}

/* What the layer's source sends, as bytes, and weights that make every sum exact. */
static struct dense_problem problem_of(const struct layer *layer)
{
    const struct sq_node *node = &layer->network->node[layer->target];
    const struct sq_spike_shape *in = &layer->network->node[layer->source].shape;
    struct dense_problem p = {.kernel = node->synapse->kernel,
                              .c_in = in->n_channels,
                              .c_out = node->synapse->n_out,
                              .height = node->height,
                              .width = node->width,
                              .steps = layer->network->config.timesteps};
    const size_t n_rows = (size_t)p.steps * in->n_rows;
    const size_t n_weights = (size_t)p.c_out * p.kernel * p.kernel * p.c_in;
    unsigned char *spikes = malloc(n_rows * p.c_in);
    signed char *weight = malloc(n_weights);
    struct sq_rng rng = {2};
    if (spikes == NULL || weight == NULL)
        exit(EXIT_FAILURE);
    for (size_t r = 0; r < n_rows; r++)
        for (uint32_t c = 0; c < p.c_in; c++)
            spikes[r * p.c_in + c] = layer->bits[r * in->n_words + c / 64] >> c % 64 & 1;
    for (size_t i = 0; i < n_weights; i++)
        weight[i] = (signed char)(15 * sq_rng_unit(&rng) - 7.5);
    p.spikes = spikes;
    p.weight = weight;
    return p;
}

/* One output by the definition. */
static double sum_of(const struct dense_problem *p, size_t row, size_t out)
{
    const int64_t size = (int64_t)p->height * p->width, reach = p->kernel / 2;
    const int64_t step = (int64_t)row / size, y = (int64_t)row % size / p->width;
    const int64_t x = (int64_t)row % p->width;
    const signed char *weight = p->weight + out * p->kernel * p->kernel * p->c_in;
    double sum = 0;
    for (int64_t v = y - reach; v <= y + reach; v++)
        for (int64_t u = x - reach; u <= x + reach; u++, weight += p->c_in)
            for (uint32_t c = 0; c < p->c_in; c++)
                if (v >= 0 && v < p->height && u >= 0 && u < p->width &&
                    p->spikes[(size_t)(step * size + v * p->width + u) * p->c_in + c])
                    sum += weight[c];
    return sum;
}

/* A peer that computes something else is no peer. */
static void check_peer(const struct contender *c, const struct dense_problem *p)
{
    const size_t n_rows = (size_t)p->steps * p->height * p->width;
    struct sq_rng rng = {3};
    c->pass(c);
    for (int i = 0; i < 100; i++) {
        const size_t row = (size_t)(sq_rng_unit(&rng) * (double)n_rows);
        const size_t out = (size_t)(sq_rng_unit(&rng) * p->c_out);
        if (c->peer->output(c->peer_state, row, out) == sum_of(p, row, out))
            continue;
        fprintf(stderr, "bench_kernels: %s computes a wrong sum at row %zu, output %zu\n",
                c->peer->name, row, out);
        exit(EXIT_FAILURE);
    }
}

static void add_peers(struct bench *bench, const struct dense_peer *const *peer,
                      const struct dense_problem *problem, double dense)
{
    for (; peer != NULL && *peer != NULL; peer++) {
        void *state = (*peer)->make(problem);
        if (state == NULL)
            continue;
        struct contender *c = add(bench, "peer", "", (*peer)->name, pass_peer);
        c->peer = *peer;
        c->peer_state = state;
        c->detail = (*peer)->detail(state);
        c->work = dense;
        check_peer(c, problem);
    }
}

static void free_peers(struct bench *bench, struct dense_problem *problem)
{
    for (size_t i = 0; i < bench->n_contenders; i++)
        if (bench->contender[i].peer != NULL)
            bench->contender[i].peer->free(bench->contender[i].peer_state);
    free((void *)problem->spikes);
    free((void *)problem->weight);
}

static void bench_layer(struct bench *bench, struct layer *layer,
                        const struct dense_peer *const *peer, double rate)
{
    bench->n_contenders = 0;
    for (size_t a = 0; a < N_ARITHMETICS; a++)
        layer_send(&layer[a], rate);
    struct dense_problem problem = problem_of(&layer[F32]);
    add_variants(bench, layer, NULL);
    add_peers(bench, peer, &problem, (double)layer_dense(layer));
    for (size_t i = 0; i < bench->n_contenders; i++) {
        struct contender *c = &bench->contender[i];
        if (c->layer == NULL)
            continue;
        c->pass(c);
        c->work = (double)layer_additions(c->layer);
    }
    take_turns(bench);
    print_line(bench, rate, (double)layer_dense(layer));
    free_peers(bench, &problem);
}

/* The list of peers in a shared object; they multiply on one thread. */
static const struct dense_peer *const *open_peers(const char *path)
{
    setenv("OPENBLAS_NUM_THREADS", "1", 1);
    setenv("OMP_NUM_THREADS", "1", 1);
    void *object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    const struct dense_peer *const *peer =
        object != NULL ? (const struct dense_peer *const *)dlsym(object, DENSE_PEERS) : NULL;
    if (peer == NULL) {
        fprintf(stderr, "bench_kernels: %s\n", dlerror());
        exit(EXIT_FAILURE);
    }
    return peer;
}

static void bench_layers(struct bench *bench, char **path, const char *peers, char *rates)
{
    struct layer layer[N_ARITHMETICS];
    const struct dense_peer *const *peer = peers != NULL ? open_peers(peers) : NULL;
    for (size_t a = 0; a < N_ARITHMETICS; a++)
        layer_load(&layer[a], path[0], path[1], weight_bits[a]);
    for (const char *rate = strtok(rates, ","); rate != NULL; rate = strtok(NULL, ","))
        bench_layer(bench, layer, peer, atof(rate));
    for (size_t a = 0; a < N_ARITHMETICS; a++)
        layer_free(&layer[a]);
}

int main(int argc, char **argv)
{
    static struct bench bench;
    const int is_block = argc == 4 && strcmp(argv[3], "block") == 0;
    bench.n_turns = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
    if (bench.n_turns == 0 || bench.n_turns > MAX_TURNS || (!is_block && argc != 6 && argc != 7)) {
        fprintf(stderr, "usage: bench_kernels TURNS RATES block | layer MODEL CONFIG "
                        "[PEERS.so]\n");
        return 2;
    }
    /* Written to: all pages that were not are one page of zeros, which the cache holds. */
    if (posix_memalign((void **)&bench.numbers, 64, MEMORY_BYTES))
        return EXIT_FAILURE;
    memset(bench.numbers, 1, MEMORY_BYTES);
    if (!is_block)
        bench_layers(&bench, argv + 4, argc == 7 ? argv[6] : NULL, argv[2]);
    else
        for (const char *rate = strtok(argv[2], ","); rate != NULL; rate = strtok(NULL, ","))
            bench_block(&bench, atof(rate));
    free(bench.numbers);
    return EXIT_SUCCESS;
}
