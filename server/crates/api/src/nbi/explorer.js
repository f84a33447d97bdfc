// The API explorer: interfaces from /nbi/interfaces, operations and members from a family's OpenAPI document.
// Everything is put on the page as text, never as markup.

const at = (id) => document.getElementById(id);
const option = (value, text) => Object.assign(document.createElement("option"), { value, textContent: text });
const VERBS = ["get", "post", "patch", "delete"];

let families = [];
let api = null;

const chosen = () => families.find((family) => family.api === at("family").value);
const resource = () => chosen().resources.find((one) => one.collection === at("resource").value);

function row(cells) {
  const line = document.createElement("tr");
  for (const text of cells) {
    line.append(Object.assign(document.createElement("td"), { textContent: text }));
  }
  return line;
}

function kind(schema) {
  if (schema.$ref) return schema.$ref.split("/").pop();
  if (schema.type === "array") return `[${kind(schema.items)}]`;
  return schema.format ?? schema.type ?? "any";
}

async function pickFamily() {
  const family = chosen();
  at("resource").replaceChildren(...family.resources.map((one) => option(one.collection, one.collection)));
  at("openapi").href = family.openapi;
  const answer = await fetch(family.openapi);
  api = await answer.json();
  pickResource();
}

function pickResource() {
  const one = resource();
  at("about").textContent = one.description;
  const lines = [];
  for (const [path, item] of Object.entries(api.paths)) {
    for (const verb of VERBS.filter((verb) => item[verb]?.tags.includes(one.collection))) {
      lines.push(row([verb.toUpperCase(), path, item[verb].summary]));
    }
  }
  at("operations").replaceChildren(...lines);
  const members = Object.entries(api.components.schemas[one.type]?.properties ?? {});
  at("members").replaceChildren(...members.map(([name, schema]) => row([name, kind(schema), schema.description ?? ""])));
}

function address() {
  const one = resource();
  const id = at("id").value.trim();
  const query = [];
  if (!id) {
    if (at("filter").value.trim()) query.push(encodeURI(at("filter").value.trim()));
    if (at("sort").value.trim()) query.push(`sort=${encodeURIComponent(at("sort").value.trim())}`);
    if (at("limit").value !== "") query.push(`limit=${at("limit").value}`);
  }
  if (at("fields").value.trim()) query.push(`fields=${encodeURIComponent(at("fields").value.trim())}`);
  const path = id ? `${one.path}/${encodeURIComponent(id)}` : one.path;
  return query.length ? `${path}?${query.join("&")}` : path;
}

async function ask(event) {
  event.preventDefault();
  const path = address();
  at("request").textContent = `curl -s '${location.origin}${path}' -H 'authorization: Bearer YOUR_TOKEN'`;
  at("status").textContent = "Asking…";
  try {
    const answer = await fetch(path, { headers: { accept: "application/json" } });
    const text = await answer.text();
    at("status").textContent = `${answer.status} ${answer.statusText}`;
    const shown = ["x-total-count", "x-result-count", "link", "etag", "allow", "x-request-id"];
    const lines = shown.filter((name) => answer.headers.has(name)).map((name) => `${name}: ${answer.headers.get(name)}`);
    at("headers").textContent = lines.join("\n");
    try {
      at("body").textContent = JSON.stringify(JSON.parse(text), null, 2);
    } catch {
      at("body").textContent = text;
    }
  } catch (error) {
    at("status").textContent = `The server does not answer: ${error.message}`;
  }
}

async function start() {
  families = (await (await fetch("/nbi/interfaces")).json()).tmf;
  at("family").replaceChildren(...families.map((family) => option(family.api, `${family.api} ${family.name}`)));
  at("family").addEventListener("change", pickFamily);
  at("resource").addEventListener("change", pickResource);
  at("ask").addEventListener("submit", ask);
  await pickFamily();
}

start();
