/* A network's configuration: what the weights do not determine (heads, timesteps, scale,
 * thresholds, normalisation) and, where it is given, what they must then agree with (architecture,
 * sizes).
 *
 * Read from configs/models/NAME.json or any file of that form (docs/man/spikeq.1.in lists the keys),
 * then overridden key by key from the command line. */
#ifndef SQ_CONFIG_H
#define SQ_CONFIG_H

#include "kernels/base/status.h"

#include <stddef.h>
#include <stdint.h>

/* How a uint8 image of another size is brought to the network's size. */
enum sq_fit {
    SQ_FIT_NONE,   /* refuse it */
    SQ_FIT_PAD,    /* zero-pad evenly, the odd pixel right and below; larger images are refused */
    SQ_FIT_RESIZE, /* stretch it */
    SQ_FIT_CROP,   /* shorter side to sq_config_shorter_side(), then the centre: also an image that
                      has the network's size */
};

/* How pixels between pixels are made. */
enum sq_interpolation {
    SQ_INTERPOLATION_DEFAULT,  /* crop: bilinear; resize: bilinear, half-pixel centres, without
                                  antialiasing */
    SQ_INTERPOLATION_BILINEAR, /* both antialiased, as Pillow resizes images */
    SQ_INTERPOLATION_BICUBIC,
};

enum { SQ_MAX_INPUT_CHANNELS = 8 };

/* What a configuration says of sizes that follow from others. Zero once it was compared. */
struct sq_config_claims {
    uint32_t head_dim, tokens, token_grid[2], patch_size;
};

/* A parameter that this architecture alone has, as text. */
enum { SQ_MAX_EXTRA = 12 };
struct sq_config_extra {
    char key[24], value[160];
};

/* Every number 0 means: not given (the weights, or a default, decide). */
struct sq_config {
    char name[64];    /* file stem, or "name" in the file */
    char source[256]; /* where the sizes were published */
    char assumed[64]; /* comma-separated keys whose values the source does not state, or "" */
    uint32_t depth, dim, heads, mlp_hidden, timesteps;
    uint32_t in_channels, image_height, image_width, classes;
    uint32_t mlp_ratio;     /* given without dim: mlp_hidden / dim, once that is known */
    float v_threshold;      /* default 1 */
    float attn_v_threshold; /* default 0.5 */
    float tau;              /* timesteps; default 2 */
    float attn_scale;       /* a power of two; default 0.125, cifar10dvs 0.25 */
    float bn_eps;           /* default 1e-5 */
    enum sq_fit fit;
    enum sq_interpolation interpolation; /* of fit resize and crop */
    uint32_t resize;                     /* of fit crop: the shorter side before the crop, or */
    double crop_pct;        /* the network's side as a part of it; neither: the network's side */
    uint32_t n_mean, n_std; /* 0: no normalisation; else in_channels each */
    float mean[SQ_MAX_INPUT_CHANNELS], std[SQ_MAX_INPUT_CHANNELS];
    struct sq_config_claims claims;
    char architecture[256]; /* a name of configs/architectures, or a path; "": not known */
    uint32_t patch;         /* pixels that a token is wide and high, as it says; 0: it does not */
    int has_no_heads;       /* its networks have no attention: it does not ask for heads */
    int takes_frames; /* it takes a camera's frames, [T,C,H,W], one a timestep; else one image */
    char neurons_file[512]; /* the file that it is from, where that says something of populations
                               (sim/network/neuron_claims.h); else "" */
    uint32_t n_extra;
    struct sq_config_extra extra[SQ_MAX_EXTRA];
};

/* Does the network take a camera's frames, [T,2,H,W], one of each timestep? Else one image. */
static inline int sq_config_takes_frames(const struct sq_config *config)
{
    return config->takes_frames;
}

/* "none", "pad", "resize" or "crop". */
const char *sq_fit_name(enum sq_fit fit);

/* "default", "bilinear" or "bicubic". */
const char *sq_interpolation_name(enum sq_interpolation interpolation);

/* The shorter side that fit crop resizes to; 0: not given for an image that is not square. */
uint32_t sq_config_shorter_side(const struct sq_config *config);

enum { SQ_ASSUMED_TEXT = 256 };

/* The keys of `assumed`, those of an architecture's own with their values: "heads,head_reads (spikes)". */
void sq_config_assumed_text(const struct sq_config *config, char *text, size_t size);

/* Warn of keys whose values the configuration's source does not state (assumed-configuration):
 * results depend on them. What sq_warn() returns. */
int sq_config_warn_assumed(struct sq_error *err, const struct sq_config *config);

/* Fill *config from a name or a path.
 *   name_or_path  a path if it holds a '/' or ends in ".json"; else NAME.json is looked for in
 *                 models/ of each folder of the colon-separated list `config_dirs`
 * SQ_EIO (not found: says where it was looked for and lists the known names), SQ_EFORMAT (not
 * JSON, no object, a key that is not known, a value of the wrong type), SQ_EVALUE (out of range).
 * *config is written only on success. */
int sq_config_load(struct sq_error *err, const char *config_dirs, const char *name_or_path,
                   struct sq_config *config);

/* The same from JSON text, as sq_config_to_json() makes it; `origin` begins the error sentences. */
int sq_config_from_text(struct sq_error *err, const char *origin, const char *text,
                        struct sq_config *config);

/* Override one key as `--set key=value` does: the value is JSON, or a bare word or number;
 * `origin` ("--set", a path) begins the error sentence. The same checks as a file's keys get. */
int sq_config_set(struct sq_error *err, struct sq_config *config, const char *origin,
                  const char *key, const char *value);

/* The same for "key=value" as one text. SQ_EUSAGE: it is no such pair. */
int sq_config_set_pair(struct sq_error *err, struct sq_config *config, const char *pair);

/* Do the keys of a configuration whose sizes are all known fit together, and does each of them say
 * something? `origin` begins the error sentence. The claims are compared and forgotten. SQ_EVALUE.
 */
int sq_config_check(struct sq_error *err, const char *origin, struct sq_config *config);

/* Compare what the configuration claims of its tokens with the grid that it has, and forget the claims.
 * `origin` begins the error sentence. SQ_EVALUE. */
int sq_config_agree_grid(struct sq_error *err, struct sq_config *config, const char *origin,
                         uint32_t rows, uint32_t columns);

/* The published names found in `config_dirs`, in alphabetical order without duplicates: calls
 * visit(path, name, data) for each until it returns non-zero, and returns that. */
int sq_config_each(const char *config_dirs,
                   int (*visit)(const char *path, const char *name, void *data), void *data);

#endif
