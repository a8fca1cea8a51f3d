/* Fixed point: how a network's numbers become integers, and the proof that none overflows.
 * docs/fixed-point.md has the definitions; the graph and the float32 weights stay as they are.
 *
 *   weight     w = q / 2^e         q of weight_bits bits, e per output channel (or one per layer)
 *   current    sum of q * input    exact; its bound is sum |q| * largest input, per channel
 *   membrane   v = m / 2^(e + g)   g guard bits per layer, as many as the membrane has room for
 *   bias       round(b * 2^(e + g))
 *   threshold  ceil(theta * 2^(e + g)): m >= it exactly where v >= theta
 *   pixel      p = round(x * 2^f)  f one for the network; the first convolution's e includes f
 *   stream     u = m / 2^E         E one for all reals that are added or pooled together; a current that
 *                                  joins them is shifted from its e to E */
#ifndef SQ_FIXED_H
#define SQ_FIXED_H

#include "kernels/base/rounding.h"
#include "kernels/base/status.h"

#include <math.h>
#include <stddef.h>
#include <stdint.h>

struct sq_network;
struct sq_node;

enum {
    SQ_MIN_WEIGHT_BITS = 4,
    SQ_MAX_WEIGHT_BITS = 16,
    SQ_MIN_MEMBRANE_BITS = 8,
    SQ_MAX_MEMBRANE_BITS = 31, /* |v| < 2^30, so that differences of two fit 32 bits */
    SQ_MIN_PIXEL_BITS = 4,
    SQ_MAX_PIXEL_BITS = 16,
    SQ_MAX_GUARD_BITS = 16,
    SQ_MIN_EXPONENT = -24, /* of e */
    SQ_MAX_EXPONENT = 60,
    SQ_ARITH_TEXT = 160,
};

/* What is asked for. Zero means the default. */
struct sq_fixed_settings {
    uint32_t weight_bits;   /* sign included; default 8 */
    uint32_t membrane_bits; /* sign included; default 31 */
    uint32_t pixel_bits;    /* sign included; default: 12, or what the first layer's bound allows */
    double pixel_max;       /* largest magnitude of a pixel; default by the configuration */
    int by_layer;           /* one scale for all channels of a layer; default 0 */
    enum sq_rounding rounding;   /* of LIF's halving; the caller's choice */
    int has_scale, has_rounding; /* the last two were asked for, and are no default */
};

/* A stream of reals in integers: all nodes whose values are added or pooled together. */
struct sq_fixed_stream {
    const char *name; /* of the first node that sends it; static, or the network's */
    int exponent;     /* E: a value counts units of 2^-E */
    uint64_t largest; /* bound of |value| */
    uint32_t bits;    /* of the smallest integer that holds every value, sign included */
};

/* What an integer of the stream, or a sum of them, is worth: exactly, where it has at most 53 bits. */
static inline double sq_stream_value(const struct sq_fixed_stream *stream, int64_t whole)
{
    return ldexp((double)whole, -stream->exponent);
}

/* One population in integers, or a layer whose current joins a stream. */
struct sq_fixed {
    void *weight;          /* int8_t or int16_t, packed as the float32 weights; NULL: no synapse */
    uint32_t weight_bytes; /* 1, 2; 0: no synapse */
    uint32_t
        tile_rows; /* of byte weights whose sums take 32 bits: so many weight rows in succession have
                              sums of spikes within 16 bits, by the weights as they are */
    uint32_t sum_bytes; /* of an accumulator: 2 or 4; of a convolution of a stream 8 */
    int8_t *exponent;   /* [channels] e; of a reader of a stream the membrane's exponent */
    int32_t *bias;      /* [blocks * 64], 64-byte aligned */
    int32_t *threshold; /* likewise, of multispike [spikes][blocks * 64]; padding never fires; NULL:
                                  no neurons */
    int32_t *left, *right, *half,
        *odd; /* [blocks * 64], of a current that joins a stream: the tables of
                                           kernels/real; else NULL */
    uint32_t guard_bits;
    uint32_t leak;     /* of the neurons: tau, or 1 / decay, is 2^leak */
    uint32_t narrowed; /* of a mean over tokens: bits that its sums are shifted right */
    enum sq_rounding rounding;
    uint64_t largest_sum; /* bound of |current|, over all channels */
    uint32_t sum_bits;    /* of the smallest adder that holds it, sign included */
    uint32_t membrane_bits;
    double weight_error; /* root mean square error of the weights over that of the weights */
};

