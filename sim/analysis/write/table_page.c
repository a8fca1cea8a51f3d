#include "sim/analysis/write/table_page.h"

#include <math.h>
#include <string.h>

enum { BAR = 20 };

void sq_page_number(const struct sq_table_page *page, int width, int digits, double value)
{
    if (isfinite(value))
        fprintf(page->to, " %*.*f", width, digits, value);
    else
        fprintf(page->to, " %*s", width, "-");
}

void sq_page_percent(const struct sq_table_page *page, int width, int digits, double share)
{
    char text[64], bound[64];
    const double half = 0.5 * pow(10, -digits);
    snprintf(text, sizeof text, "%.*f", digits, 100 * share);
    const int is_low = share > 0 && strspn(text, "0.") == strlen(text);
    const int is_high = share < 1 && strncmp(text, "100", 3) == 0;
    snprintf(bound, sizeof bound, "%c%.*f", is_low ? '<' : '>', digits + 1,
             is_low ? half : 100 - half);
    if (is_low || is_high)
        fprintf(page->to, " %*s", width, bound);
    else
        sq_page_number(page, width, digits, 100 * share);
}

/* Bytes of the first n characters of a text. */
static int bytes_of(const char *text, int signs)
{
    int n = 0;
    while (text[n] != '\0' && ((text[n] & 0xc0) == 0x80 || signs-- > 0))
        n++;
    return n;
}

static int signs_of(const char *text)
{
    int n = 0;
    for (; *text != '\0'; text++)
        n += (*text & 0xc0) != 0x80;
    return n;
}

void sq_page_text(const struct sq_table_page *page, int width, const char *text, int is_last)
{
    const int n = signs_of(text);
    if (n > width)
        fprintf(page->to, "%.*s...", bytes_of(text, width - 3), text);
    else
        fprintf(page->to, "%s%*s", text, is_last ? 0 : width - n, "");
}

void sq_page_bar(const struct sq_table_page *page, double value, double most)
{
    static const char *const eighth[] = {"",       "\u258f", "\u258e", "\u258d",
                                         "\u258c", "\u258b", "\u258a", "\u2589"};
    const double share = isfinite(value) && most > 0 ? fmin(fmax(value / most, 0), 1) : 0;
    if (!page->is_colour) {
        const int n = (int)lround(share * BAR);
        fprintf(page->to, " |%.*s%*s|", n, "####################", BAR - n, "");
        return;
    }
    const int n = (int)lround(share * BAR * 8), rest = n % 8;
    fputs(" \033[36m", page->to);
    for (int i = 0; i < n / 8; i++)
        fputs("\u2588", page->to);
    fprintf(page->to, "%s\033[0m%*s", eighth[rest], BAR - n / 8 - (rest > 0), "");
}

void sq_page_title(const struct sq_table_page *page, const char *title)
{
    fprintf(page->to, page->is_colour ? "\n\033[1m%s\033[0m\n" : "\n%s\n", title);
}
