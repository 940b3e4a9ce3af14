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
    {"resnet-20",
     "conv 16 3x3 pad 1 nobias, batchnorm, relu, residual, conv 16 3x3 pad 1 nobias, batchnorm, "
     "relu, conv 16 3x3 pad 1 nobias, batchnorm, add, relu, residual, conv 16 3x3 pad 1 nobias, "
     "batchnorm, relu, conv 16 3x3 pad 1 nobias, batchnorm, add, relu, residual, "
     "conv 16 3x3 pad 1 nobias, batchnorm, relu, conv 16 3x3 pad 1 nobias, batchnorm, add, "
     "relu, residual, conv 32 3x3 stride 2 pad 1 nobias, batchnorm, relu, "
     "conv 32 3x3 pad 1 nobias, batchnorm, shortcut, conv 32 1x1 stride 2 nobias, batchnorm, "
     "add, relu, residual, conv 32 3x3 pad 1 nobias, batchnorm, relu, conv 32 3x3 pad 1 nobias, "
     "batchnorm, add, relu, residual, conv 32 3x3 pad 1 nobias, batchnorm, relu, "
     "conv 32 3x3 pad 1 nobias, batchnorm, add, relu, residual, "
     "conv 64 3x3 stride 2 pad 1 nobias, batchnorm, relu, conv 64 3x3 pad 1 nobias, batchnorm, "
     "shortcut, conv 64 1x1 stride 2 nobias, batchnorm, add, relu, residual, "
     "conv 64 3x3 pad 1 nobias, batchnorm, relu, conv 64 3x3 pad 1 nobias, batchnorm, add, "
     "relu, residual, conv 64 3x3 pad 1 nobias, batchnorm, relu, conv 64 3x3 pad 1 nobias, "
     "batchnorm, add, relu, globalpool, flatten, linear 10"},
    {"wrn-10-2",
     "conv 16 3x3 pad 1 nobias, batchnorm, relu, residual, conv 32 3x3 pad 1 nobias, batchnorm, "
     "relu, conv 32 3x3 pad 1 nobias, shortcut, conv 32 1x1 nobias, add, batchnorm, relu, "
     "residual, conv 64 3x3 stride 2 pad 1 nobias, batchnorm, relu, conv 64 3x3 pad 1 nobias, "
     "shortcut, conv 64 1x1 stride 2 nobias, add, batchnorm, relu, residual, "
     "conv 128 3x3 stride 2 pad 1 nobias, batchnorm, relu, conv 128 3x3 pad 1 nobias, shortcut, "
     "conv 128 1x1 stride 2 nobias, add, batchnorm, relu, globalpool, flatten, linear 10"},
    {"airbench",
     "conv 24 2x2, relu, conv 32 3x3 pad 1 nobias, maxpool 2, batchnorm, relu, residual, "
     "conv 32 3x3 pad 1 nobias, batchnorm, relu, conv 32 3x3 pad 1 nobias, batchnorm, add, "
     "relu, conv 96 3x3 pad 1 nobias, maxpool 2, batchnorm, relu, residual, "
     "conv 96 3x3 pad 1 nobias, batchnorm, relu, conv 96 3x3 pad 1 nobias, batchnorm, add, "
     "relu, conv 128 3x3 pad 1 nobias, maxpool 2, batchnorm, relu, residual, "
     "conv 128 3x3 pad 1 nobias, batchnorm, relu, conv 128 3x3 pad 1 nobias, batchnorm, add, "
     "relu, maxpool 3, flatten, linear 10 nobias"},
};
enum { NETS = sizeof nets / sizeof *nets };

#endif
