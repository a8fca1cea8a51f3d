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

/* Add the samples of a tar archive, in its order; then, once for all archives, their labels. SQ_EVALUE
 * too: a member that is refused. */
int sq_collection_add_archive(struct sq_error *err, struct sq_collection *collection,
                              const char *path);
int sq_collection_end_archives(struct sq_error *err, struct sq_collection *collection);

/* Add the archives that collection->path names by braces, "val-{000000..000049}.tar". */
int sq_collection_add_braces(struct sq_error *err, struct sq_collection *collection);

/* Does the path have such braces? */
bool sq_collection_has_braces(const char *path);

/* Is a file that begins like this a list: a text whose first line names a file, which need not be
 * there? */
bool sq_collection_is_list(const char *path, const unsigned char *head, size_t n);

#endif
