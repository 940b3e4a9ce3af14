/* Figures of the lines of a table of models: what seeds and folds say together. */
#include "model_line.h"

#include "metrics.h"

#include <math.h>

void model_sum_add(struct model_sum *sum, const struct model_score *score, double epochs,
                   double seconds)
{
    sum->fits++;
    sum->epochs += epochs;
    sum->seconds += seconds;
    if (score) {
        sum->rows += (double)score->rows;
        sum->correct += (double)score->correct;
        sum->loss += (double)score->rows * score->loss;
    }
}

struct model_line model_sum_line(const struct model_sum *sum, int64_t rows)
{
    struct model_line line = {NAN, NAN, NAN, -1, -1, NAN, NAN};

    if (sum->fits > 0) {
        line.epochs = sum->epochs / sum->fits;
        line.seconds = sum->seconds;
    }
    if (sum->rows > 0) {
        line.rows = sum->rows < (double)rows ? (int64_t)sum->rows : rows;
        line.accuracy = sum->correct / sum->rows;
        line.error = accuracy_error(line.accuracy, (double)line.rows);
        line.loss = sum->loss / sum->rows;
        line.wrong = (int64_t)floor((1 - line.accuracy) * (double)line.rows + 0.5);
    }
    return line;
}
