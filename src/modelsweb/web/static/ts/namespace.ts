// The namespace selector goes where it points as soon as it is changed; without script its button does.

/** Connects the page; nothing happens on import. */
export function connect(page: Document): void {
  page.addEventListener("change", (event) => {
    const select = event.target as HTMLSelectElement | null;
    if (select?.matches("select[data-navigate]")) select.form?.requestSubmit();
  });
}
