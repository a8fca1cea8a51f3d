/* Training kernels of lif.py; spikeq itself does not use them. */
#include <math.h>
#include <stddef.h>

/* x[t] at x + t * step (step 0: the same current at every t); h: membrane before the reset. */
void lif_forward(const float *x, size_t step, float *h, float *s, int timesteps, size_t n,
                 float threshold)
{
    for (size_t at = 0; at < n; at += 4096) {
        const size_t end = at + 4096 < n ? at + 4096 : n;
        for (int t = 0; t < timesteps; t++) {
            const float *before = h + (size_t)(t - (t > 0)) * n, *current = x + (size_t)t * step;
            float *now = h + (size_t)t * n, *spike = s + (size_t)t * n;
            for (size_t i = at; i < end; i++) {
                const float v = t > 0 && before[i] < threshold ? before[i] : 0;
                now[i] = v + (current[i] - v) * 0.5f;
                spike[i] = now[i] >= threshold ? 1.0f : 0.0f;
            }
        }
    }
}

/* grad_h = grad_s * surrogate'(h - threshold) + grad_v * (1 - s); grad_x = grad_h / 2, and the
 * same half goes to the membrane of the timestep before. */
void lif_backward(const float *grad_s, const float *h, float *grad_x, int timesteps, size_t n,
                  float threshold, float alpha)
{
    for (size_t at = 0; at < n; at += 4096) {
        const size_t end = at + 4096 < n ? at + 4096 : n;
        for (int t = timesteps - 1; t >= 0; t--) {
            const float *now = h + (size_t)t * n, *spike = grad_s + (size_t)t * n;
            float *out = grad_x + (size_t)t * n;
            const float *later = t + 1 < timesteps ? out + n : NULL;
            for (size_t i = at; i < end; i++) {
                const float sigmoid = 1.0f / (1.0f + expf(-alpha * (now[i] - threshold)));
                const float carried = later != NULL && now[i] < threshold ? later[i] : 0.0f;
                out[i] = (spike[i] * alpha * sigmoid * (1.0f - sigmoid) + carried) * 0.5f;
            }
        }
    }
}
