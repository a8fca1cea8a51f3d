/* Checking of found figures against those of a vector file (SPEC section 10). */
#ifndef SQ_VECTORS_CHECK_H
#define SQ_VECTORS_CHECK_H

#include "sim/account/count/counters.h"

#include "sim/json/json.h"

/* One line of output: a vector, how many of its figures are met, and what is not. */
struct vector {
    const char *name;
    unsigned n, n_met;
    char unmet[2048]; /* text of the first misses */
};

struct found {
    const char *key;
    double value;
};

/* One figure: a JSON number is met by the same binary64, a string by the same printed digits. */
void check_figure(struct vector *vector, const char *path, const cJSON *expected, double found);

/* Digits as printed, given by the caller. */
void check_text(struct vector *vector, const char *path, const char *expected, const char *found);

/* Every figure of an object must be in `found`; one that is not counts as missed. Texts under the
 * key "note", and objects, are left to the caller. */
void check_object(struct vector *vector, const char *path, const cJSON *expected,
                  const struct found *found, size_t n);

/* A figure that the program cannot check: missed, with the reason. */
void check_miss(struct vector *vector, const char *path, const char *why);

double number_at(const cJSON *object, const char *key, double otherwise);
const cJSON *member(const cJSON *object, const char *key);

/* A tensor given as digits. */
struct digits {
    uint64_t shape[8];
    int n_dims;
    uint64_t n; /* elements */
    const char *text;
};

/* From {"shape": [...], "data": "..."}, or a shape array and a text; 0 if they disagree. */
int read_digits(const cJSON *shape, const cJSON *data, struct digits *out);

static inline unsigned digit(const struct digits *tensor, uint64_t i)
{
    return (unsigned)(tensor->text[i] - '0');
}

/* Product of dimensions from..to-1. */
uint64_t span(const struct digits *tensor, int from, int to);

/* Operations of a network by the names of a vector's "config" (layout, embed_dim, image, ...). */
int shape_of(const cJSON *config, struct sq_counters *out, struct sq_error *err);

/* Operations of a published configuration, or of a file. 0: there is no such one. */
int shape_of_config(const char *name, struct sq_counters *out);

/* The three kinds of vectors; each prints nothing and fills *vector. `file` is the whole file. */
void check_published(const cJSON *item, const cJSON *file, struct vector *vector);
void check_layer(const cJSON *item, struct vector *vector);
void check_network(const cJSON *item, struct vector *vector);

/* Count a convolution or linear layer from its digits, plainly: every output, every tap. Fills a
 * call of one step. `zero_every`: see "input_encoding" of the file. `grid` has the convolution. */
struct plain_layer {
    const struct digits *input;
    uint64_t c_in, c_out, height, width, kernel_h, kernel_w, stride_h, stride_w, padding_h,
        padding_w, groups, frames, zero_every;
    int has_bias;
};
int count_layer(const struct plain_layer *layer, struct sq_op *op, struct sq_op_count *count,
                int *out_is_binary);

/* Max pooling: nonzeros times windows. */
void count_pool(const struct digits *input, uint64_t kernel, uint64_t stride, uint64_t padding,
                struct sq_op_count *count);

#endif
