#include "kernels/base/status.h"

#include "kernels/base/warnings.h"

#include <stdio.h>
#include <string.h>

#undef sq_fail /* status.h has another one for the analyser */
int sq_fail(struct sq_error *err, int code, const char *format, ...)
{
    if (err == NULL)
        return code;
    va_list args;
    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    err->code = code;
    sq_sentence_finish(err->text, sq_warnings_names(err->warnings));
    return code;
}

void sq_fail_add(struct sq_error *err, const char *format, ...)
{
    const size_t at = strlen(err->text);
    va_list args;
    va_start(args, format);
    vsnprintf(err->text + at, sizeof err->text - at, format, args);
    va_end(args);
    sq_sentence_finish(err->text, sq_warnings_names(err->warnings));
}

void sq_error_copy(struct sq_error *to, const struct sq_error *from)
{
    if (to == NULL)
        return;
    to->code = from->code;
    memcpy(to->text, from->text, sizeof to->text);
    sq_sentence_finish(to->text, sq_warnings_names(to->warnings));
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
