/* Principal components and t-SNE. */
#include "embed.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- Principal components ---- */

static double dot(const double *a, const double *b, int64_t size)
{
    double sum = 0;

    for (int64_t i = 0; i < size; i++)
        sum += a[i] * b[i];
    return sum;
}

/* Makes b of length 1 and at right angles to a, unless that is NULL. */
static void straighten(double *b, const double *a, int64_t size)
{
    const double along = a ? dot(a, b, size) : 0;
    double length;

    for (int64_t i = 0; i < size && a; i++)
        b[i] -= along * a[i];
    length = sqrt(dot(b, b, size));
    for (int64_t i = 0; i < size; i++)
        b[i] = length > 0 ? b[i] / length : 0;
}

/* Fills to[size] with the sum over the centred points x of x (x v), and along[n] with x v. */
static void multiply(const double *x, int n, int64_t size, const double *v, double *along,
                     double *to)
{
    memset(to, 0, (size_t)size * sizeof *to);
    for (int i = 0; i < n; i++) {
        along[i] = dot(x + i * size, v, size);
        for (int64_t k = 0; k < size; k++)
            to[k] += along[i] * x[i * size + k];
    }
}

/* Turns the axes so that the one with the larger variance is the first, and fills the map. */
static void settle(const double *x, int n, int64_t size, double *v[2], double *along[2],
                   double *scratch, double *map)
{
    double a, b, c, angle;

    multiply(x, n, size, v[0], along[0], scratch);
    multiply(x, n, size, v[1], along[1], scratch);
    a = dot(along[0], along[0], n);
    b = dot(along[0], along[1], n);
    c = dot(along[1], along[1], n);
    angle = 0.5 * atan2(2 * b, a - c);
    for (int i = 0; i < n; i++) {
        map[2 * i] = cos(angle) * along[0][i] + sin(angle) * along[1][i];
        map[2 * i + 1] = cos(angle) * along[1][i] - sin(angle) * along[0][i];
    }
    for (int k = 0; k < 2; k++) {
        double most = 0;

        for (int i = 0; i < n; i++)
            most = fabs(map[2 * i + k]) > fabs(most) ? map[2 * i + k] : most;
        for (int i = 0; i < n && most < 0; i++)
            map[2 * i + k] = -map[2 * i + k];
    }
}

static void centre(const float *points, int n, int64_t size, double *x)
{
    for (int64_t k = 0; k < size; k++) {
        double mean = 0;

        for (int i = 0; i < n; i++)
            mean += (double)points[i * size + k] / n;
        for (int i = 0; i < n; i++)
            x[i * size + k] = (double)points[i * size + k] - mean;
    }
}

int embed_pca(const float *points, int n, int64_t size, double *map, struct err *err)
{
    enum { STEPS_MOST = 1000 };
    const double still = 1e-13; /* a direction that moves no farther has been found */
    double *x = calloc((size_t)n * (size_t)size + 3 * (size_t)size + 2 * (size_t)n, sizeof *x);
    double *v[2], *along[2], *next;

    if (!x)
        return err_memory(err, "the map", (unsigned long long)n * (size_t)size * sizeof *x);
    v[0] = x + n * size;
    v[1] = v[0] + size;
    next = v[1] + size;
    along[0] = next + size;
    along[1] = along[0] + n;
    centre(points, n, size, x);
    for (int64_t k = 0; k < size; k++) {
        v[0][k] = 1;
        v[1][k] = k % 2 ? 1 : -1 - (double)(k % 7);
    }
    for (int step = 0, moves = 1; step < STEPS_MOST && moves; step++) {
        moves = 0;
        for (int k = 0; k < 2; k++) {
            multiply(x, n, size, v[k], along[k], next);
            straighten(next, k ? v[0] : NULL, size);
            moves |= step == 0 || 1 - fabs(dot(next, v[k], size)) > still;
            memcpy(v[k], next, (size_t)size * sizeof *next);
        }
    }
    settle(x, n, size, v, along, next, map);
    free(x);
    return 0;
}

/* ---- t-SNE ---- */

static double squared_distance(const float *a, const float *b, int64_t size)
{
    double sum = 0;

    for (int64_t k = 0; k < size; k++) {
        const double d = (double)a[k] - (double)b[k];

        sum += d * d;
    }
    return sum;
}

/* Turns a point's squared distances into probabilities of the wanted entropy, by halving. */
static void find_probabilities(double *row, int n, int self, double entropy)
{
    double low = 0, high = INFINITY, beta = 1, least = INFINITY, mean = 0;

    for (int j = 0; j < n; j++)
        if (j != self) {
            least = fmin(least, row[j]);
            mean += row[j] / (n - 1);
        }
    beta = mean > least ? 1 / (mean - least) : 1;
    for (int step = 0; step < 60; step++) {
        double sum = 0, weighed = 0, found;

        for (int j = 0; j < n; j++)
            if (j != self) {
                const double p = exp(-beta * (row[j] - least));

                sum += p;
                weighed += p * beta * (row[j] - least);
            }
        found = log(fmax(sum, 1)) + weighed / sum; /* the nearest adds 1 */
        if (fabs(found - entropy) < 1e-6)
            break;
        *(found > entropy ? &low : &high) = beta;
        beta = isinf(high) ? 2 * beta : (low + high) / 2;
    }
    mean = 0;
    for (int j = 0; j < n; j++) {
        row[j] = j == self ? 0 : exp(-beta * (row[j] - least));
        mean += row[j];
    }
    for (int j = 0; j < n; j++)
        row[j] /= mean;
}

