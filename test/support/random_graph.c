#include "test/support/random_graph.h"

#include <math.h>
#include <string.h>

enum { LIF, PLIF, IF, MS };

/* Element (c, y, x) of what a node sends at t; 0 beyond the border. */
static float at(const struct random_node *node, uint32_t t, uint32_t c, int64_t y, int64_t x)
{
    if (y < 0 || x < 0 || y >= node->height || x >= node->width)
        return 0;
    return node->value[((t * (size_t)node->channels + c) * node->height + (size_t)y) * node->width +
                       (size_t)x];
}

/* The place of an element of the node itself. */
static float *to(const struct random_node *node, uint32_t t, uint32_t c, uint32_t y, uint32_t x)
{
    return &node->value[((t * (size_t)node->channels + c) * node->height + y) * node->width + x];
}

/* Call WHAT for every t, c, y, x of a node. */
#define FOR_EACH(node)                                    \
    for (uint32_t t = 0; t < timesteps; t++)              \
        for (uint32_t c = 0; c < (node)->channels; c++)   \
            for (uint32_t y = 0; y < (node)->height; y++) \
                for (uint32_t x = 0; x < (node)->width; x++)

/* One output: every tap of every channel of its group. Nonzero whole numbers are counted. */
static double taps(struct random_node *node, uint32_t t, uint32_t c, uint32_t y, uint32_t x)
{
    const struct random_node *from = node->in[0];
    const uint32_t k = node->kernel, c_in = from->channels / node->groups;
    const uint32_t group = c / (node->channels / node->groups);
    const float *w = node->weight + (size_t)c * c_in * k * k;
    double sum = 0;
    for (uint32_t i = 0; i < c_in; i++)
        for (uint32_t ky = 0; ky < k; ky++)
            for (uint32_t kx = 0; kx < k; kx++, w++) {
                const float value =
                    at(from, t, group * c_in + i, (int64_t)y * node->stride + ky - node->pad,
                       (int64_t)x * node->stride + kx - node->pad);
                sum += (double)value * (double)*w;
                node->additions += value != 0;
            }
    return sum;
}

static void compute_layer(const struct random_node *layer, uint32_t timesteps)
{
    struct random_node *node = (struct random_node *)(uintptr_t)layer;
    FOR_EACH(node)
    *to(node, t, c, y, x) = (float)(taps(node, t, c, y, x) + (double)node->bias[c]);
    for (size_t i = 0; i < timesteps * random_elements(node->in[0]); i++)
        node->events += node->in[0]->value[i] != 0;
}

static float charge(const struct random_node *node, float v, float x)
{
    volatile float step = 0; /* each step is rounded */
    switch (node->kind) {
    case LIF:
        step = x - v;
        step = step / node->tau;
        return v + step;
    case PLIF:
        step = x - v;
        step = step * node->decay;
        return v + step;
    case IF:
        return v + x;
    default:
        step = node->decay * v;
        return step + x;
    }
}

static void compute_neuron(const struct random_node *node, uint32_t timesteps)
{
    const size_t n = random_elements(node);
    for (size_t i = 0; i < n; i++) {
        float v = 0;
        for (uint32_t t = 0; t < timesteps; t++) {
            const float x = node->current[t * n + i] = node->in[0]->value[t * n + i];
            const float h = charge(node, v, x);
            const int fires = node->kind == MS ? h > node->threshold : h >= node->threshold;
            node->value[t * n + i] = (float)fires;
            v = fires ? 0 : h;
        }
    }
}

/* Largest element of a window; what is beyond the border does not exist. */
static void compute_pool(const struct random_node *node, uint32_t timesteps)
{
    const struct random_node *from = node->in[0];
    FOR_EACH(node)
    {
        float most = -INFINITY;
        for (uint32_t ky = 0; ky < node->kernel; ky++)
            for (uint32_t kx = 0; kx < node->kernel; kx++) {
                const int64_t in_y = (int64_t)y * node->stride + ky - node->pad;
                const int64_t in_x = (int64_t)x * node->stride + kx - node->pad;
                if (in_y >= 0 && in_x >= 0 && in_y < from->height && in_x < from->width)
                    most = fmaxf(most, at(from, t, c, in_y, in_x));
            }
        *to(node, t, c, y, x) = most;
    }
}

