// Choosing rows: the bar of actions shows while something is chosen, and says how many.
function boxes(): HTMLInputElement[] {
  return [...document.querySelectorAll<HTMLInputElement>('#services input[name="item"]')];
}

function tell(): void {
  const bar = document.getElementById("bulk");
  const all = bar?.querySelector<HTMLInputElement>('input[name="all"]');
  if (!bar || !all) return;
  const items = boxes();
  const chosen = items.filter((box) => box.checked).length;
  if (chosen === 0) all.checked = false;
  bar.classList.toggle("mw-bulk-open", chosen > 0);
  const words = bar.querySelector<HTMLElement>(".mw-bulk-count");
  if (words) {
    const text = chosen === 1 ? words.dataset.one : words.dataset.many;
    words.textContent = (text ?? "").replace("{n}", String(chosen));
  }
  const page = document.querySelector<HTMLInputElement>("#select-page");
  if (page) {
    page.checked = chosen > 0 && chosen === items.length;
    page.indeterminate = chosen > 0 && chosen < items.length;
  }
}

document.addEventListener("change", (event) => {
  const box = event.target as HTMLInputElement;
  if (box.id === "select-page") for (const item of boxes()) item.checked = box.checked;
  if (box.id === "select-page" || box.name === "item") tell();
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
