/* What pickle.dump() makes of tensors: one pickle, and in it for each storage the bytes that
 * torch.save() writes of it, a whole legacy file. */
#include "sim/checkpoint/torch.h"

int sq_torch_nested_read(struct sq_checkpoint_reader *reader)
{
    struct sq_pickle pickle = {.err = reader->err, .path = reader->path, .nested = true};
    struct sq_torch torch = {.reader = reader, .pickle = &pickle};
    unsigned char *data = NULL;
    int rc = sq_checkpoint_load(reader, 0, (size_t)reader->size, &data);
    if (rc != SQ_OK)
        return rc;
    pickle.data = data;
    pickle.size = (size_t)reader->size;
    rc = sq_pickle_parse(&pickle);
    if (rc == SQ_OK)
        rc = sq_torch_collect(&torch);
    for (uint32_t i = 0; rc == SQ_OK && i < torch.n_storages; i++)
        if (torch.storage[i].used && torch.storage[i].data == NULL)
            rc = sq_fail(reader->err, SQ_EFORMAT, "%s: a tensor's storage is not in the file",
                         reader->path);
    if (rc == SQ_OK)
        rc = sq_torch_attach(&torch, false);
    sq_torch_free(&torch);
    sq_pickle_free(&pickle);
    reader->checkpoint->container = "pickle of tensors";
    return rc;
}
