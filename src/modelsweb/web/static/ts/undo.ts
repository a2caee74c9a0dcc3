// What cannot be undone is sent some seconds after it was pressed, and can be taken back until then.
const SECONDS = 5;

/** Connects the page; nothing happens on import. */
export function connect(page: Document): void {
  page.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (!(form instanceof HTMLFormElement) || form.dataset.undo === undefined) return;
      if (form.dataset.waiting !== undefined) {
        event.preventDefault(); // it is on its way: a second press changes nothing
        return;
      }
      const typed = form.querySelector<HTMLInputElement>("input[data-expected]");
      if (typed && typed.value.trim() !== typed.dataset.expected) return; // the server says what is wrong
      event.preventDefault();
      wait(page, form);
    },
    { capture: true },
  );
}

function wait(page: Document, form: HTMLFormElement): void {
  const note = page.createElement("p");
  note.className = "mw-undo";
  note.setAttribute("role", "status");
  const words = page.createElement("span");
  const undo = page.createElement("button");
  undo.type = "button";
  undo.className = "pf-v6-c-button pf-m-secondary";
  undo.textContent = form.dataset.undoWord ?? "";
  note.append(words, undo);
  const actions = form.querySelector<HTMLElement>(".mw-actions");
  const waiting = new AbortController();
  const { signal } = waiting;
  let left = SECONDS;
  const say = (): void => {
    words.textContent = (form.dataset.undo ?? "").replace("{n}", `${left}`);
  };
  const timer = setInterval(() => {
    left -= 1;
    if (left > 0) say();
    else {
      waiting.abort();
      delete form.dataset.undo;
      form.requestSubmit();
    }
  }, 1_000);
  signal.addEventListener("abort", () => clearInterval(timer));
  function stop(): void {
    waiting.abort();
    delete form.dataset.waiting;
    note.remove();
    if (actions) actions.hidden = false;
  }
  undo.addEventListener("click", () => {
    stop();
    actions?.querySelector<HTMLElement>("button, a")?.focus();
  });
  // Who goes elsewhere keeps it, however long the next page takes.
  page.addEventListener(
    "click",
    (event) => {
      if ((event.target as Element | null)?.closest("a[href]")) stop();
    },
    { signal },
  );
  addEventListener("pagehide", stop, { signal });
  form.dataset.waiting = "";
  say();
  form.append(note);
  if (actions) actions.hidden = true;
  undo.focus();
}
