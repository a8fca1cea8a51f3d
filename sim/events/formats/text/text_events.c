#include "sim/events/formats/text/text_events.h"

#include "kernels/base/little.h"
#include "sim/events/formats/text/byte_mask.h"

#include <stdbool.h>

/* A piece of text is looked at in two steps: where digits and line ends are, as one bit for each
 * byte; then line by line, where the bits from its beginning on show where its numbers are. No test
 * per byte, and no branch depends on a line's content. */
enum {
    BLOCK = 64,
    BLOCKS = 16,
    PIECE = BLOCKS * BLOCK,
    LEAD = 16, /* blanks before the text, so that the 16 bytes before a number's end exist */
    NUMBERS = 4,
    MAX_LINE = 55 /* bytes in front of the LF: as many bits are there at least */
};

struct piece {
    unsigned char text[LEAD + PIECE + BLOCK]; /* blanks behind, too */
    /* Bit i of byte k is of byte 8 k + i of the text. */
    unsigned char digit[PIECE / 8 + 8], line_end[PIECE / 8 + 8];
};

/* The same of one block, and of other bytes that text may have. */
struct kinds {
    uint64_t digit, line_end, minus;
    bool has_other; /* than these and blanks */
};

static struct kinds kinds_of(const unsigned char text[BLOCK])
{
    struct kinds k = {0, 0, 0, false};
    sq_bytes16 known = ~(sq_bytes16){0};
    for (unsigned i = 0; i < BLOCK; i += sizeof(sq_bytes16)) {
        sq_bytes16 c;
        memcpy(&c, text + i, sizeof c);
        const sq_bytes16 digit = (sq_bytes16)((c - '0') < 10), minus = (sq_bytes16)(c == '-');
        const sq_bytes16 line_end = (sq_bytes16)(c == '\n');
        const sq_bytes16 blank = (sq_bytes16)((c == ' ') | (c == ',') | (c == '\t') | (c == '\r'));
        known &= digit | minus | line_end | blank;
        k.digit |= sq_byte_mask(digit) << i;
        k.line_end |= sq_byte_mask(line_end) << i;
        k.minus |= sq_byte_mask(minus) << i;
    }
    k.has_other = sq_byte_mask(known) != 0xffff;
    return k;
}

/* Digits and line ends, up to a block that holds anything but numbers between blanks. */
static void find_kinds(struct piece *p)
{
    uint64_t digit_before = 0, minus_before = 0;
    memset(p->digit, 0, sizeof p->digit);
    memset(p->line_end, 0, sizeof p->line_end);
    for (unsigned i = 0; i < BLOCKS; i++) {
        const struct kinds k = kinds_of(p->text + LEAD + i * BLOCK);
        const uint64_t behind_digit = k.digit << 1 | digit_before;
        const uint64_t behind_minus = k.minus << 1 | minus_before;
        if (k.has_other || ((k.minus & behind_digit) | (behind_minus & ~k.digit)) != 0)
            break;
        sq_put_le(p->digit + i * 8, k.digit, 8);
        sq_put_le(p->line_end + i * 8, k.line_end, 8);
        digit_before = k.digit >> 63;
        minus_before = k.minus >> 63;
    }
}

/* 57 bits or more, from bit `at` on. */
static inline uint64_t bits_from(const unsigned char *bits, size_t at)
{
    return sq_bytes_word(bits + at / 8) >> at % 8;
}

/* Two numbers of up to 4 digits: x in the lower half, y in the upper one. */
static inline uint64_t coordinates(const unsigned char *x_end, unsigned x_digits,
                                   const unsigned char *y_end, unsigned y_digits)
{
    const unsigned x_rest = 32 - 8 * x_digits, y_rest = 32 - 8 * y_digits;
    const uint64_t x = sq_bytes_word(x_end - 8) >> 32 >> x_rest << x_rest;
    const uint64_t y = sq_bytes_word(y_end - 8) >> 32 >> y_rest << y_rest;
    uint64_t w = (x | y << 32) & 0x0f0f0f0f0f0f0f0f;
    w = (w * 10 + (w >> 8)) & 0x00ff00ff00ff00ff;
    return (w * 100 + (w >> 16)) & 0x0000ffff0000ffff;
}

