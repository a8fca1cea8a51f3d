#include "sim/account/price/switches.h"

#include <stdio.h>
#include <string.h>

/* Views by name, behind the network's own. */
static const char sq_view_choices[] = "auto"
#define SQ_VIEW(number, name, ...) "," name
#include "sim/account/price/paper_views.inc"
    ;

const struct sq_switch_row sq_switch_table[] = {
#define SQ_SWITCH(member, key, fallback, choices, what) \
    {key, choices, what, fallback, offsetof(struct sq_switches, member)},
#include "sim/account/price/switches.inc"
};

const size_t sq_n_switches = sizeof sq_switch_table / sizeof *sq_switch_table;

static int *member_of(struct sq_switches *switches, size_t i)
{
    return (int *)(void *)((char *)switches + sq_switch_table[i].offset);
}

struct sq_switches sq_switches_default(void)
{
    struct sq_switches switches;
    for (size_t i = 0; i < sq_n_switches; i++)
        *member_of(&switches, i) = sq_switch_table[i].fallback;
    return switches;
}

/* The number of `value` in "a,b,c", or -1. */
static int choice_number(const char *choices, const char *value)
{
    const size_t length = strlen(value);
    int number = 0;
    for (const char *at = choices; length > 0; number++) {
        const size_t n = strcspn(at, ",");
        if (n == length && memcmp(at, value, n) == 0)
            return number;
        if (at[n] == '\0')
            break;
        at += n + 1;
    }
    return -1;
}

static int unknown_key(struct sq_error *err, const char *key, size_t length)
{
    char known[512];
    size_t used = 0;
    for (size_t i = 0; i < sq_n_switches && used < sizeof known; i++)
        used += (size_t)snprintf(known + used, sizeof known - used, "%s%s", i > 0 ? ", " : "",
                                 sq_switch_table[i].key);
    return sq_fail(err, SQ_EUSAGE, SQ_OPT "switch %.*s: no such switch; expected one of %s",
                   (int)(length < 64 ? length : 64), key, known);
}

int sq_switches_set(struct sq_error *err, struct sq_switches *switches, const char *key_value)
{
    const size_t length = strcspn(key_value, "=");
    for (size_t i = 0; i < sq_n_switches; i++) {
        const struct sq_switch_row *row = &sq_switch_table[i];
        if (strlen(row->key) != length || memcmp(row->key, key_value, length) != 0)
            continue;
        const char *value = key_value[length] == '=' ? key_value + length + 1 : "";
        const int number = choice_number(row->choices, value);
        if (number < 0)
            return sq_fail(err, SQ_EUSAGE, SQ_OPT "switch %s: value \"%.64s\", expected one of %s",
                           row->key, value, row->choices);
        *member_of(switches, i) = number;
        return SQ_OK;
    }
    return unknown_key(err, key_value, length);
}

int sq_switch_concerns(const char *key_value, const char *convention)
{
    const size_t length = strcspn(key_value, "=");
    for (size_t i = 0; i < sq_n_switches; i++) {
        const struct sq_switch_row *row = &sq_switch_table[i];
        char of[64];
        if (strlen(row->key) != length || memcmp(row->key, key_value, length) != 0)
            continue;
        snprintf(of, sizeof of, "%.*s", (int)strcspn(row->what, ":"), row->what);
        return strstr(of, convention) != NULL;
    }
    return 0;
}

char *sq_switch_choice(const struct sq_switches *switches, size_t i, char *text, size_t size)
{
    struct sq_switches copy = *switches;
    const char *at = sq_switch_table[i].choices;
    for (int number = *member_of(&copy, i); number > 0; number--)
        at += strcspn(at, ",") + 1;
    snprintf(text, size, "%.*s", (int)strcspn(at, ","), at);
    return text;
}
