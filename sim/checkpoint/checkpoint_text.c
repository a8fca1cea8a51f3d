/* Strings from files: whether they may become names, and how they appear in messages. */
#include "sim/checkpoint/checkpoint_reader.h"

/* Bytes of the UTF-8 sequence that starts with `lead`; 0 if none may. */
static size_t sequence_bytes(unsigned char lead)
{
    if (lead < 0x80)
        return lead >= 0x20 && lead != 0x7f;
    if (lead >= 0xc2 && lead <= 0xdf)
        return 2;
    if ((lead & 0xf0) == 0xe0)
        return 3;
    return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
}

/* The range of the second byte excludes overlong forms, surrogates and what lies past U+10FFFF
 * (The Unicode Standard, table 3-7), and the C1 control characters. */
static bool second_byte_fits(unsigned char lead, unsigned char second)
{
    switch (lead) {
    case 0xc2:
    case 0xe0:
        return second >= 0xa0;
    case 0xed:
        return second <= 0x9f;
    case 0xf0:
        return second >= 0x90;
    case 0xf4:
        return second <= 0x8f;
    default:
        return true;
    }
}

bool sq_is_clean_utf8(const char *text, size_t n)
{
    const unsigned char *byte = (const unsigned char *)text;
    while (n > 0) {
        const size_t length = sequence_bytes(byte[0]);
        if (length == 0 || length > n)
            return false;
        for (size_t i = 1; i < length; i++)
            if ((byte[i] & 0xc0) != 0x80)
                return false;
        if (length > 1 && !second_byte_fits(byte[0], byte[1]))
            return false;
        byte += length;
        n -= length;
    }
    return true;
}

const char *sq_printable(char *out, size_t size, const void *bytes, size_t n)
{
    const unsigned char *byte = bytes;
    size_t i = 0;
    for (; i < n && i + 1 < size; i++)
        out[i] = byte[i] >= 0x20 && byte[i] < 0x7f ? (char)byte[i] : '?';
    out[i] = '\0';
    return out;
}
