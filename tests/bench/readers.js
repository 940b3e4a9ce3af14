// readers.js polars|duckdb|duckdb-declared FILE THREADS: reads a CSV into memory, prints seconds.
const [how, file, threads] = process.argv.slice(2);

function spent(begin) {
    return (Number(process.hrtime.bigint() - begin) / 1e9).toFixed(4);
}

function polars() {
    process.env.POLARS_MAX_THREADS = threads;
    const pl = require("nodejs-polars");
    const begin = process.hrtime.bigint();
    const frame = pl.readCSV(file);
    console.log(spent(begin), frame.height);
}

async function duckdb(declared) {
    const { DuckDBInstance } = require("@duckdb/node-api");
    const instance = await DuckDBInstance.create(":memory:", { threads });
    const connection = await instance.connect();
    const names = require("fs").readFileSync(file, { encoding: "utf8" }).split("\n", 1)[0].trim().split(",");
    const columns = "{" + names.map((name) => `'${name}': 'UTINYINT'`).join(", ") + "}";
    const options = declared ? `, header = true, auto_detect = false, columns = ${columns}` : "";
    const begin = process.hrtime.bigint();
    await connection.run(`create table t as select * from read_csv('${file}'${options})`);
    const seconds = spent(begin);
    const rows = await (await connection.run("select count(*) from t")).getRows();
    console.log(seconds, String(rows[0][0]));
}

if (how === "polars") {
    polars();
} else {
    duckdb(how === "duckdb-declared").catch((error) => { console.error(error); process.exit(1); });
}
