import { describe, expect, it } from "vitest";
import { type EventRow, filterEvents } from "../../src/model/eventlist.ts";
import { appendLines, filterLines, MOST_LINES, toneOf, visible } from "../../src/model/logs.ts";
import { formatValue, shortName, toCharts } from "../../src/model/metrics.ts";
import { arrangeServices, formatPort, healthOf, type NetService } from "../../src/model/net.ts";
import { type ApiRequest, filterRequests, formatMicros, placeStages } from "../../src/model/requests.ts";

describe("events", () => {
  const row = (rev: number, change: Partial<EventRow> = {}): EventRow => ({
    rev,
    at: rev,
    type: "Normal",
    reason: "Started",
    namespace: "shop",
    kind: "Pod",
    name: "web-1",
    message: "Started container web",
    count: 1,
    source: "kubelet",
    ...change,
  });
  const rows = [row(3, { type: "Warning", reason: "BackOff" }), row(2), row(1, { namespace: "kube-system" })];
  const ALL = { words: "", namespace: "", onlyWarnings: false, until: null };

  it.each([
    ["words in any field", { words: "pod/web-1 backoff" }, [3]],
    ["a namespace", { namespace: "shop" }, [3, 2]],
    ["warnings only", { onlyWarnings: true }, [3]],
    ["those of a past revision", { until: 2 }, [2, 1]],
    ["all", {}, [3, 2, 1]],
  ])("can be narrowed to %s", (_name, filter, revs) => {
    expect(filterEvents(rows, { ...ALL, ...filter }).map((each) => each.rev)).toEqual(revs);
  });
});

describe("log lines", () => {
  const line = (at: number, text = "GET /") => ({ at, text });

  it("are appended, and the oldest leave when there are too many", () => {
    const kept = Array.from({ length: MOST_LINES }, (_, at) => line(at));
    const all = appendLines(kept, [line(-1)]);
    expect(all).toHaveLength(MOST_LINES);
    expect(all[0]?.at).toBe(1);
    expect(appendLines(kept, [])).toBe(kept);
  });

  it("can be searched, and end at a moment of the past", () => {
    const lines = [line(1, "ERROR a"), line(2), line(3, "an error")];
    expect(filterLines(lines, "Error", null).map((each) => each.at)).toEqual([1, 3]);
    expect(filterLines(lines, "", 2).map((each) => each.at)).toEqual([1, 2]);
    expect(filterLines(lines, " ", null)).toBe(lines);
  });

  it("show a tone, and control characters as a sign", () => {
    expect([toneOf("connect failed"), toneOf("WARN: slow"), toneOf("errorless")]).toEqual([
      "bad",
      "wait",
      "plain",
    ]);
    expect(visible("\u001b[31mred\u001b[0m\ttab\u0007\u202e")).toBe("red\ttab\uFFFD\uFFFD");
  });
});

describe("requests", () => {
  it("have stages that fill the whole", () => {
    const stages = [100, 300].map((us) => ({ name: "x", verdict: "ok", us, detail: "" }));
    expect(placeStages(stages).map(({ start, length }) => [start, length])).toEqual([
      [0, 0.25],
      [0.25, 0.75],
    ]);
    expect(placeStages([])).toEqual([]);
  });

  it("can be found by verb, path, user and code", () => {
    const row: ApiRequest = {
      n: 1,
      at: 0,
      rev: 1,
      user: "otter",
      verb: "patch",
      path: "/api/x",
      code: 409,
      ms: 1,
      stages: [],
    };
    expect(filterRequests([row], "PATCH 409 otter")).toHaveLength(1);
    expect(filterRequests([row], "delete")).toHaveLength(0);
  });

  it.each([
    [120, "120 µs"],
    [4100, "4.10 ms"],
    [41_000, "41.0 ms"],
  ])("a stage of %i µs reads %s", (us, text) => {
    expect(formatMicros(us)).toBe(text);
  });
});

describe("metrics", () => {
  const series = (name: string, unit: string) => ({ name, unit, values: [1] });

  it("of one subject share a chart", () => {
    const charts = toCharts({
      at: [0],
      series: [series("cpu used", "cores"), series("memory used", "bytes"), series("cpu requested", "cores")],
    });
    expect(charts.map((chart) => [chart.subject, chart.series.length])).toEqual([
      ["cpu", 2],
      ["memory", 1],
    ]);
    expect(charts[0] && shortName(charts[0], series("cpu used", "cores"))).toBe("used");
  });

  it.each([
    [0, "bytes", "0 B"],
    [1536 * 2 ** 20, "bytes", "1.50 GiB"],
    [2.5, "cores", "2.50"],
    [8, "pods", "8"],
  ])("%d in %s reads %s", (value, unit, text) => {
    expect(formatValue(value, unit)).toBe(text);
  });
});

describe("services", () => {
  const service = (key: string, ...ready: boolean[]): NetService => ({
    key,
    type: "ClusterIP",
    clusterIP: "10.96.0.1",
    ports: [],
    slices: [],
    endpoints: ready.map((each, index) => ({
      pod: `shop/p${String(index)}`,
      ip: "10.0.0.1",
      ready: each,
      node: "",
    })),
  });

  it("that nobody answers for come first", () => {
    const all = [
      service("shop/a", true),
      service("shop/b", true, false),
      service("shop/c"),
      service("x/d", false),
    ];
    expect(arrangeServices(all, "", "").map((each) => each.key)).toEqual([
      "shop/c",
      "x/d",
      "shop/b",
      "shop/a",
    ]);
    expect(arrangeServices(all, "B", "shop").map(healthOf)).toEqual(["degraded"]);
  });

  it.each([
    [{ port: 80 }, "80/TCP"],
    [{ port: 80, targetPort: 8080 }, "80 → 8080/TCP"],
    [{ port: 53, targetPort: 53, nodePort: 30053, protocol: "UDP" }, "53:30053/UDP"],
  ])("port %j reads %s", (port, text) => {
    expect(formatPort(port)).toBe(text);
  });
});
