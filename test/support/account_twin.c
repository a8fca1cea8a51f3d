#include "test/support/account_twin.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

size_t twin_elements(const struct twin_op *op)
{
    return (size_t)op->frames * op->c_in * op->h * op->w;
}

static float *tensor(const struct twin *twin, const struct twin_op *op)
{
    float *out = calloc(twin->net->batch * twin_elements(op) + 1, sizeof *out);
    ck_assert_ptr_nonnull(out);
    return out;
}

static struct twin_op *add_op(struct twin *twin, enum twin_kind kind, const char *name, int block)
{
    ck_assert_uint_lt(twin->n, TWIN_OPS);
    struct twin_op *op = &twin->op[twin->n++];
    *op = (struct twin_op){.kind = kind, .block = block, .frames = twin->net->timesteps};
    snprintf(op->name, sizeof op->name, "%s", name);
    return op;
}

static const struct dense_population *find(const struct dense_result *want, const char *name)
{
    for (size_t i = 0; i < want->n_populations; i++)
        if (strcmp(want->population[i].name, name) == 0)
            return &want->population[i];
    ck_abort_msg("no population %s", name);
    return NULL;
}

/* A population, [T][B] in its own axes, as [B][T][channel][position]. */
static float *spikes(const struct twin *twin, const struct dense_result *want, const char *name,
                     size_t n_positions)
{
    const struct tiny_network *net = twin->net;
    const struct dense_population *p = find(want, name);
    const size_t n = p->n_neurons, channels = n / n_positions;
    const int tokens_first = net->layout == TINY_CIFAR10 && p->n_dims == 2;
    float *out = calloc((size_t)net->batch * net->timesteps * n + 1, sizeof *out);
    for (size_t b = 0; b < net->batch; b++)
        for (size_t t = 0; t < net->timesteps; t++)
            for (size_t i = 0; i < n; i++) {
                const size_t c = i / n_positions, at = i % n_positions;
                out[(b * net->timesteps + t) * n + i] =
                    p->spikes[(t * net->batch + b) * n + (tokens_first ? at * channels + c : i)];
            }
    return out;
}

static float *copy(const float *from, size_t n)
{
    float *out = malloc((n + 1) * sizeof *out);
    memcpy(out, from, n * sizeof *out);
    return out;
}

/* Pixels: a static image is presented T times. */
static float *pixels(const struct twin *twin, const struct twin_op *op)
{
    const struct tiny_network *net = twin->net;
    const size_t n = (size_t)op->c_in * op->h * op->w;
    float *out = tensor(twin, op);
    for (size_t b = 0; b < net->batch; b++)
        for (size_t t = 0; t < net->timesteps; t++)
            memcpy(out + (b * net->timesteps + t) * n,
                   net->input + (b * net->frames + (net->frames > 1 ? t : 0)) * n, n * sizeof *out);
    return out;
}

/* OR of 3x3 windows, stride 2, padding 1. */
static float *pooled(const struct twin *twin, const struct twin_op *op)
{
    const uint32_t oh = (op->h + 1) / 2, ow = (op->w + 1) / 2;
    const size_t planes = (size_t)twin->net->batch * op->frames * op->c_in;
    float *out = calloc(planes * oh * ow + 1, sizeof *out);
    for (size_t p = 0; p < planes; p++)
        for (uint32_t y = 0; y < op->h; y++)
            for (uint32_t x = 0; x < op->w; x++)
                for (uint32_t oy = 0; oy < oh; oy++)
                    for (uint32_t ox = 0; ox < ow; ox++)
                        if (y + 1 >= 2 * oy && y <= 2 * oy + 1 && x + 1 >= 2 * ox &&
                            x <= 2 * ox + 1 && op->in[(p * op->h + y) * op->w + x] != 0)
                            out[(p * oh + oy) * ow + ox] = 1;
    return out;
}

static void grid(struct twin_op *op, uint32_t c_in, uint32_t h, uint32_t w)
{
    op->c_in = op->c_out = c_in;
    op->h = h;
    op->w = w;
}