static void compute_add(const struct random_node *node, uint32_t timesteps)
{
    for (size_t i = 0; i < timesteps * random_elements(node); i++)
        node->value[i] = node->in[0]->value[i] + node->in[1]->value[i];
}

/* A gate of one row is spread over rows, one of few channels over those of a head. */
static void compute_and(const struct random_node *node, uint32_t timesteps)
{
    const struct random_node *a = node->in[0], *g = node->in[1];
    FOR_EACH(node)
    {
        const uint32_t head = c / (node->channels / g->channels);
        const int is_row = g->height * g->width == 1;
        const int gate = at(g, t, head, is_row ? 0 : y, is_row ? 0 : x) != 0;
        *to(node, t, c, y, x) = at(a, t, c, y, x) != 0 && (node->kind ? !gate : gate);
    }
}

static void compute_erosion(const struct random_node *node, uint32_t timesteps)
{
    const struct random_node *from = node->in[0];
    const int64_t d = node->channels / (node->heads > 0 ? node->heads : 1);
    FOR_EACH(node)
    {
        float any = 0;
        for (int64_t a = -1; a <= 1; a++)
            for (int64_t b = -1; b <= 1; b++) {
                const int64_t token = (int64_t)y * node->width + x + a, j = c % d + b;
                if (!node->kind)
                    any = fmaxf(any, at(from, t, c, y + a, x + b));
                else if (token >= 0 && token < node->height * node->width && j >= 0 && j < d)
                    any = fmaxf(any, at(from, t, (uint32_t)(c + b), token / node->width,
                                        token % node->width));
            }
        *to(node, t, c, y, x) = any;
    }
}

static void compute_sum_tokens(const struct random_node *node, uint32_t timesteps)
{
    const struct random_node *from = node->in[0];
    memset(node->value, 0, timesteps * random_elements(node) * sizeof(float));
    FOR_EACH(from)
    *to(node, t, c, 0, 0) += at(from, t, c, y, x);
}

static void compute_sum_channels(const struct random_node *node, uint32_t timesteps)
{
    const struct random_node *from = node->in[0];
    memset(node->value, 0, timesteps * random_elements(node) * sizeof(float));
    FOR_EACH(from)
    *to(node, t, c / (from->channels / node->heads), y, x) += at(from, t, c, y, x);
}

/* The sum is exact in double; it is rounded once, then divided. */
static void compute_mean(const struct random_node *node, uint32_t timesteps)
{
    const struct random_node *from = node->in[0];
    for (uint32_t t = 0; t < timesteps; t++)
        for (uint32_t c = 0; c < node->channels; c++) {
            double sum = 0;
            for (uint32_t y = 0; y < from->height; y++)
                for (uint32_t x = 0; x < from->width; x++)
                    sum += (double)at(from, t, c, y, x);
            *to(node, t, c, 0, 0) = (float)sum / (float)(from->height * from->width);
        }
}

/* scale * sum over tokens m of (q_n . k_m) v_m, heads apart. */
static void compute_attention(const struct random_node *node, uint32_t timesteps)
{
    const struct random_node *q = node->in[0], *k = node->in[1], *v = node->in[2];
    const uint32_t d = node->channels / node->heads, w = node->width;
    FOR_EACH(node)
    {
        const uint32_t first = c / d * d;
        double sum = 0;
        for (uint32_t m = 0; m < node->height * w; m++) {
            if (at(v, t, c, m / w, m % w) == 0)
                continue;
            for (uint32_t j = first; j < first + d; j++)
                sum += (double)(at(q, t, j, y, x) * at(k, t, j, m / w, m % w));
        }
        *to(node, t, c, y, x) = (float)(sum * (double)node->scale);
    }
}

