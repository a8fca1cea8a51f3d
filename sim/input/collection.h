/* Collections: samples that lie in many files, or in records of one.
 *
 *   a folder     of class folders, labelled by their place in the order of names, as torchvision's
 *                ImageFolder does; or of files alone, without labels. What desktops leave behind
 *                (Thumbs.db, hidden files), and other files where images are wanted, are passed
 *                over and counted
 *   a list       text, "PATH LABEL" or "PATH" a line, relative to the list's folder; # comments; as
 *                Windows writes it too (collection_list.c)
 *   CIFAR        binary batches: records of a label (CIFAR-100: two, the second counts) and 3x32x32
 *                bytes
 *   one file     an image, a recording of an event camera, or one sample's frames
 *
 * With a rule for frames the files are recordings; without one they are files of frames
 * (frames_file.h) where the network takes frames, else PNG or JPEG images. */
#ifndef SQ_COLLECTION_H
#define SQ_COLLECTION_H

#include "sim/input/collection_items.h"
#include "sim/input/input.h"

/* Is `path` a collection, by its content? False also where it cannot be read. */
int sq_collection_find(struct sq_error *err, const char *path, const struct sq_input_want *want,
                       bool *is_one);

/* List its samples. *out is written only on success; sq_collection_free() frees it. SQ_EIO,
 * SQ_EFORMAT (an empty folder, not a list), SQ_EVALUE (a label that the network lacks),
 * SQ_ENOMEM. */
int sq_collection_open(struct sq_error *err, const char *path, const struct sq_input_want *want,
                       struct sq_collection **out);
void sq_collection_free(struct sq_collection *collection);

/* SHA-256 over the samples in their order: of lines "SHA-256 LABEL", where the first is that of a
 * sample's bytes, so that a folder, a list and an archive of the same files have the same one, and of
 * one file its own; or of "SIZE LABEL NAME" and a zero byte, for which no sample is read. SQ_EIO, and
 * what reading an archive refuses. */
int sq_collection_digest(struct sq_error *err, const struct sq_collection *collection,
                         enum sq_input_identity identity, char *text);

/* Add "SIZE LABEL NAME" of the file `path` to a hash. SQ_EIO. */
struct sq_hash;
int sq_digest_name(struct sq_error *err, struct sq_hash *hash, const char *path, const char *name,
                   int32_t label);

#endif
