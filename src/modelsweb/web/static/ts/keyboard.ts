// Escape leaves a page that only asks a question, Ctrl Enter does what it asks about.

/** Connects the page; nothing happens on import. */
export function connect(page: Document): void {
  page.addEventListener("keydown", (event) => {
    if (event.isComposing || event.defaultPrevented) return;
    if (event.key === "Escape") page.querySelector<HTMLAnchorElement>("a[data-escape]")?.click();
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.repeat) return;
    const apply = page.querySelector<HTMLButtonElement>("button[data-apply]");
    const from = event.target as Node | null;
    if (apply && (from === page.body || apply.form?.contains(from))) apply.click();
  });
}
