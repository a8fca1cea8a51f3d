/* The parts of the safetensors reader. */
#ifndef SQ_CHECKPOINT_SAFETENSORS_H
#define SQ_CHECKPOINT_SAFETENSORS_H

#include "sim/checkpoint/checkpoint_reader.h"

#include "sim/json/json.h"

/* Where a tensor's bytes lie in the data. */
struct sq_safetensors_range {
    uint64_t begin, end;
    const char *name; /* the entry's */
};

/* Where the data lies in the file. */
struct sq_safetensors_data {
    uint64_t at, bytes;
};

/* Check one entry of the header against the data's size and add its tensor to the checkpoint. */
int sq_safetensors_entry(struct sq_checkpoint_reader *reader, const cJSON *entry,
                         const struct sq_safetensors_data *data,
                         struct sq_safetensors_range *range);

/* "FILE: safetensors header: tensor NAME: what", SQ_EFORMAT. */
int sq_safetensors_fail(const struct sq_checkpoint_reader *reader, const char *name,
                        const char *what);

#endif
