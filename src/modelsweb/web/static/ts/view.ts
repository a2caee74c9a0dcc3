// Filters, order, columns and pages are links; with script only the list is swapped and the page stays.
import { announceAddress } from "./address";
import { htmx } from "./htmx";

const TYPING_MS = 300;

/** Connects the page; nothing happens on import. */
export function connect(page: Document): void {
  function list(): HTMLElement | null {
    return page.getElementById("list");
  }

  async function show(url: string, history: "push" | "replace"): Promise<void> {
    await htmx.ajax("GET", url, {
      target: "#list",
      select: "#list",
      swap: "outerMorph",
      [history]: "true",
    });
    announceAddress();
  }

  page.addEventListener("click", (event) => {
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    )
      return;
    const link = (event.target as Element | null)?.closest<HTMLAnchorElement>("a[data-view]");
    if (!link || !list()) return;
    event.preventDefault();
    void show(link.href, "push");
  });

  let typing: ReturnType<typeof setTimeout> | undefined;

  let typed = false; // the first letter makes an entry in the history, the next ones change it

  function searchFor(input: HTMLInputElement): void {
    const base = new URL(input.dataset.base ?? location.pathname, location.href);
    const rest = base.search.slice(1).replace(/(^|&)q=[^&]*/, "");
    const query = [`q=${encodeURIComponent(input.value.trim())}`, ...rest.split("&").filter(Boolean)].join(
      "&",
    );
    void show(`${base.pathname}?${query}`, typed ? "replace" : "push");
    typed = true;
  }

  page.addEventListener("input", (event) => {
    const input = event.target as HTMLInputElement;
    if (input.id !== "search" || !list() || (event as InputEvent).isComposing) return;
    clearTimeout(typing);
    typing = setTimeout(() => searchFor(input), TYPING_MS);
  });

  page.addEventListener("compositionend", (event) => {
    const input = event.target as HTMLInputElement;
    if (input.id === "search" && list()) searchFor(input);
  });

  page.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (form.id !== "search-form") return;
    event.preventDefault();
    clearTimeout(typing);
    const input = form.querySelector<HTMLInputElement>("#search");
    if (input) searchFor(input);
  });

  page.addEventListener("focusin", (event) => {
    if ((event.target as Element).id === "search") typed = false;
  });

  // The search box is never swapped while its reader types; afterwards it follows the address.
  page.addEventListener("htmx:after:swap", () => {
    const input = page.querySelector<HTMLInputElement>("#search");
    const query = list()?.dataset.q;
    if (input && query !== undefined && document.activeElement !== input) input.value = query;
  });

  // One menu is open at a time, and a click elsewhere or Escape closes it.
  function closeMenus(except: Element | null): void {
    for (const menu of page.querySelectorAll<HTMLDetailsElement>("details.mw-menu[open]")) {
      if (menu !== except) menu.open = false;
    }
  }

  page.addEventListener("click", (event) => {
    closeMenus((event.target as Element | null)?.closest("details.mw-menu") ?? null);
  });

  page.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target as HTMLElement;
    if (event.key === "Escape") {
      const menu = target.closest<HTMLDetailsElement>("details.mw-menu[open]");
      closeMenus(null);
      menu?.querySelector("summary")?.focus();
      return;
    }
    if (target.matches("input, textarea, select, [contenteditable]")) return;
    if (event.key === " " && target.matches('a[role="checkbox"], a[role="switch"]')) {
      event.preventDefault(); // a link would scroll the page
      target.click();
    } else if (event.key === "/") {
      const input = page.querySelector<HTMLInputElement>("#search");
      if (input) {
        event.preventDefault();
        input.focus();
        input.select();
      }
    } else if (event.key === "f") {
      page.querySelector<HTMLAnchorElement>("#faults")?.click();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") walk(event);
    else if (event.key === "x")
      target.closest("tbody")?.querySelector<HTMLInputElement>('input[name="item"]')?.click();
  });

  /** Up and down go from row to row by their names; Enter on one opens it, x chooses it. */
  function walk(event: KeyboardEvent): void {
    const names = [...page.querySelectorAll<HTMLElement>("table[data-rows] tbody .mw-c-name a")];
    const row = (event.target as HTMLElement).closest("tbody");
    const at = names.findIndex((name) => name.closest("tbody") === row);
    if (at < 0 && (event.key === "ArrowUp" || event.target !== document.body)) return;
    const next = names[event.key === "ArrowDown" ? at + 1 : at - 1];
    if (!next) return;
    event.preventDefault();
    next.focus();
  }
}
