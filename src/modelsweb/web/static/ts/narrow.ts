// A menu of many values has a field that hides those without the words typed; Enter takes the only one that is left.

/** Connects the page; nothing happens on import. */
export function connect(page: Document): void {
  function fields(): NodeListOf<HTMLInputElement> {
    return page.querySelectorAll<HTMLInputElement>("input[data-narrows]");
  }

  function choices(field: HTMLInputElement): HTMLElement[] {
    const list = page.getElementById(field.dataset.narrows ?? "");
    return list ? [...list.children].filter((one): one is HTMLElement => one instanceof HTMLElement) : [];
  }

  function narrow(field: HTMLInputElement): void {
    field.hidden = false;
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const choice of choices(field)) {
      const text = choice.textContent?.toLowerCase() ?? "";
      choice.hidden = !words.every((word) => text.includes(word));
    }
  }

  function narrowAll(): void {
    for (const field of fields()) narrow(field);
  }

  page.addEventListener("input", (event) => {
    const field = event.target as HTMLInputElement;
    if (field.dataset.narrows) narrow(field);
  });

  page.addEventListener("keydown", (event) => {
    const field = event.target as HTMLInputElement;
    if (event.key !== "Enter" || !field.dataset?.narrows || event.isComposing) return;
    event.preventDefault();
    const left = choices(field).filter((choice) => !choice.hidden);
    if (left.length === 1) left[0]?.querySelector("a")?.click();
  });

  page.addEventListener("htmx:after:swap", narrowAll);

  narrowAll();
}
