// Makes a picture like the training pictures, as csvnet predict PICTURE does: where those are gray and
// show one thing on a plain ground, the thing gets their ground, size and place (the centre of mass, or
// of the box: whichever scatters less among them); else the picture gets their size and colours.

// What of the source belongs to each pixel of an axis, t = scale * s + offset: the area that it covers,
// or where the source is enlarged, the nearness of its two neighbours.
function weigh(from, to, scale, offset) {
  const width = Math.max(1 / scale, 1);
  return Array.from({ length: to }, (_, t) => {
    const middle = (t + 0.5 - offset) / scale, begin = middle - width / 2, end = middle + width / 2;
    const first = Math.max(0, Math.floor(begin)), last = Math.min(from, Math.ceil(end)), weights = [];
    for (let i = first; i < last; i++) weights.push((Math.min(end, i + 1) - Math.max(begin, i)) / width);
    return { first, weights };
  });
}

// Resamples plane[h][w] by two axes. Where `keep`, weights are made to sum to 1 at the edges.
function resample(plane, w, h, axisX, axisY, keep) {
  const rows = new Float64Array(axisX.length * h), out = new Float64Array(axisX.length * axisY.length);
  const share = weights => (keep ? weights.reduce((a, b) => a + b, 0) : 1);
  axisX.forEach(({ first, weights }, x) => {
    const all = share(weights);
    for (let y = 0; y < h; y++) {
      let sum = 0;
      for (let i = 0; i < weights.length; i++) sum += weights[i] * plane[y * w + first + i];
      rows[y * axisX.length + x] = sum / all;
    }
  });
  axisY.forEach(({ first, weights }, y) => {
    const all = share(weights);
    for (let x = 0; x < axisX.length; x++) {
      let sum = 0;
      for (let i = 0; i < weights.length; i++) sum += weights[i] * rows[(first + i) * axisX.length + x];
      out[y * axisX.length + x] = sum / all;
    }
  });
  return out;
}

// Looks for one thing on a plain ground in gray[h][w], of which a border should be ground.
function look(gray, w, h, border) {
  const part = 0.25, edge = [];
  for (let y = 0; y < h; y++)
    for (let x = 0; x < w; x++)
      if (y < border || y >= h - border || x < border || x >= w - border) edge.push(gray[y * w + x]);
  edge.sort((a, b) => a - b);
  const f = { ground: edge[edge.length >> 1], left: w, top: h, right: 0, bottom: 0 };
  f.ink = f.ground;
  for (const v of gray) if (Math.abs(v - f.ground) > Math.abs(f.ink - f.ground)) f.ink = v;
  const least = part * Math.abs(f.ink - f.ground);
  f.plain = edge.filter(v => Math.abs(v - f.ground) < least).length >= 0.9 * edge.length;
  let sum = 0, sumX = 0, sumY = 0;
  for (let y = 0; y < h; y++)
    for (let x = 0; x < w; x++) {
      const d = Math.abs(gray[y * w + x] - f.ground);
      if (d < least) continue;
      f.left = Math.min(f.left, x); f.right = Math.max(f.right, x + 1);
      f.top = Math.min(f.top, y); f.bottom = y + 1;
      sum += d; sumX += d * (x + 0.5); sumY += d * (y + 0.5);
    }
  f.massX = sumX / sum; f.massY = sumY / sum;
  return f;
}

const level = (net, share) => net.black + share * (net.white - net.black);

// Tells whether the thing is as large and where it is in the training pictures, on their ground.
function isAlike(net, f, w, h) {
  const u = net.framing, within = ([mean, deviation], v) => Math.abs(v - mean) <= Math.max(1.5, 3 * deviation);
  return w === net.in[2] && h === net.in[1] && f.plain &&
    Math.abs(level(net, f.ground / 255) - u.ground) <= 0.25 * Math.abs(u.ink - u.ground) &&
    within(u.side, Math.max(f.right - f.left, f.bottom - f.top)) &&
    (u.mass ? within(u.x, f.massX) && within(u.y, f.massY)
      : within(u.x, (f.left + f.right) / 2) && within(u.y, (f.top + f.bottom) / 2));
}

function fitSize(net, planes, w, h, alike) {
  const [c, toH, toW] = net.in, x = weigh(w, toW, toW / w, 0), y = weigh(h, toH, toH / h, 0);
  const all = planes.map(plane => resample(plane, w, h, x, y, true).map(v => (net.rounds ? Math.round(v) : v)));
  const corners = (all[0][0] + all[0][toW - 1] + all[0][toW * (toH - 1)] + all[0][toW * toH - 1]) / 1020;
  const turn = !alike && c === 1 && net.ground !== null &&
    ((corners > 0.85 && net.ground < 0.15) || (corners < 0.15 && net.ground > 0.85));
  return Float32Array.from(all.flatMap(p => Array.from(p)), v => level(net, (turn ? 255 - v : v) / 255));
}

// planes: of red, green and blue, or one of gray, values 0 to 255. Returns pixels[c][h][w], or null for a
// gray picture without anything on it.
function prepare(net, planes, w, h) {
  const c = net.in[0];
  if (c === 1 && planes.length === 3) {
    const [r, g, b] = planes;
    planes = [r.map((v, i) => (19595 * v + 38470 * g[i] + 7471 * b[i] + 32768) >> 16)];
  }
  if (c === 3 && planes.length === 1) planes = [planes[0], planes[0], planes[0]];
  if (c !== 1) return fitSize(net, planes, w, h, false);
  const u = net.framing, f = look(planes[0], w, h, 1 + Math.floor(Math.min(w, h) / 64));
  if (Math.abs(f.ink - f.ground) < 255 / 8) return null;
  if (!u) return fitSize(net, planes, w, h, false);
  const alike = isAlike(net, f, w, h);
  if (alike || !f.plain) return fitSize(net, planes, w, h, alike);
  const ink = Float64Array.from(planes[0], v => (v - f.ground) / (f.ink - f.ground))
    .map(s => (s < 0.125 ? 0 : Math.min(s, 1)));
  const scale = u.side[0] / Math.max(f.right - f.left, f.bottom - f.top);
  const [, toH, toW] = net.in;
  const atX = u.mass ? f.massX : (f.left + f.right) / 2, atY = u.mass ? f.massY : (f.top + f.bottom) / 2;
  const out = resample(ink, w, h, weigh(w, toW, scale, u.x[0] - scale * atX),
    weigh(h, toH, scale, u.y[0] - scale * atY), false);
  const most = out.reduce((a, b) => Math.max(a, b), 0);
  return Float32Array.from(out, v => u.ground + (most > 0 ? v / most : 0) * (u.ink - u.ground));
}