/* A layer with its batch norm and neurons; takes `in`. */
static void add_layer(struct twin *twin, const struct dense_result *want,
                      const struct tiny_layer *layer, const char *lif, int block, uint32_t h,
                      uint32_t w, float *in)
{
    struct twin_op *op = add_op(twin, TWIN_LAYER, layer->name, block);
    grid(op, layer->c_in, h, w);
    op->c_out = layer->c_out;
    op->taps = layer->taps;
    op->weight = layer->weight;
    op->has_bias = layer->bias != NULL;
    op->folds_bias = !op->has_bias;
    op->is_conv = layer->taps == 9 || twin->net->layout != TINY_CIFAR10;
    op->is_first = twin->n == 1;
    op->in = op->is_first ? pixels(twin, op) : in;
    grid(add_op(twin, TWIN_NORM, layer->bn, block), layer->c_out, h, w);
    op = add_op(twin, TWIN_LIF, lif, block);
    grid(op, layer->c_out, h, w);
    op->in = spikes(twin, want, lif, (size_t)h * w);
}

static void add_stages(struct twin *twin, const struct dense_result *want)
{
    static const char *const lif[] = {"proj_lif", "proj_lif1", "proj_lif2", "proj_lif3", "rpe_lif"};
    const struct tiny_network *net = twin->net;
    uint32_t h = net->height, w = net->width;
    float *in = NULL;
    for (int stage = 0; stage < TINY_STAGES; stage++) {
        char name[64];
        snprintf(name, sizeof name, "patch_embed.%s", lif[stage]);
        add_layer(twin, want, &net->layer[stage], name, -1, h, w, in);
        const struct twin_op *fired = &twin->op[twin->n - 1];
        const size_t n = net->batch * twin_elements(fired);
        in = NULL;
        if (stage < 4 && (net->layout != TINY_CIFAR10 || stage >= 2)) {
            struct twin_op *pool = add_op(twin, TWIN_POOL, "pool", -1);
            grid(pool, fired->c_in, h, w);
            pool->in = copy(fired->in, n);
            in = pooled(twin, pool);
            h = (h + 1) / 2;
            w = (w + 1) / 2;
        } else if (stage < 4) {
            in = copy(fired->in, n);
        }
    }
}

/* stream += what the last population sent, as an operation. */
static void add_residual(struct twin *twin, const char *name, int block, float *stream)
{
    const struct twin_op *fired = &twin->op[twin->n - 1];
    const size_t n = twin->net->batch * twin_elements(fired);
    struct twin_op *op = add_op(twin, TWIN_ADD, name, block);
    grid(op, fired->c_in, fired->h, fired->w);
    op->in = copy(stream, n);
    op->in_b = copy(fired->in, n);
    for (size_t i = 0; i < n; i++)
        stream[i] += fired->in[i];
}

/* Integer currents of attention: (q k^T) v within each head. */
static float *currents(const struct twin *twin, const struct twin_op *ssa)
{
    const uint32_t n = ssa->h * ssa->w, d = twin->net->dim / twin->net->heads;
    float *out = tensor(twin, ssa);
    for (size_t f = 0; f < (size_t)twin->net->batch * ssa->frames; f++)
        for (uint32_t c = 0; c < ssa->c_in; c++)
            for (uint32_t i = 0; i < n; i++)
                for (uint32_t j = 0; j < n; j++) {
                    const size_t frame = f * ssa->c_in;
                    if (ssa->in_c[(frame + c) * n + j] == 0)
                        continue;
                    for (uint32_t e = c / d * d; e < c / d * d + d; e++)
                        out[(frame + c) * n + i] +=
                            ssa->in[(frame + e) * n + i] * ssa->in_b[(frame + e) * n + j];
                }
    return out;
}

static void add_attention(struct twin *twin, const struct dense_result *want, int block, uint32_t h,
                          uint32_t w)
{
    char name[64];
    float *part[3];
    for (int i = 0; i < 3; i++) {
        snprintf(name, sizeof name, "block.%d.attn.%c_lif", block, "qkv"[i]);
        part[i] = spikes(twin, want, name, (size_t)h * w);
    }
    snprintf(name, sizeof name, "block.%d.attn.ssa", block);
    struct twin_op *ssa = add_op(twin, TWIN_SSA, name, block);
    grid(ssa, twin->net->dim, h, w);
    ssa->in = part[0];
    ssa->in_b = part[1];
    ssa->in_c = part[2];
    snprintf(name, sizeof name, "block.%d.attn.attn_lif", block);
    struct twin_op *lif = add_op(twin, TWIN_LIF, name, block);
    grid(lif, twin->net->dim, h, w);
    lif->in = spikes(twin, want, name, (size_t)h * w);
    lif->in_b = currents(twin, ssa);
}

