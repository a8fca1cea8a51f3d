#include "sim/events/formats/aedat/flat_table.h"

#include "kernels/base/little.h"

#include <string.h>

/* Do `bytes` at `at` lie in the buffer? */
static bool holds(const struct sq_flat_table *table, size_t at, size_t bytes)
{
    return at <= table->size && bytes <= table->size - at;
}

bool sq_flat_is(const unsigned char *buffer, size_t size, const char identifier[4])
{
    return size >= 8 && memcmp(buffer + 4, identifier, 4) == 0;
}

bool sq_flat_root(const unsigned char *buffer, size_t size, struct sq_flat_table *out)
{
    *out = (struct sq_flat_table){.buffer = buffer, .size = size};
    if (!holds(out, 0, 8))
        return false;
    out->table = sq_le32(buffer);
    if (!holds(out, out->table, 4))
        return false;
    const int64_t vtable = (int64_t)out->table - (int32_t)sq_le32(buffer + out->table);
    if (vtable < 0 || !holds(out, (size_t)vtable, 4))
        return false;
    out->vtable = (size_t)vtable;
    const size_t bytes = sq_le16(buffer + out->vtable);
    if (bytes < 4 || !holds(out, out->vtable, bytes))
        return false;
    out->n_fields = (bytes - 4) / 2;
    return true;
}

bool sq_flat_field(const struct sq_flat_table *table, size_t i, size_t bytes, size_t *at)
{
    *at = 0;
    if (i >= table->n_fields)
        return true;
    const size_t offset = sq_le16(table->buffer + table->vtable + 4 + 2 * i);
    if (offset == 0)
        return true;
    *at = table->table + offset;
    return holds(table, *at, bytes);
}

bool sq_flat_vector(const struct sq_flat_table *table, size_t i, size_t item,
                    const unsigned char **first, size_t *n)
{
    size_t at;
    *first = NULL;
    *n = 0;
    if (!sq_flat_field(table, i, 4, &at))
        return false;
    if (at == 0)
        return true;
    const size_t vector = at + sq_le32(table->buffer + at);
    if (!holds(table, vector, 4))
        return false;
    *n = sq_le32(table->buffer + vector);
    *first = table->buffer + vector + 4;
    return *n <= (table->size - vector - 4) / item;
}
