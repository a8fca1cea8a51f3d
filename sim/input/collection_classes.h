/* Class folders and labels of a collection: what is doubtful about them, and the class folders of
 * archives, whose members come in any order. */
#ifndef SQ_COLLECTION_CLASSES_H
#define SQ_COLLECTION_CLASSES_H

#include "sim/input/collection_items.h"

/* Warnings: class-folder-empty, which ImageFolder refuses; samples-beside-class-folders. SQ_OK,
 * SQ_EVALUE. */
int sq_collection_warn_empty(struct sq_error *err, const struct sq_collection *collection);
int sq_collection_warn_beside(struct sq_error *err, const struct sq_collection *collection);

/* Warning labels-missing, where n of the samples lack a label, and not all; `what` they are: "lines". */
int sq_collection_warn_unlabelled(struct sq_error *err, const struct sq_collection *collection,
                                  uint64_t n, const char *what);

/* Label the members of archives by their class folders, numbered in the order of their names, as
 * sq_collection_add_folder() would if all members lay in a folder: behind the folders that all samples
 * share, the first one is the class. Nothing changes where no sample lies in such a folder; where
 * some do, the others are left out, with a warning.
 *   folders   places of the names of folders among the members, n_folders of them, of which those that
 *             could be classes take a label without a sample
 * SQ_ENOMEM, SQ_EVALUE. */
int sq_collection_classify(struct sq_error *err, struct sq_collection *collection,
                           const uint64_t *folders, uint64_t n_folders);

#endif
