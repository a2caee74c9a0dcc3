// Where a place of a YAML text stands in its document, by indentation: the text is being written, and seldom whole.
export interface Place {
  version: string;
  kind: string;
  /** The keys that lead to the object in which the place is; lists are passed through. */
  path: string[];
  /** The key of the line; empty where it has none yet. */
  key: string;
  /** The place is behind the key. */
  isValue: boolean;
}

interface Line {
  /** Where its field begins, behind dashes. */
  indent: number;
  /** Where its first dash is; -1 where there is none. */
  dash: number;
  key: string;
  /** The column behind the colon; -1 where there is none. */
  colon: number;
}

const LONGEST = 400;
const FIELD =
  /^(\s*)((?:-(?: +|$))*)(?:("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s#:'"[{][^#:]*?(?::[^\s#:][^#:]*?)*)\s*(:)(?=\s|$))?/;

function read(text: string): Line | null {
  if (!text.trim() || text.trim().startsWith("#")) return null;
  const found = FIELD.exec(text.slice(0, LONGEST));
  if (!found) return null;
  const [whole, before = "", dashes = "", key = "", colon] = found;
  return {
    indent: before.length + dashes.length,
    dash: dashes ? before.length : -1,
    key: key.replace(/^(["'])(.*)\1$/, "$2"),
    colon: colon ? whole.length : -1,
  };
}

function isBreak(text: string): boolean {
  return /^(---|\.\.\.)(\s|$)/.test(text);
}

/** The value of a field at the left edge of the document that a line is in. */
function top(lines: string[], at: number, key: string): string {
  let start = at;
  while (start > 0 && !isBreak(lines[start] ?? "")) start--;
  for (let number = start; number < lines.length; number++) {
    const text = lines[number] ?? "";
    if (number > at && isBreak(text)) break;
    const found = new RegExp(`^${key}:\\s*["']?([^\\s"'#]+)`).exec(text);
    if (found) return found[1] ?? "";
  }
  return "";
}

/** The place of a column (from 0) in a line (from 0). */
export function placeAt(lines: string[], number: number, column: number): Place {
  const text = lines[number] ?? "";
  const here = read(text);
  const blank = text.slice(0, column);
  const isEmpty = here === null;
  // On an empty line its own indentation counts, as far as the cursor is.
  let indent = isEmpty ? blank.length : here.indent;
  let dash = isEmpty ? -1 : here.dash;
  const path: string[] = [];
  for (let above = number - 1; above >= 0; above--) {
    const words = lines[above] ?? "";
    if (isBreak(words)) break;
    const line = read(words);
    if (!line) continue;
    // A list may stand at the same column as the key that holds it.
    const isOwner = line.indent < indent || (dash >= 0 && line.indent === dash && line.dash < 0);
    if (isOwner && line.indent <= (dash >= 0 ? dash : indent)) {
      if (line.key) path.unshift(line.key);
      indent = line.indent;
      dash = line.dash;
    } else if (line.dash >= 0 && line.dash < indent && line.indent === indent) dash = line.dash; // the first field of the item that we are in
  }
  return {
    version: top(lines, number, "apiVersion"),
    kind: top(lines, number, "kind"),
    path,
    key: here?.key ?? "",
    isValue: here !== null && here.colon >= 0 && column >= here.colon,
  };
}
