#include "kernels/base/status.h"

#include <stdio.h>

#undef sq_fail /* what the analyser is told instead */
int sq_fail(struct sq_error *err, int code, const char *format, ...)
{
    if (err == NULL)
        return code;
    va_list args;
    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    err->code = code;
    /* Names come from files: a newline or escape sequence in one must not reach a terminal. */
    for (char *c = err->text; *c != '\0'; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = '?';
    return code;
}

const char *sq_status_name(int code)
{
    switch (code) {
    case SQ_OK:
        return "OK";
#define XX(name, number, text) \
    case SQ_##name:            \
        return #name;
        SQ_STATUS_MAP(XX)
#undef XX
    default:
        return "unknown";
    }
}

const char *sq_status_text(int code)
{
    switch (code) {
    case SQ_OK:
        return "success";
#define XX(name, number, text) \
    case SQ_##name:            \
        return text;
        SQ_STATUS_MAP(XX)
#undef XX
    default:
        return "unknown status code";
    }
}
