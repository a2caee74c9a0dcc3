// The small lines in the list: requests of the last hour, errors in the colour of errors. One question for all rows of a
// page. An element of our own keeps what it draws to itself, so that live updates of its row leave it alone.

interface Spark {
  requests: (number | null)[];
  errors: (number | null)[];
}
const EVERY_MS = 60_000;
const SOON_MS = 1000;
const [WIDTH, HEIGHT] = [52, 16];

export function path(values: (number | null)[], top: number): string {
  const step = WIDTH / Math.max(1, values.length - 1);
  let isDown = false;
  return values
    .map((value, index) => {
      if (value === null) {
        isDown = false;
        return "";
      }
      const place = `${(index * step).toFixed(1)},${(HEIGHT - 1 - (value / top) * (HEIGHT - 2)).toFixed(1)}`;
      const mark = `${isDown ? "L" : "M"}${place}`;
      isDown = true;
      return mark;
    })
    .join("");
}

export function total(values: (number | null)[]): number {
  return values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
}

export function mean(values: (number | null)[]): number {
  return total(values) / Math.max(1, values.filter((value) => value !== null).length);
}

/** Connects the page; nothing happens on import. */
export function connect(page: Document): void {
  const language = document.documentElement.lang;
  const number = new Intl.NumberFormat(language, { maximumSignificantDigits: 2 });
  const percent = new Intl.NumberFormat(language, { style: "percent", maximumSignificantDigits: 2 });
  const sheet = new CSSStyleSheet();

  sheet.replaceSync(`
    svg { inline-size: ${WIDTH}px; block-size: ${HEIGHT}px; overflow: visible; }
    path { fill: none; stroke-width: 1.5; stroke: var(--mw-s1); }
    .bad { stroke: var(--mw-failed); }
    span { font-variant-numeric: tabular-nums; }
  `);

  let known: Record<string, Spark> = {};

  const asked = new Set<string>(); // rows that a question was for, so that those without figures are not asked for again

  let timer: ReturnType<typeof setTimeout> | undefined;

  class SparkElement extends HTMLElement {
    connectedCallback(): void {
      if (!this.shadowRoot) this.attachShadow({ mode: "open" }).adoptedStyleSheets = [sheet];
      this.draw();
    }

    draw(): void {
      const words = page.getElementById("services")?.dataset;
      const spark = known[this.dataset.of ?? ""];
      if (!this.shadowRoot || !words) return;
      if (!spark) {
        this.shadowRoot.replaceChildren();
        return;
      }
      const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      drawing.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
      drawing.setAttribute("aria-hidden", "true");
      const top = Math.max(...spark.requests.map((value) => value ?? 0), 1e-9);
      const [requests, errors] = [mean(spark.requests), mean(spark.errors)];
      for (const [values, name] of [
        ...(requests > 0 ? [[spark.requests, ""] as const] : []),
        ...(errors > 0 ? [[spark.errors, "bad"] as const] : []),
      ] as [(number | null)[], string][]) {
        const line = document.createElementNS(drawing.namespaceURI, "path") as SVGPathElement;
        line.setAttribute("d", path(values, top));
        line.setAttribute("class", name);
        drawing.append(line);
      }
      const value = document.createElement("span");
      value.textContent = `${number.format(requests)}/s`;
      const share = total(spark.errors) / Math.max(total(spark.requests), 1e-9);
      this.title = [
        (words.rate ?? "").replace("{n}", number.format(requests)),
        ...(errors > 0 ? [(words.errors ?? "").replace("{share}", percent.format(share))] : []),
      ].join(", ");
      this.shadowRoot.replaceChildren(drawing, value);
    }
  }

  customElements.define("mw-sparkline", SparkElement);

  function shown(): NodeListOf<SparkElement> {
    return page.querySelectorAll<SparkElement>("mw-sparkline");
  }

  async function load(): Promise<void> {
    clearTimeout(timer);
    timer = setTimeout(load, EVERY_MS);
    const url = page.getElementById("services")?.dataset.sparklines;
    if (!url || document.hidden) return;
    try {
      const answer = await fetch(url, { cache: "no-store" });
      if (!answer.ok) return;
      known = await answer.json();
      for (const element of shown()) element.draw();
    } catch {
      // the list goes on without; the next minute may bring them
    }
  }

  /** Other rows, or another page of the table: asked for soon, together. */
  function soon(): void {
    const fresh = [...shown()].map((element) => element.dataset.of ?? "").filter((name) => !asked.has(name));
    if (!fresh.length) return;
    for (const name of fresh) asked.add(name);
    clearTimeout(timer);
    timer = setTimeout(load, SOON_MS);
  }

  for (const element of shown()) asked.add(element.dataset.of ?? "");

  if (asked.size) void load();

  page.addEventListener("htmx:after:swap", soon);
}
