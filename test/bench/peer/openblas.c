/* OpenBLAS: a product of floats; a convolution as the product of all patches with the kernels, whose
 * laying out (im2col) is not counted. */
#include "test/bench/peer/peers.h"

#include <cblas.h>
#include <stdio.h>
#include <stdlib.h>

struct sgemm {
    int rows, n_in, n_out;
    float *a, *b, *c; /* patches [rows][n_in], weights [n_out][n_in], sums [rows][n_out] */
    char detail[64];
};

/* Row by row the inputs that an output sees; outside of the image 0. */
static void lay_out(const struct dense_problem *p, float *to)
{
    const int reach = (int)p->kernel / 2, height = (int)p->height, width = (int)p->width;
    for (uint32_t step = 0; step < p->steps; step++)
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
                for (int v = y - reach; v <= y + reach; v++)
                    for (int u = x - reach; u <= x + reach; u++)
                        for (uint32_t c = 0; c < p->c_in; c++)
                            *to++ = v < 0 || v >= height || u < 0 || u >= width
                                        ? 0
                                        : p->spikes[(((size_t)step * height + v) * width + u) *
                                                        p->c_in +
                                                    c];
}

static void sgemm_free(void *state)
{
    struct sgemm *s = state;
    free(s->a);
    free(s->b);
    free(s->c);
    free(s);
}

static void *sgemm_make(const struct dense_problem *p)
{
    struct sgemm *s = calloc(1, sizeof *s);
    if (s == NULL)
        return NULL;
    const size_t rows = (size_t)p->steps * p->height * p->width;
    const size_t n_in = (size_t)p->kernel * p->kernel * p->c_in;
    s->rows = (int)rows;
    s->n_in = (int)n_in;
    s->n_out = (int)p->c_out;
    s->a = malloc(rows * n_in * sizeof *s->a);
    s->b = malloc(n_in * p->c_out * sizeof *s->b);
    s->c = malloc(rows * p->c_out * sizeof *s->c);
    if (s->a == NULL || s->b == NULL || s->c == NULL)
        return sgemm_free(s), NULL;
    lay_out(p, s->a);
    for (size_t i = 0; i < n_in * p->c_out; i++)
        s->b[i] = p->weight[i];
    snprintf(s->detail, sizeof s->detail, "kernels of %s", openblas_get_corename());
    return s;
}

static void sgemm_run(void *state)
{
    struct sgemm *s = state;
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, s->rows, s->n_out, s->n_in, 1, s->a,
                s->n_in, s->b, s->n_in, 0, s->c, s->n_out);
}

static double sgemm_output(const void *state, size_t row, size_t out)
{
    const struct sgemm *s = state;
    return s->c[row * (size_t)s->n_out + out];
}

static const char *sgemm_detail(const void *state)
{
    return ((const struct sgemm *)state)->detail;
}

const struct dense_peer peer_openblas = {"OpenBLAS sgemm", sgemm_make,   sgemm_run,
                                         sgemm_output,     sgemm_detail, sgemm_free};
