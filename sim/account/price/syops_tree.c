/* The module tree behind dotted names, for sums in the tool's order. */
#include "sim/account/price/syops.h"

#include <string.h>

/* Length of the name's first `depth` components, or of the whole name if it has no more. */
static size_t prefix(const char *name, int depth)
{
    size_t n = 0;
    for (; depth > 0; depth--) {
        n += strcspn(name + n, ".");
        if (name[n] == '\0' || depth == 1)
            return n;
        n++;
    }
    return n;
}

static int same_prefix(const char *a, const char *b, int depth)
{
    const size_t n = prefix(a, depth);
    return prefix(b, depth) == n && memcmp(a, b, n) == 0;
}

static void add_row(struct sq_syops_row *sum, const struct sq_syops_row *row)
{
    sum->ops += row->ops;
    sum->acs += row->acs;
    sum->macs += row->macs;
}

static struct sq_syops_row sum_tree(const char *const *name, const struct sq_syops_row *row,
                                    size_t n, int depth)
{
    struct sq_syops_row sum = {0};
    for (size_t i = 0; i < n;) {
        size_t end = i + 1;
        while (end < n && same_prefix(name[i], name[end], depth))
            end++;
        if (end == i + 1 && name[i][prefix(name[i], depth)] == '\0') {
            add_row(&sum, &row[i]);
        } else {
            const struct sq_syops_row child = depth < 16
                                                  ? sum_tree(name + i, row + i, end - i, depth + 1)
                                                  : (struct sq_syops_row){0};
            add_row(&sum, &child);
        }
        i = end;
    }
    return sum;
}

struct sq_syops_row sq_syops_tree(const char *const *name, const struct sq_syops_row *row, size_t n)
{
    return sum_tree(name, row, n, 1);
}
