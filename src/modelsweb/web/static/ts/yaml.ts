// The text: a problem's line can be gone to, leaving with unsaved text asks first, what is typed is kept in this browser for 30
// days, and what was sent in this tab until an answer has it: a refusal before the text is read, a proxy's page, a server that is away.
function goTo(area: HTMLTextAreaElement, line: number, column: number): void {
  // Where there is an editor, it goes there.
  if (!area.dispatchEvent(new CustomEvent("mw:go", { detail: { line, column }, cancelable: true }))) return;
  const lines = area.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
  const end = start + (lines[line - 1]?.length ?? 0);
  area.focus();
  area.setSelectionRange(start + Math.max(0, column - 1), end);
  const height = Number.parseFloat(getComputedStyle(area).lineHeight);
  area.scrollTop = Math.max(0, (line - 4) * height);
}
const DRAFT_MS = 500;
const KEPT_MS = 30 * 24 * 3600 * 1000;
// A Secret is kept nowhere; a variable that is called like one and has its value in the text stays in this tab, where nobody else
// finds it.
const SECRET = /\bkind["']?\s*:\s*["']?Secret\b/i;
const VARIABLE =
  /name["']?\s*:\s*["']?\w{0,60}(?:TOKEN|PASSWORD|SECRET|API_KEY|ACCESS_KEY)\w{0,60}["']?\s*[,\n]\s*["']?value["']?\s*:/i;
// Of this user only: another may sign in to the same tab. Each form keeps its own.
const DRAFTS = `mw-draft ${document.querySelector(".mw-user")?.textContent ?? ""} `;

/** A draft as it was kept; null for none, and for what is none of ours. */
function opened(kept: string | null): Record<string, string> | null {
  try {
    const found: unknown = JSON.parse(kept ?? "null");
    return typeof found === "object" ? (found as Record<string, string> | null) : null;
  } catch {
    return null;
  }
}

/** What was sent in this tab has an answer. */
function forget(): void {
  try {
    for (const name of Object.keys(sessionStorage).filter((one) => one.startsWith(DRAFTS))) {
      sessionStorage.removeItem(name);
      localStorage.removeItem(name);
    }
  } catch {
    // without storage there is nothing to forget
  }
}

/** What was typed too long ago goes, whichever page is open. */
function expire(): void {
  try {
    for (const name of Object.keys(localStorage).filter((one) => one.startsWith("mw-draft ")))
      if (Date.now() - Number(opened(localStorage.getItem(name))?.at ?? 0) > KEPT_MS)
        localStorage.removeItem(name);
  } catch {
    // without storage nothing is kept
  }
}

/** Connects the page; nothing happens on import. */
export function connect(page: Document): void {
  const editor = page.querySelector<HTMLTextAreaElement>("textarea#yaml-source");
  expire();
  const key = DRAFTS + (editor?.form?.getAttribute("action") ?? location.pathname);

  /** What was typed here, or sent from this tab; where the browser allows no storage, or has no room, it is as safe as it is
   * without. */
  function draft(change?: { text: string | null; lasting?: boolean }): string | null {
    try {
      if (!change) return sessionStorage.getItem(key) ?? localStorage.getItem(key);
      sessionStorage.removeItem(key);
      if (change.text === null) localStorage.removeItem(key);
      else {
        sessionStorage.setItem(key, change.text); // this tab's own comes before that of another
        if (change.lasting) localStorage.setItem(key, change.text);
      }
    } catch {
      // as said above
    }
    return null;
  }

  // Answered by a report, or by the page of what was created, once.
  const isCreated = location.hash === "#created" || location.hash === "#saved";

  if (isCreated) history.replaceState(history.state, "", location.pathname + location.search);

  if (page.querySelector("#yaml-source[data-answer]")) draft({ text: null });
  if (isCreated) forget();

  if (editor) {
    const original = editor.defaultValue;
    const most = Number(editor.dataset.max);
    let leaving = false;
    page.addEventListener("click", (event) => {
      const button = (event.target as Element | null)?.closest<HTMLElement>("[data-line]");
      if (button) goTo(editor, Number(button.dataset.line), Number(button.dataset.column ?? 1));
    });
    // What is much too large the server would not even read, and the text would be lost with its answer.
    const check = (): void => {
      const size = editor.value.length > most / 3 ? new TextEncoder().encode(editor.value).length : 0;
      editor.setCustomValidity(size > most ? (editor.dataset.tooLarge ?? "") : "");
    };
    check();
    for (const change of ["input", "mw:text"]) editor.addEventListener(change, check);
    page.addEventListener("htmx:before:request", (event) => {
      if ((event.target as Element).id === "concerns" && !editor.checkValidity()) event.preventDefault();
    });
    const form = editor.form;
    /** An edit is made on the object as it was opened: text and base are kept and come back together, or not at all. */
    const bases = ["base", "uid"].flatMap((name) => {
      const input = form?.elements.namedItem(name);
      return input instanceof HTMLInputElement ? [input] : [];
    });
    const kept = opened(draft());
    const isWhole = kept !== null && bases.every((input) => typeof kept[input.name] === "string");

    function use(): void {
      if (!editor || !kept) return;
      editor.value = kept.text ?? "";
      for (const input of bases) input.value = kept[input.name] ?? "";
      editor.dispatchEvent(new InputEvent("input", { bubbles: true })); // checks and form follow the text
    }

    if (editor.dataset.answer === undefined && kept && isWhole && kept.text !== editor.value) {
      const offer = page.getElementById("yaml-draft");
      const [arrival] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
      if (!kept.typed || arrival?.type === "reload") {
        use();
        const note = page.getElementById("yaml-restored");
        if (note) {
          note.textContent = (kept.typed ? editor.dataset.typed : editor.dataset.restored) ?? "";
          note.hidden = false;
        }
      } else if (offer) {
        offer.hidden = false;
        offer.addEventListener("click", (event) => {
          const choice = (event.target as Element | null)?.closest<HTMLElement>("[data-draft]")?.dataset
            .draft;
          if (!choice) return;
          if (choice === "use") use();
          else draft({ text: null });
          offer.hidden = true;
          editor.dispatchEvent(new CustomEvent("mw:focus"));
        });
      }
    }

    /** The text with what it was opened on; nothing of a Secret. */
    function keep(typed: boolean): void {
      if (!editor) return;
      const opened = Object.fromEntries(bases.map((input) => [input.name, input.value]));
      const whole = {
        text: editor.value,
        ...(typed ? { typed: "1", at: `${Date.now()}` } : {}),
        ...opened,
      };
      if (typed && SECRET.test(editor.value)) return void draft({ text: null });
      const lasting = typed && !VARIABLE.test(editor.value);
      if (typed && !lasting) draft({ text: null }); // an earlier draft, without the variable, is not to come back instead
      draft({ text: JSON.stringify(whole), lasting });
    }

    let typing: ReturnType<typeof setTimeout> | undefined;
    for (const change of ["input", "mw:text"])
      editor.addEventListener(change, () => {
        clearTimeout(typing);
        typing = setTimeout(() => keep(true), DRAFT_MS);
      });
    form?.addEventListener("submit", () => {
      leaving = true;
      clearTimeout(typing);
      keep(false);
    });
    addEventListener("beforeunload", (event) => {
      if (leaving || editor.value === original) return;
      keep(true);
      event.preventDefault();
    });
  }
}
