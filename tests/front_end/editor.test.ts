import { describe, expect, test } from "vitest";
import { change } from "../../src/modelsweb/web/static/ts/editor";

describe("the smallest change", () => {
  test.each([
    ["", "", { from: 0, to: 0, insert: "" }],
    ["abc", "abc", { from: 3, to: 3, insert: "" }],
    ["abc", "aXc", { from: 1, to: 2, insert: "X" }],
    ["aa", "aaa", { from: 2, to: 2, insert: "a" }],
    ["aaa", "aa", { from: 2, to: 3, insert: "" }],
    ["abc", "", { from: 0, to: 3, insert: "" }],
  ])("from %j to %j", (before, after, wanted) => {
    expect(change(before, after)).toEqual(wanted);
    expect(before.slice(0, wanted.from) + wanted.insert + before.slice(wanted.to)).toBe(after);
  });
});
