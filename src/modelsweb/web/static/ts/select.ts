// Choosing rows: the bar of actions shows while something is chosen, and says how many.

/** Connects the page; nothing happens on import. */
export function connect(page: Document): void {
  function boxes(): HTMLInputElement[] {
    return [...page.querySelectorAll<HTMLInputElement>('#services input[name="item"]')];
  }

  function tell(): void {
    const bar = page.getElementById("bulk");
    const all = bar?.querySelector<HTMLInputElement>('input[name="all"]');
    if (!bar || !all) return;
    const items = boxes();
    const matching = Number(page.getElementById("pager")?.dataset.matching ?? 0);
    const here = items.filter((box) => box.checked).length;
    if (here === 0) all.checked = false;
    const label = bar.querySelector<HTMLElement>(".mw-bulk-all span");
    const most = Number(label?.dataset.max ?? matching);
    const chosen = all.checked ? Math.min(matching, most) : here;
    bar.classList.toggle("mw-bulk-open", here > 0);
    const words = (matching > most ? label?.dataset.first : label?.dataset.words) ?? "";
    if (label)
      label.textContent = words
        .replace("{n}", String(Math.min(matching, most)))
        .replace("{all}", String(matching));
    const count = bar.querySelector<HTMLElement>(".mw-bulk-count");
    if (count) {
      const text = chosen === 1 ? count.dataset.one : count.dataset.many;
      count.textContent = (text ?? "").replace("{n}", String(chosen));
    }
    const whole = page.querySelector<HTMLInputElement>("#select-page");
    if (whole) {
      whole.checked = here > 0 && here === items.length;
      whole.indeterminate = here > 0 && here < items.length;
    }
  }

  page.addEventListener("change", (event) => {
    const box = event.target as HTMLInputElement;
    if (box.id === "select-page") for (const item of boxes()) item.checked = box.checked;
    if (box.id === "select-page" || box.name === "item" || box.name === "all") tell();
  });

  // The bar stands over the page's end: from the box that opened it Tab goes there, and from there back to the rows.
  let lastBox: HTMLElement | null = null;

  page.addEventListener("keydown", (event) => {
    const bar = page.getElementById("bulk");
    if (event.key !== "Tab" || !bar?.classList.contains("mw-bulk-open")) return;
    const target = event.target as HTMLInputElement;
    const stops = [...bar.querySelectorAll<HTMLElement>("button, input")];
    let next: HTMLElement | undefined;
    if (!event.shiftKey && (target.id === "select-page" || target.name === "item")) {
      lastBox = target;
      next = stops[0];
    } else if (event.shiftKey && target === stops[0]) next = lastBox ?? undefined;
    else if (!event.shiftKey && target === stops[stops.length - 1])
      next = lastBox?.closest("tr")?.querySelector<HTMLElement>(".mw-c-name a") ?? undefined;
    if (!next?.isConnected) return;
    event.preventDefault();
    next.focus();
  });

  page.addEventListener("click", (event) => {
    if (!(event.target as Element | null)?.closest("#select-none")) return;
    for (const item of boxes()) item.checked = false;
    tell();
  });

  page.addEventListener("mw:rows", tell);

  page.addEventListener("htmx:after:swap", tell);

  addEventListener("pageshow", tell);

  tell(); // boxes may have been checked before this script came
}
