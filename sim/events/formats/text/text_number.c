#include "sim/events/formats/text/text_number.h"

#include <string.h>
#include <strings.h>

enum { MAX_EXPONENT = 9999 };

#define MOST (INT64_MAX >> 1)

static bool is_blank(unsigned char c)
{
    return c == ' ' || c == '\t' || c == ',' || c == '\r';
}

static struct sq_word without_quotes(struct sq_word word)
{
    if (word.n >= 2 && word.at[0] == '"' && word.at[word.n - 1] == '"')
        return (struct sq_word){word.at + 1, word.n - 2};
    return word;
}

size_t sq_text_words(const unsigned char *line, size_t n, struct sq_word *word, size_t room)
{
    size_t found = 0;
    for (size_t i = 0;;) {
        while (i < n && is_blank(line[i]))
            i++;
        if (i == n || found > room)
            return found;
        const size_t first = i;
        while (i < n && !is_blank(line[i]))
            i++;
        if (found < room)
            word[found] = without_quotes((struct sq_word){line + first, i - first});
        found++;
    }
}

bool sq_word_is(struct sq_word word, const char *text)
{
    return word.n == strlen(text) && strncasecmp((const char *)word.at, text, word.n) == 0;
}

/* value * 10^n; false: beyond 62 bits. */
static bool scale_up(int64_t *value, int n)
{
    for (; n > 0 && *value != 0; n--) {
        if (*value > MOST / 10)
            return false;
        *value *= 10;
    }
    return true;
}

/* A decimal number being read: value * 10^exponent. Zeros at the end of the digits wait in
 * `zeros`, so that those behind a decimal point cost no bits. */
struct decimal {
    int64_t value;
    int exponent, zeros;
    size_t digits;
};

static bool add_digit(struct decimal *d, int digit, bool is_fraction)
{
    d->digits++;
    d->exponent -= is_fraction;
    d->zeros += digit == 0 && d->value != 0;
    if (digit == 0)
        return d->digits < MAX_EXPONENT;
    if (!scale_up(&d->value, d->zeros + 1) || d->value > MOST - digit)
        return false;
    d->value += digit;
    d->zeros = 0;
    return d->digits < MAX_EXPONENT;
}

/* Digits, with a point among them or not; *i behind them. */
static bool read_digits(struct sq_word word, size_t *i, struct decimal *d)
{
    bool is_fraction = false;
    for (; *i < word.n; ++*i) {
        const unsigned char c = word.at[*i];
        if (c == '.' && !is_fraction)
            is_fraction = true;
        else if (c < '0' || c > '9')
            break;
        else if (!add_digit(d, c - '0', is_fraction))
            return false;
    }
    return d->digits > 0;
}

/* "e+02", up to the end of the word; nothing is an exponent of 0. */
static bool read_exponent(struct sq_word word, size_t i, struct decimal *d)
{
    int exponent = 0;
    if (i == word.n)
        return true;
    if (word.at[i] != 'e' && word.at[i] != 'E')
        return false;
    i++;
    const bool is_negative = i < word.n && word.at[i] == '-';
    i += i < word.n && (word.at[i] == '-' || word.at[i] == '+');
    const size_t first = i;
    for (; i < word.n && word.at[i] >= '0' && word.at[i] <= '9'; i++)
        exponent = exponent < MAX_EXPONENT ? exponent * 10 + (word.at[i] - '0') : exponent;
    d->exponent += is_negative ? -exponent : exponent;
    return i == word.n && i > first;
}

bool sq_word_whole(struct sq_word word, int64_t *number)
{
    struct decimal d = {.value = 0};
    size_t i = word.n > 0 && word.at[0] == '-';
    if (!read_digits(word, &i, &d) || !read_exponent(word, i, &d))
        return false;
    if (d.value != 0 && (d.exponent + d.zeros < 0 || !scale_up(&d.value, d.exponent + d.zeros)))
        return false;
    *number = word.at[0] == '-' ? -d.value : d.value;
    return true;
}
