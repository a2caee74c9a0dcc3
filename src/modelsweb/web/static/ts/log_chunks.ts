// The lines that stand on the page, oldest first, in chunks that the browser lays out only where they are seen. A chunk
// that rushes by in a flood is plain text until it comes into view: to build a line costs much more than to pass it by.
import { bare, html, type Line } from "./log_lines";

const CHUNK_LINES = 50;
const LINE_PIXELS = 20;

const canTell = "oncontentvisibilityautostatechange" in document.documentElement;

interface Chunk {
  element: HTMLElement;
  lines: Line[];
  isPlain: boolean;
}

export class Chunks {
  readonly lines: Line[] = [];
  private chunks: Chunk[] = [];
  private chunkOf = new WeakMap<Line, Chunk>();
  private lineOf = new WeakMap<Element, Line>();
  private chunkAt = new WeakMap<EventTarget, Chunk>();

  /** `count` hears of each line that comes (1) or goes (-1), `built` of lines that have got their elements late. */
  constructor(
    private log: HTMLElement,
    private count: (line: Line, step: 1 | -1) => void,
    private built: (lines: Line[]) => void,
  ) {
    log.addEventListener(
      "contentvisibilityautostatechange",
      (event) => {
        const chunk = event.target ? this.chunkAt.get(event.target) : undefined;
        if (chunk && !(event as ContentVisibilityAutoStateChangeEvent).skipped) this.build(chunk);
      },
      { capture: true },
    );
  }

  /** At the end. `following` more lines are in hand; where `isLazy`, what they push out of sight is not built. */
  append(fresh: Line[], following: number, isLazy: boolean): void {
    const seen = window.innerHeight / LINE_PIXELS; // as many at the end are what a following reader sees
    const passing = Math.min(fresh.length, Math.floor(fresh.length + following - seen));
    let start = 0;
    if (canTell && isLazy && passing >= CHUNK_LINES) {
      for (; start < passing; start += CHUNK_LINES)
        this.fill(this.open(), fresh.slice(start, Math.min(start + CHUNK_LINES, passing)));
      start = passing;
    }
    while (start < fresh.length) {
      let chunk = this.chunks[this.chunks.length - 1];
      if (!chunk || chunk.isPlain || chunk.lines.length >= CHUNK_LINES) chunk = this.open();
      const part = fresh.slice(start, start + CHUNK_LINES - chunk.lines.length);
      start += part.length;
      this.extend(chunk, part);
    }
    this.lines.push(...fresh);
  }

  /** A line that comes later than a younger one of another log. */
  insert(line: Line): void {
    let low = 0;
    let high = this.lines.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.lines[middle]?.stamp ?? "") <= line.stamp) low = middle + 1;
      else high = middle;
    }
    const next = this.lines[low];
    const chunk = next && this.chunkOf.get(next);
    const place = next && this.elementOf(next);
    if (!next || !chunk || !place) {
      this.append([line], 0, false);
      return;
    }
    place.insertAdjacentHTML("beforebegin", this.html(line));
    this.remember(line, place.previousElementSibling as HTMLElement);
    chunk.lines.splice(chunk.lines.indexOf(next), 0, line);
    this.chunkOf.set(line, chunk);
    this.lines.splice(low, 0, line);
    this.count(line, 1);
    if (chunk.lines.length > 2 * CHUNK_LINES) this.halve(chunk);
  }

  /** The oldest go by whole chunks: to take lines out one by one costs more than to put them in. How many went. */
  trim(maximum: number): number {
    let gone = 0;
    while (this.lines.length > maximum) {
      const chunk = this.chunks.shift() as Chunk;
      this.lines.splice(0, chunk.lines.length);
      for (const line of chunk.lines) this.count(line, -1);
      gone += chunk.lines.length;
      chunk.element.remove();
    }
    return gone;
  }

  has(line: Line): boolean {
    return this.chunkOf.get(line)?.element.isConnected ?? false;
  }

  /** The element of a line that is on the page, built now where it is not. */
  elementOf(line: Line): HTMLElement | undefined {
    const chunk = this.chunkOf.get(line);
    if (chunk) this.build(chunk);
    return line.element;
  }

  /** Shows all of a line that was cut for its length. */
  expand(line: Line): void {
    if (line.isWhole) return;
    line.isWhole = true;
    const old = this.elementOf(line);
    if (!old) return;
    old.insertAdjacentHTML("afterend", this.html(line));
    const whole = old.nextElementSibling as HTMLElement;
    whole.classList.toggle("mw-entry-at", old.classList.contains("mw-entry-at"));
    this.remember(line, whole);
    old.remove();
  }

  /** Where a line begins in the window, or where its chunk does. */
  topOf(line: Line): number {
    return (line.element ?? this.chunkOf.get(line)?.element)?.getBoundingClientRect().top ?? 0;
  }

  lineAt(element: Element): Line | undefined {
    return this.lineOf.get(element);
  }

  private html(line: Line): string {
    return html(line, this.log.dataset.more ?? "");
  }

  private open(after?: Chunk): Chunk {
    const element = document.createElement("div");
    element.className = "mw-log-chunk";
    const chunk = { element, lines: [], isPlain: false };
    this.chunkAt.set(element, chunk);
    if (after) {
      after.element.after(element);
      this.chunks.splice(this.chunks.indexOf(after) + 1, 0, chunk);
    } else {
      this.log.append(element);
      this.chunks.push(chunk);
    }
    return chunk;
  }

  private fill(chunk: Chunk, part: Line[]): void {
    chunk.isPlain = true;
    chunk.element.textContent = part.map(bare).join("\n");
    this.take(chunk, part);
  }

  private extend(chunk: Chunk, part: Line[]): void {
    this.make(chunk, part);
    this.take(chunk, part);
  }

  /** The elements of lines, at the chunk's end. */
  private make(chunk: Chunk, part: Line[]): void {
    const before = chunk.element.childElementCount;
    chunk.element.insertAdjacentHTML("beforeend", part.map((line) => this.html(line)).join(""));
    part.forEach((line, index) => {
      this.remember(line, chunk.element.children[before + index] as HTMLElement);
    });
  }

  private take(chunk: Chunk, part: Line[]): void {
    chunk.lines.push(...part);
    for (const line of part) {
      this.chunkOf.set(line, chunk);
      this.count(line, 1);
    }
  }

  private build(chunk: Chunk): void {
    if (!chunk.isPlain) return;
    chunk.isPlain = false;
    chunk.element.textContent = "";
    this.make(chunk, chunk.lines);
    this.built(chunk.lines);
  }

  private halve(chunk: Chunk): void {
    const half = this.open(chunk);
    half.element.append(...[...chunk.element.children].slice(CHUNK_LINES));
    half.lines = chunk.lines.splice(CHUNK_LINES);
    for (const line of half.lines) this.chunkOf.set(line, half);
  }

  private remember(line: Line, element: HTMLElement): void {
    line.element = element;
    this.lineOf.set(element, line);
  }
}