static void find_all_probabilities(const float *points, int n, int64_t size, double *p)
{
    const double perplexity = fmin(30, (n - 1) / 3.0);

    for (int i = 0; i < n; i++)
        for (int j = 0; j <= i; j++)
            p[i * n + j] = p[j * n + i] =
                squared_distance(points + i * size, points + j * size, size);
    for (int i = 0; i < n; i++)
        find_probabilities(p + (size_t)i * n, n, i, log(perplexity));
    for (int i = 0; i < n; i++)
        for (int j = 0; j < i; j++)
            p[i * n + j] = p[j * n + i] = fmax((p[i * n + j] + p[j * n + i]) / (2.0 * n), 1e-12);
}

/* Fills gradient[n][2] of the map; q [n][n] is scratch. */
static void find_gradient(const double *p, const double *map, int n, double exaggeration, double *q,
                          double *gradient)
{
    double sum = 0;

    for (int i = 0; i < n; i++)
        for (int j = 0; j < i; j++) {
            const double dx = map[2 * i] - map[2 * j], dy = map[2 * i + 1] - map[2 * j + 1];

            q[i * n + j] = 1 / (1 + dx * dx + dy * dy);
            sum += 2 * q[i * n + j];
        }
    memset(gradient, 0, 2 * (size_t)n * sizeof *gradient);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < i; j++) {
            const double near = q[i * n + j];
            const double pull = 4 * (exaggeration * p[i * n + j] - near / sum) * near;

            for (int k = 0; k < 2; k++) {
                const double move = pull * (map[2 * i + k] - map[2 * j + k]);

                gradient[2 * i + k] += move;
                gradient[2 * j + k] -= move;
            }
        }
}

/* Moves the map against the gradient, with momentum and a gain for each number, as the authors'. */
static void move(double *map, const double *gradient, int n, double momentum, double *speed,
                 double *gain)
{
    const double rate = fmax(n / 12.0 / 4, 50);

    for (int i = 0; i < 2 * n; i++) {
        gain[i] = fmax((gradient[i] > 0) != (speed[i] > 0) ? gain[i] + 0.2 : gain[i] * 0.8, 0.01);
        speed[i] = momentum * speed[i] - rate * gain[i] * gradient[i];
        map[i] += speed[i];
    }
}

int embed_tsne(const float *points, int n, int64_t size, double *map, struct err *err)
{
    enum { STEPS = 500, EXAGGERATED = 100 };
    double *p = calloc((size_t)n * n, sizeof *p), *q = calloc((size_t)n * n, sizeof *q);
    double *rest = calloc(6 * (size_t)n, sizeof *rest), spread = 0;
    double *speed = rest, *gain = rest ? rest + 2 * n : NULL,
           *gradient = rest ? rest + 4 * n : NULL;

    if (!p || !q || !rest) {
        free(p);
        free(q);
        free(rest);
        return err_memory(err, "the map", 2ULL * n * n * sizeof *p);
    }
    find_all_probabilities(points, n, size, p);
    for (int i = 0; i < n; i++)
        spread += map[2 * i] * map[2 * i] / n;
    for (int i = 0; i < 2 * n; i++) {
        map[i] *= spread > 0 ? 1e-2 / sqrt(spread) : 0;
        gain[i] = 1;
    }
    for (int step = 0; step < STEPS; step++) {
        find_gradient(p, map, n, step < EXAGGERATED ? 12 : 1, q, gradient);
        move(map, gradient, n, step < EXAGGERATED ? 0.5 : 0.8, speed, gain);
    }
    free(p);
    free(q);
    free(rest);
    return 0;
}

/* ---- How good a map is ---- */

/* Returns the point nearest to point i but for those up to `last` away, of these up to `before`;
 * -1: none. */
static int next_nearest(const double *map, int n, int i, double *last, int before)
{
    double best = INFINITY;
    int found = -1;

    for (int j = 0; j < n; j++) {
        const double dx = map[2 * i] - map[2 * j], dy = map[2 * i + 1] - map[2 * j + 1];
        const double d = dx * dx + dy * dy;

        if (j != i && (d > *last || (d == *last && j > before)) && d < best) {
            best = d;
            found = j;
        }
    }
    *last = best;
    return found;
}

double embed_agreement(const double *map, int n, const int *class, int nearest)
{
    const int count = nearest < n - 1 ? nearest : n - 1;
    int64_t alike = 0;

    for (int i = 0; i < n; i++) {
        double last = -1;
        int found = -1;

        for (int taken = 0; taken < count; taken++) {
            found = next_nearest(map, n, i, &last, found);
            if (found < 0)
                break;
            alike += class[found] == class[i];
        }
    }
    return count > 0 ? (double)alike / ((double)n * count) : NAN;
}