/* Up to 8 digits. */
static inline uint64_t number(const unsigned char *end, unsigned digits)
{
    const unsigned rest = 64 - 8 * digits;
    uint64_t w = (sq_bytes_word(end - 8) & 0x0f0f0f0f0f0f0f0f) >> rest << rest;
    w = (w * 10 + (w >> 8)) & 0x00ff00ff00ff00ff;
    w = (w * 100 + (w >> 16)) & 0x0000ffff0000ffff;
    return (w * 10000 + (w >> 32)) & 0xffffffff;
}

/* Up to 16 digits. */
static inline int64_t long_number(const unsigned char *end, unsigned digits)
{
    return digits <= 8 ? (int64_t)number(end, digits)
                       : (int64_t)(number(end - 8, digits - 8) * 100000000 + number(end, 8));
}

/* Where a line's numbers begin and end. */
struct numbers {
    int first[NUMBERS], end[NUMBERS];
};

/* From the digits of a line whose LF is bit `end`; false: it does not have four numbers. Bits at
 * the top guarantee a next one. */
static inline bool find_numbers(uint64_t digits, int end, struct numbers *n)
{
    const uint64_t top = (uint64_t)((1 << NUMBERS) - 1) << (64 - NUMBERS);
    const uint64_t line = digits & (((uint64_t)1 << end) - 1);
    uint64_t first = (line & ~(line << 1)) | top, behind = (line << 1 & ~line) | top;
    for (unsigned i = 0; i < NUMBERS; i++) {
        n->first[i] = __builtin_ctzll(first);
        n->end[i] = __builtin_ctzll(behind);
        first &= first - 1;
        behind &= behind - 1;
    }
    return first == top;
}

/* The event of a line, whose digits are marked and whose LF is byte `end` of it; false: not a usual
 * one. */
static inline bool put_line(struct sq_event_batch *batch, const unsigned char *line,
                            uint64_t digits, int end, size_t at)
{
    struct numbers n;
    const bool has_four = find_numbers(digits, end, &n);
    const int t_digits = n.end[0] - n.first[0], x_digits = n.end[1] - n.first[1];
    const int y_digits = n.end[2] - n.first[2], p_digits = n.end[3] - n.first[3];
    const int on = line[n.first[3]] - '0';
    const int too_much = (16 - t_digits) | (4 - x_digits) | (4 - y_digits) | (1 - p_digits) |
                         (1 - on) | (MAX_LINE - end); /* negative */
    if (!has_four | (too_much < 0) | (line[n.first[1] - 1] == '-') | (line[n.first[2] - 1] == '-'))
        return false;
    const uint64_t place =
        coordinates(line + n.end[1], (unsigned)x_digits, line + n.end[2], (unsigned)y_digits);
    const int64_t t = long_number(line + n.end[0], (unsigned)t_digits);
    const bool is_negative = line[n.first[0] - 1] == '-', is_off = line[n.first[3] - 1] == '-';
    sq_event_put(batch, is_negative ? -t : t, (uint16_t)place, (uint16_t)(place >> 32),
                 (unsigned)on & !is_off, at);
    return true;
}

/* The lines of a piece that begins at byte `first`; where the first one begins that is not read. */
static size_t put_lines(struct sq_event_batch *batch, const struct piece *p, size_t first)
{
    size_t at = 0;
    while (at < PIECE && batch->n < SQ_EVENT_BATCH) {
        const uint64_t line_end = bits_from(p->line_end, at);
        const int end = line_end != 0 ? __builtin_ctzll(line_end) : BLOCK - 1;
        if (!put_line(batch, p->text + LEAD + at, bits_from(p->digit, at), end, first + at))
            break;
        at += (size_t)end + 1;
    }
    return first + at;
}

size_t sq_text_events(struct sq_event_batch *batch, const unsigned char *text, size_t first,
                      size_t n)
{
    struct piece piece;
    size_t before;
    memset(piece.text, ' ', LEAD);
    do {
        const size_t there = n - first < PIECE ? n - first : PIECE;
        before = first;
        memcpy(piece.text + LEAD, text + first, there);
        memset(piece.text + LEAD + there, ' ', PIECE + BLOCK - there);
        find_kinds(&piece);
        first = put_lines(batch, &piece, first);
    } while (first > before && first < n);
    return first;
}
