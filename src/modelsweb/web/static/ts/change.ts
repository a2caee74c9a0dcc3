// A part of a service that is changed in place: the first field, or the save, is at hand; Escape and Cancel close it and lead back.
interface Swap {
  ctx?: { target?: Element; text?: string };
}

/** Connects the page; nothing happens on import. */
export function connect(page: Document): void {
  const found = page.getElementById("change-place");
  if (!found) return;
  const place = found;
  let opener: HTMLAnchorElement | null = null;
  /** What is secret comes back from no server: it stays here while an answer takes the place of its field. */
  let secrets = new Map<string, string>();

  function secretFields(): (HTMLInputElement | HTMLTextAreaElement)[] {
    return [...place.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("[data-keep]")];
  }

  function isOurs(target: Element | undefined): boolean {
    return target === place || target?.id === "change";
  }

  function close(): void {
    place.replaceChildren();
    // The stream may have put another link in its place.
    const href = opener?.getAttribute("href") ?? "";
    const link = opener?.isConnected
      ? opener
      : page.querySelector<HTMLElement>(`a[href="${CSS.escape(href)}"]`);
    (link?.closest("details:not([open])")?.querySelector("summary") ?? link)?.focus();
    opener = null;
  }

  page.addEventListener("click", (event) => {
    const link = (event.target as Element | null)?.closest<HTMLAnchorElement>("a");
    if (!link) return;
    if (link.getAttribute("hx-target") === "#change-place") opener = link;
    if (!place.contains(link) || link.dataset.escape === undefined) return;
    event.preventDefault();
    close();
  });

  page.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape" || event.isComposing || !place.contains(event.target as Node)) return;
      event.stopImmediatePropagation();
      close();
    },
    { capture: true },
  );

  // An error is a page of its own: it must not take the place of what was entered.
  page.addEventListener("htmx:before:swap", (event) => {
    const { ctx } = (event as CustomEvent<Swap>).detail;
    if (isOurs(ctx?.target)) secrets = new Map(secretFields().map((field) => [field.name, field.value]));
    if (!isOurs(ctx?.target) || !ctx?.text || ctx.text.includes('id="change"')) return;
    event.preventDefault();
    const said =
      new DOMParser().parseFromString(ctx.text, "text/html").querySelector("main")?.textContent ?? "";
    const note = page.createElement("p");
    note.className = "mw-error";
    note.setAttribute("role", "alert");
    note.textContent = said.replace(/\s+/g, " ").trim() || (place.dataset.failed ?? "");
    place.querySelector(".mw-error[role=alert]:not([id])")?.remove();
    (place.querySelector("form") ?? place).prepend(note);
  });

  page.addEventListener("htmx:after:swap", (event) => {
    if (!isOurs((event as CustomEvent<Swap>).detail?.ctx?.target)) return;
    for (const field of secretFields()) field.value = secrets.get(field.name) ?? "";
    secrets = new Map();
    const first =
      place.querySelector<HTMLElement>("[data-focus]") ??
      place.querySelector<HTMLElement>("input:not([type=hidden]), textarea, select, a");
    if (!first || place.contains(page.activeElement)) return;
    first.focus();
    if (first instanceof HTMLInputElement) first.select();
  });
}
