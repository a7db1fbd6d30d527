import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { WebSocket } from "undici";

import { chromium, HEADLESS } from "./chromium";

interface Answer {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** How the page is looked at. */
interface Looks {
  readonly width: number;
  readonly height: number;
  readonly isDark?: boolean;
}

/** A page in a browser without a window, driven over the DevTools protocol. */
export class Page {
  /** What the page complained about: errors, and what its policy forbade. */
  readonly complaints: string[] = [];
  private readonly browser: ChildProcess;
  private readonly profile: string;
  private readonly socket: WebSocket;
  private readonly waiting = new Map<number, (answer: Answer) => void>();
  private lastId = 0;

  private constructor(browser: ChildProcess, profile: string, socket: WebSocket) {
    this.browser = browser;
    this.profile = profile;
    this.socket = socket;
    socket.addEventListener("message", ({ data }) => {
      const answer = JSON.parse(String(data)) as Answer;
      if (answer.id !== undefined) this.waiting.get(answer.id)?.(answer);
      else if (isComplaint(answer)) this.complaints.push(JSON.stringify(answer.params));
    });
  }

  static async open(url: string, looks: Looks): Promise<Page> {
    const profile = mkdtempSync(join(tmpdir(), "huawei-ota-browser-"));
    const browser = spawn(
      chromium(),
      [...HEADLESS, ...["--remote-debugging-port=0", `--user-data-dir=${profile}`, "about:blank"]],
      { stdio: ["ignore", "ignore", "pipe"] },
    );
    const socket = new WebSocket(await addressOf(browser));
    await new Promise((resolve, reject) => {
      socket.addEventListener("open", resolve);
      socket.addEventListener("error", reject);
    });
    const page = new Page(browser, profile, socket);
    await page.send("Runtime.enable");
    await page.send("Log.enable");
    await page.look(looks);
    await page.go(url);
    return page;
  }

  async go(url: string): Promise<void> {
    await this.send("Page.navigate", { url });
  }

  /** Nothing moves by itself, so that each look is the last. */
  async look({ width, height, isDark = false }: Looks): Promise<void> {
    const metrics = { width, height, deviceScaleFactor: 1, mobile: false };
    await this.send("Emulation.setDeviceMetricsOverride", metrics);
    const features = [
      { name: "prefers-color-scheme", value: isDark ? "dark" : "light" },
      { name: "prefers-reduced-motion", value: "reduce" },
    ];
    await this.send("Emulation.setEmulatedMedia", { features });
  }

  /** What an expression comes to in the page. */
  async evaluate<Value>(expression: string): Promise<Value> {
    const given = { expression, returnByValue: true, awaitPromise: true };
    const { result, exceptionDetails } = (await this.send("Runtime.evaluate", given)) as {
      readonly result: { readonly value: Value };
      readonly exceptionDetails?: unknown;
    };
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
    return result.value;
  }

  /** Waits until an expression is true in the page. */
  async until(expression: string): Promise<void> {
    const givenUpAt = Date.now() + 30_000;
    while (!(await this.evaluate<boolean>(expression))) {
      if (Date.now() > givenUpAt) {
        const text = await this.evaluate<string>("document.body.innerText");
        throw new Error(`It never came to ${expression}; the page says:\n${text}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async screenshot(file: string): Promise<void> {
    const { data } = (await this.send("Page.captureScreenshot", { format: "png" })) as {
      readonly data: string;
    };
    writeFileSync(file, Buffer.from(data, "base64"));
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.browser.once("exit", resolve));
    this.socket.close();
    this.browser.kill();
    await ended;
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }

  private send(method: string, params: object = {}): Promise<unknown> {
    this.lastId += 1;
    const id = this.lastId;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, ({ result, error }) => {
        this.waiting.delete(id);
        if (error === undefined) resolve(result);
        else reject(new Error(`${method}: ${error.message}`));
      });
      this.socket.send(JSON.stringify({ id, method, params }));
    });
  }
}

function isComplaint({ method, params }: Answer): boolean {
  if (method === "Runtime.exceptionThrown") return true;
  const { entry } = (params ?? {}) as { readonly entry?: { readonly level: string } };
  return method === "Log.entryAdded" && entry?.level === "error";
}

/** Where the only page of a browser is spoken to, once the browser has said where it listens. */
function addressOf(browser: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    browser.stderr?.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      const port = /DevTools listening on ws:\/\/[^:]+:(\d+)\//.exec(said)?.[1];
      if (port === undefined) return;
      browser.stderr?.removeAllListeners("data").resume();
      fetch(`http://127.0.0.1:${port}/json/list`)
        .then((reply) => reply.json())
        .then((targets) => {
          const all = targets as { type: string; webSocketDebuggerUrl: string }[];
          resolve(all.find(({ type }) => type === "page")?.webSocketDebuggerUrl ?? "");
        })
        .catch(reject);
    });
    browser.once("error", reject);
    browser.once("exit", () => {
      reject(new Error(`Chromium ended:\n${said}`));
    });
  });
}
