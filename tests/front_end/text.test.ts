import { beforeEach, expect, test } from "vitest";
import { format, nameOf } from "../../src/modelsweb/web/static/ts/chart_data";
import { times } from "../../src/modelsweb/web/static/ts/metrics_view";
import { isSignIn } from "../../src/modelsweb/web/static/ts/session";
import { parse } from "../../src/modelsweb/web/static/ts/sse";
import { shown } from "../../src/modelsweb/web/static/ts/terminal";

beforeEach(() => history.replaceState(null, "", "/"));

test("a message of a stream has an id, an event and lines of data", () => {
  expect(parse("id: 7\nevent: rows\ndata: a\ndata: b\u2028c")).toEqual({
    id: "7",
    event: "rows",
    data: "a\nb\u2028c",
  });
  expect(parse(": ping")).toEqual({ id: "", event: "", data: "" });
});

test("values are written with their unit", () => {
  expect(format("seconds", 0.0123)).toBe("12.3 ms");
  expect(format("bytes", 3 * 1024 ** 3)).toBe("3 GiB");
  expect(format("ratio", 0.051)).toBe("5.1%");
  expect(format("count", null)).toBe("–");
});

test("series have names of ours where they are ours", () => {
  const words = document.createElement("div");
  words.dataset.p = "Prompt";
  expect([nameOf("prompt", words), nameOf("2xx", words)]).toEqual(["Prompt", "2xx"]);
});

test("the time stands in the address, and nonsense is an hour", () => {
  expect(times()).toEqual({ from: "now-3600s", to: "now" });
  history.replaceState(null, "", "/?range=6h");
  expect(times()).toEqual({ from: "now-21600s", to: "now" });
  history.replaceState(null, "", "/?from=1000&to=1600");
  expect(times()).toEqual({ from: 1000, to: 1600 });
  history.replaceState(null, "", "/?from=1000&to=1010");
  expect(times().to).toBe("now");
});

test("a terminal's last state is what is shown, with its colours", () => {
  expect(shown("10%\r20%").text).toBe("20%");
  expect(shown("abc\b\bX").text).toBe("aXc");
  expect(shown("\u001b[31mred\u001b[0m").text).toBe("red");
  expect(shown("\u001b[31mred\u001b[0m").coded).toContain("\u001b[31m");
  expect(shown("\u001b]0;title\u0007text").text).toBe("text");
});

test("a proxy's sign-in page is told from an answer of ours", () => {
  expect(isSignIn({ type: "opaqueredirect", status: 0 } as Response)).toBe(true);
  expect(isSignIn({ type: "basic", status: 401 } as Response)).toBe(true);
  expect(isSignIn({ type: "basic", status: 200 } as Response)).toBe(false);
});
