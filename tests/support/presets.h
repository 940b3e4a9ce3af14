#ifndef TESTS_PRESETS_H
#define TESTS_PRESETS_H

/* The networks that the presets have to be, for pictures of 1x28x28 and ten classes. */
static const struct {
    const char *name, *text;
} nets[] = {
    {"linear", "linear 10"},
    {"linear-relu", "linear 10, relu"},
    {"mlp-20", "linear 20, relu, linear 10"},
    {"mlp-40-20", "linear 40, relu, linear 20, relu, linear 10"},
    {"mlp-100", "linear 100, relu, linear 10"},
    {"cnn-16-32", "conv 16 3x3 pad 1, relu, maxpool 2, conv 32 3x3 pad 1, relu, maxpool 2, "
                  "flatten, linear 10"},
    {"lenet5", "conv 6 5x5, batchnorm, relu, maxpool 2, conv 16 5x5, batchnorm, relu, maxpool 2, "
               "flatten, linear 120, relu, linear 84, relu, linear 10"},
    {"smallcnn", "conv 16 3x3 pad 1, batchnorm, relu, maxpool 2, conv 32 3x3 pad 1, batchnorm, "
                 "relu, maxpool 2, flatten, linear 128, relu, dropout 0.25, linear 10"},
    {"deotte",
     "conv 32 3x3, relu, batchnorm, conv 32 3x3, relu, batchnorm, "
     "conv 32 5x5 stride 2 pad 2, relu, batchnorm, dropout 0.4, conv 64 3x3, relu, batchnorm, "
     "conv 64 3x3, relu, batchnorm, conv 64 5x5 stride 2 pad 2, relu, batchnorm, dropout 0.4, "
     "conv 128 4x4, relu, batchnorm, flatten, dropout 0.4, linear 10"},
};
enum { NETS = sizeof nets / sizeof *nets };

#endif
