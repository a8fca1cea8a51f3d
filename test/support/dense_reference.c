#include "test/support/dense_reference.h"

#include "test/support/dense_layer.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { STAGE_POPULATIONS = 5, BLOCK_POPULATIONS = 7 };

/* One sample on its way through the network, at timestep t. */
struct pass {
    const struct tiny_network *net;
    struct dense_result *result;
    const struct dense_force *force;
    size_t n_force;
    double **membrane; /* [n_populations][neurons] */
    uint32_t sample, t;
    int multiplies; /* the frame at hand holds no counts of a camera */
};

/* h = v + (x - v) / 2; s = h >= threshold; v = s ? 0 : h. In place. */
static void fire(struct pass *pass, size_t index, double threshold, struct grid *x)
{
    double *membrane = pass->membrane[index];
    for (size_t i = 0; i < dense_cells(x); i++) {
        const double h = membrane[i] + (x->v[i] - membrane[i]) / 2;
        x->v[i] = h >= threshold;
        membrane[i] = h >= threshold ? 0 : h;
    }
}

/* What a population sends that fires `spike` in `element` of its array of this frame. */
static double forced(const struct pass *pass, const struct dense_population *population,
                     size_t frame, size_t element, double spike)
{
    for (size_t i = 0; i < pass->n_force; i++) {
        const struct dense_force *force = &pass->force[i];
        if (strcmp(force->population, population->name) != 0)
            continue;
        if (force->spikes != NULL)
            spike = force->spikes[frame * population->n_neurons + element];
        if (force->mask != NULL && !force->mask[element])
            spike = 0;
    }
    return spike;
}

/* Force the spikes, and keep them in the official axis order. */
static void record(struct pass *pass, size_t index, struct grid *spikes)
{
    struct dense_population *population = &pass->result->population[index];
    const size_t n_rows = (size_t)spikes->h * spikes->w;
    const int rows_first = population->n_dims == 2 && pass->net->layout == TINY_CIFAR10;
    const size_t frame = (size_t)pass->t * pass->net->batch + pass->sample;
    ck_assert_uint_eq(population->n_neurons, dense_cells(spikes));
    unsigned char *out = population->spikes + frame * population->n_neurons;
    for (uint32_t c = 0; c < spikes->c; c++)
        for (size_t row = 0; row < n_rows; row++) {
            const size_t element = rows_first ? row * spikes->c + c : c * n_rows + row;
            double *spike = &spikes->v[c * n_rows + row];
            *spike = forced(pass, population, frame, element, *spike);
            out[element] = (unsigned char)*spike;
        }
}

/* Layer, batch norm, neurons. */
static struct grid propagate(struct pass *pass, size_t layer_index, size_t population,
                             const struct grid *in)
{
    const struct tiny_layer *layer = &pass->net->layer[layer_index];
    struct grid out = dense_layer(layer, in, &pass->result->synapse[layer_index]);
    fire(pass, population, (double)pass->net->v_threshold, &out);
    record(pass, population, &out);
    return out;
}

static void add_into(struct grid *u, struct grid *more)
{
    for (size_t i = 0; i < dense_cells(u); i++)
        u->v[i] += more->v[i];
    free(more->v);
}

/* y_i = scale * sum_j (q_i . k_j) v_j within each head, then neurons. */
static struct grid attend(struct pass *pass, size_t population, const struct grid *q,
                          const struct grid *k, const struct grid *v)
{
    const uint32_t d = pass->net->dim / pass->net->heads, n = q->h * q->w;
    struct grid out = dense_grid(q->c, q->h, q->w);
    for (uint32_t first = 0; first < pass->net->dim; first += d)
        for (uint32_t i = 0; i < n; i++)
            for (uint32_t j = 0; j < n; j++) {
                double dot = 0;
                for (uint32_t c = first; c < first + d; c++)
                    dot += q->v[(size_t)c * n + i] * k->v[(size_t)c * n + j];
                for (uint32_t c = first; c < first + d; c++)
                    out.v[(size_t)c * n + i] += dot * v->v[(size_t)c * n + j];
            }
    for (size_t i = 0; i < dense_cells(&out); i++)
        out.v[i] *= (double)pass->net->attn_scale;
    fire(pass, population, (double)pass->net->attn_v_threshold, &out);
    record(pass, population, &out);
    return out;
}

