#ifndef BENCH_KERNELS_H
#define BENCH_KERNELS_H

/* The three products of a layer with weights. */
enum task { FORWARD, INPUT_GRADIENT, WEIGHT_GRADIENT, TASKS };

/* A convolution of `batch` pictures of c x h x w; kh 0: a linear layer of c inputs. */
struct problem {
    int batch, c, h, w, outputs, kh, kw, stride, pad, out_h, out_w;
};

/* oneDNN's primitives for it, in the formats that they choose for themselves, one per task. Ends
 * the program where oneDNN refuses. NULL: built without oneDNN. */
struct onednn *onednn_new(const struct problem *problem, int avx2_at_most);
void onednn_run(struct onednn *onednn, enum task task);
void onednn_free(struct onednn *onednn);

#endif
