/* Training kernels of quick.py; spikeq itself does not use them. Batch norm and LIF are one pass.
 * Spikes are sparse, so convolutions of them and their weight gradients walk lists of events.
 * Vectors are those of GCC and Clang, for any processor.
 *
 * Values are [timestep][row][channel], a row being a pixel of an image, channels in multiples of 8.
 * `step` is the distance between timesteps of x, 0 for an input that is the same at every one. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))
enum { MAX_C = 1024, FLUSH = 256, WIDE = 8 };

typedef float vector __attribute__((vector_size(4 * WIDE)));
typedef int whole_vector __attribute__((vector_size(4 * WIDE)));
#define SAME(x) ((vector){0} + (x))

INLINE vector load(const float *x)
{
    vector v;
    memcpy(&v, x, sizeof v);
    return v;
}

INLINE void store(float *x, vector v)
{
    memcpy(x, &v, sizeof v);
}

/* a where the comparison holds, b elsewhere */
INLINE vector where(whole_vector mask, vector a, vector b)
{
    return (vector)((mask & (whole_vector)a) | (~mask & (whole_vector)b));
}

struct shape {
    int images, height, width, n_in, n_out, side; /* side: 1 or 3 */
};

/* The spikes of pixel p are channel[start[p]] .. channel[start[p + 1] - 1]. */
void list_events(const struct shape *s, const float *x, int32_t *start, uint16_t *channel)
{
    const size_t pixels = (size_t)s->images * s->height * s->width;
    int32_t n = 0;
    for (size_t p = 0; p < pixels; p++, x += s->n_in) {
        start[p] = n;
        for (int c = 0; c < s->n_in; c += WIDE) {
            uint64_t any[WIDE / 2];
            memcpy(any, x + c, sizeof any);
            if ((any[0] | any[1] | any[2] | any[3]) == 0)
                continue;
            for (int k = c; k < c + WIDE; k++) {
                channel[n] = (uint16_t)k;
                n += x[k] != 0;
            }
        }
    }
    start[pixels] = n;
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

/* `vectors` output vectors at a time stay in registers: z is made with w [tap][n_in][n_out], or,
 * if `gradient`, z is the output's gradient and added to w. */
INLINE void convolve(const int vectors, const int gradient, const struct shape *s,
                     const int32_t *start, const uint16_t *channel, float *w, float *z)
{
    const int taps = s->side * s->side, n = s->n_out;
    for (int i = 0; i < s->images; i++, start += s->height * s->width)
        for (int y = 0; y < s->height; y++)
            for (int x = 0; x < s->width; x++, z += n)
                for (int first = 0; first < n; first += vectors * WIDE) {
                    vector sum[8];
                    for (int k = 0; k < vectors; k++)
                        sum[k] = gradient ? load(z + first + k * WIDE) : SAME(0);
                    for (int tap = 0; tap < taps; tap++) {
                        const int q = tap_pixel(s, y, x, tap);
                        if (q < 0)
                            continue;
                        for (int32_t e = start[q]; e < start[q + 1]; e++) {
                            float *row = w + ((size_t)tap * s->n_in + channel[e]) * n + first;
                            for (int k = 0; k < vectors; k++)
                                if (gradient)
                                    store(row + k * WIDE, load(row + k * WIDE) + sum[k]);
                                else
                                    sum[k] += load(row + k * WIDE);
                        }
                    }
                    for (int k = 0; k < vectors && !gradient; k++)
                        store(z + first + k * WIDE, sum[k]);
                }
}

#define CONVOLVE(gradient)                                                 \
    (s->n_out % 64 == 0   ? convolve(8, gradient, s, start, channel, w, z) \
     : s->n_out % 32 == 0 ? convolve(4, gradient, s, start, channel, w, z) \
     : s->n_out % 16 == 0 ? convolve(2, gradient, s, start, channel, w, z) \
                          : convolve(1, gradient, s, start, channel, w, z))

void events_forward(const struct shape *s, const int32_t *start, const uint16_t *channel, float *w,
                    float *z)
{
    CONVOLVE(0);
}

void events_weights(const struct shape *s, const int32_t *start, const uint16_t *channel, float *w,
                    float *z)
{
    CONVOLVE(1);
}

/* Max-pooling, 3x3, stride 2, padding 1; taken: the first tap that has the maximum. */
void pool_forward(int images, int height, int width, int n, const float *x, float *out, int *taken)
{
    const struct shape s = {images, height, width, n, n, 3};
    for (int i = 0; i < images; i++, x += (size_t)height * width * n)
        for (int row = 0; row < height; row += 2)
            for (int column = 0; column < width; column += 2)
                for (int c = 0; c < n; c += WIDE, out += WIDE, taken += WIDE) {
                    vector best = SAME(-3e38f);
                    whole_vector tap_of_best = {0};
                    for (int tap = 0; tap < 9; tap++) {
                        const int q = tap_pixel(&s, row, column, tap);
                        if (q < 0)
                            continue;
                        const vector v = load(x + (size_t)q * n + c);
                        const whole_vector more = v > best;
                        best = where(more, v, best);
                        tap_of_best = (more & tap) | (~more & tap_of_best);
                    }
                    store(out, best);
                    memcpy(taken, &tap_of_best, sizeof tap_of_best);
                }
}

/* grad_x is all 0 before. */
void pool_backward(int images, int height, int width, int n, const int *taken, const float *grad,
                   float *grad_x)
{
    const struct shape s = {images, height, width, n, n, 3};
    for (int i = 0; i < images; i++, grad_x += (size_t)height * width * n)
        for (int row = 0; row < height; row += 2)
            for (int column = 0; column < width; column += 2)
                for (int c = 0; c < n; c += WIDE, grad += WIDE, taken += WIDE) {
                    whole_vector from;
                    memcpy(&from, taken, sizeof from);
                    for (int tap = 0; tap < 9; tap++) {
                        const int q = tap_pixel(&s, row, column, tap);
                        if (q < 0)
                            continue;
                        float *to = grad_x + (size_t)q * n + c;
                        store(to, load(to) + where(from == tap, load(grad), SAME(0)));
                    }
                }
}

enum { HEAD = 16 }; /* channels of a head */

/* out[p] = sum over i of x[p][i] m[i]; rows of x and out are so far apart. */
INLINE void mix(int pixels, const float *x, int x_row, float (*m)[HEAD], float *out, int out_row)
{
    for (int p = 0; p < pixels; p++, x += x_row, out += out_row) {
        vector low = SAME(0), high = SAME(0);
        for (int i = 0; i < HEAD; i++)
            if (x[i] != 0) {
                low += x[i] * load(m[i]);
                high += x[i] * load(m[i] + WIDE);
            }
        store(out, low);
        store(out + WIDE, high);
    }
}

/* m[i] = sum over p of x[p][i] y[p] */
INLINE void outer(int pixels, const float *x, int x_row, const float *y, int y_row,
                  float (*m)[HEAD])
{
    memset(m, 0, sizeof(float[HEAD][HEAD]));
    for (int p = 0; p < pixels; p++, x += x_row, y += y_row)
        for (int i = 0; i < HEAD; i++)
            if (x[i] != 0) {
                store(m[i], load(m[i]) + x[i] * load(y));
                store(m[i] + WIDE, load(m[i] + WIDE) + x[i] * load(y + WIDE));
            }
}

INLINE void transpose(float (*m)[HEAD], float (*out)[HEAD])
{
    for (int i = 0; i < HEAD; i++)
        for (int j = 0; j < HEAD; j++)
            out[j][i] = m[i][j];
}

/* y = q (k^T v) of every head; rows of qkv are q, k, v one after the other. */
void attend_forward(int images, int pixels, int heads, const float *qkv, float *y)
{
    const int n = heads * HEAD;
    for (int i = 0; i < images; i++, qkv += 3 * pixels * n, y += pixels * n)
        for (int h = 0; h < n; h += HEAD) {
            float kv[HEAD][HEAD];
            outer(pixels, qkv + n + h, 3 * n, qkv + 2 * n + h, 3 * n, kv);
            mix(pixels, qkv + h, 3 * n, kv, y + h, n);
        }
}

void attend_backward(int images, int pixels, int heads, const float *qkv, const float *grad,
                     float *out)
{
    const int n = heads * HEAD, row = 3 * n;
    for (int i = 0; i < images; i++, qkv += pixels * row, out += pixels * row, grad += pixels * n)
        for (int h = 0; h < n; h += HEAD) {
            const float *q = qkv + h, *k = q + n, *v = k + n;
            float kv[HEAD][HEAD], m[HEAD][HEAD], flipped[HEAD][HEAD];
            outer(pixels, k, row, v, row, kv);
            transpose(kv, flipped);
            mix(pixels, grad + h, n, flipped, out + h, row);
            outer(pixels, q, row, grad + h, n, m);
            transpose(m, flipped);
            mix(pixels, v, row, flipped, out + n + h, row);
            mix(pixels, k, row, m, out + 2 * n + h, row);
        }
}

/* Sums of x and x^2 by channel; floats for some rows, then doubles. */
void moments(size_t rows, int n, const float *x, double *sum, double *square)
{
    for (size_t from = 0; from < rows; from += FLUSH) {
        float part[2][MAX_C];
        memset(part, 0, sizeof part);
        for (size_t r = from; r < rows && r < from + FLUSH; r++)
            for (int c = 0; c < n; c++) {
                const float v = x[r * n + c];
                part[0][c] += v;
                part[1][c] += v * v;
            }
        for (int c = 0; c < n; c++) {
            sum[c] += part[0][c];
            square[c] += part[1][c];
        }
    }
}

INLINE void forward(const int timesteps, size_t rows, int n, size_t step, const float *restrict x,
                    const float *restrict a, const float *restrict b, float threshold,
                    float *restrict s)
{
    for (size_t r = 0; r < rows; r++)
        for (int c = 0; c < n; c++) {
            const size_t at = r * n + c;
            float v = 0;
            for (int t = 0; t < timesteps; t++) {
                const float y = x[t * step + at] * a[c] + b[c], h = v + (y - v) * 0.5f;
                s[t * rows * n + at] = h >= threshold ? 1.0f : 0.0f;
                v = h >= threshold ? 0.0f : h;
            }
        }
}

/* Spikes of LIF(x * a + b). */
int lif_forward(int timesteps, size_t rows, int n, size_t step, const float *x, const float *a,
                const float *b, float threshold, float *s)
{
    switch (timesteps) {
    case 1:
        forward(1, rows, n, step, x, a, b, threshold, s);
        return 0;
    case 2:
        forward(2, rows, n, step, x, a, b, threshold, s);
        return 0;
    case 4:
        forward(4, rows, n, step, x, a, b, threshold, s);
        return 0;
    }
    return -1;
}

/* 4 e / (1 + e)^2 with e = exp(-4 |d|), to 1e-4: the slope of sigmoid(4 d). */
INLINE vector surrogate(vector d)
{
    const vector distance = where(d < 0, -d, d);
    const vector u = where(distance < 15, distance, SAME(15)) * (-4 * 1.44269504f);
    const whole_vector whole = __builtin_convertvector(u - 0.5f, whole_vector);
    const vector f = u - __builtin_convertvector(whole, vector);
    const vector p =
        1.0f + f * (0.69314718f + f * (0.24022651f + f * (0.05550411f + f * 0.00961813f)));
    const vector e = p * (vector)((whole + 127) << 23), r = 1.0f / (1.0f + e);
    return 4.0f * e * r * r;
}

/* The gradient of y = x * a + b: of a spike the slope of sigmoid(4 (h - threshold)), and half of
 * what the next timestep's h has if this one's membrane was not reset. */
INLINE void backward(const int timesteps, size_t rows, int n, size_t step, const float *x,
                     const float *a, const float *b, float threshold, const float *grad, float *out,
                     double *sum, double *dot)
{
    for (size_t from = 0; from < rows; from += FLUSH) {
        vector part[2][MAX_C / WIDE];
        memset(part, 0, sizeof part);
        for (size_t r = from; r < rows && r < from + FLUSH; r++)
            for (int c = 0; c < n; c += WIDE) {
                const size_t at = r * n + c;
                vector h[4], v = SAME(0), later = v, all = v, product = v;
                for (int t = 0; t < timesteps; t++) {
                    const vector y = load(x + t * step + at) * load(a + c) + load(b + c);
                    h[t] = v + (y - v) * 0.5f;
                    v = where(h[t] < threshold, h[t], SAME(0));
                }
                for (int t = timesteps - 1; t >= 0; t--) {
                    const vector carried = where(h[t] < threshold, later, SAME(0));
                    const vector g = load(grad + t * rows * n + at);
                    later = 0.5f * (g * surrogate(h[t] - threshold) + carried);
                    all += later;
                    product += later * load(x + t * step + at);
                    if (step != 0)
                        store(out + t * step + at, later);
                }
                if (step == 0)
                    store(out + at, all);
                part[0][c / WIDE] += all;
                part[1][c / WIDE] += product;
            }
        for (int c = 0; c < n; c++) {
            sum[c] += part[0][c / WIDE][c % WIDE];
            dot[c] += part[1][c / WIDE][c % WIDE];
        }
    }
}

#define BACKWARD(T, STEP) backward(T, rows, n, STEP, x, a, b, threshold, grad, out, sum, dot)

int lif_backward(int timesteps, size_t rows, int n, size_t step, const float *x, const float *a,
                 const float *b, float threshold, const float *grad, float *out, double *sum,
                 double *dot)
{
    switch (timesteps) {
    case 1:
        BACKWARD(1, rows * n);
        return 0;
    case 2:
        step ? BACKWARD(2, rows * n) : BACKWARD(2, 0);
        return 0;
    case 4:
        step ? BACKWARD(4, rows * n) : BACKWARD(4, 0);
        return 0;
    }
    return -1;
}

/* Sums of the gradient and of its product with x by channel. */
void norm_sums(size_t rows, int n, const float *x, const float *grad, double *sum, double *dot)
{
    for (size_t from = 0; from < rows; from += FLUSH) {
        vector part[2][MAX_C / WIDE];
        memset(part, 0, sizeof part);
        for (size_t r = from; r < rows && r < from + FLUSH; r++)
            for (int c = 0; c < n; c += WIDE) {
                const vector g = load(grad + r * n + c);
                part[0][c / WIDE] += g;
                part[1][c / WIDE] += g * load(x + r * n + c);
            }
        for (int c = 0; c < n; c++) {
            sum[c] += part[0][c / WIDE][c % WIDE];
            dot[c] += part[1][c / WIDE][c % WIDE];
        }
    }
}

/* grad = a grad + slope x + offset, the gradient behind the batch norm. */
void norm_backward(size_t rows, int n, const float *restrict x, const float *restrict a,
                   const float *restrict slope, const float *restrict offset, float *restrict grad)
{
    for (size_t r = 0; r < rows; r++)
        for (int c = 0; c < n; c++)
            grad[r * n + c] = a[c] * grad[r * n + c] + slope[c] * x[r * n + c] + offset[c];
}
