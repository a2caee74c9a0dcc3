// The text area as an editor: colours, folding, search, problems at their line, and what the cluster's own schema says of a
// place. The text area stays the field of the form, hidden, and is always up to date. The editor lives in a shadow root, where
// its sheets are adopted ones: they need no exception from the page's policy.
import {
  acceptCompletion,
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
  completionKeymap,
  pickedCompletion,
  startCompletion,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentLess, indentMore } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import {
  codeFolding,
  foldGutter,
  foldKeymap,
  indentOnInput,
  indentUnit,
  syntaxHighlighting,
} from "@codemirror/language";
import { type Diagnostic, forEachDiagnostic, lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState, type Text } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  hoverTooltip,
  keymap,
  lineNumbers,
  type Tooltip,
} from "@codemirror/view";
import { COLOURS, LOOKS } from "./code_look";
import { placeAt } from "./yaml_path";

interface Field {
  name: string;
  type: string;
  description: string;
  isRequired: boolean;
  values: string[];
}

const SEVERITIES = ["error", "error", "warning", "info"] as const;
const WORD = /[^\s:{}[\],]*/;
const MOST_LINES = 5000; // of the text around a place that are looked at

/** What the page says in its reader's language, by the names that CodeMirror's parts use. */
function phrases(area: HTMLTextAreaElement): Record<string, string> {
  const found: unknown = JSON.parse(area.dataset.phrases ?? "{}");
  return found as Record<string, string>;
}

/** The smallest change that makes one text another: the cursor and what is folded stay where they are. */
export function change(before: string, after: string): { from: number; to: number; insert: string } {
  let from = 0;
  const least = Math.min(before.length, after.length);
  while (from < least && before[from] === after[from]) from++;
  let same = 0;
  while (same < least - from && before[before.length - 1 - same] === after[after.length - 1 - same]) same++;
  return { from, to: before.length - same, insert: after.slice(from, after.length - same) };
}

