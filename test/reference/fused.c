/* Training kernels of fused.py for CPUs with AVX-512 BF16; spikeq itself does not use them.
 *
 * Activations are [image][pixel][channel] with image = t * samples + b; channels in multiples of 16
 * (inputs: of 8). A layer is weights (1x1 or 3x3), batch norm over the batch, then LIF. Spikes are
 * sparse, so the forward pass and the weight gradient walk lists of nonzero inputs; only the input
 * gradient is a dense product, made in bfloat16. */
#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))
enum { WIDE = 16, MAX_T = 16, MAX_C = 256 };

struct shape {
    int timesteps, samples, height, width, n_in, n_out, side; /* side: 1 or 3 */
};

/* Nonzero inputs of every pixel: those of pixel p are start[p] .. start[p + 1]. Each image has room
 * for pixels * n_in entries and WIDE more, as they are stored a whole vector at a time. */
struct events {
    uint32_t *start, *channel;
    float *value;
};

static struct events image_events(struct events all, const struct shape *s, size_t image)
{
    const size_t pixels = (size_t)s->height * s->width, room = pixels * s->n_in + WIDE;
    return (struct events){all.start + image * (pixels + 1), all.channel + image * room,
                           all.value + image * room};
}

static void list_events(const float *x, const struct shape *s, struct events e)
{
    const __m512i lane = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    uint32_t n = 0;
    for (int p = 0; p < s->height * s->width; p++, x += s->n_in) {
        e.start[p] = n;
        for (int c = 0; c < s->n_in; c += WIDE) {
            const __mmask16 exists = s->n_in - c < WIDE ? (1 << (s->n_in - c)) - 1 : 0xffff;
            const __m512 v = _mm512_maskz_loadu_ps(exists, x + c);
            const __mmask16 m = _mm512_cmp_ps_mask(v, _mm512_setzero_ps(), _CMP_NEQ_OQ);
            if (m == 0)
                continue;
            _mm512_storeu_ps(e.value + n, _mm512_maskz_compress_ps(m, v));
            _mm512_storeu_si512(
                e.channel + n,
                _mm512_maskz_compress_epi32(m, _mm512_add_epi32(lane, _mm512_set1_epi32(c))));
            n += (uint32_t)__builtin_popcount(m);
        }
    }
    e.start[s->height * s->width] = n;
}

/* The input pixel that tap (ky, kx) of output (y, x) reads, -1 outside. */
INLINE int tap_pixel(const struct shape *s, int y, int x, int tap)
{
    if (s->side == 1)
        return y * s->width + x;
    y += tap / 3 - 1;
    x += tap % 3 - 1;
    return y < 0 || y >= s->height || x < 0 || x >= s->width ? -1 : y * s->width + x;
}

/* z of one image; `vectors` output vectors at a time stay in registers. w [tap][n_in][n_out]. */
INLINE void accumulate(const int vectors, const struct shape *s, struct events e, const float *w,
                       float *z, float *sum, float *square)
{
    const int taps = s->side * s->side;
    for (int y = 0; y < s->height; y++)
        for (int x = 0; x < s->width; x++, z += s->n_out)
            for (int first = 0; first < s->n_out; first += vectors * WIDE) {
                __m512 acc[4] = {_mm512_setzero_ps(), _mm512_setzero_ps(), _mm512_setzero_ps(),
                                 _mm512_setzero_ps()};
                for (int tap = 0; tap < taps; tap++) {
                    const int q = tap_pixel(s, y, x, tap);
                    if (q < 0)
                        continue;
                    for (uint32_t i = e.start[q]; i < e.start[q + 1]; i++) {
                        const float *row =
                            w + ((size_t)tap * s->n_in + e.channel[i]) * s->n_out + first;
                        const __m512 value = _mm512_set1_ps(e.value[i]);
                        for (int k = 0; k < vectors; k++)
                            acc[k] =
                                _mm512_fmadd_ps(value, _mm512_loadu_ps(row + k * WIDE), acc[k]);
                    }
                }
                for (int k = 0; k < vectors; k++) {
                    const int c = first + k * WIDE;
                    _mm512_storeu_ps(z + c, acc[k]);
                    _mm512_storeu_ps(sum + c, _mm512_add_ps(_mm512_loadu_ps(sum + c), acc[k]));
                    _mm512_storeu_ps(square + c,
                                     _mm512_fmadd_ps(acc[k], acc[k], _mm512_loadu_ps(square + c)));
                }
            }
}

