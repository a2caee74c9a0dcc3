import { beforeEach, expect, test } from "vitest";
import { connect } from "../../src/modelsweb/web/static/ts/select";

connect(document);

beforeEach(() => {
  document.body.innerHTML = `
    <div id="pager" data-matching="120"></div>
    <div id="bulk"><b class="mw-bulk-count" data-one="1 selected" data-many="{n} selected"></b>
      <button>Stop</button>
      <label class="mw-bulk-all"><input type="checkbox" name="all"><span data-words="all {n}" data-first="first {n} of {all}" data-max="100"></span></label>
      <button id="select-none">None</button></div>
    <table id="services"><thead><tr><th><input type="checkbox" id="select-page"></th></tr></thead>
      <tbody><tr><td><input type="checkbox" name="item" value="1"></td></tr>
      <tr><td><input type="checkbox" name="item" value="2"></td></tr></tbody></table>`;
});

const one = (selector: string): HTMLInputElement => document.querySelector(selector) as HTMLInputElement;

function check(selector: string, checked = true): void {
  one(selector).checked = checked;
  one(selector).dispatchEvent(new Event("change", { bubbles: true }));
}

test("one row opens the bar and is counted", () => {
  check('[value="1"]');
  expect(one("#bulk").classList.contains("mw-bulk-open")).toBe(true);
  expect(one(".mw-bulk-count").textContent).toBe("1 selected");
  expect(one("#select-page").indeterminate).toBe(true);
});

test("the page's box chooses all of it, and all that match are no more than may be acted on", () => {
  check("#select-page");
  expect(one(".mw-bulk-count").textContent).toBe("2 selected");
  expect(one(".mw-bulk-all span").textContent).toBe("first 100 of 120");
  check('[name="all"]');
  expect(one(".mw-bulk-count").textContent).toBe("100 selected");
});

test("nothing chosen closes the bar and takes all back", () => {
  check("#select-page");
  check('[name="all"]');
  one("#select-none").click();
  expect(one("#bulk").classList.contains("mw-bulk-open")).toBe(false);
  expect(one('[name="all"]').checked).toBe(false);
});