/* Mean and variance of the inputs of a synapse. */
struct sq_moments {
    double mean, variance;
};

/* Where the float32 weights of a layer come from while its integers are made, so that those of all layers need not
 * be in memory at a time. */
struct sq_fixed_floats {
    /* Weight and bias of the node's synapse are there, if they were not; what loading them refuses. */
    int (*load)(void *data, const struct sq_node *node);
    /* The integers are made: nobody reads its float32 weights any more. */
    void (*drop)(void *data, const struct sq_node *node);
    void *data;
};

/* Make a network fixed-point: every population and every layer gets a struct sq_fixed, every node that sends
 * reals its stream, zeros are counted anew.
 * Settings that are 0 are filled in: network->fixed and ->arith then hold what was used. Of a
 * network that was read from integers, settings are only compared.
 *   moments   [n_synapses], in the order of network->synapse: e is then chosen by the expected
 *             error of the currents; NULL: by range
 * SQ_EUSAGE (settings out of range), SQ_EUNSUPPORTED (names a node that integers do not run, and why),
 * SQ_EVALUE (settings that are not the file's, weights whose range cannot be represented, a bound that leaves
 * the membrane: names the layer and the figures), SQ_ENOMEM. After a failure the network can only be freed. */
int sq_fixed_make(struct sq_error *err, struct sq_network *network,
                  const struct sq_fixed_settings *settings, const struct sq_moments *moments);

/* The same of a network whose float32 weights are not there yet, with what neurons and attention read beside them.
 * What floats->load() refuses, too. */
int sq_fixed_make_from(struct sq_error *err, struct sq_network *network,
                       const struct sq_fixed_settings *settings,
                       const struct sq_fixed_floats *floats);

/* A network that runs in integers reads its float32 weights no more: their memory goes back to the system.
 * It can then neither be quantised again nor be written. */
void sq_fixed_forget_floats(struct sq_network *network);

/* sq_fixed_make_from() with complete settings and what a file has: e [channels] and one g for each synapse, in that
 * order; of one whose current joins a stream E instead of g. */
struct sq_fixed_given {
    int8_t *exponent;
    uint32_t guard_bits;
    int stream_exponent;
};
int sq_fixed_make_as(struct sq_error *err, struct sq_network *network,
                     const struct sq_fixed_settings *settings, const struct sq_fixed_given *given,
                     const struct sq_fixed_floats *floats);

/* Are settings, all of them given, in range? SQ_EUSAGE names the first that is not. */
int sq_fixed_check_settings(struct sq_error *err, const struct sq_fixed_settings *settings);

/* Settings as text: "fixed weights=8 scale=channel rounding=nearest membrane=31 pixels=12 max=2.5".
 */
void sq_arith_write(const struct sq_fixed_settings *settings, char text[SQ_ARITH_TEXT]);

/* The settings of such a text (untrusted); 0 where it is not that of fixed point in range. */
int sq_arith_parse(const char *text, struct sq_fixed_settings *settings);

/* Fractional bits of a pixel: the most for which pixel_max fits pixel_bits. */
int sq_pixel_exponent(const struct sq_fixed_settings *settings);

/* The largest integer that a pixel may become. */
int32_t sq_pixel_limit(const struct sq_fixed_settings *settings);

/* Weights and biases, batch norm folded in, of a network in float32. */
uint64_t sq_network_numbers(const struct sq_network *network);

/* Bits that the numbers of a fixed-point network take as they are meant (not as they are held):
 * weights, 32 for a bias, 8 for an exponent, 32 for a number of the head. */
uint64_t sq_fixed_model_bits(const struct sq_network *network);

#endif
