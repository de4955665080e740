import { describe, expect, it } from "vitest";
import {
  type Action,
  countKinds,
  failuresFirst,
  lossOf,
  outcomeOf,
  requestOf,
  takers,
  type Target,
} from "../../src/model/actions.ts";

function target(kind: string, name: string, isControlled = false): Target {
  return { kind, namespace: kind === "node" ? "" : "shop", name, isControlled };
}

const WEB = target("deployment", "web");
const POD = target("pod", "web-1", true);
const NODE = target("node", "node-1");

describe("an action's request", () => {
  it.each([
    ["delete", { verb: "delete" }, POD, "DELETE", "/api/v1/namespaces/shop/pods/web-1"],
    [
      "restart",
      { verb: "restart", at: "2026-01-01T00:00:00Z" },
      WEB,
      "PATCH",
      "/apis/apps/v1/namespaces/shop/deployments/web",
    ],
    [
      "scale",
      { verb: "scale", replicas: 3 },
      WEB,
      "PATCH",
      "/apis/apps/v1/namespaces/shop/deployments/web/scale",
    ],
    ["cordon", { verb: "cordon" }, NODE, "PATCH", "/api/v1/nodes/node-1"],
    ["uncordon", { verb: "uncordon" }, NODE, "PATCH", "/api/v1/nodes/node-1"],
    ["evict", { verb: "evict" }, POD, "POST", "/api/v1/namespaces/shop/pods/web-1/eviction"],
  ] as const)("%s goes to its place", (_name, action, to, method, path) => {
    expect(requestOf(action, to)).toMatchObject({ method, path });
  });

  it.each([
    [{ verb: "delete" }, { propagationPolicy: "Background" }],
    [{ verb: "scale", replicas: 0 }, { spec: { replicas: 0 } }],
    [{ verb: "uncordon" }, { spec: { unschedulable: null } }],
    [{ verb: "evict" }, { kind: "Eviction", metadata: { name: "web-1", namespace: "shop" } }],
  ] as readonly [Action, object][])("%j says so in its body", (action, body) => {
    expect(requestOf(action, POD).body).toMatchObject(body);
  });

  it("restarts a rollout as kubectl does: by an annotation of the template", () => {
    const { body } = requestOf({ verb: "restart", at: "2026-01-01T00:00:00Z" }, WEB);
    const annotations = { "kubectl.kubernetes.io/restartedAt": "2026-01-01T00:00:00Z" };
    expect(body).toEqual({ spec: { template: { metadata: { annotations } } } });
  });

  it("takes names as they are", () => {
    const odd = { ...POD, name: "a/../b?c" };
    expect(requestOf({ verb: "delete" }, odd).path).toBe("/api/v1/namespaces/shop/pods/a%2F..%2Fb%3Fc");
  });
});

describe("those that a verb can be done to", () => {
  const all = [WEB, POD, NODE, target("job", "j"), target("daemonset", "d"), target("unheardof", "x")];

  it.each([
    ["delete", ["web", "web-1", "node-1", "j", "d"]],
    ["restart", ["web", "d"]],
    ["scale", ["web"]],
    ["cordon", ["node-1"]],
    ["evict", ["web-1"]],
  ] as const)("%s: %j", (verb, names) => {
    expect(takers(verb, all).map((each) => each.name)).toEqual(names);
  });
});

describe("an outcome", () => {
  it.each([
    ["done", "delete", 200, true],
    ["gone already", "delete", 404, true],
    ["gone already", "evict", 404, true],
    ["not there to be scaled", "scale", 404, false],
    ["held by a budget", "evict", 429, false],
    ["forbidden", "delete", 403, false],
  ] as const)("%s: %s with %d", (_name, verb, status, isDone) => {
    expect(outcomeOf(verb, POD, { status, message: "m" }).isDone).toBe(isDone);
  });

  it("that failed is told first", () => {
    const outcomes = [200, 500, 201, 403].map((status) => outcomeOf("delete", POD, { status, message: "" }));
    expect(failuresFirst(outcomes).map((each) => each.status)).toEqual([500, 403, 200, 201]);
  });
});

it("what is hit is counted by kind, and told apart by what comes back", () => {
  const hit = [WEB, POD, target("pod", "alone"), target("pod", "web-2", true)];
  expect(countKinds(hit)).toBe("1 deployment, 3 pods");
  expect(lossOf(hit)).toEqual({ forGood: 1, remade: 2, owners: 1 });
  expect(lossOf([])).toEqual({ forGood: 0, remade: 0, owners: 0 });
});
