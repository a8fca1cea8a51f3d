#include "sim/events/formats/text/address_input.h"

enum { CHANNELS = 2, MAX_TIMESTEPS = 1 << 20 };

int sq_address_shape(struct sq_camera *reader, struct sq_address_input *input, const uint64_t *dim,
                     size_t n_dims)
{
    if (n_dims != 3 || dim[0] != CHANNELS || dim[1] < 1 || dim[1] > SQ_EVENT_MAX_SIDE ||
        dim[2] < 1 || dim[2] > SQ_EVENT_MAX_SIDE)
        return sq_fail(reader->err, SQ_EUNSUPPORTED,
                       "%s: the stream's population input is not a camera's: [2,H,W] is expected",
                       reader->path);
    input->is_there = true;
    input->height = (uint32_t)dim[1];
    input->width = (uint32_t)dim[2];
    return SQ_OK;
}

bool sq_address_take(struct sq_address_input *input, uint64_t sample, uint64_t timestep,
                     uint64_t index, uint64_t number)
{
    const uint64_t plane = (uint64_t)input->height * input->width;
    input->first = input->has_first ? input->first : sample;
    input->has_first = true;
    if (index >= CHANNELS * plane || timestep >= input->timesteps || sample >> 40 != 0 ||
        sample < input->first || number < 1 || number > SQ_ADDRESS_MAX_NUMBER)
        return false;
    const bool is_on = index >= plane;
    const uint32_t cell = (uint32_t)(index - is_on * plane), y = cell / input->width;
    input->pending = (struct sq_camera_event){
        .t = (int64_t)((sample - input->first) * input->timesteps + timestep),
        .x = (uint16_t)(cell - y * input->width),
        .y = (uint16_t)y,
        .p = is_on};
    input->left = (uint32_t)number;
    return true;
}

void sq_address_put(struct sq_camera *reader, struct sq_address_input *input, size_t at)
{
    const struct sq_camera_event e = input->pending;
    for (; input->left > 0 && reader->batch.n < SQ_EVENT_BATCH; input->left--)
        sq_event_put(&reader->batch, e.t, e.x, e.y, e.p, at);
}

int sq_address_ready(struct sq_camera *reader, const struct sq_address_input *input)
{
    if (reader->ended)
        return SQ_OK;
    if (!input->is_there || input->timesteps < 1 || input->timesteps > MAX_TIMESTEPS)
        return sq_fail(reader->err, SQ_EUNSUPPORTED,
                       "%s: the stream has no population input of numbers [2,H,W]", reader->path);
    if (input->samples >> 40 == 0)
        reader->facts.n_timesteps = input->samples * input->timesteps;
    reader->facts.width = input->width;
    reader->facts.height = input->height;
    return SQ_OK;
}
