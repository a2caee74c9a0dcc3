// What a list's toolbar does beside its links and its search, which htmx follows by their attributes.
import { announceAddress, canonicalise } from "./address";

interface HistoryUpdate {
  history: { type: "push" | "replace" };
  sourceElement?: Element;
}

interface Swap {
  ctx?: { target?: Element; response?: { raw?: Response } };
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

  // An error is a page of its own: it has no list that could take the place of the one that is shown.
  page.addEventListener("htmx:before:swap", (event) => {
    const { ctx } = (event as CustomEvent<Swap>).detail;
    const raw = ctx?.response?.raw;
    if (event.defaultPrevented || ctx?.target?.id !== "list" || !raw || raw.status < 400) return;
    event.preventDefault();
    location.assign(raw.url);
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
    if ((event as CustomEvent<Swap | null>).detail?.ctx?.target === list) canonicalise();
    // The search box is never swapped while its reader types; afterwards it follows the address.
    if (page.activeElement !== input) input.value = list.dataset.q ?? "";
  });

  // One menu is open at a time, and a click elsewhere or Escape closes it.
  function closeMenus(except: Element | null): void {
    for (const menu of page.querySelectorAll<HTMLDetailsElement>("details.mw-menu[open]")) {
      if (menu !== except) menu.open = false;
    }
  }

  // One that has no room to the right opens to the left; what is swapped while it is open forgets that.
  function placeMenus(): void {
    for (const menu of page.querySelectorAll("details.mw-menu[open]")) {
      const right = menu.querySelector(".mw-menu-panel")?.getBoundingClientRect().right ?? 0;
      if (right > page.documentElement.clientWidth) menu.classList.add("mw-menu-end");
    }
  }

  page.addEventListener("toggle", placeMenus, { capture: true });
  page.addEventListener("htmx:after:swap", placeMenus);

  page.addEventListener(
    "click",
    (event) => {
      const target = event.target as Element | null;
      closeMenus(target?.closest("details.mw-menu") ?? null);
      // A link that is to open elsewhere is the browser's: htmx would keep it from that and do nothing.
      const isElsewhere = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
      if (isElsewhere && target?.closest("a[href]")) event.stopPropagation();
    },
    { capture: true },
  );

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
