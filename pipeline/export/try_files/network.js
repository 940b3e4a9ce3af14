// The network: net.steps in their order, each with the steps whose output it takes (-1: the pixels),
// as csvnet export -o NAME.c computes them. Pictures are [channel][row][column].
function floats(base64) {
  const text = atob(base64), bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return new Float32Array(bytes.buffer);
}

const kinds = {
  conv(s, x, side, y) {
    const [c, h, v] = s.in, [o, oh, ov] = s.out, { kh, kv, sy, sx, pad } = s;
    let w = 0;
    for (let n = 0; n < o; n++) {
      const plane = y.subarray(n * oh * ov, (n + 1) * oh * ov).fill(s.b[n]);
      for (let m = 0; m < c; m++)
        for (let i = 0; i < kh; i++)
          for (let j = 0; j < kv; j++) {
            const k = s.w[w++], begin = Math.max(0, Math.ceil((pad - j) / sx));
            const end = Math.min(ov, Math.ceil((v + pad - j) / sx));
            for (let r = 0; r < oh; r++) {
              const p = r * sy + i - pad, from = (m * h + p) * v + j - pad;
              if (p >= 0 && p < h)
                for (let q = begin; q < end; q++) plane[r * ov + q] += k * x[from + q * sx];
            }
          }
    }
  },
  linear(s, x, side, y) {
    for (let n = 0; n < y.length; n++) {
      let sum = s.b[n];
      for (let i = 0; i < x.length; i++) sum += x[i] * s.w[n * x.length + i];
      y[n] = sum;
    }
  },
  scale(s, x, side, y) {
    const each = x.length / s.b.length;
    for (let i = 0; i < x.length; i++) {
      const n = Math.floor(i / each);
      y[i] = x[i] * s.w[n] + s.b[n];
    }
  },
  relu(s, x, side, y) { for (let i = 0; i < x.length; i++) y[i] = x[i] > 0 ? x[i] : x[i] * s.slope; },
  add(s, x, side, y) { for (let i = 0; i < x.length; i++) y[i] = x[i] + side[i]; },
  flatten(s, x, side, y) { y.set(x); },
  pool(s, x, side, y) {
    const [c, h, v] = s.in, [, oh, ov] = s.out, { kh, kv, sy, sx, pad } = s;
    let to = 0;
    for (let m = 0; m < c; m++)
      for (let r = 0; r < oh; r++)
        for (let q = 0; q < ov; q++) {
          let sum = 0, most = -Infinity;
          for (let i = Math.max(0, pad - r * sy); i < kh && r * sy + i - pad < h; i++)
            for (let j = Math.max(0, pad - q * sx); j < kv && q * sx + j - pad < v; j++) {
              const value = x[(m * h + r * sy + i - pad) * v + q * sx + j - pad];
              sum += value;
              if (value > most) most = value;
            }
          y[to++] = s.mean ? sum / (kh * kv) : most;
        }
  },
};

// Reads the weights, once.
function readNetwork(net) {
  for (const s of net.steps) {
    if (s.weights) { s.w = floats(s.weights); s.b = floats(s.bias); }
    s.y = new Float32Array(s.out[0] * s.out[1] * s.out[2]);
  }
}

// Returns the probabilities of the classes for pixels as the training data has them.
function predict(net, pixels) {
  const x = Float32Array.from(pixels, p => (p / net.divisor - net.mean) / net.std);
  const at = i => (i < 0 ? x : net.steps[i].y);
  for (const s of net.steps) kinds[s.kind](s, at(s.from), at(s.side), s.y);
  const y = net.steps[net.steps.length - 1].y, most = Math.max(...y);
  const powers = Array.from(y, v => Math.exp(v - most)), sum = powers.reduce((a, b) => a + b);
  return powers.map(p => p / sum);
}
