// Which time the charts show, as it stands in the address.
const SECONDS: Record<string, number> = {
  "15m": 900,
  "1h": 3600,
  "6h": 21_600,
  "24h": 86_400,
  "7d": 604_800,
};

const SHORTEST = 60;
const LONGEST = 90 * 86_400;

/** The time for Grafana: seconds since 1970, or words that it reads itself, so that it goes on by itself. */
export function times(): { from: number | string; to: number | string } {
  const view = new URLSearchParams(location.search);
  const [from, to] = [Number(view.get("from")), Number(view.get("to"))];
  if (from > 0 && to - from >= SHORTEST && to - from <= LONGEST) return { from, to }; // as the server has it
  const range = view.get("range") ?? "";
  return { from: `now-${SECONDS[range] ?? SECONDS["1h"]}s`, to: "now" };
}

/** Shows another time from here on; Back returns to the one before. */
export function showTime(from: number, to: number): void {
  const url = new URL(location.href);
  // A drag is told by every chart, for they share the cursor: the first one counts.
  if (url.searchParams.get("to") === String(Math.round(to))) return;
  url.searchParams.delete("range");
  url.searchParams.set("from", String(Math.round(from)));
  url.searchParams.set("to", String(Math.round(to)));
  history.pushState(null, "", url);
  dispatchEvent(new Event("mw:range"));
}

/** Back and Forward show another time. */
export function connect(page: Document): void {
  addEventListener("popstate", () => dispatchEvent(new Event("mw:range")));
  // htmx would fetch the whole page again: here only the figures are others.
  page.addEventListener("htmx:before:history:restore", (event) => event.preventDefault());
}
