// A menu of many values has a field that hides those without the words typed; Enter takes the only one that is left.
function fields(): NodeListOf<HTMLInputElement> {
  return document.querySelectorAll<HTMLInputElement>("input[data-narrows]");
}

function choices(field: HTMLInputElement): HTMLElement[] {
  const list = document.getElementById(field.dataset.narrows ?? "");
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

document.addEventListener("input", (event) => {
  const field = event.target as HTMLInputElement;
  if (field.dataset.narrows) narrow(field);
});

document.addEventListener("keydown", (event) => {
  const field = event.target as HTMLInputElement;
  if (event.key !== "Enter" || !field.dataset?.narrows || event.isComposing) return;
  event.preventDefault();
  const left = choices(field).filter((choice) => !choice.hidden);
  if (left.length === 1) left[0]?.querySelector("a")?.click();
});

document.addEventListener("htmx:after:swap", narrowAll);
narrowAll();
