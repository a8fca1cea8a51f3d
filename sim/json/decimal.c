#include "sim/json/decimal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* digits of d.ddd with the decimal point moved by `exponent`, -4 <= exponent < 16 */
static void lay_out(char *text, const char *digits, int n, int exponent)
{
    char *at = text;
    if (exponent < 0) {
        at += sprintf(at, "0.%.*s", -exponent - 1, "000");
        sprintf(at, "%s", digits);
        return;
    }
    for (int i = 0; i <= exponent || i < n; i++) {
        if (i == exponent + 1)
            *at++ = '.';
        *at++ = i < n ? digits[i] : '0';
    }
    sprintf(at, "%s", n <= exponent + 1 ? ".0" : "");
}

char *sq_decimal(char text[SQ_DECIMAL_BYTES], double value)
{
    if (!isfinite(value)) {
        snprintf(text, SQ_DECIMAL_BYTES, "%s", isnan(value) ? "nan" : value > 0 ? "inf" : "-inf");
        return text;
    }
    char form[SQ_DECIMAL_BYTES];
    for (int p = 0; p <= 16; p++) {
        snprintf(form, sizeof form, "%.*e", p, fabs(value));
        if (strtod(form, NULL) == fabs(value))
            break;
    }
    char digits[20];
    int n = 0;
    const char *c = form;
    for (; *c != 'e' && n < 18; c++)
        if (*c != '.')
            digits[n++] = *c;
    digits[n] = '\0';
    const int exponent = atoi(c + 1);
    char *at = text;
    if (signbit(value))
        *at++ = '-';
    if (exponent >= -4 && exponent < 16)
        lay_out(at, digits, n, exponent);
    else
        snprintf(at, SQ_DECIMAL_BYTES - 1, "%c%s%se%c%02d", digits[0], n > 1 ? "." : "", digits + 1,
                 exponent < 0 ? '-' : '+', abs(exponent) % 1000);
    return text;
}
