// A part of a service that is changed in place: the first field, or the save, is at hand; Escape and Cancel close it and lead back.
/** Connects the page; nothing happens on import. */
export function connect(page: Document): void {
  const found = page.getElementById("change-place");
  if (!found) return;
  const place = found;
  let opener: HTMLAnchorElement | null = null;

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

  page.addEventListener("htmx:after:swap", () => {
    const first =
      place.querySelector<HTMLElement>("[data-focus]") ??
      place.querySelector<HTMLElement>("input:not([type=hidden]), textarea, select, a");
    if (!first || place.contains(page.activeElement)) return;
    first.focus();
    if (first instanceof HTMLInputElement) first.select();
  });
}
