// The page's stream: whether it is open stands as `data-stream` on the root (live, reconnecting, paused, polling).
// The server says hello at once. Where a proxy holds the stream back no hello comes, and the page asks now and then
// instead.
import { swapPartials } from "./htmx";
import { checkSession, isSignIn } from "./session";
import { parse } from "./sse";

const HELLO_MS = 5000;
const POLL_MS = 3000;

/** Connects the page; nothing happens on import. */
export function connect(page: Document): void {
  const root = document.documentElement;
  let hello: ReturnType<typeof setTimeout> | undefined;
  let polling: ReturnType<typeof setInterval> | undefined;

  function set(state: string): void {
    root.dataset.stream = state;
  }

  function element(): HTMLElement | null {
    return page.querySelector("[data-poll]");
  }

  function expectHello(): void {
    clearTimeout(hello);
    if (element() && !polling && !document.hidden) hello = setTimeout(startPolling, HELLO_MS);
  }

  function startPolling(): void {
    set("polling");
    let seen = element()?.dataset.seen ?? "";
    let address = element()?.dataset.poll ?? "";
    const ask = async (): Promise<void> => {
      const source = element();
      if (!source || document.hidden) return;
      if (source.dataset.poll !== address) {
        address = source.dataset.poll ?? "";
        seen = source.dataset.seen ?? "";
      }
      const separator = address.includes("?") ? "&" : "?";
      try {
        const asked = `${address}${separator}once=1&seen=${encodeURIComponent(seen)}`;
        const answer = await fetch(asked, { redirect: "manual" });
        if (isSignIn(answer)) await checkSession();
        if (!answer.ok) throw new Error(String(answer.status));
        set("polling");
        const text = await answer.text();
        if (element()?.dataset.poll !== address) return; // it answers for a list that is no longer shown
        seen = (await play(text)) || seen;
      } catch {
        set("reconnecting");
      }
    };
    polling = setInterval(() => void ask(), POLL_MS);
    void ask();
  }

  /** Does what the messages of a stream say; returns the id of the last one. */
  async function play(text: string): Promise<string> {
    let last = "";
    for (const block of text.split("\n\n")) {
      const { id, event, data } = parse(block);
      last = id || last;
      if (event) page.dispatchEvent(new CustomEvent(event, { detail: { data } }));
      else if (data) await swapPartials(data);
    }
    return last;
  }

  page.addEventListener("hello", () => {
    clearTimeout(hello);
    clearInterval(polling);
    polling = undefined;
    set("live");
  });

  page.addEventListener("htmx:sse:error", () => {
    set("reconnecting");
    clearTimeout(hello);
    void checkSession();
  });

  page.addEventListener("htmx:sse:before:connection", (event) => {
    if (root.dataset.stream === "live" && !document.hidden) set("reconnecting");
    const { connection } = (event as CustomEvent<{ connection: { attempt: number } }>).detail;
    const words = page.querySelector("[data-attempt]");
    if (words) words.textContent = connection.attempt > 1 ? `(${connection.attempt})` : "";
  });

  page.addEventListener("htmx:sse:after:connection", expectHello);

  page.addEventListener("htmx:after:swap", () => {
    if (root.dataset.stream !== "live") expectHello();
  });

  page.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      if (root.dataset.stream) set("paused");
      clearTimeout(hello);
    } else if (polling) set("polling");
    else set("reconnecting");
  });

  expectHello();
}
