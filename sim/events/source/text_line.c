#include "sim/events/source/text_line.h"

#include <string.h>

static bool is_printable(unsigned char c)
{
    return (c >= 32 && c < 127) || c == '\t' || c == '\r';
}

/* Bytes of the character in UTF-8 that this byte begins, 2 to 4; 0: it begins none. */
static size_t utf8_bytes(unsigned char c)
{
    return c >= 0xc2 && c < 0xe0 ? 2 : c >= 0xe0 && c < 0xf0 ? 3 : c >= 0xf0 && c < 0xf5 ? 4 : 0;
}

/* The last character may be cut off by the end. */
static bool is_utf8(const unsigned char *at, size_t n)
{
    for (size_t i = 0; i < n;) {
        const size_t bytes = is_printable(at[i]) ? 1 : utf8_bytes(at[i]);
        for (size_t k = 1; k < bytes && i + k < n; k++)
            if ((at[i + k] & 0xc0) != 0x80)
                return false;
        if (bytes == 0)
            return false;
        i += bytes;
    }
    return true;
}

static bool is_latin1(const unsigned char *at, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!is_printable(at[i]) && at[i] < 0xa0)
            return false;
    return true;
}

bool sq_text_is(const unsigned char *at, size_t n)
{
    return is_utf8(at, n) || is_latin1(at, n);
}

bool sq_text_line(const unsigned char *at, size_t n, size_t *line)
{
    const unsigned char *end = n > 0 ? memchr(at, '\n', n) : NULL;
    if (end == NULL || !sq_text_is(at, (size_t)(end - at)))
        return false;
    if (line != NULL)
        *line = (size_t)(end - at) + 1;
    return true;
}

size_t sq_text_mark(const unsigned char *at, size_t n)
{
    return n >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

size_t sq_text_trim(const unsigned char *at, size_t line)
{
    while (line > 0 && (at[line - 1] == '\n' || at[line - 1] == '\r'))
        line--;
    return line;
}

bool sq_text_begins(const unsigned char *at, size_t n, const char *word)
{
    return n >= strlen(word) && memcmp(at, word, strlen(word)) == 0;
}

bool sq_text_has(const unsigned char *at, size_t n, const char *word)
{
    for (size_t i = 0; i + strlen(word) <= n; i++)
        if (memcmp(at + i, word, strlen(word)) == 0)
            return true;
    return false;
}

void sq_text_copy(char *out, size_t size, const unsigned char *at, size_t n)
{
    const size_t kept = n < size - 1 ? n : size - 1;
    memcpy(out, at, kept);
    out[kept] = '\0';
}

unsigned sq_text_number(const unsigned char *at, size_t n, const char *key)
{
    const size_t length = strlen(key);
    for (size_t i = 0; i + length < n; i++) {
        unsigned number = 0;
        size_t digit = i + length;
        if (memcmp(at + i, key, length) != 0)
            continue;
        while (digit < n && at[digit] >= '0' && at[digit] <= '9' && number <= 32768)
            number = number * 10 + (at[digit++] - '0');
        return number <= 32768 ? number : 0;
    }
    return 0;
}
