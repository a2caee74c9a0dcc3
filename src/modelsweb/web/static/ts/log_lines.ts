// One line of a log as the browser keeps it: where it is from, when, how bad, and its HTML.
import { AnsiUp } from "ansi_up";

export type Level = "e" | "w" | "o";

export interface Line {
  stamp: string;
  stream: string;
  text: string;
  level: Level;
  element?: HTMLElement;
  /** The text as it is searched in, made when it first is. */
  found?: string;
}

const ERROR =
  /\b(?:ERROR|FATAL|CRITICAL|PANIC|SEVERE)\b|^[EF]\d{4} \d|\blevel="?(?:error|fatal|panic)|"(?:level|severity|levelname)":\s*"(?:error|fatal|critical|panic)|^Traceback \(|^panic: |^[\w.]*(?:Error|Exception)\b(?::|$)/im;
const ERROR_WORD = /\b(?:ERROR|FATAL|CRITICAL|PANIC|SEVERE)\b/;
const WARNING =
  /\bWARN(?:ING)?\b|^W\d{4} \d|\blevel="?warn|"(?:level|severity|levelname)":\s*"warn|\b\w*Warning: /;
const TRACEBACK = /^Traceback \(/;
const COMMANDS = new RegExp(`${String.fromCharCode(27)}\\][^\\u0007\\u001b]*(?:\\u0007|\\u001b\\\\)?`, "g");
const ESCAPES = new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]*[A-Za-z]`, "g");

/** The level of each line of one stream in turn: what follows the head of a traceback belongs to it. */
export class Levels {
  private inside = false;

  of(text: string): Level {
    if (this.inside) {
      if (!/^\s/.test(text)) this.inside = false; // the last line of a traceback names the error
      return "e";
    }
    if (TRACEBACK.test(text)) {
      this.inside = true;
      return "e";
    }
    if (isError(text)) return "e";
    return WARNING.test(text) ? "w" : "o";
  }
}

function isError(text: string): boolean {
  const found = ERROR.exec(text);
  if (!found) return false;
  // Upper-case words only: "error" stands in many a healthy line.
  return /^(?:error|fatal|critical|panic|severe)$/i.test(found[0]) ? ERROR_WORD.test(text) : true;
}

/** The text as a reader sees it: of a progress bar its last state, without the codes for colours. */
export function plain(text: string): string {
  return text.includes("\u001b") ? shown(text).replace(COMMANDS, "").replace(ESCAPES, "") : shown(text);
}

function shown(text: string): string {
  if (!text.includes("\r")) return text;
  const states = text.split("\r").filter(Boolean);
  return states[states.length - 1] ?? "";
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** The text as HTML, its colours as classes; our content security policy lets no style attribute pass. */
function coloured(text: string): string {
  const visible = shown(text);
  if (!visible.includes("\u001b")) return escaped(visible);
  const ansi = new AnsiUp();
  ansi.use_classes = true;
  return ansi.ansi_to_html(visible.replace(COMMANDS, "")).replace(/ style="[^"]*"/g, "");
}

/** Whether the words, in lower case, stand in the line. */
export function holds(line: Line, words: string): boolean {
  line.found ??= plain(line.text).toLowerCase();
  return line.found.includes(words);
}

const POD_WIDTH = 6;
const BOX_WIDTH = 19;

/** As wide as the others, so that columns need no layout of their own: thousands of lines a second are laid out. */
function column(text: string, width: number): string {
  return escaped(text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width));
}

/** A line as text alone: for find-in-page, while it is out of sight. */
export function bare(line: Line): string {
  return `${line.stamp.slice(11, 23)}  ${plain(line.text)}`;
}

/** The HTML of a line: its spaces are the gaps between the columns. */
export function html(line: Line): string {
  const [pod = "", container = ""] = line.stream.split("/");
  const time = line.stamp.slice(11, 23);
  const short = pod.slice(pod.lastIndexOf("-") + 1);
  return (
    `<div class="mw-entry mw-entry-${line.level}"><time title="${line.stamp}">${time}  </time>` +
    `<span class="mw-entry-pod" title="${pod}">${column(short, POD_WIDTH)}  </span>` +
    `<span class="mw-entry-box">${column(container, BOX_WIDTH)}  </span>` +
    `<span class="mw-entry-text">${coloured(line.text) || " "}</span></div>`
  );
}
