// The page: drawing with mouse, pen or finger, pictures from files, the classes as bars.
const net = JSON.parse(document.getElementById("network").textContent);
const pad = document.getElementById("pad"), seen = document.getElementById("seen");
const list = document.getElementById("classes"), said = document.getElementById("said");
const pen = pad.getContext("2d", { willReadFrequently: true });
const strokes = [];
let last = null, due = false;

function wipe() {
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, pad.width, pad.height);
}

function planesOf(context, w, h) {
  const { data } = context.getImageData(0, 0, w, h);
  return [0, 1, 2].map(c => Float64Array.from({ length: w * h }, (_, i) => data[4 * i + c]));
}

// Shows pixels[c][h][w] as the network sees them.
function showSeen(pixels) {
  const [c, h, w] = net.in, context = seen.getContext("2d"), picture = context.createImageData(w, h);
  for (let i = 0; i < w * h; i++) {
    for (let k = 0; k < 3; k++) {
      const value = pixels ? pixels[(c === 3 ? k : 0) * w * h + i] : level(net, net.ground === null ? 0 : net.ground);
      picture.data[4 * i + k] = 255 * (value - net.black) / (net.white - net.black);
    }
    picture.data[4 * i + 3] = 255;
  }
  context.putImageData(picture, 0, 0);
}

// What is not all never reads as all.
const percent = share => (share < 1 && share >= 0.9995 ? ">99.9 %" : (100 * share).toFixed(1) + " %");

function showClasses(p) {
  const best = p ? p.indexOf(Math.max(...p)) : -1;
  net.classes.forEach((name, k) => {
    const row = list.children[k], share = p ? p[k] : 0;
    row.className = k === best ? "best" : "";
    row.querySelector(".bar").style.width = 100 * share + "%";
    row.querySelector(".share").textContent = p ? percent(share) : "";
  });
  said.textContent = p ? net.classes[best] : "";
  document.body.dataset.class = p ? net.classes[best] : "";
}

function think() {
  due = false;
  const pixels = prepare(net, planesOf(pen, pad.width, pad.height), pad.width, pad.height);
  showSeen(pixels);
  showClasses(pixels && predict(net, pixels));
}

// Computes before the next picture on the screen, once.
function changed() {
  if (!due) requestAnimationFrame(think);
  due = true;
}

function place(event) {
  const box = pad.getBoundingClientRect();
  return [(event.clientX - box.left) * pad.width / box.width, (event.clientY - box.top) * pad.height / box.height];
}

function line(from, to) {
  pen.strokeStyle = "#000";
  pen.lineCap = pen.lineJoin = "round";
  pen.lineWidth = pad.width * 0.075;
  pen.beginPath();
  pen.moveTo(...from);
  pen.lineTo(...to);
  pen.stroke();
}

pad.addEventListener("pointerdown", event => {
  if (event.button > 0) return;
  event.preventDefault();
  pad.setPointerCapture(event.pointerId);
  if (!strokes.length) wipe(); // a picture from a file goes
  last = place(event);
  strokes.push([last]);
  line(last, last);
  changed();
});
pad.addEventListener("pointermove", event => {
  if (!last) return;
  for (const one of event.getCoalescedEvents && event.getCoalescedEvents().length ? event.getCoalescedEvents() : [event]) {
    const to = place(one);
    line(last, to);
    strokes[strokes.length - 1].push(to);
    last = to;
  }
  changed();
});
for (const end of ["pointerup", "pointercancel"]) pad.addEventListener(end, () => { last = null; });

function redraw() {
  wipe();
  for (const stroke of strokes) stroke.forEach((to, i) => line(stroke[Math.max(0, i - 1)], to));
  changed();
}
document.getElementById("clear").addEventListener("click", () => { strokes.length = 0; redraw(); });
document.getElementById("undo").addEventListener("click", () => { strokes.pop(); redraw(); });

// Shows a picture on the pad, and computes it at its own size (within 2048 pixels).
async function take(file) {
  let picture;
  try {
    picture = await createImageBitmap(file);
  } catch (e) {
    showClasses(null);
    said.textContent = file.name + " is no picture that this browser reads";
    return;
  }
  const shrunk = Math.min(1, 2048 / Math.max(picture.width, picture.height));
  const w = Math.max(1, Math.round(picture.width * shrunk)), h = Math.max(1, Math.round(picture.height * shrunk));
  const canvas = document.createElement("canvas"), context = canvas.getContext("2d", { willReadFrequently: true });
  canvas.width = w; canvas.height = h;
  context.fillStyle = "#fff";
  context.fillRect(0, 0, w, h);
  context.drawImage(picture, 0, 0, w, h);
  strokes.length = 0;
  wipe();
  const fit = Math.min(pad.width / w, pad.height / h);
  pen.drawImage(picture, (pad.width - w * fit) / 2, (pad.height - h * fit) / 2, w * fit, h * fit);
  const pixels = prepare(net, planesOf(context, w, h), w, h);
  showSeen(pixels);
  showClasses(pixels && predict(net, pixels));
  if (!pixels) said.textContent = "there is nothing on it";
}
document.getElementById("file").addEventListener("change", event => {
  if (event.target.files[0]) take(event.target.files[0]);
  event.target.value = "";
});
document.addEventListener("dragover", event => event.preventDefault());
document.addEventListener("drop", event => {
  event.preventDefault();
  if (event.dataTransfer.files[0]) take(event.dataTransfer.files[0]);
});
document.addEventListener("paste", event => {
  for (const item of event.clipboardData.items) if (item.type.startsWith("image/")) take(item.getAsFile());
});

readNetwork(net);
seen.height = net.in[1];
seen.width = net.in[2];
for (const name of net.classes) {
  const row = list.appendChild(document.createElement("li"));
  row.innerHTML = '<span class="name"></span><span class="track"><span class="bar"></span></span><span class="share"></span>';
  row.querySelector(".name").textContent = name;
}
document.getElementById("how").textContent = net.how;
wipe();
think();
