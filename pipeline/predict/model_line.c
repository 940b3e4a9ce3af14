/* Figures of the lines of a table of models: what seeds and folds say together. */
#include "model_line.h"

#include <math.h>

void model_sum_add(struct model_sum *sum, const struct score *score, double epochs, double seconds)
{
    sum->fits++;
    sum->epochs += epochs;
    sum->seconds += seconds;
    if (score) {
        sum->rows += (double)score->rows;
        sum->correct += (double)score->correct;
        sum->loss += (double)score->rows * score->loss;
        sum->at_least |= score->at_least;
        sum->macro_f1 += (double)score->rows * score->macro_f1;
        sum->balanced_accuracy += (double)score->rows * score->balanced_accuracy;
        sum->auc += (double)score->rows * score->auc;
    }
}

struct model_line model_sum_line(const struct model_sum *sum, int64_t rows)
{
    struct model_line line = {.accuracy = NAN,
                              .loss = NAN,
                              .macro_f1 = NAN,
                              .balanced_accuracy = NAN,
                              .auc = NAN,
                              .wrong = -1,
                              .rows = -1,
                              .epochs = NAN,
                              .seconds = NAN};

    if (sum->fits > 0) {
        line.epochs = sum->epochs / sum->fits;
        line.seconds = sum->seconds;
    }
    if (sum->rows > 0) {
        line.rows = sum->rows < (double)rows ? (int64_t)sum->rows : rows;
        line.accuracy = sum->correct / sum->rows;
        line.loss = sum->loss / sum->rows;
        line.at_least = sum->at_least;
        line.macro_f1 = sum->macro_f1 / sum->rows;
        line.balanced_accuracy = sum->balanced_accuracy / sum->rows;
        line.auc = sum->auc / sum->rows;
        line.wrong = (int64_t)floor((1 - line.accuracy) * (double)line.rows + 0.5);
    }
    return line;
}
