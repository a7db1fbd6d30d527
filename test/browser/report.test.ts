import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { renderReport } from "../../src/report/make";
import { chromium, headless } from "./chromium";

/* The report's page where people read it: in a browser, and on paper. */

const STORIES = resolve(__dirname, "../report/stories");
const pageOf = (name: string): string => pathToFileURL(join(STORIES, `${name}.html`)).href;

let folder: string;
let profiles = 0;
beforeAll(() => {
  // What takes minutes the first time is not a test's to wait for.
  chromium();
  folder = mkdtempSync(join(tmpdir(), "huawei-ota-browser-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function browse(...given: readonly string[]): string {
  profiles += 1;
  return headless(join(folder, `profile-${String(profiles)}`), ...given);
}

/** The page's text, with what a script that stands beside it finds out about it. */
function measured(name: string, script: string): unknown {
  const html = readFileSync(join(STORIES, `${name}.html`), "utf8");
  const open = html.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, "");
  const asking = `<script>document.title = JSON.stringify((() => { ${script} })())</script></body>`;
  const file = join(folder, `${name}.html`);
  writeFileSync(file, open.replace("</body>", asking));
  const dom = browse("--window-size=1000,1400", "--dump-dom", pathToFileURL(file).href);
  const [, title = ""] = /<title>(.*?)<\/title>/s.exec(dom) ?? [];
  return JSON.parse(title.replaceAll("&quot;", '"').replaceAll("&amp;", "&"));
}

test("the browser reads the page as it was written, with its chart", () => {
  const dom = browse("--dump-dom", pageOf("red"));
  expect(dom).toContain("<h2>meters</h2>");
  expect(dom).toContain("meter-08");
  expect(dom.match(/<rect class="(good|bad)"/g)).toEqual([
    '<rect class="good"',
    '<rect class="bad"',
  ]);
});

test("bars have their colours, stand one after the other, and no text leaves the chart or the page", () => {
  const found = measured(
    "through-iotda.asked",
    `const box = (one) => one.getBoundingClientRect();
     const chart = document.querySelector("svg");
     const bars = [...chart.querySelectorAll("rect.good, rect.watch")].map(box);
     return {
       colours: [...new Set([...chart.querySelectorAll("rect.good")].map((bar) => getComputedStyle(bar).fill))],
       isInOrder: bars.every((bar, index) => index === 0 || bar.left >= bars[index - 1].left),
       outside: [...chart.querySelectorAll("text")].filter((text) =>
         box(text).right > box(chart).right || box(text).left < box(chart).left).length,
       isWider: document.documentElement.scrollWidth > innerWidth,
     };`,
  );
  expect(found).toEqual({
    ...{ colours: ["rgb(46, 125, 50)"], isInOrder: true, outside: 0, isWider: false },
  });
});

test("a page with a name that is a script runs none, whatever a browser makes of it", () => {
  const evil = `<img src=x onerror="document.title='run'"><script>document.title='run'</script>`;
  const upgrade = { name: evil, kind: evil, asked: [evil], counts: [], waves: [] };
  const report = { stack: "dev", project: "test", notes: [evil] };
  const upgrades = [
    { ...upgrade, failures: [{ deviceId: evil, reason: evil }], unnamedFailures: 0 },
  ];
  const file = join(folder, "evil.html");
  writeFileSync(file, renderReport({ ...report, upgrades }, "html"));
  const dom = browse("--dump-dom", pathToFileURL(file).href);
  expect(dom).toContain("<title>Upgrades of test, dev</title>");
  expect(dom).not.toMatch(/<(img|script)/);
});

test("it is drawn, and goes on paper", () => {
  const [picture, paper] = [join(folder, "report.png"), join(folder, "report.pdf")];
  browse("--window-size=1000,1300", `--screenshot=${picture}`, pageOf("red.asked"));
  const png = readFileSync(picture);
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1000, 1300]);
  // A blank one would be much smaller.
  expect(png.length).toBeGreaterThan(50_000);
  browse("--no-pdf-header-footer", `--print-to-pdf=${paper}`, pageOf("red.asked"));
  const pdf = readFileSync(paper, "latin1");
  expect(pdf.match(/\/Type\s*\/Page\b/g)).toHaveLength(1);
});
