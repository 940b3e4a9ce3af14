# The page in a real browser: what is drawn with the pointer is computed and shown, on a phone's width too.
python=${PYTHON:-/usr/bin/python3}
for browser in chromium-headless-shell chromium google-chrome; do
    ! command -v $browser >/dev/null || break
done
command -v $browser >/dev/null || skip 'there is no chromium'
exports() { "$CSVNET_BIN/export" "$@"; } # the shell has an export of its own
# Bars that stand and that lie.
$python -c '
print("label," + ",".join("p%d" % i for i in range(256)))
for r in range(60):
    print("flat" if r % 2 else "tall", *(230 if abs((i % 16, i // 16)[r % 2] - 8) < 2 and abs((i // 16, i % 16)[r % 2] - 8) < 6 else 0 for i in range(256)), sep=",")' >train.csv
ingest -q train.csv -o train.st.zst
fit -q train.st.zst --arch 'flatten, linear' --epochs 8 -o net.st.zst
exports -q net.st.zst -o net.html
cat >after.html <<'END'
<script>
requestAnimationFrame = f => setTimeout(f, 10); // no frame is drawn where the DOM is dumped
const wait = () => new Promise(done => setTimeout(done, 100));
function draw(...points) {
  const box = pad.getBoundingClientRect();
  const send = (type, [x, y]) => pad.dispatchEvent(new PointerEvent(type, { pointerId: 1, bubbles: true, isPrimary: true,
    clientX: box.left + x * box.width, clientY: box.top + y * box.height }));
  pad.setPointerCapture = () => {};
  send("pointerdown", points[0]);
  points.forEach(p => send("pointermove", p));
  send("pointerup", points[points.length - 1]);
  return wait();
}
const shown = () => document.getElementById("said").textContent + " " +
  [...document.querySelectorAll("li.best .name")].map(e => e.textContent) + " " + (document.documentElement.scrollWidth <= innerWidth);
(async () => {
  const all = [];
  await wait(); all.push(shown());
  await draw([.5, .2], [.5, .8]); all.push(shown());
  document.getElementById("undo").click(); await wait(); all.push(shown());
  await draw([.1, .3], [.9, .3]); all.push(shown());
  document.getElementById("clear").click(); await wait(); all.push(shown());
  const canvas = document.createElement("canvas"), c = canvas.getContext("2d");
  canvas.width = 90; canvas.height = 60; c.fillStyle = "navy"; c.fillRect(40, 5, 8, 40);
  await take(new File([await new Promise(r => canvas.toBlob(r))], "tall.png")); all.push(shown());
  await take(new File(["no picture"], "odd.png")); all.push(shown());
  document.body.textContent = "SHOWN\n" + all.join("\n") + "\nEND";
})();
</script>
END
cat net.html after.html >drawn.html
for width in 360 1200; do
    for again in 1 2 3 4 5 6 7 8; do # on a busy machine the DOM may be dumped before the end
        HOME=$PWD timeout 120 $browser --headless --no-sandbox --disable-gpu --window-size=$width,700 --virtual-time-budget=$((again * 30000)) \
            --dump-dom "file://$PWD/drawn.html" 2>/dev/null | sed -n '/SHOWN$/,/^END/p' | sed 's/<[^>]*>//g' >shown
        [ ! -s shown ] || break
    done
    cat shown
done
