// Escape leaves a page that only asks a question.

/** Connects the page; nothing happens on import. */
export function connect(page: Document): void {
  page.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing) return;
    page.querySelector<HTMLAnchorElement>("a[data-escape]")?.click();
  });
}
