#include "kernels/base/status.h"

#include <stdio.h>
#include <string.h>

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
    sq_line_clean(err->text);
    return code;
}

void sq_line_clean(char *text)
{
    for (char *c = text; *c != '\0'; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = '?';
}

void sq_error_copy(struct sq_error *to, const struct sq_error *from)
{
    if (to == NULL)
        return;
    to->code = from->code;
    memcpy(to->text, from->text, sizeof to->text);
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
