import { beforeEach, expect, test, vi } from "vitest";
import { connect } from "../../src/modelsweb/web/static/ts/rows";

vi.mock("../../src/modelsweb/web/static/ts/htmx", () => ({ swapPartials: vi.fn(async () => undefined) }));

const row = (key: string): string => `<tbody id="row-${key}"><tr><td>${key}</td></tr></tbody>`;
const shown = (): string[] => [...document.querySelectorAll("tbody")].map((body) => body.id);

connect(document);

function say(order: string[] | null, rows: Record<string, string>): Promise<void> {
  const detail = { data: JSON.stringify({ order, rows }) };
  document.dispatchEvent(new CustomEvent("rows", { detail }));
  return new Promise((done) => setTimeout(done));
}

function swap(): void {
  const detail = { ctx: { target: document.body, swap: "innerHTML" } };
  document.dispatchEvent(new CustomEvent("htmx:after:swap", { detail }));
}

beforeEach(() => {
  swap();
  document.body.innerHTML = `
    <button id="waiting" data-one="1 change" data-many="{n} changes" hidden><b></b></button>
    <table data-rows>${row("a")}${row("b")}<tbody id="row-c"><tr><td><a href="#" id="link">c</a></td></tr></tbody></table>`;
});

test("rows come, go and move as the stream says", async () => {
  await say(["c", "d", "a"], { d: row("d") });
  expect(shown()).toEqual(["row-c", "row-d", "row-a"]);
});

test("while the focus is in the table nothing moves, and what waits is counted", async () => {
  document.getElementById("link")?.focus();
  await say(["c", "a"], {});
  expect(shown()).toEqual(["row-a", "row-b", "row-c"]);
  const chip = document.getElementById("waiting") as HTMLElement;
  expect([chip.hidden, chip.textContent]).toEqual([false, "1 change"]);
  chip.click();
  expect(shown()).toEqual(["row-c", "row-a"]);
  expect(chip.hidden).toBe(true);
});

test("another view brings its own rows: what waited is void", async () => {
  document.getElementById("link")?.focus();
  await say(["c"], {});
  swap();
  document.getElementById("waiting")?.click();
  expect(shown()).toEqual(["row-a", "row-b", "row-c"]);
});