static void add_block(struct twin *twin, const struct dense_result *want, int block, uint32_t h,
                      uint32_t w, float *stream)
{
    static const char *const lif[] = {"attn.q_lif",    "attn.k_lif",  "attn.v_lif",
                                      "attn.proj_lif", "mlp.fc1_lif", "mlp.fc2_lif"};
    const struct tiny_network *net = twin->net;
    const size_t n = (size_t)net->batch * net->timesteps * net->dim * h * w;
    char name[64];
    for (int i = 0; i < TINY_BLOCK_LAYERS; i++) {
        const int reads_stream = i < 3 || i == 4;
        if (i == 3)
            add_attention(twin, want, block, h, w);
        const struct twin_op *fired = &twin->op[twin->n - 1];
        float *in =
            reads_stream ? copy(stream, n) : copy(fired->in, net->batch * twin_elements(fired));
        const size_t at = twin->n;
        snprintf(name, sizeof name, "block.%d.%s", block, lif[i]);
        add_layer(twin, want, &net->layer[TINY_STAGES + block * TINY_BLOCK_LAYERS + i], name, block,
                  h, w, in);
        twin->op[at].from_stream = reads_stream;
        twin->op[at].bias_apart = reads_stream && net->layout == TINY_CIFAR10;
        if (i == 3 || i == 5)
            add_residual(twin, i == 3 ? "mid" : "out", block, stream);
    }
}

/* Mean over tokens, then over timesteps, in float32. */
static void add_head(struct twin *twin, uint32_t h, uint32_t w, const float *stream)
{
    const struct tiny_network *net = twin->net;
    const size_t n = (size_t)h * w, frame = net->dim * n;
    struct twin_op *mean = add_op(twin, TWIN_MEAN, "mean", -1);
    grid(mean, net->dim, h, w);
    mean->in = copy(stream, net->batch * twin_elements(mean));
    struct twin_op *head = add_op(twin, TWIN_LAYER, "head", -1);
    grid(head, net->dim, 1, 1);
    head->frames = head->taps = 1;
    head->c_out = net->classes;
    head->weight = net->head_weight;
    head->has_bias = head->is_head = 1;
    head->in = tensor(twin, head);
    for (size_t b = 0; b < net->batch; b++)
        for (size_t c = 0; c < net->dim; c++) {
            float total = 0;
            for (size_t t = 0; t < net->timesteps; t++) {
                float sum = 0;
                for (size_t i = 0; i < n; i++)
                    sum += stream[(b * net->timesteps + t) * frame + c * n + i];
                total += sum / (float)n;
            }
            head->in[b * net->dim + c] = total / (float)net->timesteps;
        }
}

void twin_make(const struct tiny_network *net, const struct dense_result *want, struct twin *twin)
{
    *twin = (struct twin){.net = net};
    add_stages(twin, want);
    const struct twin_op *rpe = &twin->op[twin->n - 1];
    const uint32_t h = rpe->h, w = rpe->w;
    /* The input of rpe_conv is the last pooling, which the stream begins with. */
    float *stream = copy(twin->op[twin->n - 3].in, net->batch * twin_elements(rpe));
    add_residual(twin, "in", 0, stream);
    for (uint32_t block = 0; block < net->depth; block++)
        add_block(twin, want, (int)block, h, w, stream);
    add_head(twin, h, w, stream);
    free(stream);
}

void twin_free(struct twin *twin)
{
    for (size_t i = 0; i < twin->n; i++) {
        free(twin->op[i].in);
        free(twin->op[i].in_b);
        free(twin->op[i].in_c);
    }
}

/* Outputs' weights that are not 0, for an input channel and tap. */
static uint64_t live_outputs(const struct twin_op *op, uint32_t c, uint32_t tap)
{
    uint64_t n = 0;
    for (uint32_t o = 0; o < op->c_out; o++)
        n += op->weight[((size_t)o * op->c_in + c) * op->taps + tap] != 0;
    return n;
}

