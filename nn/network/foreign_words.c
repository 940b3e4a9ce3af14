/* Words of other frameworks for layers: the word here, or why there is none. */
#include "network.h"

#include <string.h>
#include <strings.h>

#define BLOCK "a block whose input is added to its output is: residual, layers, add"
#define RECTIFIER "the functions between layers are relu and leakyrelu"

static const struct {
    const char *word; /* in small letters */
    const char *here;
} foreign[] = {
    {"softmax", "softmax is in the loss and in predictions: leave it out"},
    {"logsoftmax", "softmax and its logarithm are in the loss: leave it out"},
    {"log_softmax", "softmax and its logarithm are in the loss: leave it out"},
    {"crossentropyloss", "cross-entropy is the loss: leave it out"},
    {"dense", "it is linear here: linear N"},
    {"fc", "it is linear here: linear N"},
    {"fullyconnected", "it is linear here: linear N"},
    {"lazylinear", "it is linear here: linear N"},
    {"conv2d", "it is conv here: conv N KxK"},
    {"convolution2d", "it is conv here: conv N KxK"},
    {"batchnorm1d", "it is batchnorm here"},
    {"batchnorm2d", "it is batchnorm here"},
    {"batchnormalization", "it is batchnorm here"},
    {"layernorm", "the only normalization is batchnorm"},
    {"groupnorm", "the only normalization is batchnorm"},
    {"maxpool2d", "it is maxpool here: maxpool K"},
    {"maxpooling2d", "it is maxpool here: maxpool K"},
    {"avgpool2d", "it is avgpool here: avgpool K"},
    {"averagepooling2d", "it is avgpool here: avgpool K"},
    {"globalaveragepooling2d", "it is globalpool here"},
    {"adaptiveavgpool2d", "it is globalpool here"},
    {"gap", "it is globalpool here"},
    {"leaky_relu", "it is leakyrelu here: leakyrelu [SLOPE]"},
    {"dropout2d", "it is dropout here: dropout P"},
    {"sum", BLOCK},
    {"skip", BLOCK},
    {"block", BLOCK},
    {"resblock", BLOCK},
    {"residualblock", BLOCK},
    {"basicblock", BLOCK},
    {"bottleneck", BLOCK},
    {"downsample", "it is shortcut here: residual, layers, shortcut, layers, add"},
    {"identity", "a block's input is added to its output without it: leave it out"},
    {"concat", "branches are added here: residual, layers, add"},
    {"concatenate", "branches are added here: residual, layers, add"},
    {"route", "branches are added here: residual, layers, add"},
    {"tanh", RECTIFIER},
    {"sigmoid", RECTIFIER},
    {"gelu", RECTIFIER},
    {"elu", RECTIFIER},
    {"selu", RECTIFIER},
    {"silu", RECTIFIER},
    {"swish", RECTIFIER},
    {"mish", RECTIFIER},
    {"prelu", RECTIFIER},
    {"softplus", RECTIFIER},
    {"activation", RECTIFIER},
    {"input", "the data gives the input's shape: leave it out"},
    {"reshape", "the data gives the input's shape: leave it out"},
    {"lstm", "networks here are for pictures: conv, pooling and linear layers"},
    {"transformer", "networks here are for pictures: conv, pooling and linear layers"},
};

const char *foreign_layer(const char *text)
{
    const char *word = text, *dot;
    size_t length;

    while ((dot = strpbrk(word, ".(")) && *dot == '.')
        word = dot + 1; /* tf.keras.layers.Dense */
    length = strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
        if (strlen(foreign[i].word) == length && strncasecmp(foreign[i].word, word, length) == 0)
            return foreign[i].here;
    return word[length] == '(' ? "words have blanks between them and no brackets" : NULL;
}
