/* Hardware profiles: what an operation costs, each number with its source. Files
 * configs/hardware/NAME.json; docs/accounting.md has their form. */
#ifndef SQ_HARDWARE_H
#define SQ_HARDWARE_H

#include "kernels/base/status.h"

#include <stddef.h>

enum sq_price_key {
    SQ_PRICE_MAC,           /* one multiply-accumulate */
    SQ_PRICE_AC,            /* one addition of a weight: a synaptic operation */
    SQ_PRICE_SRAM_BYTE,     /* one byte read from or written to memory on the chip */
    SQ_PRICE_DRAM_BYTE,     /* ... beside the chip */
    SQ_PRICE_UPDATE,        /* one neuron, one timestep, that fires */
    SQ_PRICE_UPDATE_SILENT, /* ... that does not; the same as above if not given */
    SQ_PRICE_SPIKE,         /* one spike routed */
    SQ_PRICE_AC_8,       /* one addition of 8 bits; of others, on the line through this price and */
    SQ_PRICE_AC_32,      /* that of 32 bits: runs in integers, by the width of each adder */
    SQ_PRICE_MULTIPLY_8, /* one product of two factors of 8 bits; of others, as their bits' product
                          */
    SQ_PRICES
};

struct sq_price {
    int is_given;
    double energy_pj;
    char kind[16]; /* "measured", "estimated", "unclear" */
    int year;      /* 0: the source has none */
    char paper[256], table[64], technology[64], checked[256], note[256];
};

struct sq_hardware {
    char name[64], description[256], width[16];
    struct sq_price price[SQ_PRICES];
};

/* Energy of `n` operations, pJ; NaN where there are some and the profile does not price them. */
double sq_price_of(const struct sq_hardware *hardware, enum sq_price_key key, double n);

/* Does the profile price additions and products of any width? */
int sq_hardware_knows_widths(const struct sq_hardware *hardware);

/* "mac", "ac", "sram_byte", ... and a line that says what it prices. */
const char *sq_price_name(enum sq_price_key key);
const char *sq_price_what(enum sq_price_key key);

/* Load a profile.
 *   name_or_path  a path if it holds a '/' or ends in ".json"; else NAME.json in hardware/ of the
 *                 folders of the colon-separated `config_dirs`
 * SQ_EIO (not found: lists the known names), SQ_EFORMAT (not JSON, unknown or missing keys, a unit
 * missing), SQ_EVALUE (negative, infinite, no number). Each names file, key, value, expected. */
int sq_hardware_load(struct sq_error *err, const char *config_dirs, const char *name_or_path,
                     struct sq_hardware *out);

/* The same from a path alone. */
int sq_hardware_read(struct sq_error *err, const char *path, struct sq_hardware *out);

/* The profiles found, alphabetically: visit(path, name, data) until it returns non-zero.
 * SQ_ENOMEM: none was visited. */
int sq_hardware_each(const char *config_dirs,
                     int (*visit)(const char *path, const char *name, void *data), void *data);

#endif