/* One input meets the outputs that exist. */
static void meet(const struct twin_op *op, struct twin_synapses *s, uint32_t c, uint32_t y,
                 uint32_t x, double value)
{
    for (uint32_t tap = 0; tap < op->taps; tap++) {
        const int64_t oy = (int64_t)y + (op->taps == 9 ? 1 - (int64_t)(tap / 3) : 0);
        const int64_t ox = (int64_t)x + (op->taps == 9 ? 1 - (int64_t)(tap % 3) : 0);
        if (oy < 0 || oy >= op->h || ox < 0 || ox >= op->w)
            continue;
        s->dense += op->c_out;
        if (value == 0)
            continue;
        s->events += op->c_out;
        s->units += (uint64_t)fmax(value, 0) * op->c_out;
        s->live += live_outputs(op, c, tap);
    }
}

static size_t count_distinct(const float *value, size_t n)
{
    float seen[64];
    size_t n_seen = 0;
    for (size_t i = 0; i < n && n_seen < 64; i++) {
        size_t at = 0;
        while (at < n_seen && seen[at] != value[i])
            at++;
        if (at == n_seen)
            seen[n_seen++] = value[i];
    }
    return n_seen;
}

struct twin_synapses twin_synapses(const struct twin_op *op, uint32_t sample)
{
    const size_t n = twin_elements(op);
    const float *in = op->in + sample * n;
    struct twin_synapses s = {.is_binary = 1, .is_whole = 1, .distinct = count_distinct(in, n)};
    for (size_t i = 0; i < n; i++) {
        const double value = (double)in[i];
        s.nonzeros += value != 0;
        s.sum += value;
        s.max = fmax(s.max, value);
        s.is_binary &= value == 0 || value == 1;
        s.is_whole &= value >= 0 && value == floor(value);
        meet(op, &s, (uint32_t)(i / (op->h * op->w) % op->c_in), (uint32_t)(i / op->w % op->h),
             (uint32_t)(i % op->w), value);
    }
    return s;
}

uint64_t twin_windows(const struct twin_op *op, uint32_t sample)
{
    const size_t n = twin_elements(op);
    uint64_t windows = 0;
    for (size_t i = 0; i < n; i++) {
        const uint32_t y = (uint32_t)(i / op->w % op->h), x = (uint32_t)(i % op->w);
        for (uint32_t oy = 0; op->in[sample * n + i] != 0 && oy < (op->h + 1) / 2; oy++)
            for (uint32_t ox = 0; ox < (op->w + 1) / 2; ox++)
                windows += y + 1 >= 2 * oy && y <= 2 * oy + 1 && x + 1 >= 2 * ox && x <= 2 * ox + 1;
    }
    return windows;
}

/* One head at one timestep; q, k, v are [d][n]. */
static void multiply(struct twin_products *p, const float *q, const float *k, const float *v,
                     uint32_t n, uint32_t d, double scale)
{
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t j = 0; j < n; j++) {
            uint64_t a = 0, vs = 0;
            for (uint32_t c = 0; c < d; c++) {
                a += q[c * n + i] != 0 && k[c * n + j] != 0;
                vs += v[c * n + j] != 0;
            }
            p->first[0] += a;
            p->events[0] += a > 0 ? vs : 0;
            p->units += a * vs;
            p->is_binary[0] &= a == 0 || (double)a * scale == 1;
        }
    for (uint32_t c = 0; c < d; c++)
        for (uint32_t e = 0; e < d; e++) {
            uint64_t m = 0, qs = 0;
            for (uint32_t j = 0; j < n; j++) {
                m += k[c * n + j] != 0 && v[e * n + j] != 0;
                qs += q[c * n + j] != 0;
            }
            p->first[1] += m;
            p->events[1] += m > 0 ? qs : 0;
            p->is_binary[1] &= m <= 1;
        }
}

struct twin_products twin_products(const struct twin *twin, const struct twin_op *op,
                                   uint32_t sample)
{
    const uint32_t n = op->h * op->w, d = twin->net->dim / twin->net->heads;
    const double scale = twin->net->layout == TINY_CIFAR10 ? (double)twin->net->attn_scale : 1;
    const size_t elements = twin_elements(op), first = sample * elements;
    struct twin_products p = {.is_binary = {1, 1}};
    for (size_t i = first; i < first + elements; i++) {
        p.q += op->in[i] != 0;
        p.k += op->in_b[i] != 0;
        p.v += op->in_c[i] != 0;
    }
    for (size_t at = first; at < first + elements; at += (size_t)d * n)
        multiply(&p, op->in + at, op->in_b + at, op->in_c + at, n, d, scale);
    return p;
}
