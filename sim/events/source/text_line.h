/* Lines of text at the beginning of binary files. */
#ifndef SQ_TEXT_LINE_H
#define SQ_TEXT_LINE_H

#include <stdbool.h>
#include <stddef.h>

/* Are all n bytes text, printable characters, TAB and CR, above 127 either UTF-8 or Latin-1? jAER,
 * v2e and cAER write names and dates in the computer's language. */
bool sq_text_is(const unsigned char *at, size_t n);

/* Do the n bytes begin with a line of text that LF ends? *line, unless NULL, is its bytes with the
 * LF. */
bool sq_text_line(const unsigned char *at, size_t n, size_t *line);

/* Bytes of the byte order mark in front, 3, or 0. */
size_t sq_text_mark(const unsigned char *at, size_t n);

/* The line's bytes without CR and LF at its end. */
size_t sq_text_trim(const unsigned char *at, size_t line);

/* Does the line begin with `word`? */
bool sq_text_begins(const unsigned char *at, size_t n, const char *word);

/* Is `word` somewhere in the line? */
bool sq_text_has(const unsigned char *at, size_t n, const char *word);

/* Copy into a string of `size` bytes, cut if it is longer. */
void sq_text_copy(char *out, size_t size, const unsigned char *at, size_t n);

/* The number behind `key` in the line, as in "format EVT2;height=240;width=320"; 0: none, or not
 * one of 1 .. 32768. */
unsigned sq_text_number(const unsigned char *at, size_t n, const char *key);

#endif
