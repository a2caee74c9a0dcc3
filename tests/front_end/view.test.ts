import { beforeEach, expect, test, vi } from "vitest";
import { connect } from "../../src/modelsweb/web/static/ts/view";

connect(document);

beforeEach(() => {
  document.body.innerHTML = `<div id="list"><a id="faults" href="#faults">Faults</a><input id="search"></div>`;
});

test("a link that is to open elsewhere is left to the browser", () => {
  const link = document.getElementById("faults") as HTMLAnchorElement;
  const swapped = vi.fn();
  link.addEventListener("click", swapped);
  const click = (keys: MouseEventInit): boolean =>
    link.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, ...keys }));
  for (const keys of [{ ctrlKey: true }, { metaKey: true }, { shiftKey: true }, { altKey: true }])
    expect(click(keys)).toBe(true);
  expect(swapped).not.toHaveBeenCalled();
  click({});
  expect(swapped).toHaveBeenCalledOnce();
});

test("an error does not take the place of the list", () => {
  const goes = vi.spyOn(location, "assign").mockImplementation(() => undefined);
  const answer = (status: number): boolean => {
    const raw = { status, url: "http://localhost/services?q=x" };
    const detail = { ctx: { target: document.getElementById("list"), response: { raw } } };
    return document.dispatchEvent(new CustomEvent("htmx:before:swap", { cancelable: true, detail }));
  };
  expect([answer(200), answer(429)]).toEqual([true, false]);
  expect(goes).toHaveBeenCalledExactlyOnceWith("http://localhost/services?q=x");
});

test("the letters of a word that is being composed are no search yet", () => {
  const search = document.getElementById("search") as HTMLInputElement;
  const sought = vi.fn();
  search.addEventListener("input", sought);
  search.dispatchEvent(new InputEvent("input", { bubbles: true, isComposing: true }));
  expect(sought).not.toHaveBeenCalled();
  search.dispatchEvent(new CompositionEvent("compositionend", { bubbles: true }));
  expect(sought).toHaveBeenCalledOnce();
});
