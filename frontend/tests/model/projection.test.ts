import { expect, it } from "vitest";
import { project } from "../../src/model/projection.ts";

it("what the manifest leaves open stays out", () => {
  const live = { spec: { replicas: 3, strategy: "RollingUpdate" }, status: { ready: 3 } };
  expect(project(live, { spec: { replicas: 8 }, metadata: {} })).toEqual({ spec: { replicas: 3 } });
});

it("containers are matched by name, and one that only the cluster has is shown", () => {
  const live = [
    { name: "sidecar", image: "envoy" },
    { name: "web", image: "nginx:1", terminationMessagePath: "/dev" },
  ];
  expect(project(live, [{ name: "web", image: "nginx:2" }])).toEqual([
    { name: "sidecar", image: "envoy" },
    { name: "web", image: "nginx:1" },
  ]);
});

it("other lists are matched by place, and values of another shape are shown as they are", () => {
  expect(project([{ port: 80, protocol: "TCP" }, { port: 81 }], [{ port: 80 }])).toEqual([
    { port: 80 },
    { port: 81 },
  ]);
  expect(project("a", { b: 1 })).toBe("a");
  expect(project(null, { b: 1 })).toBeNull();
});
