import { describe, expect, test } from "vitest";
import { placeAt } from "../../src/modelsweb/web/static/ts/yaml_path";

const TEXT = `apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata:
  name: x  # its name
  annotations:
    serving.kserve.io/deploymentMode: Standard
spec:
  predictor:
    minReplicas: 1

    model:
      modelFormat:
        name: sklearn
      env:
      - name: A
        value: "1"
      -
        name: B
    containers:
      - name: c
        args: [a]
        ports:
          - containerPort: 1
            prot
---
kind: Secret
apiVersion: v1
da`.split("\n");

function at(line: number, column = 99): ReturnType<typeof placeAt> {
  return placeAt(TEXT, line, column);
}

describe("the place of a line", () => {
  test.each([
    [0, []],
    [3, ["metadata"]],
    [5, ["metadata", "annotations"]],
    [8, ["spec", "predictor"]],
    [12, ["spec", "predictor", "model", "modelFormat"]],
    [14, ["spec", "predictor", "model", "env"]],
    [15, ["spec", "predictor", "model", "env"]],
    [17, ["spec", "predictor", "model", "env"]],
    [19, ["spec", "predictor", "containers"]],
    [20, ["spec", "predictor", "containers"]],
    [22, ["spec", "predictor", "containers", "ports"]],
    [23, ["spec", "predictor", "containers", "ports"]],
  ])("line %i is in %j", (line, path) => {
    expect(at(line).path).toEqual(path);
  });

  test("an empty line is where the cursor stands", () => {
    expect(placeAt([...TEXT.slice(0, 9), "      "], 9, 4).path).toEqual(["spec", "predictor"]);
    expect(placeAt([...TEXT.slice(0, 9), "  "], 9, 2).path).toEqual(["spec"]);
    expect(placeAt([...TEXT.slice(0, 9), ""], 9, 0).path).toEqual([]);
  });

  test("key and value are told apart", () => {
    expect(at(12, 9)).toMatchObject({ key: "name", isValue: false });
    expect(at(12, 14)).toMatchObject({ key: "name", isValue: true });
    expect(at(5)).toMatchObject({ key: "serving.kserve.io/deploymentMode", isValue: true });
    expect(at(23)).toMatchObject({ key: "", isValue: false });
  });

  test("each document has a kind of its own", () => {
    expect(at(3)).toMatchObject({ kind: "InferenceService", version: "serving.kserve.io/v1beta1" });
    expect(at(27)).toMatchObject({ kind: "Secret", version: "v1", path: [] });
  });
});
