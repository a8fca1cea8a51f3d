/* Which options go together: options_rules.inc. */
#include "sim/api/options.h"

#include <stdlib.h>
#include <string.h>

enum kind { NEEDS, EXCLUDES };

static const struct rule {
    unsigned commands;
    const char *given;
    enum kind kind;
    const char *others, *sentence;
} rule[] = {
#define SQ_RULE(commands, given, kind, others, sentence) {commands, given, kind, others, sentence},
#include "sim/api/options_rules.inc"
#undef SQ_RULE
};

/* Is the option set, and not a flag that was taken back? With `matters` a number is not 0. */
static int is_given(const spikeq_options *options, const char *name, int matters)
{
    const enum sq_option i = sq_option_by_name(options, name);
    if (i == SQ_N_OPTIONS || options->value[i].n == 0)
        return 0;
    if (sq_option_row[i].type == SQ_OPTION_FLAG)
        return sq_option_flag(options, name);
    return !matters || strtod(options->value[i].text[0], NULL) != 0;
}

/* The first of comma-separated names that is given; 0: not one. */
static int find_given(const spikeq_options *options, const char *names, char *name, size_t size)
{
    for (const char *at = names; *at != '\0'; at += *at == ',') {
        const size_t n = strcspn(at, ",+"), whole = strcspn(at, ",");
        if (n < size) {
            memcpy(name, at, n);
            name[n] = '\0';
            if (is_given(options, name, whole > n))
                return 1;
        }
        at += whole;
    }
    return 0;
}

static int applies(const struct rule *at, const spikeq_options *options)
{
    return (at->commands & options->commands & ~(unsigned)SQ_AT_TERMINAL) != 0 &&
           ((at->commands & SQ_AT_TERMINAL) == 0 || sq_options_are_of_program(options));
}

int sq_options_check_rules(struct sq_error *err, const spikeq_options *options)
{
    char name[64] = "", other[64];
    for (const struct rule *at = rule; at < rule + sizeof rule / sizeof rule[0]; at++) {
        if (!applies(at, options) ||
            (at->given[0] != '\0' && !find_given(options, at->given, name, sizeof name)))
            continue;
        if (find_given(options, at->others, other, sizeof other) != (at->kind == NEEDS))
            return sq_fail(err, SQ_EUSAGE, at->sentence, name);
    }
    return SQ_OK;
}
