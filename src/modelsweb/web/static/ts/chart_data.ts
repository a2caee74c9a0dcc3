// The figures of a page's charts as the server sends them, and how they are written.
export interface Series {
  name: string;
  values: (number | null)[];
}

export interface ChartLines {
  id: string;
  unit: string;
  series: Series[];
  source: string;
  gap: string | null;
}

export interface MetricsData {
  start: number;
  end: number;
  step: number;
  charts: ChartLines[];
  marks: { at: number; kind: string; label: string }[];
}

interface Formats {
  number: Intl.NumberFormat;
  percent: Intl.NumberFormat;
}

let made: Formats | undefined; // by the first value: the page's language is not known on import

function formats(): Formats {
  const language = document.documentElement.lang || undefined;
  made ??= {
    number: new Intl.NumberFormat(language, { maximumSignificantDigits: 3 }),
    percent: new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 }),
  };
  return made;
}

const BYTES = ["B", "KiB", "MiB", "GiB", "TiB"];

/** A value with its unit; a dash where there is none. */
export function format(unit: string, value: number | null): string {
  if (value === null) return "–";
  const { number, percent } = formats();
  if (unit === "ratio") return percent.format(value);
  if (unit === "seconds")
    return value < 1 ? `${number.format(value * 1000)} ms` : `${number.format(value)} s`;
  if (unit === "bytes") {
    const power = Math.max(0, Math.min(BYTES.length - 1, Math.floor(Math.log2(Math.max(1, value)) / 10)));
    return `${number.format(value / 1024 ** power)} ${BYTES[power]}`;
  }
  return number.format(value);
}

/** A series' name for readers: some are words of ours. */
export function nameOf(name: string, words: HTMLElement): string {
  const ours: Record<string, string | undefined> = {
    "": words.dataset.other,
    prompt: words.dataset.p,
    generated: words.dataset.g,
    running: words.dataset.r,
    waiting: words.dataset.w,
  };
  return ours[name] ?? name;
}
