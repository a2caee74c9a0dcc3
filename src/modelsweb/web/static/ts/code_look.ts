// How YAML looks, in the editor and in the comparison. Colours come from the page, by custom properties.
import { HighlightStyle } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

export const COLOURS = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--mw-code-key)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--mw-code-text)" },
  { tag: [tags.content, tags.attributeValue], color: "var(--mw-code-text)" },
  { tag: [tags.comment, tags.lineComment], color: "var(--mw-code-comment)", fontStyle: "italic" },
  { tag: [tags.separator, tags.punctuation, tags.meta, tags.keyword], color: "var(--mw-code-mark)" },
  { tag: tags.labelName, color: "var(--mw-code-mark)" },
]);

export const LOOKS = EditorView.theme({
  "&": { height: "100%", font: "400 0.8125rem / 20px var(--mw-code-font)", color: "var(--mw-code-ink)" },
  "&.cm-focused": { outline: "2px solid var(--mw-code-focus)", outlineOffset: "1px" },
  ".cm-scroller": { font: "inherit", overflow: "auto" },
  ".cm-content": { caretColor: "var(--mw-code-ink)", paddingBlock: "8px" },
  ".cm-cursor": { borderLeftColor: "var(--mw-code-ink)" },
  ".cm-gutters": { background: "var(--mw-code-gutter)", color: "var(--mw-code-comment)", border: "0" },
  ".cm-activeLine, .cm-activeLineGutter": { background: "var(--mw-code-line)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    background: "var(--mw-code-selection)",
  },
  ".cm-selectionMatch": { background: "var(--mw-code-line)" },
  ".cm-foldPlaceholder": { background: "none", border: "0", color: "var(--mw-code-comment)" },
  ".cm-tooltip, .cm-panels": {
    background: "var(--mw-code-float)",
    color: "var(--mw-code-ink)",
    border: "1px solid var(--mw-code-edge)",
  },
  ".cm-tooltip": { borderRadius: "6px", boxShadow: "0 4px 12px rgb(0 0 0 / 20%)" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": {
    background: "var(--mw-code-chosen)",
    color: "var(--mw-code-on-chosen)",
  },
  ".cm-tooltip.cm-completionInfo, .cm-field": {
    padding: "8px 12px",
    maxWidth: "360px",
    font: "400 0.8125rem / 20px var(--mw-code-words)",
    whiteSpace: "pre-line",
  },
  ".cm-completionDetail": { color: "var(--mw-code-comment)", fontStyle: "normal" },
  "[aria-selected] .cm-completionDetail": { color: "inherit" },
  ".cm-diagnostic": { font: "400 0.8125rem / 20px var(--mw-code-words)" },
  ".cm-panel input, .cm-panel button, .cm-diagnosticAction": {
    background: "var(--mw-code-float)",
    color: "var(--mw-code-ink)",
    border: "1px solid var(--mw-code-edge)",
    borderRadius: "4px",
    backgroundImage: "none",
  },
});
