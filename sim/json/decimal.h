/* Decimal texts of binary64 numbers as the reference tools (Python) print them. */
#ifndef SQ_DECIMAL_H
#define SQ_DECIMAL_H

#include <stddef.h>

enum { SQ_DECIMAL_BYTES = 32 };

/* The shortest decimal that reads back to the same number: "0.0", "7.463502601886196", "1e-05";
 * ".0" after whole numbers below 1e16, exponent form below 1e-4 and from 1e16. Returns `text`. */
char *sq_decimal(char text[SQ_DECIMAL_BYTES], double value);

#endif