/* z = W x; sum and square [n_out] get the sums of z and z^2 over all rows. */
void weights_forward(const struct shape *s, const float *x, const float *w, uint32_t *start,
                     uint32_t *channel, float *value, float *z, double *sum, double *square)
{
    const struct events all = {start, channel, value};
    const size_t pixels = (size_t)s->height * s->width;
    for (size_t image = 0; image < (size_t)s->timesteps * s->samples; image++) {
        const struct events e = image_events(all, s, image);
        float part[2][MAX_C] = {{0}};
        list_events(x + image * pixels * s->n_in, s, e);
        float *out = z + image * pixels * s->n_out;
        if (s->n_out == 16)
            accumulate(1, s, e, w, out, part[0], part[1]);
        else if (s->n_out == 32)
            accumulate(2, s, e, w, out, part[0], part[1]);
        else
            accumulate(4, s, e, w, out, part[0], part[1]);
        for (int c = 0; c < s->n_out; c++) {
            sum[c] += part[0][c];
            square[c] += part[1][c];
        }
    }
}

INLINE void membrane(const int timesteps, const float *z, size_t step, __m512 a, __m512 b,
                     __m512 threshold, __m512 *h)
{
    __m512 v = _mm512_setzero_ps();
    for (int t = 0; t < timesteps; t++) {
        const __m512 y = _mm512_fmadd_ps(_mm512_loadu_ps(z + t * step), a, b);
        h[t] = _mm512_add_ps(v, _mm512_mul_ps(_mm512_sub_ps(y, v), _mm512_set1_ps(0.5f)));
        v = _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(h[t], threshold, _CMP_LT_OQ), h[t]);
    }
}

/* Spikes of LIF(z * a + b), a and b [n] per channel; rows of n channels. */
void lif_forward(int timesteps, size_t rows, int n, const float *z, const float *a, const float *b,
                 float threshold, float *s)
{
    const size_t step = rows * n;
    const __m512 th = _mm512_set1_ps(threshold);
    for (size_t r = 0; r < rows; r++)
        for (int c = 0; c < n; c += WIDE) {
            __m512 h[MAX_T];
            const size_t at = r * n + c;
            membrane(timesteps, z + at, step, _mm512_loadu_ps(a + c), _mm512_loadu_ps(b + c), th,
                     h);
            for (int t = 0; t < timesteps; t++)
                _mm512_storeu_ps(s + t * step + at,
                                 _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(h[t], th, _CMP_GE_OQ),
                                                     _mm512_set1_ps(1)));
        }
}

/* Slope of the sigmoid surrogate at distance d from the threshold, alpha = 4: 4 e / (1 + e)^2 with
 * e = exp(-4 |d|). To 1e-4, as the gradient is rounded to bfloat16 next. */
INLINE __m512 surrogate(__m512 d)
{
    const __m512 u = _mm512_mul_ps(_mm512_abs_ps(d), _mm512_set1_ps(-4 * 1.44269504f));
    const __m512 whole = _mm512_roundscale_ps(u, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    const __m512 f = _mm512_sub_ps(u, whole);
    __m512 p = _mm512_set1_ps(0.00961813f);
    p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(0.05550411f));
    p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(0.24022651f));
    p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(0.69314718f));
    p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(1.0f));
    const __m512 e = _mm512_scalef_ps(p, whole),
                 r = _mm512_rcp14_ps(_mm512_add_ps(e, _mm512_set1_ps(1)));
    return _mm512_mul_ps(_mm512_mul_ps(_mm512_set1_ps(4), e), _mm512_mul_ps(r, r));
}

