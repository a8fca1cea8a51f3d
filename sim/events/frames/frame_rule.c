#include "sim/events/frames/frame_rule.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What may follow "NAME:SIZE". */
enum { NOTHING = 0, OVERLAP = 1, INCOMPLETE = 2, VERSION = 4 };

static const struct {
    const char *name;
    enum sq_frame_kind kind;
    unsigned takes;
} known[] = {
    {"number", SQ_FRAMES_NUMBER, NOTHING},
    {"time", SQ_FRAMES_TIME, NOTHING},
    {"duration", SQ_FRAMES_DURATION_NEW, VERSION},
    {"tonic-time-bins", SQ_FRAMES_TONIC_TIME_BINS, NOTHING},
    {"tonic-event-bins", SQ_FRAMES_TONIC_EVENT_BINS, NOTHING},
    {"tonic-count", SQ_FRAMES_TONIC_COUNT, OVERLAP | INCOMPLETE},
    {"tonic-window", SQ_FRAMES_TONIC_WINDOW, OVERLAP | INCOMPLETE},
};

bool sq_frame_rule_is_tonic(const struct sq_frame_rule *rule)
{
    return rule->kind >= SQ_FRAMES_TONIC_TIME_BINS;
}

/* A whole number below 2^60; advances *at. */
static bool take_number(const char **at, int64_t *number)
{
    const char *first = *at;
    for (*number = 0; **at >= '0' && **at <= '9'; ++*at) {
        if (*number >= (INT64_MAX >> 4) / 10)
            return false;
        *number = *number * 10 + (**at - '0');
    }
    return *at > first;
}

static bool take_word(const char **at, const char *word)
{
    const size_t n = strlen(word);
    if (strncmp(*at, word, n) != 0 || ((*at)[n] != ':' && (*at)[n] != '\0'))
        return false;
    *at += n;
    return true;
}

/* One ":PART" after the size. */
static bool take_part(const char **at, unsigned *takes, struct sq_frame_rule *rule)
{
    ++*at;
    if ((*takes & VERSION) && (take_word(at, "new") || take_word(at, "old"))) {
        rule->kind = (*at)[-1] == 'd' ? SQ_FRAMES_DURATION_OLD : SQ_FRAMES_DURATION_NEW;
        *takes = NOTHING;
        return true;
    }
    if ((*takes & INCOMPLETE) && take_word(at, "incomplete")) {
        rule->incomplete = true;
        *takes = NOTHING;
        return true;
    }
    if (!(*takes & OVERLAP) || !take_number(at, &rule->overlap))
        return false;
    *takes &= ~(unsigned)OVERLAP;
    return rule->overlap < rule->size;
}

static void describe(struct sq_frame_rule *rule, const char *name)
{
    char overlap[24] = "";
    if (rule->overlap > 0)
        snprintf(overlap, sizeof overlap, ":%" PRId64, rule->overlap);
    snprintf(rule->text, sizeof rule->text, "%s:%" PRId64 "%s%s%s", name, rule->size, overlap,
             rule->incomplete ? ":incomplete" : "",
             rule->kind == SQ_FRAMES_DURATION_OLD   ? ":old"
             : rule->kind == SQ_FRAMES_DURATION_NEW ? ":new"
                                                    : "");
}

int sq_frame_rule_parse(struct sq_error *err, const char *text, struct sq_frame_rule *rule)
{
    *rule = (struct sq_frame_rule){.kind = SQ_FRAMES_TIMESTEPS, .size = 1, .text = "timesteps"};
    if (strcmp(text, "timesteps") == 0)
        return SQ_OK;
    *rule = (struct sq_frame_rule){.size = 0};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        const char *at = text;
        unsigned takes = known[i].takes;
        if (!take_word(&at, known[i].name) || *at++ != ':' || !take_number(&at, &rule->size) ||
            rule->size == 0)
            continue;
        rule->kind = known[i].kind;
        bool good = true;
        while (good && *at == ':')
            good = take_part(&at, &takes, rule);
        if (!good || *at != '\0')
            break;
        describe(rule, known[i].name);
        return SQ_OK;
    }
    return sq_fail(err, SQ_EUSAGE,
                   "frames %s: expected number:T, time:T, duration:US[:new|:old], timesteps, "
                   "tonic-time-bins:N, tonic-event-bins:N, tonic-count:N[:OVERLAP][:incomplete] or "
                   "tonic-window:US[:OVERLAP][:incomplete]",
                   text);
}
