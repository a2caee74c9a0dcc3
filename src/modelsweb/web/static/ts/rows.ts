// The table's rows as the stream changes them. What a row says changes in place at once; that rows come, go and move
// waits while the pointer or the focus is on the table, so that nobody clicks on what was not there a moment ago.
import { swapPartials } from "./htmx";

interface Change {
  order: string[] | null;
  rows: Record<string, string>;
}

interface Swapped {
  ctx?: { target?: Element; swap?: string };
}

export function made(html: string): HTMLElement | null {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.firstElementChild as HTMLElement | null;
}

/** Connects the page; nothing happens on import. */
export function connect(page: Document): void {
  let wanted: string[] | null = null;
  const fresh = new Map<string, string>();

  function table(): HTMLTableElement | null {
    return page.querySelector("table[data-rows]");
  }

  function rowOf(key: string): HTMLElement | null {
    return page.getElementById(`row-${key}`);
  }

  function shown(): string[] {
    return [...(table()?.tBodies ?? [])].map((row) => row.id.slice("row-".length));
  }

  function isInUse(): boolean {
    const rows = table();
    if (!rows) return false;
    const focus = document.activeElement;
    return (
      rows.querySelector("tbody:hover") !== null || (focus?.closest("tbody") && rows.contains(focus)) === true
    );
  }

  function arrange(): void {
    const rows = table();
    if (!rows || !wanted) return;
    const keep = new Set(wanted);
    for (const row of [...rows.tBodies]) {
      if (!keep.has(row.id.slice("row-".length))) row.remove();
    }
    let next: Element | null = rows.tBodies[0] ?? null;
    for (const key of wanted) {
      const row = rowOf(key) ?? made(fresh.get(key) ?? "");
      if (!row) continue;
      if (row === next) next = row.nextElementSibling;
      else rows.insertBefore(row, next);
    }
    wanted = null;
    fresh.clear();
    tell();
    page.dispatchEvent(new Event("mw:rows"));
  }

  function waiting(): number {
    if (!wanted) return 0;
    const now = shown();
    const keep = new Set(wanted);
    const there = new Set(now);
    const changes =
      now.filter((key) => !keep.has(key)).length + wanted.filter((key) => !there.has(key)).length;
    return changes || (now.join() === wanted.join() ? 0 : 1);
  }

  function tell(): void {
    const chip = page.getElementById("waiting");
    if (!chip) return;
    const count = waiting();
    const words = chip.querySelector("b");
    chip.hidden = count === 0;
    const text = count === 1 ? chip.dataset.one : chip.dataset.many;
    if (words) words.textContent = (text ?? "").replace("{n}", String(count));
  }

  function settle(): void {
    if (wanted && !isInUse()) arrange();
  }

  async function apply(change: Change): Promise<void> {
    const partials: string[] = [];
    for (const [key, html] of Object.entries(change.rows)) {
      if (rowOf(key))
        partials.push(`<hx-partial hx-target="#row-${key}" hx-swap="outerMorph">${html}</hx-partial>`);
      else fresh.set(key, html);
    }
    if (change.order) wanted = change.order;
    if (partials.length) await swapPartials(partials.join(""));
    if (!wanted) return;
    if (isInUse()) tell();
    else arrange();
  }

  page.addEventListener("rows", (event) => {
    void apply(JSON.parse((event as CustomEvent<{ data: string }>).detail.data) as Change);
  });

  page.addEventListener("click", (event) => {
    if ((event.target as Element | null)?.closest("#waiting")) arrange();
  });

  page.addEventListener("focusout", () => setTimeout(settle));

  page.addEventListener("pointerout", (event) => {
    if ((event.target as Element | null)?.closest("table[data-rows]")) setTimeout(settle);
  });

  // Another view brings its own rows; what was kept for the former is void.
  page.addEventListener("htmx:after:swap", (event) => {
    const swapped = (event as CustomEvent<Swapped | null>).detail?.ctx;
    const isPage = swapped?.target === page.body && !swapped.swap?.startsWith("none"); // by the back button
    if (!isPage && swapped?.target?.id !== "list") return;
    wanted = null;
    fresh.clear();
    tell();
  });
}
