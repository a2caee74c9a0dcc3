// What an edit would change, as two texts beside each other, or as one where there is little room. Without a script the page
// shows the lines; for who hears the page the list of fields above says the same.
import { yaml } from "@codemirror/lang-yaml";
import { syntaxHighlighting } from "@codemirror/language";
import { MergeView, unifiedMergeView } from "@codemirror/merge";
import { EditorState, type Extension } from "@codemirror/state";
import { EditorView, lineNumbers } from "@codemirror/view";
import { COLOURS, LOOKS } from "./code_look";

const WIDE = "(min-width: 1100px)";
const UNCHANGED = { margin: 3, minSize: 6 };
const CHANGES = EditorView.theme({
  ".cm-changedLine, .cm-inlineChangedLine": { background: "var(--mw-code-added) !important" },
  "&.cm-merge-a .cm-changedLine, .cm-deletedChunk": { background: "var(--mw-code-removed) !important" },
  ".cm-changedText": { background: "var(--mw-code-added-text) !important" },
  "&.cm-merge-a .cm-changedText, .cm-deletedText": { background: "var(--mw-code-removed-text) !important" },
  ".cm-collapsedLines": {
    background: "var(--mw-code-gutter)",
    color: "var(--mw-code-comment)",
    padding: "4px 12px",
  },
});

/** Connects the page; nothing happens on import. */
export function connect(page: Document): void {
  const found = page.querySelector<HTMLElement>("#diff [data-before]");
  if (!found) return;
  const lines = found;
  const host = page.createElement("div");
  host.className = "mw-code mw-code-whole";
  host.id = "comparison";
  const root = host.attachShadow({ mode: "open" });
  const before = JSON.parse(lines.dataset.before ?? '""') as string;
  const after = JSON.parse(lines.dataset.after ?? '""') as string;
  const phrases = JSON.parse(lines.dataset.phrases ?? "{}") as Record<string, string>;

  function looks(label: string): Extension[] {
    return [
      lineNumbers(),
      yaml(),
      syntaxHighlighting(COLOURS),
      LOOKS,
      CHANGES,
      EditorState.readOnly.of(true),
      EditorView.editable.of(false),
      EditorState.phrases.of(phrases),
      EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0", translate: "no" }),
    ];
  }

  function show(isWide: boolean): { destroy: () => void } {
    if (isWide)
      return new MergeView({
        parent: root,
        root,
        a: { doc: before, extensions: looks(lines.dataset.was ?? "") },
        b: { doc: after, extensions: looks(lines.dataset.will ?? "") },
        collapseUnchanged: UNCHANGED,
      });
    return new EditorView({
      parent: root,
      root,
      doc: after,
      extensions: [
        ...looks(lines.getAttribute("aria-label") ?? ""),
        unifiedMergeView({ original: before, mergeControls: false, collapseUnchanged: UNCHANGED }),
      ],
    });
  }

  lines.after(host);
  const room = matchMedia(WIDE);
  let shown = show(room.matches);
  room.addEventListener("change", () => {
    shown.destroy();
    shown = show(room.matches);
  });
  lines.hidden = true;
}
