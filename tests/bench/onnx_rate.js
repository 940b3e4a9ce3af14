// onnx_rate.js THREADS: ONNX Runtime's speed, for nn.py. Its first line tells what it is; then each line of JSON
// that it reads, {"file": F, "batch": N, "seconds": S}, it answers by a line with images per second.
const ort = require("onnxruntime-node");
const version = require("onnxruntime-node/package.json").version;
const lines = require("readline").createInterface({ input: process.stdin });
const threads = Number(process.argv[2]);
let last = {};

async function prepared(file, batch) {
    const session = await ort.InferenceSession.create(file, {
        intraOpNumThreads: threads, interOpNumThreads: 1, graphOptimizationLevel: "all",
    });
    const dims = file.endsWith(".rows.onnx") ? [batch, 784] : [batch, 1, 28, 28];
    const x = new ort.Tensor("float32", Float32Array.from({ length: batch * 784 }, Math.random), dims);
    for (let i = 0; i < 3; i++) await session.run({ x });
    return { file, batch, session, x };
}

async function rate({ file, batch, seconds }) {
    if (last.file !== file || last.batch !== batch) last = await prepared(file, batch);
    const begin = process.hrtime.bigint();
    let done = 0, spent;
    while ((spent = Number(process.hrtime.bigint() - begin) / 1e9) < seconds) {
        await last.session.run({ x: last.x });
        done += batch;
    }
    return done / spent;
}

async function main() {
    console.log(`ONNX Runtime ${version}`);
    for await (const line of lines) console.log(JSON.stringify(await rate(JSON.parse(line))));
}

main().catch((error) => { console.error(error); process.exit(1); });
