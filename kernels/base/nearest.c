#include "kernels/base/nearest.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { LONGEST = 32 };

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Insertions, deletions and replacements that turn a into b, ignoring case;
 * SIZE_MAX where either is too long to be a slip of the other. */
static size_t edit_distance(const char *a, const char *b)
{
    const size_t n = strlen(b);
    size_t row[LONGEST + 1];
    if (strlen(a) > LONGEST || n > LONGEST)
        return SIZE_MAX;
    for (size_t j = 0; j <= n; j++)
        row[j] = j;
    for (size_t i = 0; a[i] != '\0'; i++) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t j = 0; j < n; j++) {
            const bool same = tolower((unsigned char)a[i]) == tolower((unsigned char)b[j]);
            const size_t replaced = diagonal + !same;
            diagonal = row[j + 1];
            row[j + 1] = smaller(replaced, smaller(row[j], row[j + 1]) + 1);
        }
    }
    return row[n];
}

/* How unlike a known name a word is: 0 same, 3 and more: no relation. A name inside the word
 * (num_heads, embed_dim) counts as near: people write what their framework calls it. */
static size_t unlikeness(const char *word, const char *name)
{
    const size_t distance = edit_distance(word, name);
    if (distance > 2 && strlen(name) >= 3 && strstr(word, name) != NULL)
        return 2;
    return distance;
}

struct sq_nearest sq_nearest_to(const char *word)
{
    return (struct sq_nearest){word, NULL, smaller(3, strlen(word))};
}

void sq_nearest_offer(struct sq_nearest *nearest, const char *name)
{
    const size_t distance = unlikeness(nearest->word, name);
    const int is_as_near = nearest->name != NULL && distance == nearest->unlikeness;
    if (distance < nearest->unlikeness || (is_as_near && strlen(name) > strlen(nearest->name))) {
        nearest->unlikeness = distance;
        nearest->name = name;
    }
}