/* grad_y[t] of LIF(y), y = z * a + b: g_h = g_s * slope + (no spike) g_y[t + 1], g_y = g_h / 2, the
 * other half of g_h being the membrane's before. sum, dot [n]: sums of grad_y and of grad_y * z. */
INLINE void lif_gradient(const int timesteps, const float *z, const float *grad, size_t step,
                         __m512 a, __m512 b, __m512 th, __m512 *out, __m512 *sum, __m512 *dot)
{
    __m512 h[MAX_T], later = _mm512_setzero_ps();
    membrane(timesteps, z, step, a, b, th, h);
    for (int t = timesteps - 1; t >= 0; t--) {
        const __m512 carried = _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(h[t], th, _CMP_LT_OQ), later);
        const __m512 g = _mm512_fmadd_ps(_mm512_loadu_ps(grad + t * step),
                                         surrogate(_mm512_sub_ps(h[t], th)), carried);
        out[t] = later = _mm512_mul_ps(g, _mm512_set1_ps(0.5f));
        *sum = _mm512_add_ps(*sum, later);
        *dot = _mm512_fmadd_ps(later, _mm512_loadu_ps(z + t * step), *dot);
    }
}

/* Exactly one of wide (float) and narrow (bfloat16) gets grad_y; sum and dot may be NULL. */
void lif_backward(int timesteps, size_t rows, int n, const float *z, const float *a, const float *b,
                  float threshold, const float *grad, float *wide, uint16_t *narrow, double *sum,
                  double *dot)
{
    const size_t step = rows * n, flush = 1024;
    const __m512 th = _mm512_set1_ps(threshold);
    for (size_t from = 0; from < rows; from += flush) {
        __m512 part[2][MAX_C / WIDE];
        memset(part, 0, sizeof part);
        for (size_t r = from; r < rows && r < from + flush; r++)
            for (int c = 0; c < n; c += WIDE) {
                __m512 out[MAX_T];
                const size_t at = r * n + c;
                const __m512 av = _mm512_loadu_ps(a + c), bv = _mm512_loadu_ps(b + c);
                if (timesteps == 4) /* the usual case, unrolled */
                    lif_gradient(4, z + at, grad + at, step, av, bv, th, out, &part[0][c / WIDE],
                                 &part[1][c / WIDE]);
                else
                    lif_gradient(timesteps, z + at, grad + at, step, av, bv, th, out,
                                 &part[0][c / WIDE], &part[1][c / WIDE]);
                for (int t = 0; t < timesteps; t++) {
                    if (wide != NULL)
                        _mm512_storeu_ps(wide + t * step + at, out[t]);
                    else
                        _mm256_storeu_si256((__m256i *)(narrow + t * step + at),
                                            (__m256i)_mm512_cvtneps_pbh(out[t]));
                }
            }
        for (int c = 0; sum != NULL && c < n; c++) {
            sum[c] += ((float *)part[0])[c];
            dot[c] += ((float *)part[1])[c];
        }
    }
}

INLINE __m512 widen(const uint16_t *x)
{
    return _mm512_castsi512_ps(
        _mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)x)), 16));
}

