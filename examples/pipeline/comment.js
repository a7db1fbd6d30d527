// Writes the comment to the merge request once, and brings it up to date afterwards.
const { readFileSync } = require("node:fs");

const { CI_API_V4_URL, CI_PROJECT_ID, CI_MERGE_REQUEST_IID, REVIEW_TOKEN } = process.env;
const notes = `${CI_API_V4_URL}/projects/${CI_PROJECT_ID}/merge_requests/${CI_MERGE_REQUEST_IID}/notes`;

async function call(method, url, body) {
  const reply = await fetch(url, {
    method,
    headers: { "private-token": REVIEW_TOKEN, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!reply.ok) throw new Error(`${method} ${url} was answered ${reply.status}.`);
  return { value: await reply.json(), next: reply.headers.get("x-next-page") };
}

async function main() {
  const body = readFileSync(process.argv[2], "utf8");
  const [marker] = body.split("\n");
  for (let page = "1"; page;) {
    const { value, next } = await call("GET", `${notes}?per_page=100&page=${page}`);
    const mine = value.find((note) => note.body.startsWith(marker));
    if (mine !== undefined) return call("PUT", `${notes}/${mine.id}`, { body });
    page = next;
  }
  return call("POST", notes, { body });
}

main().catch((error) => {
  process.stderr.write(`comment.js: ${error.message}\n`);
  process.exitCode = 1;
});
