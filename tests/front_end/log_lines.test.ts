import { expect, test } from "vitest";
import * as lines from "../../src/modelsweb/web/static/ts/log_lines";

test("levels are read from what servers write", () => {
  const levels = new lines.Levels();
  const of = (text: string): string => levels.of(text);
  expect(of("2026-01-01 ERROR it broke")).toBe("e");
  expect(of("W0101 12:00:00.000000 1 file.go:1] odd")).toBe("w");
  expect(of("INFO: started")).toBe("o");
});