/** Connects the page; nothing happens on import. */
export function connect(page: Document): void {
  const found = page.querySelector<HTMLTextAreaElement>("textarea#yaml-source");
  if (!found) return;
  const area = found;
  const frame = area.closest<HTMLElement>(".pf-v6-c-form-control") ?? area;
  const label = page.querySelector<HTMLElement>(`label[for="${area.id}"]`);
  const host = page.createElement("div");
  host.className = "mw-code";
  host.id = "yaml-editor";
  const root = host.attachShadow({ mode: "open" });
  const error = page.createElement("p");
  error.className = "mw-error";
  error.setAttribute("role", "alert");
  error.hidden = true;
  const known = new Map<string, Promise<Field[] | null>>();

  function place(state: EditorState, at: number): ReturnType<typeof placeAt> & { start: number } {
    const line = state.doc.lineAt(at);
    const first = Math.max(1, line.number - MOST_LINES);
    const last = Math.min(state.doc.lines, line.number + MOST_LINES);
    const lines: string[] = [];
    for (let number = first; number <= last; number++) lines.push(state.doc.line(number).text);
    return { ...placeAt(lines, line.number - first, at - line.from), start: line.from };
  }

  /** The fields of a place; null where the cluster tells nothing of it, or does not answer. */
  function fields(version: string, kind: string, path: string[]): Promise<Field[] | null> {
    if (!area.dataset.fields || !version || !kind) return Promise.resolve(null);
    const query = new URLSearchParams([
      ["version", version],
      ["kind", kind],
      ...path.map((step) => ["path", step]),
    ]);
    const address = `${area.dataset.fields}?${query}`;
    const asked =
      known.get(address) ??
      fetch(address, { headers: { Accept: "application/json" }, redirect: "error" })
        .then(async (answer) => {
          if (!answer.ok) throw new Error(answer.statusText);
          return ((await answer.json()) as { fields: Field[] | null }).fields;
        })
        .catch(() => {
          known.delete(address); // the next letter asks again
          return null;
        });
    known.set(address, asked);
    return asked;
  }

  function about(field: Field): string {
    const head = [field.type, field.isRequired ? (phrases(area).required ?? "") : ""]
      .filter(Boolean)
      .join(" · ");
    const values = field.values.length ? field.values.join(" | ") : "";
    return [head, field.description, values].filter(Boolean).join("\n");
  }

  async function complete(context: CompletionContext): Promise<CompletionResult | null> {
    const here = place(context.state, context.pos);
    const word = context.matchBefore(WORD);
    if (!word || (word.from === word.to && !context.explicit)) return null;
    const there = await fields(here.version, here.kind, here.path);
    if (!there) return null;
    if (here.isValue) {
      const field = there.find((one) => one.name === here.key);
      const options = (field?.values ?? []).map((value): Completion => ({ label: value, type: "constant" }));
      return options.length ? { from: word.from, options, validFor: WORD } : null;
    }
    const options = there.map((field): Completion => {
      const isPlain = /^(string|integer|number|boolean|integer or string)$/.test(field.type);
      return {
        label: field.name,
        detail: field.type,
        info: () => said(field),
        boost: field.isRequired ? 1 : 0,
        type: "property",
        apply: (view, completion, from, to) => {
          // The rest of the word goes, and a colon that is there already stays the only one.
          const line = view.state.doc.lineAt(to);
          const [rest = ""] = /^[^\s:]*/.exec(line.text.slice(to - line.from)) ?? [];
          const hasColon = line.text[to - line.from + rest.length] === ":";
          const insert = hasColon ? field.name : `${field.name}:${isPlain ? " " : ""}`;
          view.dispatch({
            changes: { from, to: to + rest.length, insert },
            selection: { anchor: from + insert.length },
            annotations: pickedCompletion.of(completion),
            userEvent: "input.complete",
          });
        },
      };
    });
    return { from: word.from, options, validFor: /^[^\s:]*$/ };
  }

  function said(field: Field): HTMLElement {
    const box = page.createElement("div");
    box.textContent = about(field);
    return box;
  }

  async function hover(view: EditorView, at: number): Promise<Tooltip | null> {
    const here = place(view.state, at);
    if (!here.key || here.isValue) return null;
    const field = (await fields(here.version, here.kind, here.path))?.find((one) => one.name === here.key);
    if (!field) return null;
    const line = view.state.doc.lineAt(at).text;
    const from = here.start + line.indexOf(here.key);
    if (at < from || at > from + here.key.length) return null;
    return {
      pos: from,
      end: from + here.key.length,
      above: true,
      create: () => {
        const dom = page.createElement("div");
        dom.className = "cm-field";
        dom.textContent = `${field.name}: ${about(field)}`;
        return { dom };
      },
    };
  }

  /** What the server found, at its lines. */
  function problems(doc: Text): Diagnostic[] {
    const found: Diagnostic[] = [];
    for (const item of page.querySelectorAll<HTMLElement>(".mw-problem")) {
      const place = item.querySelector<HTMLElement>("[data-line]");
      const number = Number(place?.dataset.line);
      if (!place || !(number >= 1 && number <= doc.lines)) continue;
      const line = doc.line(number);
      const indent = line.text.length - line.text.trimStart().length;
      const fix = item.querySelector<HTMLButtonElement>('button[name="fix"]');
      found.push({
        from: Math.min(line.to, line.from + Math.max(Number(place.dataset.column ?? 1) - 1, indent)),
        to: line.to,
        severity: SEVERITIES[Number(item.dataset.level ?? 0)] ?? "error",
        message: item.querySelector("span")?.textContent.trim() ?? "",
        ...(fix ? { actions: [{ name: fix.textContent.trim(), apply: () => fix.click() }] } : {}),
      });
    }
    return found;
  }

  function show(): void {
    view.dispatch(setDiagnostics(view.state, problems(view.state.doc)));
  }

  /** Makes the fix of the line that the cursor is in. */
  function mend(): boolean {
    const line = view.state.doc.lineAt(view.state.selection.main.head);
    let action: (() => void) | undefined;
    forEachDiagnostic(view.state, (one, from) => {
      if (from >= line.from && from <= line.to) action ??= () => one.actions?.[0]?.apply(view, from, from);
    });
    action?.();
    return action !== undefined;
  }

  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: area.value,
      extensions: [
        lineNumbers(),
        foldGutter(),
        codeFolding(),
        lintGutter(),
        history(),
        drawSelection(),
        indentOnInput(),
        indentUnit.of("  "),
        EditorState.tabSize.of(2),
        EditorState.phrases.of(phrases(area)),
        highlightActiveLine(),
        highlightActiveLineGutter(),
        highlightSelectionMatches(),
        search({ top: true }),
        yaml(),
        syntaxHighlighting(COLOURS),
        LOOKS,
        autocompletion({ override: [complete], icons: false, interactionDelay: 0 }),
        hoverTooltip(hover),
        keymap.of([
          { key: "Ctrl-.", run: mend },
          { key: "Tab", run: acceptCompletion },
          { key: "Tab", run: indentMore, shift: indentLess },
          { key: "Alt-Enter", run: startCompletion },
          ...completionKeymap,
          ...searchKeymap,
          ...foldKeymap,
          ...lintKeymap,
          ...historyKeymap,
          ...defaultKeymap.filter((binding) => binding.key !== "Mod-Enter"), // applies, as everywhere on the page
        ]),
        EditorView.contentAttributes.of({
          "aria-label": label?.textContent.trim() ?? "YAML",
          tabindex: "0",
          spellcheck: "false",
          autocapitalize: "off",
          autocorrect: "off",
          translate: "no",
        }),
        EditorView.updateListener.of((update) => {
          if (!update.docChanged) return;
          const text = update.state.doc.toString();
          if (text === area.value) return;
          area.value = text;
          error.hidden = true;
          area.dispatchEvent(new InputEvent("input", { bubbles: true }));
        }),
        EditorView.domEventHandlers({
          // Chromium would put what is typed over a selection into an element with a style of its own, which the page's policy
          // refuses with an error.
          beforeinput: (event, view) => {
            if (event.inputType !== "insertText" || event.data === null || event.isComposing) return false;
            let { from, to } = view.state.selection.main;
            if (from === to) {
              // Selected a moment ago, and not yet known to the editor.
              const shown = (root as ShadowRoot & { getSelection?: () => Selection | null }).getSelection?.();
              if (!shown?.anchorNode || !shown.focusNode || shown.isCollapsed) return false;
              const anchor = view.posAtDOM(shown.anchorNode, shown.anchorOffset);
              const head = view.posAtDOM(shown.focusNode, shown.focusOffset);
              [from, to] = [Math.min(anchor, head), Math.max(anchor, head)];
            }
            const insert = view.state.toText(event.data);
            view.dispatch({
              changes: { from, to, insert },
              selection: { anchor: from + insert.length },
              userEvent: "input.type",
            });
            event.preventDefault();
            return true;
          },
          drop: (event) => {
            const isFile = take(event.dataTransfer?.files[0]);
            if (isFile) event.preventDefault();
            return isFile;
          },
        }),
      ],
    }),
  });

  function follow(): void {
    const before = view.state.doc.toString();
    if (before !== area.value) view.dispatch({ changes: change(before, area.value) });
  }

  /** Puts a file in the place of the text; it can be undone. */
  function take(file: File | undefined): boolean {
    if (!file) return false;
    void file.text().then((text) => {
      view.dispatch({ changes: change(view.state.doc.toString(), text.replace(/\r\n?/g, "\n")) });
      view.focus();
    });
    return true;
  }

  for (const kind of ["input", "mw:text"]) area.addEventListener(kind, follow);
  area.addEventListener("mw:go", (event) => {
    const { line, column } = (event as CustomEvent<{ line: number; column: number }>).detail;
    const there = view.state.doc.line(Math.min(Math.max(1, line), view.state.doc.lines));
    const from = Math.min(there.to, there.from + Math.max(0, column - 1));
    view.dispatch({
      selection: { anchor: from, head: there.to },
      effects: EditorView.scrollIntoView(from, { y: "center" }),
    });
    view.focus();
    event.preventDefault();
  });
  area.addEventListener("mw:focus", () => view.focus());
  area.addEventListener("invalid", (event) => {
    event.preventDefault(); // a browser cannot show it at a field that is hidden
    error.textContent = area.validationMessage;
    error.hidden = false;
    view.focus();
  });
  label?.addEventListener("click", (event) => {
    event.preventDefault();
    view.focus();
  });
  const file = page.querySelector<HTMLInputElement>("input#yaml-file");
  file?.addEventListener("change", () => {
    take(file.files?.[0]);
    file.value = "";
  });
  page.addEventListener("htmx:after:swap", show);
  frame.hidden = true;
  frame.after(host, error);
  const keys = page.querySelector<HTMLElement>(".mw-editor-keys");
  if (keys) keys.hidden = false;
  show();
}