static void put(struct random_graph *graph, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void put(struct random_graph *graph, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    bytes_put_text(&graph->json, text);
}

static uint32_t below(struct random_graph *graph, uint32_t n)
{
    return (uint32_t)sq_rng_below(&graph->rng, n);
}

/* Begin a node: it is written up to its parameters, without the closing brace. */
static struct random_node *begin(struct random_graph *graph, const char *operation,
                                 struct random_node *a, struct random_node *b,
                                 struct random_node *c)
{
    struct random_node *node = &graph->node[graph->n];
    struct random_node *const in[3] = {a, b, c};
    ck_assert_uint_lt(graph->n, RANDOM_MOST_NODES);
    *node = (struct random_node){.groups = 1, .kernel = 1, .stride = 1};
    snprintf(node->id, sizeof node->id, "n%zu", graph->n++);
    put(graph, "%s\n{\"id\": \"%s\", \"op\": \"%s\", \"in\": [", graph->n > 1 ? "," : "", node->id,
        operation);
    for (int i = 0; i < 3 && in[i] != NULL; i++) {
        put(graph, "%s\"%s\"", i > 0 ? ", " : "", in[i]->id);
        node->in[i] = in[i];
        in[i]->n_readers++;
    }
    put(graph, "]");
    if (a != NULL) {
        node->channels = a->channels;
        node->height = a->height;
        node->width = a->width;
        node->grain = a->grain;
    }
    return node;
}

static struct random_node *end(struct random_graph *graph, struct random_node *node,
                               enum random_edge edge,
                               void (*compute)(const struct random_node *, uint32_t))
{
    put(graph, "}");
    node->edge = edge;
    node->compute = compute;
    if (edge == RANDOM_SPIKES)
        node->most = 1;
    if (edge != RANDOM_REALS)
        node->grain = 0;
    node->value = calloc(graph->timesteps * random_elements(node) + 1, sizeof(float));
    node->current = calloc(graph->timesteps * random_elements(node) + 1, sizeof(float));
    return node;
}

/* Weights of k/32, one in four of them 0. */
static void draw_weights(struct random_graph *graph, struct random_node *node, const char *name)
{
    const uint32_t c_in = node->in[0]->channels / node->groups;
    const uint64_t dim[4] = {node->channels, c_in, node->kernel, node->kernel};
    const uint64_t n = dim[0] * dim[1] * dim[2] * dim[3];
    char tensor[96];
    node->weight = calloc(n, sizeof(float));
    node->bias = calloc(dim[0], sizeof(float));
    for (uint64_t i = 0; i < n; i++)
        if (below(graph, 4) > 0)
            node->weight[i] = ((float)below(graph, 17) - 6) / 32;
    for (uint64_t i = 0; i < dim[0]; i++)
        node->bias[i] = ((float)below(graph, 9) - 4) / 16;
    snprintf(tensor, sizeof tensor, "%s.weight", name);
    tiny_tensor_add(&graph->tensors, tensor, 4, dim, node->weight);
    snprintf(tensor, sizeof tensor, "%s.bias", name);
    tiny_tensor_add(&graph->tensors, tensor, 1, dim, node->bias);
}

/* A kernel over `from`, of any size that fits. */
static struct random_node *add_layer(struct random_graph *graph, struct random_node *from,
                                     uint32_t channels, int is_plain)
{
    static const uint32_t kernel[] = {1, 1, 3, 3, 5, 7};
    struct random_node *node = begin(graph, "conv", from, NULL, NULL);
    node->channels = channels;
    if (!is_plain) {
        node->kernel = kernel[below(graph, 6)];
        node->pad = node->kernel / 2;
        if (below(graph, 4) == 0)
            node->stride = 1 + below(graph, 3);
        if (below(graph, 4) == 0)
            node->pad = below(graph, node->kernel);
        if (below(graph, 3) == 0 && from->edge != RANDOM_REALS && from->channels == channels)
            node->groups = below(graph, 2) ? channels : 1;
    }
    while (from->height + 2 * node->pad < node->kernel ||
           from->width + 2 * node->pad < node->kernel)
        node->kernel -= 2, node->pad = node->kernel / 2;
    node->height = (from->height + 2 * node->pad - node->kernel) / node->stride + 1;
    node->width = (from->width + 2 * node->pad - node->kernel) / node->stride + 1;
    node->grain = from->grain < 0 ? -1 : from->grain + 5;
    put(graph,
        ", \"weight\": \"w_%s\", \"channels\": %u, \"kernel\": %u, \"stride\": %u, \"pad\": %u, "
        "\"groups\": %u, \"bias\": true",
        node->id, channels, node->kernel, node->stride, node->pad, node->groups);
    char name[32];
    snprintf(name, sizeof name, "w_%s", node->id);
    draw_weights(graph, node, name);
    return end(graph, node, RANDOM_REALS, compute_layer);
}

static struct random_node *add_neuron(struct random_graph *graph, struct random_node *from)
{
    static const char *const kind[] = {"lif", "plif", "if", "ms"};
    static const float tau[] = {2, 2, 1.5F, 3}, shift[] = {2, 2, 1, 4};
    static const float threshold[] = {1, 0.5F, 0.75F, 2};
    struct random_node *node = begin(graph, "neuron", from, NULL, NULL);
    node->kind = (int)below(graph, 4);
    node->tau = graph->shifts ? shift[below(graph, 4)] : tau[below(graph, 4)];
    node->leak = node->kind == LIF    ? (int)node->tau / 2
                 : node->kind == PLIF ? 1
                 : node->kind == MS   ? 2
                                      : 0;
    node->threshold = threshold[below(graph, 4)];
    node->decay = 0.25F;
    node->is_population = 1;
    put(graph, ", \"neuron\": \"%s\", \"tau\": %g, \"v_threshold\": %g", kind[node->kind],
        (double)node->tau, (double)node->threshold);
    if (node->kind == PLIF) {
        const float w = graph->shifts ? 0 : ((float)below(graph, 9) - 4) / 4;
        char name[32];
        snprintf(name, sizeof name, "%s.w", node->id);
        tiny_tensor_add(&graph->tensors, name, 0, NULL, &w);
        node->decay = (float)(1 / (1 + exp(-(double)w)));
    }
    return end(graph, node, RANDOM_SPIKES, compute_neuron);
}

static struct random_node *add_pool(struct random_graph *graph, struct random_node *from)
{
    struct random_node *node = begin(graph, "maxpool", from, NULL, NULL);
    node->kernel = 2 + below(graph, 2);
    node->stride = 1 + below(graph, 2);
    node->pad = node->kernel / 2;
    node->height = (from->height + 2 * node->pad - node->kernel) / node->stride + 1;
    node->width = (from->width + 2 * node->pad - node->kernel) / node->stride + 1;
    put(graph, ", \"kernel\": %u, \"stride\": %u, \"pad\": %u", node->kernel, node->stride,
        node->pad);
    return end(graph, node, from->edge, compute_pool);
}

static struct random_node *add_sum_of(struct random_graph *graph, struct random_node *a,
                                      struct random_node *b)
{
    struct random_node *node = begin(graph, "add", a, b, NULL);
    const int is_real = a->edge == RANDOM_REALS;
    node->most = a->most + b->most;
    node->grain = a->grain < 0 || b->grain < 0 ? -1 : a->grain > b->grain ? a->grain : b->grain;
    return end(graph, node, is_real ? RANDOM_REALS : RANDOM_COUNTS, compute_add);
}

static struct random_node *add_and(struct random_graph *graph, struct random_node *a,
                                   struct random_node *gate, int is_negated)
{
    /* in the graph the gate may stand first */
    const int is_first = !is_negated && below(graph, 2);
    struct random_node *node = begin(graph, is_negated ? "and_not" : "and", is_first ? gate : a,
                                     is_first ? a : gate, NULL);
    node->in[0] = a;
    node->in[1] = gate;
    node->channels = a->channels;
    node->height = a->height;
    node->width = a->width;
    node->kind = is_negated;
    return end(graph, node, RANDOM_SPIKES, compute_and);
}

static uint32_t draw_heads(struct random_graph *graph, uint32_t channels)
{
    uint32_t heads;
    do
        heads = 1 + below(graph, channels);
    while (channels % heads != 0);
    return heads;
}

static struct random_node *add_erosion(struct random_graph *graph, struct random_node *from)
{
    struct random_node *node = begin(graph, "erode", from, NULL, NULL);
    node->kind = (int)below(graph, 2);
    node->heads = node->kind ? draw_heads(graph, node->channels) : 0;
    if (node->kind)
        put(graph, ", \"over\": \"heads\", \"heads\": %u", node->heads);
    return end(graph, node, RANDOM_SPIKES, compute_erosion);
}

/* Sums of spikes, and their neurons. */
static struct random_node *add_sum_tokens(struct random_graph *graph, struct random_node *from)
{
    struct random_node *node = begin(graph, "sum_tokens", from, NULL, NULL);
    node->height = node->width = 1;
    return add_neuron(graph, end(graph, node, RANDOM_REALS, compute_sum_tokens));
}

static struct random_node *add_sum_channels(struct random_graph *graph, struct random_node *from)
{
    struct random_node *node = begin(graph, "sum_channels", from, NULL, NULL);
    node->channels = node->heads = draw_heads(graph, from->channels);
    put(graph, ", \"heads\": %u", node->heads);
    return add_neuron(graph, end(graph, node, RANDOM_REALS, compute_sum_channels));
}

/* Exact over a power of two of tokens; NULL: a network of shifts has no other. */
static struct random_node *add_mean(struct random_graph *graph, struct random_node *from)
{
    const uint32_t n = from->height * from->width;
    if (graph->shifts && (n & (n - 1)) != 0)
        return NULL;
    struct random_node *node = begin(graph, "mean_tokens", from, NULL, NULL);
    node->height = node->width = 1;
    node->grain = (n & (n - 1)) != 0 || from->grain < 0 ? -1 : from->grain + __builtin_ctz(n);
    return end(graph, node, RANDOM_REALS, compute_mean);
}

static struct random_node *add_attention(struct random_graph *graph, struct random_node *q,
                                         struct random_node *k, struct random_node *v)
{
    struct random_node *node = begin(graph, "attend", q, k, v);
    node->heads = draw_heads(graph, q->channels);
    node->scale = 0.125F;
    put(graph, ", \"heads\": %u, \"scale\": 0.125, \"order\": \"%s\"", node->heads,
        below(graph, 2) ? "qk" : "kv");
    return add_neuron(graph, end(graph, node, RANDOM_REALS, compute_attention));
}

/* Some node that is not the input and sends this, of the shape of `like` (NULL: any); or NULL. */
static struct random_node *pick(struct random_graph *graph, int spikes, int counts, int reals,
                                const struct random_node *like)
{
    struct random_node *found = NULL;
    uint32_t n = 0;
    for (size_t i = 1; i < graph->n; i++) {
        struct random_node *node = &graph->node[i];
        const int fits = node->edge == RANDOM_SPIKES   ? spikes
                         : node->edge == RANDOM_COUNTS ? counts
                                                       : reals;
        /* currents of sums, attention and means stay inside a node */
        if (!fits || (node->edge == RANDOM_REALS && node->compute != compute_layer &&
                      node->compute != compute_add && node->compute != compute_pool))
            continue;
        if (like != NULL && (like->channels != node->channels || like->height != node->height ||
                             like->width != node->width))
            continue;
        if (below(graph, ++n) == 0)
            found = node;
    }
    return found;
}

/* Whichever operation was drawn, where its operands are there. */
static void add_any(struct random_graph *graph)
{
    static const uint32_t channels[] = {6, 6, 6, 66, 12};
    struct random_node *spikes = pick(graph, 1, 0, 0, NULL), *reals = pick(graph, 0, 0, 1, NULL);
    struct random_node *any = pick(graph, 1, 1, 1, NULL), *other;
    switch (below(graph, 14)) {
    case 0:
    case 1:
    case 2:
        if (any->grain >= 0 && any->grain <= 5 && any->most < 64)
            add_layer(graph, any, channels[below(graph, 5)], 0);
        return;
    case 3:
        if (reals != NULL)
            add_neuron(graph, reals);
        return;
    case 4:
        any = below(graph, 2) && reals != NULL ? reals : spikes;
        add_pool(graph, any);
        return;
    case 5:
        if (reals != NULL)
            add_sum_of(graph, reals, pick(graph, 0, 0, 1, reals));
        return;
    case 6:
        any = pick(graph, 1, 1, 0, NULL);
        add_sum_of(graph, any, pick(graph, 1, 1, 0, any));
        return;
    case 7:
    case 8:
        other = pick(graph, 1, 0, 0, spikes);
        add_and(graph, spikes, other, (int)below(graph, 2));
        return;
    case 9:
        add_erosion(graph, spikes);
        return;
    case 10:
        other = add_sum_tokens(graph, pick(graph, 1, 0, 0, spikes));
        add_and(graph, spikes, other, 0);
        return;
    case 11:
        other = add_sum_channels(graph, pick(graph, 1, 0, 0, spikes));
        add_and(graph, spikes, other, 0);
        return;
    case 12:
        other = add_mean(graph, any);
        if (other != NULL)
            add_neuron(graph, other);
        return;
    default:
        add_attention(graph, spikes, pick(graph, 1, 0, 0, spikes), pick(graph, 1, 0, 0, spikes));
    }
}

/* What nobody reads goes on to 5 channels of one row, and all of these into one sum. */
static struct random_node *join_all(struct random_graph *graph)
{
    struct random_node *sum = NULL;
    const size_t n = graph->n;
    for (size_t i = 1; i < n; i++) {
        struct random_node *node = &graph->node[i];
        if (node->n_readers > 0)
            continue;
        if (node->edge == RANDOM_REALS)
            node = add_neuron(graph, node);
        if (node->edge == RANDOM_COUNTS)
            node = add_neuron(graph, add_layer(graph, node, 5, 1));
        node = add_neuron(graph, add_layer(graph, add_sum_tokens(graph, node), 5, 1));
        sum = sum != NULL ? add_sum_of(graph, sum, node) : node;
    }
    return sum;
}

static void add_head(struct random_graph *graph, struct random_node *last)
{
    static float weight[3 * 5];
    const uint64_t dim[2] = {3, 5};
    put(graph, ",\n{\"id\": \"mean\", \"op\": \"mean_tokens\", \"in\": [\"%s\"]}", last->id);
    put(graph, ",\n{\"id\": \"time\", \"op\": \"mean_time\", \"in\": [\"mean\"]}");
    put(graph,
        ",\n{\"id\": \"head\", \"op\": \"linear\", \"in\": [\"time\"], \"weight\": \"head\", "
        "\"channels\": 3}");
    for (int i = 0; i < 15; i++)
        weight[i] = (float)i / 16;
    tiny_tensor_add(&graph->tensors, "head.weight", 2, dim, weight);
    tiny_tensor_add(&graph->tensors, "head.bias", 1, dim, weight);
}

static void add_input(struct random_graph *graph)
{
    const int is_frames = graph->frames > 1;
    struct random_node *node = begin(graph, "input", NULL, NULL, NULL);
    node->channels = is_frames ? 2 : 3;
    node->height = below(graph, 5) == 0 ? 1 : 3 + below(graph, 7);
    node->width = below(graph, 5) == 0 ? 1 : 3 + below(graph, 7);
    put(graph, ", \"kind\": \"%s\", \"channels\": %u, \"height\": %u, \"width\": %u",
        is_frames ? "frames" : "image", node->channels, node->height, node->width);
    end(graph, node, RANDOM_REALS, NULL);
    node->grain = 3;
    const size_t n = (size_t)graph->batch * graph->frames * random_elements(node);
    graph->input = calloc(n, sizeof(float));
    for (size_t i = 0; i < n; i++)
        graph->input[i] = is_frames ? (float)(below(graph, 3) * below(graph, 4))
                                    : ((float)below(graph, 17) - 6) / 8;
}

static void draw(struct random_graph *graph, uint64_t seed, int shifts)
{
    memset(graph, 0, sizeof *graph);
    graph->rng.state = seed;
    graph->shifts = shifts;
    graph->timesteps = 2 + below(graph, 3);
    graph->batch = 2;
    graph->frames = below(graph, 2) ? graph->timesteps : 1;
    add_input(graph);
    add_neuron(graph, add_layer(graph, &graph->node[0], 6, 0));
    for (int i = 0; i < 16; i++)
        add_any(graph);
    add_head(graph, join_all(graph));
}

void random_graph_draw(struct random_graph *graph, uint64_t seed)
{
    draw(graph, seed, 0);
}

void random_graph_draw_shifts(struct random_graph *graph, uint64_t seed)
{
    draw(graph, seed, 1);
}

static void write_file(const char *dir, const char *name, const struct bytes *content)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(content->data, 1, content->n, file), content->n);
    ck_assert_int_eq(fclose(file), 0);
}