static void run_block(struct pass *pass, uint32_t block, struct grid *u)
{
    const size_t layer = TINY_STAGES + (size_t)block * TINY_BLOCK_LAYERS;
    const size_t population = STAGE_POPULATIONS + (size_t)block * BLOCK_POPULATIONS;
    struct grid part[7];
    for (size_t i = 0; i < 3; i++)
        part[i] = propagate(pass, layer + i, population + i, u);
    part[3] = attend(pass, population + 3, &part[0], &part[1], &part[2]);
    part[4] = propagate(pass, layer + 3, population + 4, &part[3]);
    add_into(u, &part[4]);
    part[5] = propagate(pass, layer + 4, population + 5, u);
    part[6] = propagate(pass, layer + 5, population + 6, &part[5]);
    add_into(u, &part[6]);
    for (size_t i = 0; i < 6; i++)
        if (i != 4)
            free(part[i].v);
}

static struct grid take_input(struct pass *pass)
{
    const struct tiny_network *net = pass->net;
    struct grid x = dense_grid(net->channels, net->height, net->width);
    const size_t frame = (size_t)pass->sample * net->frames + (net->frames > 1 ? pass->t : 0);
    int are_counts = 1;
    for (size_t i = 0; i < dense_cells(&x); i++) {
        x.v[i] = (double)net->input[frame * dense_cells(&x) + i];
        are_counts &= x.v[i] >= 0 && x.v[i] == floor(x.v[i]);
    }
    pass->result->pixels_are_counts &= are_counts;
    pass->multiplies = !are_counts || net->layout != TINY_CIFAR10DVS;
    return x;
}

/* The first convolution: counts of a camera are added, frames multiplied at every timestep, a
 * static image once. */
static struct grid first_stage(struct pass *pass, const struct grid *in)
{
    struct dense_synapse *count = &pass->result->synapse[0];
    const uint64_t before = count->dense;
    struct grid out = propagate(pass, 0, 0, in);
    if (pass->multiplies && (pass->net->frames > 1 || pass->t == 0))
        count->macs += count->dense - before;
    return out;
}

/* One timestep; `mean` [dim] gathers the mean over tokens. */
static void run_timestep(struct pass *pass, double *mean)
{
    const int first_pool = pass->net->layout == TINY_CIFAR10 ? 2 : 0;
    struct grid u = take_input(pass);
    for (size_t stage = 0; stage < 4; stage++) {
        struct grid out = stage == 0 ? first_stage(pass, &u) : propagate(pass, stage, stage, &u);
        free(u.v);
        u = out;
        if ((int)stage < first_pool)
            continue;
        out = dense_pool(&u);
        free(u.v);
        u = out;
    }
    struct grid rpe = propagate(pass, 4, 4, &u);
    add_into(&u, &rpe);
    for (uint32_t block = 0; block < pass->net->depth; block++)
        run_block(pass, block, &u);
    const size_t n = (size_t)u.h * u.w;
    for (size_t i = 0; i < dense_cells(&u); i++)
        mean[i / n] += u.v[i] / (double)n;
    free(u.v);
}

static void read_out(struct pass *pass, const double *sum)
{
    const struct tiny_network *net = pass->net;
    struct dense_synapse *head = &pass->result->synapse[net->n_layers];
    for (uint32_t o = 0; o < net->classes; o++) {
        const size_t at = (size_t)pass->sample * net->classes + o;
        double logit = (double)net->head_bias[o], magnitude = fabs(logit);
        for (uint32_t c = 0; c < net->dim; c++) {
            const double mean = sum[c] / net->timesteps;
            pass->result->head_in[(size_t)pass->sample * net->dim + c] = mean;
            const double term = mean * (double)net->head_weight[(size_t)o * net->dim + c];
            logit += term;
            magnitude += fabs(term);
            head->events += o == 0 && mean != 0;
            head->additions += mean != 0;
            head->dense++;
        }
        pass->result->logits[at] = logit;
        pass->result->magnitude[at] = magnitude;
    }
}

static void run_sample(struct pass *pass)
{
    const struct dense_result *result = pass->result;
    double *mean = dense_zeros(pass->net->dim, sizeof *mean);
    for (size_t i = 0; i < result->n_populations; i++)
        memset(pass->membrane[i], 0, result->population[i].n_neurons * sizeof(double));
    for (pass->t = 0; pass->t < pass->net->timesteps; pass->t++)
        run_timestep(pass, mean);
    read_out(pass, mean);
    free(mean);
}

static void name_population(struct dense_population *out, const char *part, uint32_t block)
{
    if (strchr(part, '.') == NULL)
        snprintf(out->name, sizeof out->name, "patch_embed.%s", part);
    else
        snprintf(out->name, sizeof out->name, "block.%u.%s", block, part);
}

