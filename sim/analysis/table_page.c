#include "sim/analysis/table_page.h"

#include <math.h>

enum { BAR = 20 };

void sq_page_number(const struct sq_page *page, int width, int digits, double value)
{
    if (isfinite(value))
        fprintf(page->to, " %*.*f", width, digits, value);
    else
        fprintf(page->to, " %*s", width, "-");
}

void sq_page_bar(const struct sq_page *page, double value, double most)
{
    static const char *const eighth[] = {"",       "\u258f", "\u258e", "\u258d",
                                         "\u258c", "\u258b", "\u258a", "\u2589"};
    const double share = isfinite(value) && most > 0 ? fmin(fmax(value / most, 0), 1) : 0;
    if (!page->options->is_colour) {
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

void sq_page_title(const struct sq_page *page, const char *title)
{
    fprintf(page->to, page->options->is_colour ? "\n\033[1m%s\033[0m\n" : "\n%s\n", title);
}