/* grad_w [tap][n_in][n_out] += g (outer) x over one image. g: padded image, see below. */
INLINE void weight_gradient(const int vectors, const struct shape *s, struct events e,
                            const uint16_t *g, float *grad_w)
{
    const int pad = s->side / 2, taps = s->side * s->side;
    for (int y = 0; y < s->height; y++)
        for (int x = 0; x < s->width; x++)
            for (int first = 0; first < s->n_out; first += vectors * WIDE) {
                const uint16_t *at =
                    g + ((size_t)(y + pad) * (s->width + 2 * pad) + x + pad) * s->n_out + first;
                __m512 row[4];
                for (int k = 0; k < vectors; k++)
                    row[k] = widen(at + k * WIDE);
                for (int tap = 0; tap < taps; tap++) {
                    const int q = tap_pixel(s, y, x, tap);
                    if (q < 0)
                        continue;
                    for (uint32_t i = e.start[q]; i < e.start[q + 1]; i++) {
                        float *out =
                            grad_w + ((size_t)tap * s->n_in + e.channel[i]) * s->n_out + first;
                        const __m512 value = _mm512_set1_ps(e.value[i]);
                        for (int k = 0; k < vectors; k++)
                            _mm512_storeu_ps(
                                out + k * WIDE,
                                _mm512_fmadd_ps(value, row[k], _mm512_loadu_ps(out + k * WIDE)));
                    }
                }
            }
}

/* grad_x of one image = g (*) W turned round; w [tap][n_out / 2][padded n_in][2] bfloat16. */
INLINE void input_gradient(const int pixels, const int vectors, const struct shape *s,
                           const uint16_t *g, const uint16_t *w, float *grad_x)
{
    const int pad = s->side / 2, taps = s->side * s->side, pitch = s->width + 2 * pad;
    const int padded = s->n_in < WIDE ? WIDE : s->n_in;
    const __mmask16 keep = s->n_in < WIDE ? (1 << s->n_in) - 1 : 0xffff;
    for (int y = 0; y < s->height; y++)
        for (int x = 0; x < s->width; x += pixels)
            for (int first = 0; first < padded; first += vectors * WIDE) {
                __m512 acc[16][2];
                for (int r = 0; r < pixels; r++)
                    for (int k = 0; k < vectors; k++)
                        acc[r][k] = _mm512_setzero_ps();
                for (int tap = 0; tap < taps; tap++) {
                    const int dy = s->side == 3 ? tap / 3 - 1 : 0,
                              dx = s->side == 3 ? tap % 3 - 1 : 0;
                    const uint16_t *from =
                        g + ((size_t)(y - dy + pad) * pitch + x - dx + pad) * s->n_out;
                    const uint16_t *row = w + ((size_t)tap * s->n_out * padded + 2 * first);
                    for (int pair = 0; pair < s->n_out / 2; pair++, row += 2 * padded) {
                        __m512i weight[2];
                        for (int k = 0; k < vectors; k++)
                            weight[k] = _mm512_loadu_si512(row + 2 * k * WIDE);
                        for (int r = 0; r < pixels; r++) {
                            int32_t two;
                            memcpy(&two, from + (size_t)r * s->n_out + 2 * pair, sizeof two);
                            for (int k = 0; k < vectors; k++)
                                acc[r][k] =
                                    _mm512_dpbf16_ps(acc[r][k], (__m512bh)_mm512_set1_epi32(two),
                                                     (__m512bh)weight[k]);
                        }
                    }
                }
                for (int r = 0; r < pixels; r++)
                    for (int k = 0; k < vectors; k++)
                        _mm512_mask_storeu_ps(grad_x + ((size_t)y * s->width + x + r) * s->n_in +
                                                  first + k * WIDE,
                                              keep, acc[r][k]);
            }
}

/* From grad_y (bfloat16): grad_z = p * grad_y + q * z + r per channel (batch norm's backward), kept
 * for one image at a time inside a border of zeros, then both gradients. Returns 0, or -1 without
 * memory. */
