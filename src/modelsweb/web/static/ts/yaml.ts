// The pasted text: a problem's line can be gone to, leaving with unsaved text asks first, and what was sent is kept in this
// tab until an answer has it: a refusal before the text is read, a proxy's page, a server that is away.
const editor = document.querySelector<HTMLTextAreaElement>("textarea#yaml-source");

function goTo(area: HTMLTextAreaElement, line: number, column: number): void {
  const lines = area.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
  const end = start + (lines[line - 1]?.length ?? 0);
  area.focus();
  area.setSelectionRange(start + Math.max(0, column - 1), end);
  const height = Number.parseFloat(getComputedStyle(area).lineHeight);
  area.scrollTop = Math.max(0, (line - 4) * height);
}

const DRAFT = "mw-draft";
// Answered by a report, or by the page of what was created.
if (location.hash === "#created" || document.querySelector("#yaml-source[data-answer]"))
  sessionStorage.removeItem(DRAFT);

if (editor) {
  const original = editor.defaultValue;
  const most = Number(editor.dataset.most);
  let leaving = false;
  document.addEventListener("click", (event) => {
    const button = (event.target as Element | null)?.closest<HTMLElement>("[data-line]");
    if (button) goTo(editor, Number(button.dataset.line), Number(button.dataset.column ?? 1));
  });
  // What is much too large the server would not even read, and the text would be lost with its answer.
  const check = (): void => {
    const size = editor.value.length > most / 3 ? new TextEncoder().encode(editor.value).length : 0;
    editor.setCustomValidity(size > most ? (editor.dataset.tooLarge ?? "") : "");
  };
  check();
  editor.addEventListener("input", check);
  const kept = sessionStorage.getItem(DRAFT);
  if (editor.dataset.answer === undefined && kept !== null && kept !== editor.value) {
    editor.value = kept;
    const note = document.getElementById("yaml-restored");
    if (note) {
      note.textContent = editor.dataset.restored ?? "";
      note.hidden = false;
    }
  }
  editor.form?.addEventListener("submit", () => {
    leaving = true;
    try {
      sessionStorage.setItem(DRAFT, editor.value);
    } catch {
      // no room, or no storage allowed: the text is as safe as it is without
    }
  });
  addEventListener("beforeunload", (event) => {
    if (!leaving && editor.value !== original) event.preventDefault();
  });
}
