/* The table of conventions. */
#include "sim/account/price/convention.h"

#include <stdio.h>
#include <string.h>

const struct sq_convention_row sq_convention_table[SQ_CONVENTIONS] = {
#define SQ_CONVENTION(number, name, what, source, zero, is, begin, cost, sum) \
    [number] = {name, what, source, zero, is, begin, cost, sum},
#include "sim/account/price/conventions.inc"
};

int sq_no_begin(struct sq_error *err, struct sq_arena *arena, struct sq_pricing *pricing)
{
    (void)err, (void)arena, (void)pricing;
    return SQ_OK;
}

int sq_convention_by_name(const char *name)
{
    for (int i = 0; i < SQ_CONVENTIONS; i++)
        if (strcmp(name, sq_convention_table[i].name) == 0)
            return i;
    return -1;
}

char *sq_convention_names(unsigned properties, const char *more, char *text, size_t size)
{
    const char *name[SQ_CONVENTIONS + 1];
    size_t n = 0, used = 0;
    for (int i = 0; i < SQ_CONVENTIONS; i++)
        if ((sq_convention_table[i].is & properties) == properties)
            name[n++] = sq_convention_table[i].name;
    if (more != NULL)
        name[n++] = more;
    text[0] = '\0';
    for (size_t i = 0; i < n && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%s",
                                 i == 0      ? ""
                                 : i + 1 < n ? ", "
                                             : " or ",
                                 name[i]);
    return text;
}
