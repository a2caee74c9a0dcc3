import { expect, test } from "vitest";
import { mean, path, total } from "../../src/modelsweb/web/static/ts/sparkline";

test("a gap in the values is a gap in the line", () => {
  expect(path([0, 1, null, 1], 1).match(/[ML]/g)).toEqual(["M", "L", "M"]);
});

test("the largest value is at the top, nothing at the foot", () => {
  expect(path([0, 4], 4)).toBe("M0.0,15.0L52.0,1.0");
});

test("unknown values are not nothing", () => {
  expect(total([1, null, 3])).toBe(4);
  expect(mean([1, null, 3])).toBe(2);
  expect(mean([])).toBe(0);
});
