import { describe, expect, it } from "vitest";
import { demandsOf, hasContainers } from "../../src/model/demand.ts";
import type { KubeContainer, KubeObject } from "../../src/model/kube.ts";
import { formatCpu, formatMemory, parseBytes, parseMilli } from "../../src/model/quantity.ts";

const object = (spec: KubeObject["spec"], kind = "Pod"): KubeObject => ({
  kind,
  metadata: { name: "web" },
  ...(spec && { spec }),
});
const container = (resources?: KubeContainer["resources"]): KubeContainer => ({
  name: "c",
  ...(resources && { resources }),
});

describe("quantities", () => {
  it.each([
    ["250m", 250],
    ["2", 2000],
    [2, 2000],
    ["0.5", 500],
    [".5", 500],
    ["1e-1", 100],
    ["1u", 1],
    ["0.1m", 1],
    ["100n", 1],
    ["+3", 3000],
    ["1k", 1_000_000],
  ])("of CPU: %s", (text, milli) => {
    expect(parseMilli(text)).toBe(milli);
  });

  it.each([
    ["128Mi", 134_217_728],
    ["1Gi", 1_073_741_824],
    ["1.5Ki", 1536],
    ["1500m", 2],
    ["5M", 5_000_000],
    ["5e3", 5000],
    [1024, 1024],
    ["2Pi", 2 ** 51],
  ])("of memory: %s", (text, bytes) => {
    expect(parseBytes(text)).toBe(bytes);
  });

  it.each([undefined, "", "abc", "1 Gi", "1gi", "Mi", "1..2", "0x10"])("no quantity: %s", (text) => {
    expect(parseMilli(text)).toBeNull();
    expect(parseBytes(text)).toBeNull();
  });

  it.each([
    [0, "0"],
    [250, "250m"],
    [1000, "1"],
    [1550, "1.6"],
  ])("%d thousandths of a core are written as %s", (milli, text) => {
    expect(formatCpu(milli)).toBe(text);
  });

  it.each([
    [0, "0Mi"],
    [2 ** 20, "1Mi"],
    [1.5 * 2 ** 30, "1.5Gi"],
  ])("%d bytes are written as %s", (bytes, text) => {
    expect(formatMemory(bytes)).toBe(text);
  });
});

describe("what an object asks for", () => {
  it("are its containers' requests and limits", () => {
    const resources = { requests: { cpu: "100m", memory: "64Mi" }, limits: { cpu: 1 } };
    expect(demandsOf(object({ containers: [container(resources)] }))).toEqual([
      { container: "c", requests: { cpu: 100, memory: 67_108_864 }, limits: { cpu: 1000, memory: null } },
    ]);
  });

  it("are the limits where no request is written", () => {
    const [demand] = demandsOf(object({ containers: [container({ limits: { cpu: "2", memory: "1Ki" } })] }));
    expect(demand?.requests).toEqual({ cpu: 2000, memory: 1024 });
  });

  it("is nothing where nothing is written", () => {
    const [demand] = demandsOf(object({ containers: [container()] }));
    expect(demand).toEqual({
      container: "c",
      requests: { cpu: 0, memory: 0 },
      limits: { cpu: null, memory: null },
    });
  });

  it("is told of the pods that a workload makes", () => {
    const spec = { template: { spec: { containers: [container()] } } };
    expect(demandsOf(object(spec, "Deployment"))).toHaveLength(1);
    expect(hasContainers(object(spec, "Deployment"))).toBe(true);
  });

  it("is not told of objects without containers", () => {
    expect(hasContainers(object(undefined, "ConfigMap"))).toBe(false);
    expect(hasContainers(object({ template: {} }, "Job"))).toBe(false);
    expect(demandsOf(object({}, "Service"))).toEqual([]);
  });
});
