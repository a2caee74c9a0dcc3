// The stream of lines: opened, read, and taken up again where it broke. Each message tells the place of its last line in
// the log; with the places of all logs the next connection begins, so nothing is lost or doubled, whichever server answers.
import { checkSession, isSignIn } from "./session";
import { parse } from "./sse";

export interface Message {
  event: string;
  data: {
    s?: string;
    at?: string;
    l?: [string, string][];
    state?: string;
    problem?: string;
    missed?: boolean;
    gap?: boolean;
    ids?: string[];
    left?: number;
  };
}

const HELLO_MS = 5000;
const POLL_MS = 2000;
const PAUSES_MS = [300, 1000, 2000, 5000];

export class LogStream {
  private places = new Map<string, string>();
  private shown = new Set<string>();
  private controller: AbortController | null = null;
  private isRunning = false;
  private isOver = false;
  private attempt = 0;
  private isPolling = false;

  constructor(
    private address: string,
    private query: string,
    private take: (message: Message) => void,
    private tell: (state: "live" | "reconnecting" | "over") => void,
  ) {
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.controller?.abort();
      else void this.run();
    });
  }

  /** Reads until the server says that it is over; again after each break. */
  async run(): Promise<void> {
    if (this.isRunning) return;
    this.isRunning = true;
    while (!this.isOver && !document.hidden) {
      try {
        await this.read();
      } catch {
        // told below, and tried again
      }
      if (this.isOver || document.hidden) break;
      if (!this.isPolling) this.tell("reconnecting");
      const pause = this.isPolling ? POLL_MS : (PAUSES_MS[Math.min(this.attempt, PAUSES_MS.length - 1)] ?? 0);
      this.attempt += 1;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
    this.isRunning = false;
    if (this.isOver) this.tell("over");
  }

  /** One connection, to its end. */
  private async read(): Promise<void> {
    const controller = new AbortController();
    this.controller = controller;
    let helloed = this.isPolling;
    const timer = setTimeout(() => {
      if (helloed) return;
      this.isPolling = true; // something on the way holds streams back
      controller.abort();
    }, HELLO_MS);
    try {
      const answer = await fetch(this.url(), {
        signal: controller.signal,
        redirect: "manual",
        cache: "no-store",
      });
      if (isSignIn(answer)) void checkSession();
      if (!answer.ok || !answer.body) throw new Error(String(answer.status));
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = "";
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        helloed = true;
        rest += value;
        if (!value.includes("\n")) continue;
        const blocks = rest.split("\n\n");
        rest = blocks.pop() ?? "";
        for (const block of blocks) this.handle(block);
        if (this.isOver) return;
      }
    } finally {
      clearTimeout(timer);
      controller.abort();
    }
  }

  private url(): string {
    const query = new URLSearchParams(this.query);
    for (const [id, place] of this.places) if (this.shown.has(id)) query.append("have", `${id}@${place}`);
    if (this.isPolling) query.set("once", "1");
    return `${this.address}?${query}`;
  }

  private handle(block: string): void {
    const { event, data } = parse(block);
    if (event === "hello") {
      this.attempt = 0;
      this.tell("live");
    }
    if (event === "close") this.isOver = true;
    if (!event || !data) return;
    const message = { event, data: JSON.parse(data) } as Message;
    const { s: id, at, ids } = message.data;
    if (id && at) this.places.set(id, at);
    if (ids) this.shown = new Set(ids);
    this.take(message);
  }
}
