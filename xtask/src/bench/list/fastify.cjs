// The same list with Fastify: the same statement on the same database, the stored bytes.
// node fastify.cjs MODULES DATABASE STATEMENT HOST PORT
const { createRequire } = require("node:module");
const { readFileSync } = require("node:fs");

const [modules, database, statement, host, port] = process.argv.slice(2);
const from = createRequire(`${modules}/`);
const fastify = from("fastify")({ logger: false });
const { sql, values } = JSON.parse(readFileSync(statement, "utf8"));
const page = (rows) => `[${rows.map((row) => row.doc).join(",")}]`;

// better-sqlite3 does not wait, so neither does its handler.
function sqlite() {
  const db = from("better-sqlite3")(database.replace("sqlite://", ""), { readonly: true });
  const list = db.prepare(sql);
  const bound = {};
  values.forEach((value, at) => {
    bound[at + 1] = value.text ?? Buffer.from(value.uuid.replaceAll("-", ""), "hex");
  });
  return (_, reply) => {
    reply.header("content-type", "application/json").send(page(list.all(bound)));
  };
}

function postgres() {
  const pool = new (from("pg").Pool)({ connectionString: database, max: 4 });
  const bound = values.map((value) => value.text ?? value.uuid);
  return async (_, reply) => {
    const { rows } = await pool.query({ name: "list", text: sql, values: bound });
    reply.header("content-type", "application/json");
    return page(rows);
  };
}

fastify.get("/*", database.startsWith("postgres:") ? postgres() : sqlite());
fastify.listen({ host, port: Number(port) }).catch((error) => {
  console.error(error);
  process.exit(1);
});
