// The log page. Lines of all streams are merged by their stamps; the oldest go beyond 20,000. While the reader has scrolled
// away nothing moves: new lines wait, and are counted.
import { Chunks } from "./log_chunks";
import { holds, type Level, Levels, type Line } from "./log_lines";
import { LogStream, type Message } from "./log_stream";
import { shown as onTerminal } from "./terminal";

const MAX_LINES = 20_000;
const GATHER_MS = 120;
const PORTION = 400;
const PORTION_MS = 12;
const FIRST_MS = 1500;
const MAX_MARKS = 2000;
/** What only the browser knows of the view, and what goes with a choice of logs. */
const OURS = ["q", "lvl", "ts", "wrap"];

/** Connects the page; nothing happens on import. */
export function connect(page: Document): void {
  const log = page.getElementById("log") as HTMLElement;
  const resume = page.getElementById("log-resume") as HTMLButtonElement;
  const follow = page.getElementById("log-follow") as HTMLButtonElement;
  const search = page.getElementById("log-search") as HTMLInputElement;
  const nothing = page.getElementById("log-nothing") as HTMLElement;
  const states = page.getElementById("log-states") as HTMLElement;
  const view = new URLSearchParams(location.search);
  const counts: Record<Level, number> = { e: 0, w: 0, o: 0 };
  const countsOf = new Map<string, number>();
  const levels = new Map<string, Levels>();
  const streams = new Map<string, { state: string; problem: string; note: string }>();
  let gathered: Line[] = [];
  let waiting: Line[] = [];
  let dropped = 0;
  let isFollowing = true;
  let hasBegun = false;

  /** The stamp of the line that the link points to, where it is not there. */
  let missing = "";
  let matches: Line[] = [];
  let current = -1;
  let hidden = new Set<string>();
  let gathering: ReturnType<typeof setTimeout> | undefined;

  const chunks = new Chunks(
    log,
    (line, step) => {
      counts[line.level] += step;
      countsOf.set(line.stream, (countsOf.get(line.stream) ?? 0) + step);
    },
    (late) => {
      if (canMark && words()) for (const line of late) if (fits(line)) light(line);
    },
  );

  const lines = chunks.lines;

  // -- lines ------------------------------------------------------------------------------------------------------------

  function take(message: Message): void {
    const id = message.data.s ?? "";
    if (message.event === "lines") {
      let level = levels.get(id);
      if (!level) {
        level = new Levels();
        levels.set(id, level);
      }
      for (const [stamp, raw] of message.data.l ?? []) {
        const line = onTerminal(raw);
        gathered.push({ stamp, stream: id, ...line, level: level.of(line.text) });
      }
    } else if (message.event === "streams") {
      for (const one of message.data.ids ?? [])
        if (!streams.has(one)) streams.set(one, { state: "opening", problem: "", note: "" });
      const pods = new Set((message.data.ids ?? []).map((one) => one.split("/")[0]));
      const containers = new Set((message.data.ids ?? []).map((one) => one.split("/")[1]));
      log.classList.toggle("mw-log-pods", pods.size > 1);
      log.classList.toggle("mw-log-boxes", containers.size > 1);
    } else if (message.event === "state" || message.event === "cut") {
      const known = streams.get(id) ?? { state: "opening", problem: "", note: "" };
      if (message.event === "cut")
        known.note = message.data.gap ? "gap" : message.data.missed ? "missed" : "older";
      else Object.assign(known, { state: message.data.state, problem: message.data.problem ?? "" });
      streams.set(id, known);
      tellStates();
    }
    if (gathering === undefined) gathering = setTimeout(settle, hasBegun ? GATHER_MS : GATHER_MS * 2);
  }

  /** The first lines wait until every log has told what it has, so that they are in order from the start. */
  function isComplete(): boolean {
    return [...streams.values()].every((one) => one.state !== "opening");
  }

  const opened = performance.now();

  function settle(): void {
    gathering = undefined;
    if (!hasBegun && !isComplete() && performance.now() - opened < FIRST_MS) {
      gathering = setTimeout(settle, GATHER_MS);
      return;
    }
    const fresh = sorted(gathered);
    gathered = [];
    if (!isFollowing) hold(fresh);
    else {
      // The rest waits for the next frame, so that a flood never stops the page; what would be dropped at once is not made.
      dropped += Math.max(0, fresh.length - MAX_LINES);
      gathered = fresh.slice(-MAX_LINES);
      const until = performance.now() + PORTION_MS;
      while (gathered.length && performance.now() < until) {
        const part = gathered.splice(0, PORTION);
        put(part, gathered.length);
      }
      shown();
      if (gathered.length) gathering = setTimeout(() => requestAnimationFrame(settle));
    }
    if (!hasBegun && !gathered.length && isComplete()) begin();
  }

  function sorted(some: Line[]): Line[] {
    return some.sort((a, b) => (a.stamp < b.stamp ? -1 : a.stamp > b.stamp ? 1 : 0));
  }

  function hold(fresh: Line[]): void {
    waiting = waiting.concat(fresh);
    if (waiting.length > MAX_LINES) {
      dropped += waiting.length - MAX_LINES;
      waiting = waiting.slice(-MAX_LINES);
    }
    tell();
  }

  /** `following` more lines are in hand. */
  function put(fresh: Line[], following: number): void {
    let start = 0;
    const last = lines[lines.length - 1]?.stamp ?? "";
    while (start < fresh.length && (fresh[start]?.stamp ?? "") < last) {
      chunks.insert(fresh[start] as Line);
      start += 1;
    }
    chunks.append(fresh.slice(start), following, hidden.size === 0);
    dropped += chunks.trim(MAX_LINES);
    markFresh(fresh);
  }

  function shown(): void {
    tell();
    if (isFollowing) toEnd();
  }

  /** What the link asked for is looked up once the first lines are there. */
  function begin(): void {
    hasBegun = true;
    const at = view.get("at");
    if (!at) return;
    const line = at === "fault" ? lastFault() : lines.find((one) => one.stamp === at);
    if (!line) {
      if (at !== "fault") missing = at;
      tellStates();
      return;
    }
    pause();
    point(line);
  }

  /** The first line of the last error: of a traceback its head. */
  function lastFault(): Line | undefined {
    let index = lines.findLastIndex((line) => line.level === "e");
    if (index < 0) return undefined;
    const stream = lines[index]?.stream;
    while (index > 0 && lines[index - 1]?.level === "e" && lines[index - 1]?.stream === stream) index -= 1;
    return lines[index];
  }

  function point(line: Line): void {
    for (const old of log.querySelectorAll(".mw-entry-at")) old.classList.remove("mw-entry-at");
    const element = chunks.elementOf(line);
    element?.classList.add("mw-entry-at");
    element?.scrollIntoView({ block: "center" });
  }

  // -- following --------------------------------------------------------------------------------------------------------

  function toEnd(): void {
    log.scrollTop = log.scrollHeight;
  }

  function pause(): void {
    isFollowing = false;
    tell();
  }

  function goOn(): void {
    isFollowing = true;
    gathered = waiting.concat(gathered);
    waiting = [];
    clearTimeout(gathering);
    settle();
  }

  let touched = Number.NEGATIVE_INFINITY;

  for (const name of ["wheel", "touchmove", "pointerdown", "keydown"])
    log.addEventListener(name, () => (touched = performance.now()), { passive: true });

  log.addEventListener(
    "scroll",
    () => {
      if (performance.now() - touched > 1000) return;
      const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 24;
      if (isFollowing && !isAtEnd) pause();
      else if (!isFollowing && isAtEnd && !waiting.length) goOn();
    },
    { passive: true },
  );

  resume.addEventListener("click", goOn);

  follow.addEventListener("click", () => (isFollowing ? pause() : goOn()));

  // -- what the page says -----------------------------------------------------------------------------------------------

  let connection: "loading" | "live" | "reconnecting" | "over" = "loading";

  function number(value: number): string {
    return value.toLocaleString(document.documentElement.lang);
  }

  function tell(): void {
    const words = follow.querySelector("span");
    const isIdle =
      streams.size > 0 &&
      [...streams.values()].every((one) => one.state === "ended" || one.state === "waiting");
    const said = page.getElementById("state")?.dataset;
    const next = said?.waits !== undefined ? "waits" : said?.next !== undefined ? "next" : "ended";
    const going = isIdle ? next : "following";
    const open = isFollowing ? going : "paused";
    const mood = connection === "live" ? open : connection === "over" ? "ended" : connection;
    if (words) words.textContent = words.dataset[mood] ?? "";
    follow.setAttribute("aria-pressed", String(isFollowing));
    resume.hidden = isFollowing || (waiting.length === 0 && connection !== "live");
    const label = resume.querySelector(".pf-v6-c-button__text");
    const key = waiting.length === 0 ? "none" : waiting.length === 1 ? "one" : "many";
    if (label) label.textContent = (resume.dataset[key] ?? "").replace("{n}", number(waiting.length));
    for (const button of page.querySelectorAll<HTMLElement>("[data-level]")) {
      const count = button.querySelector(".mw-count");
      if (count) count.textContent = number(counts[button.dataset.level as Level]);
    }
    for (const place of page.querySelectorAll<HTMLElement>("[data-lines-of]")) {
      const count = countsOf.get(place.dataset.linesOf ?? "");
      place.textContent = count ? number(count) : "";
    }
    const total = page.getElementById("log-count");
    if (total) {
      const text = (dropped ? total.dataset.words : total.dataset.all) ?? "";
      total.textContent = text.replace("{n}", number(lines.length)).replace("{dropped}", number(dropped));
    }
    const seen = (["e", "w", "o"] as Level[]).some((level) => counts[level] > 0 && !hidden.has(level));
    nothing.hidden = seen || said?.streams === "0" || (said?.waits !== undefined && isComplete());
    nothing.textContent =
      (lines.length
        ? nothing.dataset.hidden
        : isComplete() && streams.size
          ? nothing.dataset.empty
          : nothing.dataset.loading) ?? "";
  }

  function tellStates(): void {
    const found: string[] = [];
    for (const [id, one] of streams) {
      for (const key of [one.state, one.note]) {
        const words = states.dataset[key];
        if (words) found.push(words.replace("{stream}", id).replace("{problem}", one.problem));
      }
    }
    if (missing) {
      const isOlder =
        [...streams.values()].some((one) => one.note === "older") && missing < (lines[0]?.stamp ?? missing);
      const words = (isOlder ? states.dataset.lineOlder : states.dataset.lineGone) ?? "";
      found.push(words.replace("{time}", missing.slice(0, 23).replace("T", " ")));
    }
    states.replaceChildren(
      ...found.map((text) => {
        const item = document.createElement("li");
        item.textContent = text;
        return item;
      }),
    );
  }

  // -- severity, time and wrapping, kept in the address -------------------------------------------------------------------

  function remake(): void {
    const shown = view.get("lvl");
    hidden = new Set(shown === null ? [] : [..."ewo"].filter((level) => !shown.includes(level)));
    for (const level of "ewo") log.classList.toggle(`mw-log-no-${level}`, hidden.has(level));
    log.classList.toggle("mw-log-notime", view.get("ts") === "0");
    log.classList.toggle("mw-log-wrap", view.get("wrap") === "1");
    for (const button of page.querySelectorAll<HTMLElement>("[data-level]"))
      button.setAttribute("aria-pressed", String(!hidden.has(button.dataset.level ?? "")));
    page.getElementById("log-time")?.setAttribute("aria-pressed", String(view.get("ts") !== "0"));
    page.getElementById("log-wrap")?.setAttribute("aria-pressed", String(view.get("wrap") === "1"));
    if (isFollowing) toEnd();
    tell();
  }

  function set(key: string, value: string | null): void {
    if (value === null) view.delete(key);
    else view.set(key, value);
    const query = view.toString();
    history.replaceState(history.state, "", location.pathname + (query ? `?${query}` : ""));
    remake();
  }

  for (const button of page.querySelectorAll<HTMLElement>("[data-level]"))
    button.addEventListener("click", () => {
      const off = new Set(hidden);
      const level = button.dataset.level ?? "";
      if (off.has(level)) off.delete(level);
      else off.add(level);
      set("lvl", off.size ? [..."ewo"].filter((one) => !off.has(one)).join("") : null);
      mark();
    });

  function toggleTime(): void {
    set("ts", view.get("ts") === "0" ? null : "0");
  }

  function toggleWrap(): void {
    set("wrap", view.get("wrap") === "1" ? null : "1");
  }

  page.getElementById("log-time")?.addEventListener("click", toggleTime);

  page.getElementById("log-wrap")?.addEventListener("click", toggleWrap);

  // The choice of logs is a form; what only the browser knows of the view goes with it.
  const choice = page.getElementById("log-choice") as HTMLFormElement;

  choice.addEventListener("formdata", (event) => {
    for (const key of OURS) {
      const value = view.get(key);
      if (value !== null) event.formData.set(key, value);
    }
    for (const [key, value] of [...event.formData.entries()]) if (value === "") event.formData.delete(key);
  });

  function carry(event: Event): void {
    const link = (event.target as Element).closest<HTMLAnchorElement>("a[data-view]");
    if (!link) return;
    const address = new URL(link.href);
    for (const key of OURS) {
      const value = view.get(key);
      if (value === null) address.searchParams.delete(key);
      else address.searchParams.set(key, value);
    }
    link.href = address.href;
  }

  for (const name of ["click", "auxclick", "contextmenu"]) page.addEventListener(name, carry);

  page.addEventListener("change", (event) => {
    const control = event.target as HTMLInputElement;
    if (control.form === choice) choice.requestSubmit();
  });

  // -- search -----------------------------------------------------------------------------------------------------------

  const canMark = typeof Highlight !== "undefined" && "highlights" in CSS;
  const marks = canMark ? new Highlight() : (new Set() as unknown as Highlight);

  if (canMark) CSS.highlights.set("mw-match", marks);

  function textOf(line: Line): Node | null {
    return line.element?.querySelector(".mw-entry-text") ?? null;
  }

  function words(): string {
    return search.value.trim().toLowerCase();
  }

  function fits(line: Line): boolean {
    return !hidden.has(line.level) && holds(line, words());
  }

  /** Looks through all lines again. */
  function mark(): void {
    const kept = matches[current];
    matches = words() ? lines.filter(fits) : [];
    current = kept ? matches.indexOf(kept) : -1;
    if (canMark) {
      marks.clear();
      for (const line of words() ? matches.slice(-MAX_MARKS) : []) light(line);
    }
    tellMatches();
  }

  /** Looks through the lines that have just come. */
  function markFresh(fresh: Line[]): void {
    if (!words()) return;
    const found = fresh.filter((line) => chunks.has(line) && fits(line));
    const gone = matches.findIndex((line) => chunks.has(line));
    if (gone > 0) {
      matches.splice(0, gone);
      current = Math.max(-1, current - gone);
    }
    matches = matches.concat(found);
    if (canMark && marks.size >= MAX_MARKS * 2) mark();
    else {
      if (canMark) for (const line of found.slice(-MAX_MARKS)) light(line);
      tellMatches();
    }
  }

  function light(line: Line): void {
    for (const range of rangesOf(textOf(line), words())) marks.add(range);
  }

  function tellMatches(): void {
    const told = page.getElementById("log-matches");
    const text = matches.length ? told?.dataset.words : told?.dataset.none;
    if (told)
      told.textContent = words()
        ? (text ?? "").replace("{n}", number(current + 1)).replace("{all}", number(matches.length))
        : "";
    if (!canMark) return;
    const chosen = matches[current];
    CSS.highlights.set("mw-match-now", new Highlight(...(chosen ? rangesOf(textOf(chosen), words()) : [])));
  }

  /** Where the words stand in a line, whatever the colours that part them. */
  function rangesOf(node: Node | null, sought: string): StaticRange[] {
    if (!node || !sought) return [];
    const parts: { part: Node; end: number }[] = [];
    const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
    let text = "";
    for (let part = walker.nextNode(); part; part = walker.nextNode()) {
      text += (part.textContent ?? "").toLowerCase();
      parts.push({ part, end: text.length });
    }
    let index = 0;
    const place = (at: number): [Node, number] => {
      while ((parts[index]?.end ?? at) < at) index += 1;
      return [parts[index]?.part ?? node, at - (parts[index - 1]?.end ?? 0)];
    };
    const found: StaticRange[] = [];
    for (let at = text.indexOf(sought); at >= 0; at = text.indexOf(sought, at + sought.length)) {
      const [startContainer, startOffset] = place(at);
      const [endContainer, endOffset] = place(at + sought.length);
      found.push(new StaticRange({ startContainer, startOffset, endContainer, endOffset }));
    }
    return found;
  }

  function goTo(step: number): void {
    if (!matches.length) return;
    pause();
    current =
      current < 0 ? (step > 0 ? 0 : matches.length - 1) : (current + step + matches.length) % matches.length;
    const chosen = matches[current];
    if (chosen && !textOf(chosen)?.textContent?.toLowerCase().includes(words())) chunks.expand(chosen);
    const element = chosen && chunks.elementOf(chosen);
    mark();
    element?.scrollIntoView({ block: "center" });
  }

  let typing: ReturnType<typeof setTimeout> | undefined;

  function searchAgain(): void {
    clearTimeout(typing);
    typing = undefined;
    set("q", search.value.trim() || null);
    current = -1;
    mark();
    if (!matches.length) return;
    // The nearest above the end of what is in view, so that at the tail it is the newest.
    const end = log.getBoundingClientRect().bottom;
    const seen = matches.findLastIndex((line) => chunks.topOf(line) < end);
    current = Math.max(0, seen) - 1;
    goTo(1);
  }

  search.addEventListener("input", (event) => {
    if ((event as InputEvent).isComposing) return;
    clearTimeout(typing);
    typing = setTimeout(searchAgain, 200);
  });

  search.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing) {
      event.preventDefault(); // else the words go too
      log.focus({ preventScroll: true });
    }
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    // Who is quicker than the pause above gets the nearest match, and the next one by the next Enter.
    if (typing !== undefined) searchAgain();
    else goTo(event.shiftKey ? -1 : 1);
  });

  page.getElementById("log-up")?.addEventListener("click", () => goTo(-1));

  page.getElementById("log-down")?.addEventListener("click", () => goTo(1));

  // -- copying, links, keys -----------------------------------------------------------------------------------------------

  function copied(id: string, text: () => string): void {
    const button = page.getElementById(id);
    button?.addEventListener("pointerdown", () => (button.dataset.copy = text()));
    button?.addEventListener("keydown", () => (button.dataset.copy = text()));
  }

  copied("log-copy", () => {
    const withTime = view.get("ts") !== "0";
    return lines
      .filter((line) => !hidden.has(line.level))
      .map(
        (line) =>
          (withTime ? `${line.stamp} ` : "") + (streams.size > 1 ? `${line.stream} ` : "") + line.text,
      )
      .join("\n");
  });

  copied("log-link", () => location.href);

  log.addEventListener("click", (event) => {
    const more = (event.target as Element).closest(".mw-entry-more")?.parentElement;
    const cut = more ? chunks.lineAt(more) : undefined;
    if (cut) {
      pause();
      chunks.expand(cut);
      mark();
      log.focus({ preventScroll: true }); // the button is gone
      return;
    }
    const time = (event.target as Element).closest("time");
    const line = time?.parentElement ? chunks.lineAt(time.parentElement) : undefined;
    if (!line) return;
    pause();
    set("at", line.stamp);
    missing = "";
    tellStates();
    point(line);
  });

  page.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if ((event.target as Element).matches("input:not([type=checkbox]), textarea, select")) return;
    if (event.key === "/") {
      event.preventDefault();
      search.focus();
      search.select();
    } else if (event.key === "f") follow.click();
    else if (event.key === "t") toggleTime();
    else if (event.key === "w") toggleWrap();
    else if (event.key === "n" || event.key === "N") goTo(event.key === "N" ? -1 : 1);
  });

  /** The lines take what the window has left, and no page scrolls for them. */
  function layOut(): void {
    const below = [...page.querySelectorAll<HTMLElement>(".mw-log-ends, .mw-log-foot")];
    const foot = below.reduce((height, part) => height + part.offsetHeight, 0);
    const top = log.getBoundingClientRect().top + window.scrollY;
    const sheet = getComputedStyle(log.closest(".mw-sheet") as Element);
    const edge = Number.parseFloat(sheet.marginBlockEnd) + Number.parseFloat(sheet.borderBlockEndWidth);
    log.style.setProperty("--mw-log-rest", `${Math.ceil(top + foot + edge)}px`);
    const side = choice.getBoundingClientRect().top + window.scrollY;
    choice.style.setProperty("--mw-streams-rest", `${Math.ceil(side + edge)}px`);
    if (isFollowing) toEnd();
  }

  const sizes = new ResizeObserver(layOut);

  for (const part of page.querySelectorAll(".mw-log-bar, .mw-log-states, .mw-log-frame")) sizes.observe(part);

  page.addEventListener("htmx:after:swap", () => {
    layOut();
    tell();
  });

  search.value = view.get("q") ?? "";

  remake();

  const source = new LogStream(log.dataset.lines ?? "", log.dataset.query ?? "", take, (state) => {
    connection = state;
    tell();
  });

  void source.run();
}
