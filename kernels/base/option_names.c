#include "kernels/base/option_names.h"

#include <string.h>

enum { MARK_BYTES = sizeof SQ_OPT - 1 };

void sq_sentence_finish(char *text, enum sq_option_names names)
{
    static const char *const shown[] = {SQ_OPT, "", "--"};
    char *to = text;
    for (const char *from = text; *from != '\0';) {
        if (strncmp(from, SQ_OPT, MARK_BYTES) == 0) {
            const size_t n = strlen(shown[names]);
            memcpy(to, shown[names], n);
            to += n;
            from += MARK_BYTES;
        } else {
            const unsigned char byte = (unsigned char)*from++;
            *to++ = byte < 0x20 || byte == 0x7f ? '?' : (char)byte;
        }
    }
    *to = '\0';
}
