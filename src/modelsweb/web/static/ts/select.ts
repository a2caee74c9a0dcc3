// Choosing rows: the bar of actions shows while something is chosen, and says how many.
function boxes(): HTMLInputElement[] {
  return [...document.querySelectorAll<HTMLInputElement>('#services input[name="item"]')];
}

function tell(): void {
  const bar = document.getElementById("bulk");
  const all = bar?.querySelector<HTMLInputElement>('input[name="all"]');
  if (!bar || !all) return;
  const items = boxes();
  const matching = Number(document.getElementById("pager")?.dataset.matching ?? 0);
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
  const page = document.querySelector<HTMLInputElement>("#select-page");
  if (page) {
    page.checked = here > 0 && here === items.length;
    page.indeterminate = here > 0 && here < items.length;
  }
}

document.addEventListener("change", (event) => {
  const box = event.target as HTMLInputElement;
  if (box.id === "select-page") for (const item of boxes()) item.checked = box.checked;
  if (box.id === "select-page" || box.name === "item" || box.name === "all") tell();
});

// The bar stands over the page's end: from the box that opened it Tab goes there, and from there back to the rows.
let lastBox: HTMLElement | null = null;

document.addEventListener("keydown", (event) => {
  const bar = document.getElementById("bulk");
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

document.addEventListener("click", (event) => {
  if (!(event.target as Element | null)?.closest("#select-none")) return;
  for (const item of boxes()) item.checked = false;
  tell();
});

document.addEventListener("mw:rows", tell);
document.addEventListener("htmx:after:swap", tell);
addEventListener("pageshow", tell);
tell(); // boxes may have been checked before this script came
