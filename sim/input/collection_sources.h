/* The inside of collection.c: where samples come from, each adding what collection->path holds. */
#ifndef SQ_COLLECTION_SOURCES_H
#define SQ_COLLECTION_SOURCES_H

#include "sim/input/collection_items.h"

#include <stdbool.h>
#include <stddef.h>

/* SQ_EIO, SQ_EFORMAT, SQ_ENOMEM, all of them. */
int sq_collection_add_folder(struct sq_error *err, struct sq_collection *collection);
int sq_collection_add_list(struct sq_error *err, struct sq_collection *collection);
int sq_collection_add_cifar(struct sq_error *err, struct sq_collection *collection);

/* Is a file that begins like this a list: a text whose first line names a file, which need not be
 * there? */
bool sq_collection_is_list(const char *path, const unsigned char *head, size_t n);

#endif