int weights_backward(const struct shape *s, uint32_t *start, uint32_t *channel, float *value,
                     const uint16_t *grad_y, const float *z, const float *p, const float *q,
                     const float *r, const uint16_t *w, float *grad_w, float *grad_x)
{
    const struct events all = {start, channel, value};
    const int pad = s->side / 2, pitch = s->width + 2 * pad;
    const size_t pixels = (size_t)s->height * s->width;
    uint16_t *g = calloc((size_t)(s->height + 2 * pad) * pitch * s->n_out, sizeof *g);
    if (g == NULL)
        return -1;
    for (size_t image = 0; image < (size_t)s->timesteps * s->samples; image++) {
        for (size_t i = 0; i < pixels; i++) {
            const size_t at = (image * pixels + i) * s->n_out;
            uint16_t *to = g + ((i / s->width + pad) * pitch + i % s->width + pad) * s->n_out;
            for (int c = 0; c < s->n_out; c += WIDE) {
                const __m512 norm = _mm512_fmadd_ps(
                    _mm512_loadu_ps(q + c), _mm512_loadu_ps(z + at + c), _mm512_loadu_ps(r + c));
                const __m512 grad =
                    _mm512_fmadd_ps(_mm512_loadu_ps(p + c), widen(grad_y + at + c), norm);
                _mm256_storeu_si256((__m256i *)(to + c), (__m256i)_mm512_cvtneps_pbh(grad));
            }
        }
        const struct events e = image_events(all, s, image);
        if (s->n_out == 16)
            weight_gradient(1, s, e, g, grad_w);
        else if (s->n_out == 32)
            weight_gradient(2, s, e, g, grad_w);
        else
            weight_gradient(4, s, e, g, grad_w);
        float *out = grad_x + image * pixels * s->n_in;
        if (s->n_in <= WIDE)
            input_gradient(16, 1, s, g, w, out);
        else
            input_gradient(8, 2, s, g, w, out);
    }
    free(g);
    return 0;
}

/* Max-pool 3x3, stride 2, padding 1. The gradient goes to the first of equal maxima. */
void pool_forward(size_t images, int height, int width, int n, const float *x, float *out)
{
    for (size_t image = 0; image < images; image++, x += (size_t)height * width * n)
        for (int y = 0; y < height; y += 2)
            for (int left = 0; left < width; left += 2, out += n)
                for (int c = 0; c < n; c += WIDE) {
                    __m512 m = _mm512_setzero_ps(); /* spikes: never below 0 */
                    for (int j = y > 0 ? y - 1 : 0; j <= y + 1 && j < height; j++)
                        for (int i = left > 0 ? left - 1 : 0; i <= left + 1 && i < width; i++)
                            m = _mm512_max_ps(m,
                                              _mm512_loadu_ps(x + ((size_t)j * width + i) * n + c));
                    _mm512_storeu_ps(out + c, m);
                }
}

void pool_backward(size_t images, int height, int width, int n, const float *x, const float *out,
                   const float *grad, float *grad_x)
{
    for (size_t image = 0; image < images;
         image++, x += (size_t)height * width * n, grad_x += (size_t)height * width * n) {
        memset(grad_x, 0, (size_t)height * width * n * sizeof *grad_x);
        for (int y = 0; y < height; y += 2)
            for (int left = 0; left < width; left += 2, out += n, grad += n)
                for (int c = 0; c < n; c += WIDE) {
                    const __m512 m = _mm512_loadu_ps(out + c), g = _mm512_loadu_ps(grad + c);
                    __mmask16 open = 0xffff;
                    for (int j = y > 0 ? y - 1 : 0; j <= y + 1 && j < height; j++)
                        for (int i = left > 0 ? left - 1 : 0; i <= left + 1 && i < width; i++) {
                            const size_t at = ((size_t)j * width + i) * n + c;
                            const __mmask16 hit = _mm512_mask_cmp_ps_mask(
                                open, _mm512_loadu_ps(x + at), m, _CMP_EQ_OQ);
                            const __m512 old = _mm512_loadu_ps(grad_x + at);
                            _mm512_storeu_ps(grad_x + at, _mm512_mask_add_ps(old, hit, old, g));
                            open &= (__mmask16)~hit;
                        }
                }
    }
}

/* Attention of heads of 16 channels: rows of qkv hold q, k, v (3 * 16 * heads floats);
 * y = q (k^T v), integers, without the scale. kv is kept for the backward pass. */
