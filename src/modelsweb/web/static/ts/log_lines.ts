// One line of a log as the browser keeps it: where it is from, when, how bad, and its HTML.
import { AnsiUp } from "ansi_up";
import type { Shown } from "./terminal";

export type Level = "e" | "w" | "o";

export interface Line extends Shown {
  stamp: string;
  stream: string;
  level: Level;
  element?: HTMLElement;
  /** All of it is on the page, however long it is. */
  isWhole?: boolean;
  /** The text as it is searched in, made when it first is. */
  found?: string;
}

const MAX_SHOWN = 4_000;
const MAX_READ = 4_000;
const LEVEL_WORD =
  /\b(?:(ERROR|FATAL|CRITICAL|PANIC|SEVERE|EMERG(?:ENCY)?|ALERT)|(WARN(?:ING)?)|INFO|DEBUG|TRACE|NOTICE)\b/;
const KEY = /"(?:level|severity|levelname|lvl|log\.level)":\s*"([a-z]+)|\b(?:level|severity|lvl)="?([a-z]+)/i;
const NUMBER = /"(level|levelno|severity|severity_?number)":\s*"?(\d{1,3})\b/i;
const KLOG = /^([EFWID])\d{4} \d/;
const BRACKETS = /^[^[\]]{0,80}\[(?:(error|fatal|critical|crit|alert|emerg|err)|(warn(?:ing)?))\]/i;
const HEAD = /^(?:panic: |[Ee]rror: |[\w.]*(?:Error|Exception)\b(?::|$))/;
const PREFIX =
  /^(?:\([^()]{1,60}\)|\[[^[\]]{1,80}\]|[\d:.,TZ+-]{6,35}|\d{1,7}|[\w./-]{1,60}:\d{1,6}\]?|[\w.-]{1,60} \|)[\s:|]{1,3}/;
const MAX_PREFIXES = 8;
const PYTHON_WARNING = /\b\w*Warning: /;
const TRACEBACK = /^(.{0,200}?)Traceback \(most recent call last\)/;

/** What stands before the words of a line, with its numbers made equal: the next line of one process has other times. */
function shape(text: string): string {
  return text.replace(/\d+/g, "0");
}

/** The level of each line of one stream in turn: what follows the head of a traceback belongs to it. */
export class Levels {
  private inside: string | null = null;

  of(text: string): Level {
    const said = text.slice(0, MAX_READ);
    const head = TRACEBACK.exec(said);
    if (head) {
      this.inside = shape(head[1] ?? "");
      return "e";
    }
    if (this.inside !== null) {
      const shaped = shape(said.slice(0, 400));
      if (shaped.startsWith(this.inside)) {
        // The first line that is not indented names the error, and is the last one.
        if (!/^\s/.test(shaped.slice(this.inside.length))) this.inside = null;
        return "e";
      }
    }
    return alone(said);
  }
}

/** The level of a line by itself: what it says of its own level counts before any other word in it. */
function alone(text: string): Level {
  const keyed = KEY.exec(text);
  if (keyed) return named(keyed[1] ?? keyed[2] ?? "");
  const numbered = NUMBER.exec(text);
  if (numbered) return counted((numbered[1] ?? "").toLowerCase(), Number(numbered[2]), text);
  const words = unprefixed(text);
  const klog = KLOG.exec(words);
  if (klog) return klog[1] === "E" || klog[1] === "F" ? "e" : klog[1] === "W" ? "w" : "o";
  const bracket = BRACKETS.exec(text);
  if (bracket) return bracket[1] ? "e" : "w";
  if (HEAD.test(words)) return "e";
  const word = LEVEL_WORD.exec(text);
  if (word?.[1]) return "e";
  return word?.[2] || PYTHON_WARNING.test(text) ? "w" : "o";
}

/** The line without what stands before its words: process, time, place in the code. */
function unprefixed(text: string): string {
  let rest = text;
  for (let turn = 0; turn < MAX_PREFIXES; turn++) {
    const found = PREFIX.exec(rest);
    if (!found) break;
    rest = rest.slice(found[0].length);
  }
  return rest;
}

function named(level: string): Level {
  if (/^(?:err|fatal|crit|panic|severe|emerg|alert|dpanic)/i.test(level)) return "e";
  return /^warn/i.test(level) ? "w" : "o";
}

/** Numbers of pino and bunyan (50 is an error), of Python (40), of OpenTelemetry (17) and of syslog in GELF (3). */
function counted(key: string, level: number, text: string): Level {
  if (key.startsWith("severity")) return level >= 17 ? "e" : level >= 13 ? "w" : "o";
  if (key === "levelno") return level >= 40 ? "e" : level >= 30 ? "w" : "o";
  if (text.includes('"short_message"')) return level <= 3 ? "e" : level === 4 ? "w" : "o";
  return level >= 50 ? "e" : level >= 40 ? "w" : "o";
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** The text as HTML, its colours as classes; our content security policy lets no style attribute pass. */
function coloured(line: Line): string {
  if (isCut(line)) return escaped(line.text.slice(0, MAX_SHOWN));
  if (!line.coded) return escaped(line.text);
  const ansi = new AnsiUp();
  ansi.use_classes = true;
  return ansi.ansi_to_html(line.coded).replace(/ style="[^"]*"/g, "");
}

/** A line of a hundred thousand letters is laid out only for who asks. */
function isCut(line: Line): boolean {
  return !line.isWhole && line.text.length > MAX_SHOWN;
}

/** Whether the words, in lower case, stand in the line. */
export function holds(line: Line, words: string): boolean {
  line.found ??= line.text.toLowerCase();
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
  return `${line.stamp.slice(11, 23)}  ${line.text.slice(0, MAX_SHOWN)}`;
}

/** The HTML of a line: its spaces are the gaps between the columns. `more` are the words on the button of a line that is cut. */
export function html(line: Line, more: string): string {
  const [pod = "", container = ""] = line.stream.split("/");
  const time = line.stamp.slice(11, 23);
  const short = pod.slice(pod.lastIndexOf("-") + 1);
  return (
    `<div class="mw-entry mw-entry-${line.level}"><time title="${line.stamp}">${time}  </time>` +
    `<span class="mw-entry-pod" title="${pod}">${column(short, POD_WIDTH)}  </span>` +
    `<span class="mw-entry-box">${column(container, BOX_WIDTH)}  </span>` +
    `<span class="mw-entry-text">${coloured(line) || " "}</span>${isCut(line) ? button(line, more) : ""}</div>`
  );
}

function button(line: Line, more: string): string {
  const left = line.text.length.toLocaleString(document.documentElement.lang);
  return ` <button type="button" class="mw-entry-more">${escaped(more.replace("{n}", left))}</button>`;
}
