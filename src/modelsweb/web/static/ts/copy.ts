// Buttons that copy: `data-copy` holds the text, or `data-copy-from` the id of the element that does.
const SHOWN_MS = 2000;
// Plain http other than localhost has no clipboard API.
function copyByHand(text: string): void {
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "pf-v6-screen-reader";
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

function announce(text: string): void {
  const region = document.getElementById("announcer");
  if (region) region.textContent = text;
}

/** Connects the page; nothing happens on import. */
export function connect(page: Document): void {
  async function copy(button: HTMLElement): Promise<void> {
    const source = button.dataset.copyFrom;
    const text = button.dataset.copy ?? (source ? (page.getElementById(source)?.textContent ?? "") : "");
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      copyByHand(text);
    }
    const label = button.getAttribute("aria-label") ?? "";
    button.setAttribute("aria-label", button.dataset.copied ?? label);
    button.dataset.state = "copied";
    announce(button.dataset.copied ?? "");
    setTimeout(() => {
      button.setAttribute("aria-label", label);
      delete button.dataset.state;
    }, SHOWN_MS);
  }

  page.addEventListener("click", (event) => {
    const button = (event.target as Element | null)?.closest<HTMLElement>("[data-copy], [data-copy-from]");
    if (button) void copy(button);
  });
}