void attend_forward(size_t images, int tokens, int heads, const float *qkv, float *kv, float *y)
{
    const size_t dim = (size_t)heads * WIDE;
    for (size_t image = 0; image < images; image++, qkv += tokens * 3 * dim, y += tokens * dim)
        for (int head = 0; head < heads; head++, kv += WIDE * WIDE) {
            const float *q = qkv + head * WIDE, *k = q + dim, *v = k + dim;
            memset(kv, 0, WIDE * WIDE * sizeof *kv);
            for (int i = 0; i < tokens; i++)
                for (unsigned m = _mm512_cmp_ps_mask(_mm512_loadu_ps(k + i * 3 * dim),
                                                     _mm512_setzero_ps(), _CMP_NEQ_OQ);
                     m != 0; m &= m - 1) {
                    float *row = kv + __builtin_ctz(m) * WIDE;
                    _mm512_storeu_ps(
                        row, _mm512_add_ps(_mm512_loadu_ps(row), _mm512_loadu_ps(v + i * 3 * dim)));
                }
            for (int i = 0; i < tokens; i++) {
                __m512 acc = _mm512_setzero_ps();
                for (unsigned m = _mm512_cmp_ps_mask(_mm512_loadu_ps(q + i * 3 * dim),
                                                     _mm512_setzero_ps(), _CMP_NEQ_OQ);
                     m != 0; m &= m - 1)
                    acc = _mm512_add_ps(acc, _mm512_loadu_ps(kv + __builtin_ctz(m) * WIDE));
                _mm512_storeu_ps(y + i * dim + head * WIDE, acc);
            }
        }
}

static void transpose(const float *x, float *out)
{
    for (int i = 0; i < WIDE; i++)
        for (int j = 0; j < WIDE; j++)
            out[j * WIDE + i] = x[i * WIDE + j];
}

/* row [16] times m [16][16] */
INLINE __m512 row_times(const float *row, const float *m)
{
    __m512 a = _mm512_setzero_ps(), b = a;
    for (int j = 0; j < WIDE; j += 2) {
        a = _mm512_fmadd_ps(_mm512_set1_ps(row[j]), _mm512_loadu_ps(m + j * WIDE), a);
        b = _mm512_fmadd_ps(_mm512_set1_ps(row[j + 1]), _mm512_loadu_ps(m + (j + 1) * WIDE), b);
    }
    return _mm512_add_ps(a, b);
}

void attend_backward(size_t images, int tokens, int heads, const float *qkv, const float *kv,
                     const float *grad, float *grad_qkv)
{
    const size_t dim = (size_t)heads * WIDE, pitch = 3 * dim;
    for (size_t image = 0; image < images;
         image++, qkv += tokens * pitch, grad_qkv += tokens * pitch, grad += tokens * dim)
        for (int head = 0; head < heads; head++, kv += WIDE * WIDE) {
            const float *q = qkv + head * WIDE, *k = q + dim, *v = k + dim, *g = grad + head * WIDE;
            float *out = grad_qkv + head * WIDE, turned[WIDE * WIDE], grad_kv[WIDE * WIDE] = {0};
            transpose(kv, turned);
            for (int i = 0; i < tokens; i++) {
                const __m512 gv = _mm512_loadu_ps(g + i * dim);
                for (unsigned m = _mm512_cmp_ps_mask(_mm512_loadu_ps(q + i * pitch),
                                                     _mm512_setzero_ps(), _CMP_NEQ_OQ);
                     m != 0; m &= m - 1) {
                    float *row = grad_kv + __builtin_ctz(m) * WIDE;
                    _mm512_storeu_ps(row, _mm512_add_ps(_mm512_loadu_ps(row), gv));
                }
                _mm512_storeu_ps(out + i * pitch, row_times(g + i * dim, turned));
            }
            transpose(grad_kv, turned);
            for (int i = 0; i < tokens; i++) {
                _mm512_storeu_ps(out + dim + i * pitch, row_times(v + i * pitch, turned));
                _mm512_storeu_ps(out + 2 * dim + i * pitch, row_times(k + i * pitch, grad_kv));
            }
        }
}
