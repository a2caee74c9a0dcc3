import { expect, test } from "vitest";
import { connect } from "../../src/modelsweb/web/static/ts/narrow";

test("a menu shows what has all the words, and Enter takes the only one that is left", () => {
  document.body.innerHTML = `<input data-narrows="list" hidden>
    <ul id="list"><li><a href="#1">Fraud model</a></li><li><a href="#2">Credit model</a></li></ul>`;
  connect(document);
  const field = document.querySelector("input") as HTMLInputElement;
  const hidden = (): unknown[] => [...document.querySelectorAll("li")].map((choice) => choice.hidden);
  expect(field.hidden).toBe(false);
  field.value = "MODEL cre";
  field.dispatchEvent(new Event("input", { bubbles: true }));
  expect(hidden()).toEqual([true, false]);
  let taken = "";
  for (const link of document.querySelectorAll("a"))
    link.addEventListener("click", () => {
      taken = link.textContent ?? "";
    });
  field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
  expect(taken).toBe("Credit model");
});
