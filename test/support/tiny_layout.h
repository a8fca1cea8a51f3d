/* The three model files of the official Spikformer, for references that are written without the graph. */
#ifndef SQ_TINY_LAYOUT_H
#define SQ_TINY_LAYOUT_H

enum tiny_layout { TINY_UNKNOWN, TINY_CIFAR10, TINY_IMAGENET, TINY_CIFAR10DVS };

/* "cifar10": what a configuration calls it. */
static inline const char *tiny_layout_name(enum tiny_layout layout)
{
    static const char *const name[] = {"unknown", "cifar10", "imagenet", "cifar10dvs"};
    return name[layout];
}

/* The layout of a network's architecture. */
#define TINY_LAYOUT_OF(config)                                                    \
    (strcmp((config)->architecture, "spikformer-cifar10") == 0    ? TINY_CIFAR10  \
     : strcmp((config)->architecture, "spikformer-imagenet") == 0 ? TINY_IMAGENET \
                                                                  : TINY_CIFAR10DVS)

#endif
