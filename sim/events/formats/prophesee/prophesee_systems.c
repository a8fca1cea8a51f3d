#include "sim/events/formats/prophesee/prophesee_systems.h"

#include <stddef.h>

/* By the numbers of OpenEB: Gen3.0 and Gen3.1 are VGA; Gen4.0, Gen4.1, IMX636 and IMX646 are HD;
 * 0x80 marks an evaluation kit as a proxy. */
bool sq_prophesee_size_of(unsigned system_id, uint32_t *width, uint32_t *height)
{
    static const struct {
        unsigned id;
        uint32_t width, height;
    } sensor[] = {
        {0x15, 640, 480},  {0x17, 640, 480},  {0x97, 640, 480},  {0x19, 640, 480},
        {0x99, 640, 480},  {0x1c, 640, 480},  {0x1d, 640, 480},  {0x21, 640, 480},
        {0xa1, 640, 480},  {0x22, 640, 480},  {0xa2, 640, 480},  {0x23, 640, 480},
        {0x28, 640, 480},  {0x29, 640, 480},  {0x1a, 1280, 720}, {0x9a, 1280, 720},
        {0x1e, 1280, 720}, {0x1f, 1280, 720}, {0x20, 1280, 720}, {0x27, 1280, 720},
        {0x2e, 1280, 720}, {0x30, 1280, 720}, {0x31, 1280, 720}, {0x32, 1280, 720},
        {0x35, 1280, 720}, {0x3a, 1280, 720}, {0x42, 1280, 720}, {0x34, 640, 512},
        {0x36, 640, 512},  {0x3b, 320, 320},  {0x40, 320, 320},
    };
    for (size_t i = 0; i < sizeof sensor / sizeof sensor[0]; i++)
        if (sensor[i].id == system_id) {
            *width = sensor[i].width;
            *height = sensor[i].height;
            return true;
        }
    return false;
}
