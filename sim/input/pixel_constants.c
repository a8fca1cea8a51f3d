#include "sim/input/pixel_constants.h"

#include <math.h>

/* Rounding of float32 stays far below a hundredth of a byte; chance meets one in fifty. */
static const float tolerance = 0.01f;
static const float near = 0.005f;

enum { FEWEST = 256 };

static const struct {
    const char *name;
    uint32_t channels; /* 1: the same for any number */
    float mean[3], std[3];
} known[SQ_N_PIXEL_CONSTANTS] = {
    {"mean 0.5, std 0.5", 1, {.5f}, {.5f}},
    {"those of ImageNet, mean 0.485,0.456,0.406, std 0.229,0.224,0.225",
     3,
     {.485f, .456f, .406f},
     {.229f, .224f, .225f}},
    {"those of CIFAR-10, mean 0.4914,0.4822,0.4465, std 0.247,0.2435,0.2616",
     3,
     {.4914f, .4822f, .4465f},
     {.247f, .2435f, .2616f}},
    {"those of CIFAR-10, mean 0.4914,0.4822,0.4465, std 0.2023,0.1994,0.201",
     3,
     {.4914f, .4822f, .4465f},
     {.2023f, .1994f, .201f}},
    {"those of CIFAR-100, mean 0.5071,0.4867,0.4408, std 0.2675,0.2565,0.2761",
     3,
     {.5071f, .4867f, .4408f},
     {.2675f, .2565f, .2761f}},
    {"those of MNIST, mean 0.1307, std 0.3081", 1, {.1307f}, {.3081f}},
    {"those of Fashion-MNIST, mean 0.286, std 0.353", 1, {.286f}, {.353f}},
};

static bool is_on(float x, float mean, float std)
{
    const float byte = (x * std + mean) * 255;
    return fabsf(byte - roundf(byte)) < tolerance && byte > -1 && byte < 256;
}

void sq_pixel_lattice_add(struct sq_pixel_lattice *lattice, const struct sq_config *config,
                          uint32_t channels, uint32_t c, float x)
{
    lattice->n++;
    lattice->n_own += is_on(x, config->mean[c], config->std[c]);
    for (size_t i = 0; i < SQ_N_PIXEL_CONSTANTS; i++) {
        const uint32_t k = known[i].channels == 1 ? 0 : c;
        if (known[i].channels == 1 || known[i].channels == channels)
            lattice->n_other[i] += is_on(x, known[i].mean[k], known[i].std[k]);
    }
}

/* Rounded constants move no byte by as much as two. */
static bool is_near(const struct sq_config *config, size_t i)
{
    for (uint32_t c = 0; c < config->n_mean && c < 3; c++) {
        const uint32_t k = known[i].channels == 1 ? 0 : c;
        if (fabsf(config->mean[c] - known[i].mean[k]) > near ||
            fabsf(config->std[c] - known[i].std[k]) > near)
            return false;
    }
    return true;
}

const char *sq_pixel_lattice_other(const struct sq_pixel_lattice *lattice,
                                   const struct sq_config *config)
{
    if (lattice->n < FEWEST || lattice->n_own > lattice->n / 2)
        return NULL;
    for (size_t i = 0; i < SQ_N_PIXEL_CONSTANTS; i++)
        if (lattice->n_other[i] == lattice->n && !is_near(config, i))
            return known[i].name;
    return NULL;
}
