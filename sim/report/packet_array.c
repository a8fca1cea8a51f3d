#include "sim/report/packet_array.h"

#include "kernels/base/bits.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

size_t sq_packet_words(const struct sq_node *node)
{
    return sq_plane_words(&node->shape) * node->shape.n_planes;
}

/* Where element (row, channel) lies in the array, as steps of a row and a channel. */
struct steps {
    size_t row, channel;
};

static struct steps steps_of(const struct sq_node *node)
{
    return sq_node_channels_first(node) ? (struct steps){1, node->shape.n_rows}
                                        : (struct steps){node->shape.n_channels, 1};
}

typedef void visit(unsigned char *out, size_t at, uint32_t plane);

/* Visit every bit that is set, plane by plane, by its place in the array. */
static inline void each_bit(const struct sq_node *node, const uint64_t *word, unsigned char *out,
                            visit *visit)
{
    const struct sq_spike_shape *shape = &node->shape;
    const struct steps step = steps_of(node);
    for (uint32_t p = 0; p < shape->n_planes; p++)
        for (uint32_t r = 0; r < shape->n_rows; r++)
            for (size_t w = 0; w < shape->n_words; w++)
                for (uint64_t left = *word++, c = 64 * w; left != 0; left &= left - 1)
                    visit(out, r * step.row + (c + (size_t)__builtin_ctzll(left)) * step.channel,
                          p);
}

static void add_byte(unsigned char *out, size_t at, uint32_t plane)
{
    out[at] = (unsigned char)(out[at] + (1u << plane));
}

static void set_bit(unsigned char *out, size_t at, uint32_t plane)
{
    (void)plane;
    out[at / 8] |= (unsigned char)(1u << at % 8);
}

void sq_packet_to_bytes(const struct sq_node *node, const uint64_t *bits, unsigned char *out)
{
    memset(out, 0, sq_packet_neurons(node));
    each_bit(node, bits, out, add_byte);
}

void sq_packet_to_bits(const struct sq_node *node, const uint64_t *bits, unsigned char *out)
{
    memset(out, 0, (sq_packet_neurons(node) + 7) / 8);
    each_bit(node, bits, out, set_bit);
}

/* The neuron at `index` of the array sends `value` spikes. */
static void put(const struct sq_node *node, uint64_t *bits, size_t index, unsigned value)
{
    const struct sq_spike_shape *shape = &node->shape;
    const int is_first = sq_node_channels_first(node);
    const size_t row = is_first ? index % shape->n_rows : index / shape->n_channels;
    const size_t channel = is_first ? index / shape->n_rows : index % shape->n_channels;
    for (uint32_t p = 0; p < shape->n_planes; p++)
        if (value >> p & 1)
            sq_bit_set(bits + p * sq_plane_words(shape) + row * shape->n_words, channel);
}

static int refuse(struct sq_error *err, const struct sq_packet_place *place,
                  const struct sq_node *node, size_t index, double value)
{
    const uint32_t levels = sq_node_levels(node);
    char expected[48] = "0 or 1";
    if (levels > 1)
        snprintf(expected, sizeof expected, "a whole number from 0 to %" PRIu32, levels);
    return sq_fail(err, SQ_EVALUE,
                   "%s: the value at sample %" PRIu64 ", timestep %" PRIu32 ", index %zu is %.9g, "
                   "expected %s",
                   node->name, place->sample, place->timestep, index, value, expected);
}

int sq_packet_from_array(struct sq_error *err, const struct sq_packet_place *place,
                         const struct sq_node *node, const struct sq_array *type,
                         const unsigned char *item, uint64_t *bits)
{
    const size_t n = sq_packet_neurons(node);
    const double most = sq_node_levels(node);
    memset(bits, 0, sq_packet_words(node) * sizeof *bits);
    for (size_t i = 0; i < n; i++) {
        const double value = sq_element_f64(type, item + i * type->item_bytes);
        if (value == 0)
            continue;
        if (!(value > 0 && value <= most) || value != (double)(unsigned)value)
            return refuse(err, place, node, i, value);
        put(node, bits, i, (unsigned)value);
    }
    return SQ_OK;
}

int sq_packet_from_bits(struct sq_error *err, const struct sq_packet_place *place,
                        const struct sq_node *node, const unsigned char *item, uint64_t *bits)
{
    const size_t n = sq_packet_neurons(node);
    memset(bits, 0, sq_packet_words(node) * sizeof *bits);
    if (n % 8 != 0 && item[n / 8] >> n % 8 != 0)
        return sq_fail(err, SQ_EVALUE,
                       "%s: sample %" PRIu64 ", timestep %" PRIu32 ": bits behind the last of %zu "
                       "neurons are set",
                       node->name, place->sample, place->timestep, n);
    for (size_t byte = 0; byte < (n + 7) / 8; byte++)
        for (unsigned left = item[byte]; left != 0; left &= left - 1)
            put(node, bits, byte * 8 + (unsigned)__builtin_ctz(left), 1);
    return SQ_OK;
}
