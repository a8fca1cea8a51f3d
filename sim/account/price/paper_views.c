#include "sim/account/price/paper_views.h"

#include <string.h>

static const struct sq_paper_view view_table[] = {
#define SQ_VIEW(number, name, architectures, formula, rate, chains, source, assumed) \
    {name, architectures, formula, rate, chains, source, assumed},
#include "sim/account/price/paper_views.inc"
};
enum { N_VIEWS = sizeof view_table / sizeof *view_table };

/* Is `word` one of those of a list with blanks between them? */
static int is_listed(const char *list, const char *word)
{
    const size_t length = strlen(word);
    for (const char *at = list; length > 0 && *at != '\0';) {
        const size_t n = strcspn(at, " ");
        if (n == length && memcmp(at, word, n) == 0)
            return 1;
        at += n + (at[n] == ' ');
    }
    return 0;
}

const struct sq_paper_view *sq_paper_view_of(const struct sq_counters *counters,
                                             const struct sq_switches *switches)
{
    if (switches->view > 0)
        return &view_table[switches->view - 1];
    for (size_t i = 0; i < N_VIEWS; i++)
        if (is_listed(view_table[i].architectures, counters->architecture))
            return &view_table[i];
    return NULL;
}

const struct sq_paper_view *sq_paper_view_number(size_t i)
{
    return i < N_VIEWS ? &view_table[i] : NULL;
}
