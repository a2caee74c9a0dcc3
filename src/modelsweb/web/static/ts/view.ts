// What a list's toolbar does beside its links and its search, which htmx follows by their attributes.
import { announceAddress, canonicalise } from "./address";

interface HistoryUpdate {
  history: { type: "push" | "replace" };
  sourceElement?: Element;
}

/** Connects the page; nothing happens on import. */
export function connect(page: Document): void {
  let typed = false; // the first letter makes an entry in the history, the next ones change it

  page.addEventListener("focusin", (event) => {
    if ((event.target as Element).id === "search") typed = false;
  });

  page.addEventListener("htmx:before:history:update", (event) => {
    const { history, sourceElement } = (event as CustomEvent<HistoryUpdate>).detail;
    if (sourceElement?.id !== "search-form") return;
    if (typed) history.type = "replace";
    typed = true;
  });

  page.addEventListener("htmx:after:history:update", announceAddress);

  // While an input method composes a word, its letters are no search yet.
  page.addEventListener(
    "input",
    (event) => {
      if ((event.target as Element).id === "search" && (event as InputEvent).isComposing)
        event.stopImmediatePropagation();
    },
    { capture: true },
  );

  page.addEventListener("compositionend", (event) => {
    const input = event.target as HTMLInputElement;
    if (input.id === "search") input.dispatchEvent(new InputEvent("input", { bubbles: true }));
  });

  page.addEventListener("htmx:after:swap", (event) => {
    const list = page.getElementById("list");
    const input = page.querySelector<HTMLInputElement>("#search");
    if (!list || !input) return;
    const swapped = (event as CustomEvent<{ ctx?: { target?: Element } } | null>).detail?.ctx?.target;
    if (swapped === list) canonicalise();
    // The search box is never swapped while its reader types; afterwards it follows the address.
    if (page.activeElement !== input) input.value = list.dataset.q ?? "";
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
