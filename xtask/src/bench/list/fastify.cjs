// The same list with Fastify: the same statement on the same database, the stored bytes.
// node fastify.cjs MODULES DB STATEMENT HOST PORT
const { createRequire } = require("node:module");
const { readFileSync } = require("node:fs");

const [modules, database, statement, host, port] = process.argv.slice(2);
const from = createRequire(`${modules}/`);
const fastify = from("fastify")({ logger: false });
const db = from("better-sqlite3")(database, { readonly: true });

const { sql, values } = JSON.parse(readFileSync(statement, "utf8"));
const list = db.prepare(sql);
const bound = {};
values.forEach((value, at) => {
  bound[at + 1] = value.text ?? Buffer.from(value.blob, "hex");
});

fastify.get("/*", (_, reply) => {
  const rows = list.all(bound);
  reply.header("content-type", "application/json").send(`[${rows.map((row) => row.doc).join(",")}]`);
});
fastify.listen({ host, port: Number(port) }).catch((error) => {
  console.error(error);
  process.exit(1);
});