static void shape_population(const struct tiny_network *net, struct dense_population *out,
                             uint64_t channels, uint64_t h, uint64_t w, int is_map)
{
    const int rows_first = net->layout == TINY_CIFAR10;
    const uint64_t map[3] = {channels, h, w};
    const uint64_t flat[2] = {rows_first ? h * w : channels, rows_first ? channels : h * w};
    out->n_dims = is_map ? 3 : 2;
    memcpy(out->dim, is_map ? map : flat, out->n_dims * sizeof(uint64_t));
    out->n_neurons = channels * h * w;
    out->spikes = dense_zeros(out->n_neurons * net->timesteps * net->batch, 1);
}

/* The table "Populations and shapes" of the golden data. */
static void shape_populations(const struct tiny_network *net, struct dense_result *result)
{
    static const char *const stage[] = {"proj_lif", "proj_lif1", "proj_lif2", "proj_lif3",
                                        "rpe_lif"};
    static const char *const part[] = {"attn.q_lif",    "attn.k_lif",    "attn.v_lif",
                                       "attn.attn_lif", "attn.proj_lif", "mlp.fc1_lif",
                                       "mlp.fc2_lif"};
    static const uint32_t cifar_step[] = {1, 1, 1, 2, 4}, other_step[] = {1, 2, 4, 8, 16};
    const uint32_t *step = net->layout == TINY_CIFAR10 ? cifar_step : other_step;
    struct dense_population *out = result->population;
    for (size_t i = 0; i < STAGE_POPULATIONS; i++, out++) {
        name_population(out, stage[i], 0);
        shape_population(net, out, net->layer[i].c_out, net->height / step[i], net->width / step[i],
                         1);
    }
    for (uint32_t block = 0; block < net->depth; block++)
        for (size_t i = 0; i < BLOCK_POPULATIONS; i++, out++) {
            name_population(out, part[i], block);
            shape_population(net, out, i == 5 ? net->hidden : net->dim, tiny_grid_height(net),
                             tiny_grid_width(net), i >= 4 && net->layout == TINY_IMAGENET);
        }
}

static void prepare(const struct tiny_network *net, struct dense_result *result)
{
    *result = (struct dense_result){.pixels_are_counts = 1};
    result->n_populations = STAGE_POPULATIONS + (size_t)net->depth * BLOCK_POPULATIONS;
    result->n_synapses = net->n_layers + 1;
    result->population = dense_zeros(result->n_populations, sizeof *result->population);
    result->synapse = dense_zeros(result->n_synapses, sizeof *result->synapse);
    result->head_in = dense_zeros((size_t)net->batch * net->dim, sizeof(double));
    result->logits = dense_zeros((size_t)net->batch * net->classes, sizeof(double));
    result->magnitude = dense_zeros((size_t)net->batch * net->classes, sizeof(double));
    shape_populations(net, result);
    for (size_t i = 0; i < net->n_layers; i++)
        snprintf(result->synapse[i].name, sizeof result->synapse[i].name, "%s", net->layer[i].name);
    strcpy(result->synapse[net->n_layers].name, "head");
}

void dense_run(const struct tiny_network *net, struct dense_result *result)
{
    dense_run_forced(net, NULL, 0, result);
}

void dense_run_forced(const struct tiny_network *net, const struct dense_force *force,
                      size_t n_force, struct dense_result *result)
{
    prepare(net, result);
    struct pass pass = {.net = net, .result = result, .force = force, .n_force = n_force};
    pass.membrane = dense_zeros(result->n_populations, sizeof *pass.membrane);
    for (size_t i = 0; i < result->n_populations; i++)
        pass.membrane[i] = dense_zeros(result->population[i].n_neurons, sizeof(double));
    for (pass.sample = 0; pass.sample < net->batch; pass.sample++)
        run_sample(&pass);
    for (size_t i = 0; i < result->n_populations; i++)
        free(pass.membrane[i]);
    free(pass.membrane);
    /* Once a sample; the first convolution was counted where it was done. */
    result->synapse[net->n_layers].macs = result->synapse[net->n_layers].dense;
}

void dense_free(struct dense_result *result)
{
    for (size_t i = 0; i < result->n_populations; i++)
        free(result->population[i].spikes);
    free(result->population);
    free(result->synapse);
    free(result->head_in);
    free(result->logits);
    free(result->magnitude);
}
