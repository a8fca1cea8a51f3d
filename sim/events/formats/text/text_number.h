/* Words of a line of text, and the whole numbers that they write. */
#ifndef SQ_TEXT_NUMBER_H
#define SQ_TEXT_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sq_word {
    const unsigned char *at;
    size_t n;
};

/* The words of a line between blanks, TABs, CRs and commas, without quotes around them: how many,
 * at most `room`; room + 1: there are more. */
size_t sq_text_words(const unsigned char *line, size_t n, struct sq_word *word, size_t room);

/* The whole number that the word writes, exactly, also as "100.0" or "1.000e+02"; false: not a
 * whole number, or beyond 62 bits. */
bool sq_word_whole(struct sq_word word, int64_t *number);

/* Is it this word, in any case? */
bool sq_word_is(struct sq_word word, const char *text);

#endif
