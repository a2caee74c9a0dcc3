// The metrics page: draws what the server measured. One cursor goes over all charts, a drag zooms all of them, rollouts
// and restarts are marked, and each chart has a table of the same values.
import uPlot from "uplot";
import { type ChartLines, format, type MetricsData, nameOf } from "./chart_data";
import { connect as connectView, times as shownTime, showTime } from "./metrics_view";

const COLOURS = ["--mw-s1", "--mw-s2", "--mw-s3", "--mw-s4", "--mw-s5", "--mw-s6"];
const DASHES = [[], [6, 3], [2, 3], [8, 3, 2, 3]];
const HEIGHT = 184;
const POWERS = Array.from({ length: 50 }, (_, power) => 2 ** power);
const SHORTEST = 60;
const SYNC = "charts";

/** Connects the page; nothing happens on import. */
export function connect(page: Document): void {
  connectView(page);
  const charts = page.getElementById("charts") as HTMLElement;
  const problem = page.getElementById("metrics-problem") as HTMLElement;
  const cursor = page.getElementById("metrics-cursor") as HTMLElement;
  const marks = page.getElementById("metrics-marks") as HTMLElement;
  const language = document.documentElement.lang;
  const plots = new Map<string, uPlot>();
  let data: MetricsData | null = null;
  let loadedAt = "";
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asked = 0;

  const clock = new Intl.DateTimeFormat(language, {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  });

  const minute = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const day = new Intl.DateTimeFormat(language, { month: "numeric", day: "numeric" });
  const whole = new Intl.DateTimeFormat(language, { dateStyle: "short", timeStyle: "medium" });

  function colour(name: string): string {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  /** Classes of HTTP status have the colours of their meaning, all else those of the series. */
  function look(name: string, index: number): { colour: string; dash: number[] } {
    if (name === "5xx") return { colour: colour("--mw-failed"), dash: [] };
    if (name === "4xx") return { colour: colour("--mw-degraded"), dash: [6, 3] };
    const dash = DASHES[Math.floor(index / COLOURS.length)] ?? [];
    return {
      colour: colour(COLOURS[index % COLOURS.length] ?? "--mw-s1"),
      dash: dash.length ? dash : dashOf(name),
    };
  }

  function dashOf(name: string): number[] {
    return name === "p95" ? [6, 3] : name === "p99" ? [2, 3] : [];
  }

  // -- drawing ----------------------------------------------------------------------------------------------------------

  function figure(id: string): HTMLElement | null {
    return page.getElementById(`chart-${id}`);
  }

  function draw(chart: ChartLines): void {
    const place = figure(chart.id);
    if (!place || !data) return;
    place.hidden = false;
    const [plot, empty, table] = [".mw-plot", ".mw-chart-empty", ".mw-chart-table"].map(
      (part) => place.querySelector(part) as HTMLElement,
    ) as [HTMLElement, HTMLElement, HTMLElement];
    const asTable = place.querySelector("[data-table]")?.getAttribute("aria-pressed") === "true";
    const isEmpty = chart.series.length === 0;
    empty.hidden = !isEmpty;
    plot.hidden = isEmpty || asTable;
    table.hidden = isEmpty || !asTable;
    plots.get(chart.id)?.destroy();
    plots.delete(chart.id);
    legend(place, chart, null);
    if (isEmpty) (empty.firstElementChild as HTMLElement).textContent = chart.gap ?? "";
    else if (asTable) fillTable(table, chart);
    else {
      plot.setAttribute("aria-label", spoken(chart));
      plots.set(chart.id, plotted(plot, place, chart));
    }
  }

  /** What a chart shows, in words: each line with its last value. */
  function spoken(chart: ChartLines): string {
    const title = page.getElementById(`title-${chart.id}`)?.textContent ?? "";
    const lines = chart.series.map(
      (one) => `${nameOf(one.name, charts)} ${format(chart.unit, last(one.values))}`,
    );
    return `${title}: ${lines.join(", ")}`;
  }

  function last(values: (number | null)[]): number | null {
    return values.findLast((value) => value !== null) ?? null;
  }

  function plotted(plot: HTMLElement, place: HTMLElement, chart: ChartLines): uPlot {
    const { start, end, step } = data as MetricsData;
    const times = Array.from(
      { length: Math.floor((end - start) / step) + 1 },
      (_, index) => start + index * step,
    );
    const [line, words] = [colour("--mw-line"), colour("--pf-t--global--text--color--subtle")];
    const font = `11px ${colour("--pf-t--global--font--family--body") || "sans-serif"}`;
    const axis = { stroke: words, font, grid: { stroke: line, width: 1 }, ticks: { stroke: line, size: 4 } };
    const isLong = end - start > 2 * 86_400;
    return new uPlot(
      {
        width: plot.clientWidth,
        height: HEIGHT,
        padding: [16, 28, 0, 0],
        legend: { show: false },
        scales: {
          x: { time: true, range: () => [start, end] },
          y: { range: (_, __, top) => [0, top > 0 ? top * 1.1 : 1] },
        },
        cursor: {
          sync: { key: SYNC },
          drag: { x: true, y: false, setScale: false },
          points: { size: 6 },
        },
        axes: [
          {
            ...axis,
            space: 64,
            size: 30,
            values: (_, at) => at.map((one) => (isLong ? day : minute).format(new Date(one * 1000))),
          },
          {
            ...axis,
            size: 64,
            ...(chart.unit === "bytes" ? { incrs: POWERS } : {}),
            values: (_, at) => at.map((one) => format(chart.unit, one)),
          },
        ],
        series: [
          {},
          ...chart.series.map((one, index) => {
            const { colour: stroke, dash } = look(one.name, index);
            return { label: one.name, stroke, dash, width: 1.5, points: { show: isAlone(one.values) } };
          }),
        ],
        hooks: {
          setCursor: [(self) => follow(place, chart, self)],
          setSelect: [(self) => zoom(self)],
          draw: [(self) => drawMarks(self)],
        },
      },
      [times, ...chart.series.map((one) => one.values)] as uPlot.AlignedData,
      plot,
    );
  }

  /** A single value makes no line: it is drawn as a point. */
  function isAlone(values: (number | null)[]): boolean {
    return values.filter((value) => value !== null).length === 1;
  }

  function legend(place: HTMLElement, chart: ChartLines, at: number | null): void {
    const list = place.querySelector(".mw-legend") as HTMLElement;
    list.replaceChildren(
      ...chart.series.map((one, index) => {
        const { colour: stroke, dash } = look(one.name, index);
        const item = document.createElement("li");
        const swatch = document.createElementNS("http://www.w3.org/2000/svg", "svg");
        swatch.setAttribute("viewBox", "0 0 16 8");
        swatch.setAttribute("aria-hidden", "true");
        const path = document.createElementNS(swatch.namespaceURI, "path") as SVGPathElement;
        for (const [key, value] of Object.entries({
          d: "M0 4H16",
          stroke,
          "stroke-width": "3",
          "stroke-dasharray": dash.join(" "),
        }))
          path.setAttribute(key, value);
        swatch.append(path);
        const name = document.createElement("span");
        name.translate = false;
        name.textContent = nameOf(one.name, charts);
        const value = document.createElement("b");
        value.textContent = format(chart.unit, at === null ? last(one.values) : (one.values[at] ?? null));
        item.append(swatch, name, value);
        return item;
      }),
    );
  }

  function follow(place: HTMLElement, chart: ChartLines, plot: uPlot): void {
    const at = plot.cursor.idx ?? null;
    const isOver = at !== null && (plot.cursor.left ?? -1) >= 0;
    legend(place, chart, isOver ? at : null);
    cursor.hidden = !isOver;
    if (isOver)
      (cursor.querySelector("b") as HTMLElement).textContent = clock.format(
        new Date((plot.data[0][at] ?? 0) * 1000),
      );
  }

  function zoom(plot: uPlot): void {
    if (plot.select.width < 4) return;
    const [from, to] = [plot.select.left, plot.select.left + plot.select.width].map((x) =>
      plot.posToVal(x, "x"),
    );
    const middle = ((from ?? 0) + (to ?? 0)) / 2;
    const half = Math.max(SHORTEST, (to ?? 0) - (from ?? 0)) / 2;
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    showTime(middle - half, middle + half);
  }

  function drawMarks(plot: uPlot): void {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.lineWidth = devicePixelRatio;
    ctx.font = `${11 * devicePixelRatio}px ${colour("--pf-t--global--font--family--body") || "sans-serif"}`;
    ctx.textAlign = "center";
    let taken = Number.NEGATIVE_INFINITY;
    for (const mark of data?.marks ?? []) {
      const x = Math.round(plot.valToPos(mark.at, "x", true));
      ctx.strokeStyle = colour(mark.kind === "restart" ? "--mw-failed" : "--mw-queued");
      ctx.setLineDash((mark.kind === "restart" ? [2, 3] : [5, 4]).map((one) => one * devicePixelRatio));
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
      const word = (mark.kind === "restart" ? charts.dataset.restartMark : charts.dataset.rolloutMark) ?? "";
      const half = ctx.measureText(word).width / 2;
      // Words of one place would lie on each other; the list below the charts tells all.
      if (x - half < taken) continue;
      taken = x + half + 4 * devicePixelRatio;
      ctx.fillStyle = ctx.strokeStyle;
      ctx.fillText(
        word,
        Math.min(x, bbox.left + bbox.width + 28 * devicePixelRatio - half),
        bbox.top - 4 * devicePixelRatio,
      );
    }
    ctx.restore();
  }

  function tellMarks(): void {
    const found = data?.marks ?? [];
    marks.hidden = found.length === 0;
    (marks.querySelector("ul") as HTMLElement).replaceChildren(
      ...found.map((mark) => {
        const item = document.createElement("li");
        const words = mark.kind === "restart" ? charts.dataset.restart : charts.dataset.rollout;
        item.textContent = `${whole.format(new Date(mark.at * 1000))} · ${(words ?? "").replace("{name}", mark.label)}`;
        return item;
      }),
    );
  }

  function fillTable(place: HTMLElement, chart: ChartLines): void {
    const { start, step } = data as MetricsData;
    const table = document.createElement("table");
    const head = table.createTHead().insertRow();
    const cell = (word: string) => {
      const found = document.createElement("th");
      found.scope = "col";
      found.textContent = word;
      head.append(found);
    };
    cell(charts.dataset.time ?? "");
    for (const one of chart.series) cell(nameOf(one.name, charts));
    const body = table.createTBody();
    for (let index = (chart.series[0]?.values.length ?? 0) - 1; index >= 0; index--) {
      const row = body.insertRow();
      row.insertCell().textContent = whole.format(new Date((start + index * step) * 1000));
      for (const one of chart.series)
        row.insertCell().textContent = format(chart.unit, one.values[index] ?? null);
    }
    place.replaceChildren(table);
  }

  function drawAll(): void {
    for (const chart of data?.charts ?? []) draw(chart);
    tellMarks();
  }

  // -- loading ----------------------------------------------------------------------------------------------------------

  function follows(): boolean {
    return typeof shownTime().from !== "number";
  }

  async function load(): Promise<void> {
    clearTimeout(timer);
    const mine = ++asked;
    let wrong = "";
    try {
      const answer = await fetch(`${charts.dataset.charts}${location.search}`, { cache: "no-store" });
      const found = await answer.json().catch(() => ({}));
      if (mine !== asked) return;
      if (!answer.ok) wrong = String(found.message ?? answer.status);
      else {
        data = found as MetricsData;
        loadedAt = clock.format(new Date());
        drawAll();
      }
    } catch (error) {
      wrong = (error as Error).message;
    }
    if (mine !== asked) return;
    problem.hidden = !wrong;
    const words = data ? problem.dataset.words : problem.dataset.none;
    if (wrong) problem.textContent = (words ?? "").replace("{problem}", wrong).replace("{time}", loadedAt);
    charts.dataset.loaded = "";
    const seconds = Number(charts.dataset.refresh);
    if (wrong || (seconds && follows())) timer = setTimeout(again, (seconds || 15) * 1000);
  }

  /** A hidden tab asks for nothing; it does when it is looked at again. */
  function again(): void {
    if (!document.hidden) void load();
  }

  page.addEventListener("visibilitychange", () => {
    const seconds = Number(charts.dataset.refresh);
    if (!document.hidden && seconds && follows()) void load();
  });

  /** A time that a drag chose is named, and does not move: nothing refreshes it. */
  function tellRange(): void {
    const fixed = page.getElementById("metrics-fixed");
    const refresh = page.getElementById("metrics-refresh");
    const { from, to } = shownTime();
    if (!fixed || !refresh) return;
    fixed.hidden = follows();
    refresh.hidden = !follows();
    const name = fixed.querySelector("b");
    if (name && !follows())
      name.textContent = [from, to]
        .map((at) => new Date(Number(at) * 1000).toISOString().slice(0, 16).replace("T", " "))
        .join(" – ");
  }

  addEventListener("mw:range", () => {
    tellRange();
    const view = new URLSearchParams(location.search);
    for (const link of page.querySelectorAll<HTMLElement>("#metrics-ranges a")) {
      const isShown = follows() && link.dataset.range === (view.get("range") ?? "1h");
      if (isShown) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    for (const link of page.querySelectorAll<HTMLAnchorElement>(".mw-chart-head a"))
      link.search = location.search;
    void load();
  });

  // The form keeps the time that a drag chose.
  const choice = page.getElementById("metrics-choice") as HTMLFormElement;

  choice.addEventListener("formdata", (event) => {
    const view = new URLSearchParams(location.search);
    for (const key of ["from", "to", "range"]) {
      const value = view.get(key);
      if (value === null) event.formData.delete(key);
      else event.formData.set(key, value);
    }
    for (const [key, value] of [...event.formData.entries()]) if (value === "") event.formData.delete(key);
  });

  choice.addEventListener("change", () => choice.requestSubmit());

  charts.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-table]");
    const id = button?.closest<HTMLElement>("[data-chart]")?.dataset.chart;
    if (!button || !id) return;
    button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
    const chart = data?.charts.find((one) => one.id === id);
    if (chart) draw(chart);
  });

  let width = charts.clientWidth;

  new ResizeObserver(() => {
    if (charts.clientWidth === width) return;
    width = charts.clientWidth;
    drawAll();
  }).observe(charts);

  new MutationObserver(drawAll).observe(document.documentElement, { attributeFilter: ["class"] });

  tellRange();

  void load();
}
