// What a terminal would show of one line: returns, backspaces and codes that move or erase take effect, what it would not
// print is left out, and of the codes only those of colours stay. One pass, however the line was made.
// https://www.ecma-international.org/publications-and-standards/standards/ecma-48/

/** What is seen, and the same with the codes of its colours (SGR) where it has any. */
export interface Shown {
  text: string;
  coded?: string;
}

const [TAB, BACKSPACE, RETURN, ESCAPE, DELETE, C1_END, STRING_END, CSI] = [
  0x09, 0x08, 0x0d, 0x1b, 0x7f, 0x9f, 0x9c, 0x9b,
];
const STRINGS = new Set([0x90, 0x98, 0x9d, 0x9e, 0x9f]); // DCS, SOS, OSC, PM, APC; after an escape 0x40 less
const MARGIN = 200;
const LONGEST_STYLE = 200;
const PASSES = 8;

export function shown(line: string): Shown {
  for (let at = 0; at < line.length; at++)
    if (isControl(line.charCodeAt(at))) return new Screen(line).result();
  return { text: line };
}

function isControl(code: number): boolean {
  return (code < 0x20 && code !== TAB) || (code >= DELETE && code <= C1_END);
}

class Screen {
  private cells: string[] = [];
  private styles: string[] = [];
  private cursor = 0;
  private style = "";
  private isStyled = false;
  private hasNoStringEnd = false;
  /** Orders that touch many cells are obeyed while they cost no more than some passes over the line. */
  private left: number;

  constructor(private line: string) {
    this.left = PASSES * line.length + MARGIN;
    for (let at = 0; at < line.length; ) at = this.take(at);
  }

  result(): Shown {
    const text = this.cells.join("");
    if (!this.isStyled) return { text };
    let coded = "";
    let last = "";
    this.cells.forEach((cell, at) => {
      const style = this.styles[at] ?? "";
      if (style !== last) coded += `\u001b[0m${style}`;
      last = style;
      coded += cell;
    });
    // What is nothing but colours is shown without: it would be kept many times over.
    return coded.length > PASSES * text.length + MARGIN ? { text } : { text, coded };
  }

  /** Reads what stands at a place, and returns the next one. */
  private take(at: number): number {
    const code = this.line.charCodeAt(at);
    if (!isControl(code)) {
      const letter = String.fromCodePoint(this.line.codePointAt(at) ?? code);
      this.print(letter);
      return at + letter.length;
    }
    if (code === RETURN) this.cursor = 0;
    else if (code === BACKSPACE) this.cursor = Math.max(0, this.cursor - 1);
    else if (code === ESCAPE) return this.escape(at + 1);
    else if (code === CSI) return this.control(at + 1);
    else if (STRINGS.has(code)) return this.pass(at + 1);
    return at + 1;
  }

  private print(letter: string): void {
    this.pad(this.cursor);
    this.cells[this.cursor] = letter;
    this.styles[this.cursor] = this.style;
    this.cursor += 1;
  }

  private pad(width: number): void {
    this.left -= Math.max(0, width - this.cells.length);
    while (this.cells.length < width) {
      this.cells.push(" ");
      this.styles.push("");
    }
  }

  private escape(at: number): number {
    const code = this.line.charCodeAt(at);
    if (code === CSI - 0x40) return this.control(at + 1);
    if (STRINGS.has(code + 0x40)) return this.pass(at + 1);
    let end = at;
    while (this.isBetween(end, 0x20, 0x2f)) end += 1; // such as the choice of a character set, ESC ( B
    return this.isBetween(end, 0x30, 0x7e) ? end + 1 : end;
  }

  private isBetween(at: number, least: number, most: number): boolean {
    const code = this.line.charCodeAt(at); // NaN beyond the end
    return code >= least && code <= most;
  }

  /** A string for the terminal itself, such as the target of a link. One that never ends is text. */
  private pass(at: number): number {
    if (this.hasNoStringEnd) return at;
    for (let end = at; end < this.line.length; end++) {
      const code = this.line.charCodeAt(end);
      if (code === 0x07 || code === STRING_END) return end + 1;
      if (code === ESCAPE && this.line[end + 1] === "\\") return end + 2;
    }
    this.hasNoStringEnd = true;
    return at;
  }

  private control(at: number): number {
    let end = at;
    while (this.isBetween(end, 0x30, 0x3f)) end += 1;
    const given = this.line.slice(at, end);
    while (this.isBetween(end, 0x20, 0x2f)) end += 1;
    if (!this.isBetween(end, 0x40, 0x7e)) return at;
    this.obey(this.line[end] ?? "", given);
    return end + 1;
  }

  private obey(order: string, given: string): void {
    const number = Number.parseInt(given, 10) || 0;
    const step = Math.max(1, number);
    if (order === "m") this.paint(given);
    else if (order === "K" || order === "J") this.erase(number);
    else if (order === "C") this.go(this.cursor + step);
    else if (order === "D") this.go(this.cursor - step);
    else if (order === "G") this.go(step - 1);
  }

  private go(to: number): void {
    const most = this.left > 0 ? this.cells.length + MARGIN : this.cells.length;
    this.cursor = Math.max(0, Math.min(to, most));
  }

  private paint(given: string): void {
    if (!/^[\d;:]{0,60}$/.test(given)) return;
    // Forms of an underline are an underline; colours may be written with colons.
    const plain = given
      .replace(/\b4:\d+/g, "4")
      .replaceAll("::", ":")
      .replaceAll(":", ";");
    const isReset = /^0*$/.test(plain);
    const isFresh = /^0*;/.test(plain) || this.style.length > LONGEST_STYLE;
    this.style = isReset ? "" : `${isFresh ? "" : this.style}\u001b[${plain}m`;
    this.isStyled ||= this.style !== "";
  }

  private erase(which: number): void {
    if (which === 1) this.left -= Math.min(this.cells.length, this.cursor + 1);
    if (this.left <= 0 && which === 1) return;
    if (which === 0) this.cells.length = Math.min(this.cells.length, this.cursor);
    else if (which === 1) this.cells.fill(" ", 0, this.cursor + 1);
    else this.cells.length = 0;
    this.styles.length = this.cells.length;
  }
}
