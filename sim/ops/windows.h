/* Windows of a pooling: how many hold each element that is not 0. */
#ifndef SQ_WINDOWS_H
#define SQ_WINDOWS_H

#include <stdint.h>

/* Windows along one axis of n elements. */
struct sq_window_axis {
    uint32_t n, kernel, stride, padding;
};

/* How many of them hold element `at`. */
uint32_t sq_windows_holding(const struct sq_window_axis *axis, uint32_t at);

/* Sum over the nonzero elements of bit rows [down->n * across->n][n_words] of the windows that hold
 * them. */
uint64_t sq_windows_count(const uint64_t *bits, const struct sq_window_axis *down,
                          const struct sq_window_axis *across, uint32_t n_words);

/* The same where windows go over tokens and the channels of a head: bits [down->n][n_channels]. */
uint64_t sq_windows_count_heads(const uint64_t *bits, const struct sq_window_axis *down,
                                const struct sq_window_axis *across, uint32_t n_channels);

#endif