static void write_input(const struct random_graph *graph, const char *dir)
{
    const struct random_node *node = &graph->node[0];
    struct bytes content = {0};
    char frames[16] = "", dictionary[118], line[128];
    if (graph->frames > 1)
        snprintf(frames, sizeof frames, "%u, ", graph->frames);
    snprintf(dictionary, sizeof dictionary,
             "{'descr': '<f4', 'fortran_order': False, 'shape': (%u, %s%u, %u, %u), }",
             graph->batch, frames, node->channels, node->height, node->width);
    snprintf(line, sizeof line, "%-117s\n", dictionary);
    bytes_put(&content, "\x93NUMPY\x01", 8); /* with the minor version 0 */
    bytes_put_u16(&content, 118);
    bytes_put_text(&content, line);
    bytes_put(&content, graph->input,
              (size_t)graph->batch * graph->frames * random_elements(node) * sizeof(float));
    write_file(dir, "input.npy", &content);
    bytes_free(&content);
}

void random_graph_write(const struct random_graph *graph, const char *dir)
{
    const struct random_node *input = &graph->node[0];
    struct bytes text = {0};
    char path[512], line[640];
    snprintf(line, sizeof line,
             "{\"name\": \"random\", \"input\": \"%s\", \"recognise\": {\"head.weight\": 2},\n"
             "\"sizes\": {\"classes\": \"axis 0 of head.weight\", \"in_channels\": \"axis 1 of "
             "w_n1.weight\"}, \"nodes\": [",
             graph->frames > 1 ? "frames" : "image");
    bytes_put_text(&text, line);
    bytes_put(&text, graph->json.data, graph->json.n);
    bytes_put_text(&text, "]}\n");
    write_file(dir, "arch.json", &text);
    bytes_free(&text);
    snprintf(line, sizeof line,
             "{\"name\": \"random\", \"architecture\": \"%s/arch.json\", \"T\": %u, "
             "\"image_height\": %u, \"image_width\": %u}\n",
             dir, graph->timesteps, input->height, input->width);
    bytes_put_text(&text, line);
    write_file(dir, "config.json", &text);
    bytes_free(&text);
    snprintf(path, sizeof path, "%s/model.safetensors", dir);
    tiny_write_tensors(&graph->tensors, path);
    write_input(graph, dir);
}

void random_graph_run(struct random_graph *graph, uint32_t sample)
{
    const struct random_node *input = &graph->node[0];
    const size_t n = random_elements(input);
    for (uint32_t t = 0; t < graph->timesteps; t++)
        memcpy(input->value + t * n,
               graph->input + (sample * (size_t)graph->frames + (graph->frames > 1 ? t : 0)) * n,
               n * sizeof(float));
    for (size_t i = 1; i < graph->n; i++)
        graph->node[i].compute(&graph->node[i], graph->timesteps);
}

void random_graph_free(struct random_graph *graph)
{
    for (size_t i = 0; i < graph->n; i++) {
        free(graph->node[i].value);
        free(graph->node[i].current);
        free(graph->node[i].weight);
        free(graph->node[i].bias);
    }
    free(graph->input);
    bytes_free(&graph->json);
    tiny_tensors_free(&graph->tensors);
}
