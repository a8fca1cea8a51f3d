/* What inspect shows of arrays: files of one, archives of several. */
#ifndef SQ_INSPECT_ARRAYS_H
#define SQ_INSPECT_ARRAYS_H

#include "traces/files/array.h"

/* A .npy or IDX file. *text is freed by the caller, here and below. SQ_ENOMEM. */
int sq_inspect_array(struct sq_error *err, const char *path, int as_json,
                     const struct sq_array_file *file, char **text);

/* Does the archive hold members NAME.npy? False of other files. */
int sq_is_npz(const char *path);

/* Name, type and shape of each of them, in the order of the archive. SQ_EFORMAT (a damaged
 * member), SQ_EUNSUPPORTED (elements that are not numbers), SQ_EIO, SQ_ENOMEM. */
int sq_inspect_npz(struct sq_error *err, const char *path, int as_json, char **text);

#endif
