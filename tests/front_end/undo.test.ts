import { beforeEach, expect, test, vi } from "vitest";
import { connect } from "../../src/modelsweb/web/static/ts/undo";

connect(document);

let sent: number;

beforeEach(() => {
  vi.useFakeTimers();
  sent = 0;
  document.body.innerHTML = `
    <form data-undo="Deletes in {n} s." data-undo-word="Undo"><input name="confirm" data-expected="iris">
      <div class="mw-actions"><button type="submit">Delete</button></div></form>`;
  document.querySelector("form")?.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) sent += 1;
    event.preventDefault();
  });
});

function press(typed: string): void {
  (document.querySelector("input") as HTMLInputElement).value = typed;
  document.querySelector("form")?.requestSubmit();
}

test("it is sent after five seconds, once", () => {
  press("iris");
  press("iris");
  expect(document.querySelector(".mw-undo")?.textContent).toContain("Deletes in 5 s.");
  vi.advanceTimersByTime(4_000);
  expect(sent).toBe(0);
  expect(document.querySelector(".mw-undo")?.textContent).toContain("Deletes in 1 s.");
  vi.advanceTimersByTime(1_000);
  expect(sent).toBe(1);
});

test("undone it is never sent", () => {
  press("iris");
  document.querySelector<HTMLElement>(".mw-undo button")?.click();
  vi.advanceTimersByTime(20_000);
  expect(sent).toBe(0);
  expect(document.querySelector(".mw-undo")).toBeNull();
  expect((document.querySelector(".mw-actions") as HTMLElement).hidden).toBe(false);
});

test("a wrong name goes to the server at once, which says so", () => {
  press("irish");
  expect(sent).toBe(1);
});
