/* Values of options: which of them a row takes. */
#include "sim/api/options.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A whole decimal number. */
static int is_count(const char *text, unsigned long long *number)
{
    char *end;
    errno = 0;
    *number = text[0] >= '0' && text[0] <= '9' ? strtoull(text, &end, 10) : 0;
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0;
}

/* What follows ".." in a range; "": it has no upper bound. */
static const char *upper_of(const char *range)
{
    const char *dots = strstr(range, "..");
    return dots != NULL && strchr(" |", dots[2]) == NULL ? dots + 2 : "";
}

/* What the row says in brackets is expected: its text and length, or 0. */
static int words_of(const char *range, const char **words)
{
    const char *open = strchr(range, '(');
    *words = open != NULL ? open + 1 : "";
    return open != NULL ? (int)strcspn(open + 1, ")") : 0;
}

/* Is the value one of the words "a|b|c"? */
static int is_one_of(const char *words, const char *value)
{
    for (const char *at = words; *at != '\0'; at += *at == '|') {
        const size_t n = strcspn(at, "|");
        if (strlen(value) == n && strncmp(value, at, n) == 0)
            return 1;
        at += n;
    }
    return 0;
}

static int check_count(struct sq_error *err, const struct sq_option_row *row, const char *value)
{
    unsigned long long number;
    const char *upper = upper_of(row->range), *word = strchr(row->range, '|');
    const unsigned long long least = strtoull(row->range, NULL, 10);
    const unsigned long long most = upper[0] != '\0' ? strtoull(upper, NULL, 10) : UINT64_MAX;
    if ((is_count(value, &number) && number >= least && number <= most) ||
        (word != NULL && is_one_of(word + 1, value)))
        return SQ_OK;
    return sq_fail(err, SQ_EUSAGE, SQ_OPT "%s %.100s: expected a whole number from %llu to %llu",
                   row->name, value, least, most);
}

/* "4,6,8"; of what is too long for a number nothing is cut off. */
static int check_counts(struct sq_error *err, const struct sq_option_row *row, const char *value)
{
    char one[24];
    int status = SQ_OK;
    for (const char *at = value; status == SQ_OK && at != NULL;) {
        const size_t n = strcspn(at, ",");
        snprintf(one, sizeof one, "%.*s", (int)n, at);
        status = check_count(err, row, n < sizeof one ? one : at);
        at = strchr(at, ',') != NULL ? strchr(at, ',') + 1 : NULL;
    }
    return status;
}

static int check_integer(struct sq_error *err, const struct sq_option_row *row, const char *value)
{
    const char *words;
    const int n_words = words_of(row->range, &words);
    char *end;
    errno = 0;
    const long long least = strtoll(row->range, NULL, 10);
    const long long most = strtoll(upper_of(row->range), NULL, 10);
    const long long number = strtoll(value, &end, 10);
    if (end != value && *end == '\0' && errno == 0 && number >= least && number <= most)
        return SQ_OK;
    return sq_fail(err, SQ_EUSAGE, SQ_OPT "%s %.100s: expected %.*s", row->name, value, n_words,
                   words);
}

/* "expected ..." of a number that the row refuses. */
static int refuse_number(struct sq_error *err, const struct sq_option_row *row, const char *value,
                         int is_open, double least, double most)
{
    const char *words;
    const int n_words = words_of(row->range, &words);
    if (n_words > 0)
        return sq_fail(err, SQ_EUSAGE, SQ_OPT "%s %.100s: expected %.*s", row->name, value, n_words,
                       words);
    if (isinf(most))
        return sq_fail(err, SQ_EUSAGE, SQ_OPT "%s %.100s: expected a number, %g or more", row->name,
                       value, least);
    return sq_fail(err, SQ_EUSAGE, SQ_OPT "%s %.100s: expected a number %s%g, up to %g", row->name,
                   value, is_open ? "above " : "from ", least, most);
}

static int check_number(struct sq_error *err, const struct sq_option_row *row, const char *value)
{
    static const char above[] = "above ";
    const int is_open = strncmp(row->range, above, sizeof above - 1) == 0;
    const char *upper = upper_of(row->range);
    char *end;
    /* Not of the whole range: strtod() would read "0." of "0..1". */
    const double least = (double)strtoll(row->range + (is_open ? sizeof above - 1 : 0), NULL, 10);
    const double most = upper[0] != '\0' ? strtod(upper, NULL) : INFINITY;
    errno = 0;
    const double number = strtod(value, &end);
    if (end != value && *end == '\0' && errno == 0 && isfinite(number) &&
        (is_open ? number > least : number >= least) && number <= most)
        return SQ_OK;
    return refuse_number(err, row, value, is_open, least, most);
}

/* "a|b|c" -> "a, b or c" */
static void say_choices(const char *range, char *text, size_t size)
{
    size_t used = 0;
    for (const char *at = range; *at != '\0' && used < size; at += *at == '|') {
        const size_t n = strcspn(at, "|");
        const char *joint = at == range ? "" : at[n] == '\0' ? " or " : ", ";
        used += (size_t)snprintf(text + used, size - used, "%s%.*s", joint, (int)n, at);
        at += n;
    }
}

static int check_choice(struct sq_error *err, const struct sq_option_row *row, const char *value)
{
    char choices[128];
    if (is_one_of(row->range, value))
        return SQ_OK;
    say_choices(row->range, choices, sizeof choices);
    return sq_fail(err, SQ_EUSAGE, SQ_OPT "%s %.100s: expected %s", row->name, value, choices);
}

int sq_option_parse_size(const char *text, unsigned *width, unsigned *height)
{
    int n = 0;
    return text[0] >= '1' && text[0] <= '9' && sscanf(text, "%5ux%5u%n", width, height, &n) == 2 &&
           text[n] == '\0' && *width >= 1 && *height >= 1 && *width <= 32768 && *height <= 32768;
}

int sq_option_check_value(struct sq_error *err, const struct sq_option_row *row, const char *value)
{
    unsigned width, height;
    switch (row->type) {
    case SQ_OPTION_FLAG:
        return strcmp(value, "0") == 0 || strcmp(value, "1") == 0
                   ? SQ_OK
                   : sq_fail(err, SQ_EUSAGE, SQ_OPT "%s %.100s: a flag is 1 or 0", row->name,
                             value);
    case SQ_OPTION_COUNT:
        return check_count(err, row, value);
    case SQ_OPTION_COUNTS:
        return check_counts(err, row, value);
    case SQ_OPTION_INTEGER:
        return check_integer(err, row, value);
    case SQ_OPTION_NUMBER:
        return check_number(err, row, value);
    case SQ_OPTION_CHOICE:
        return check_choice(err, row, value);
    case SQ_OPTION_SIZE:
        return sq_option_parse_size(value, &width, &height)
                   ? SQ_OK
                   : sq_fail(err, SQ_EUSAGE,
                             SQ_OPT "%s %.100s: expected WIDTHxHEIGHT, such as 240x180", row->name,
                             value);
    default:
        return SQ_OK;
    }
}

int sq_option_check_length(struct sq_error *err, const struct sq_option_row *row, size_t n)
{
    const unsigned long long most = strtoull(upper_of(row->range), NULL, 10);
    return n <= most
               ? SQ_OK
               : sq_fail(err, SQ_EUSAGE, SQ_OPT "%s given more than %llu times", row->name, most);
}
