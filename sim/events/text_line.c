#include "sim/events/text_line.h"

#include <string.h>

static bool is_printable(unsigned char c)
{
    return (c >= 32 && c < 127) || c == '\t' || c == '\r';
}

bool sq_text_line(const unsigned char *at, size_t n, size_t *line)
{
    for (size_t i = 0; i < n; i++) {
        if (at[i] == '\n') {
            if (line != NULL)
                *line = i + 1;
            return true;
        }
        if (!is_printable(at[i]))
            return false;
    }
    return false;
}

bool sq_text_is(const unsigned char *at, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!is_printable(at[i]))
            return false;
    return true;
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
