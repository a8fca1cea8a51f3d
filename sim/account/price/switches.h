/* Switches: every choice that the conventions leave open or dispute, by name, with its default. */
#ifndef SQ_SWITCHES_H
#define SQ_SWITCHES_H

#include "kernels/base/status.h"

#include <stddef.h>

/* A member holds the number of its choice; 0 is the default except where noted. */
struct sq_switches {
#define SQ_SWITCH(member, key, fallback, choices, what) int member;
#include "sim/account/price/switches.inc"
};

enum { SQ_FIRST_AUTO, SQ_FIRST_TIMESTEPS, SQ_FIRST_ONCE, SQ_FIRST_NONZERO };
enum { SQ_INTEGERS_EVENTS, SQ_INTEGERS_UNITS, SQ_INTEGERS_MAC };
enum { SQ_HEAD_MAC, SQ_HEAD_EVENTS, SQ_HEAD_NONE };
enum { SQ_BIAS_APART, SQ_BIAS_OWN, SQ_BIAS_ALL };
enum { SQ_QKV_MIN, SQ_QKV_MEAN, SQ_QKV_EXACT };
enum { SQ_SJ_BIAS_LAYOUT, SQ_SJ_BIAS_ADDMM, SQ_SJ_BIAS_ADD };

struct sq_switch_row {
    const char *key, *choices, *what;
    int fallback;
    size_t offset; /* of the member */
};

/* The table, in the order of switches.inc, and its length. */
extern const struct sq_switch_row sq_switch_table[];
extern const size_t sq_n_switches;

struct sq_switches sq_switches_default(void);

/* Set one switch by "key=value". SQ_EUSAGE names the key, the value and what is expected. */
int sq_switches_set(struct sq_error *err, struct sq_switches *switches, const char *key_value);

/* Does the switch of "key=value" decide something of this convention? */
int sq_switch_concerns(const char *key_value, const char *convention);

/* The text of switch i's choice, into `text`; returns it. */
char *sq_switch_choice(const struct sq_switches *switches, size_t i, char *text, size_t size);

#endif
