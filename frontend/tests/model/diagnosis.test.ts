import { expect, it } from "vitest";
import { diagnose } from "../../src/model/diagnosis.ts";
import { eventTime, newestFirst, type KubeContainerState, type KubeObject } from "../../src/model/kube.ts";

type Status = NonNullable<KubeObject["status"]>;

function podWith(
  status: Status,
  nodeName = "node-1",
  metadata: Partial<KubeObject["metadata"]> = {},
): KubeObject {
  return { kind: "Pod", metadata: { name: "web", ...metadata }, spec: { nodeName }, status };
}

function container(state: KubeContainerState, rest: object = {}): Status {
  return {
    phase: "Pending",
    containerStatuses: [{ name: "web", image: "nginx:404", ready: false, state, ...rest }],
  };
}

const CRASH = container(
  { waiting: { reason: "CrashLoopBackOff", message: "back-off 40s restarting failed container=web" } },
  { restartCount: 3, lastState: { terminated: { exitCode: 137, reason: "OOMKilled" } } },
);
const READY: Status = { phase: "Running", containerStatuses: [{ name: "web", ready: true }] };
const UNREADY: Status = { phase: "Running", containerStatuses: [{ name: "web", ready: false }] };
const NO_FIT: Status = {
  conditions: [{ type: "PodScheduled", status: "False", message: "0/3 nodes are available" }],
};

it.each([
  ["runs", podWith(READY), "why.running", { node: "node-1" }],
  ["runs unready", podWith(UNREADY), "why.notReady", { containers: "web" }],
  ["finds no node", podWith(NO_FIT, ""), "why.unscheduled", { message: "0/3 nodes are available" }],
  ["is new", podWith({ phase: "Pending" }, ""), "why.notScheduledYet", {}],
  [
    "is starting",
    podWith(container({ waiting: { reason: "ContainerCreating" } })),
    "why.starting",
    { node: "node-1" },
  ],
  ["crashes", podWith(CRASH), "why.crashLoop", { code: 137, reason: "OOMKilled", restarts: 3, delay: "40s" }],
  [
    "has no image",
    podWith(container({ waiting: { reason: "ErrImagePull" } })),
    "why.imagePull",
    { image: "nginx:404" },
  ],
  [
    "lacks a ConfigMap",
    podWith(container({ waiting: { reason: "CreateContainerConfigError", message: "no cm" } })),
    "why.configError",
    { message: "no cm" },
  ],
  [
    "is leaving",
    podWith(READY, "n", { deletionTimestamp: "x", deletionGracePeriodSeconds: 5 }),
    "why.terminating",
    { seconds: 5 },
  ],
  ["ended well", podWith({ phase: "Succeeded" }), "why.succeeded", {}],
  ["ended badly", podWith({ phase: "Failed", reason: "Evicted" }), "why.failed", { reason: "Evicted" }],
  ["lost its node", podWith({ phase: "Running", reason: "NodeLost" }), "why.nodeLost", { node: "node-1" }],
])("a pod that %s", (_name, object, key, values) => {
  const found = diagnose(object);
  expect(found.key).toBe(key);
  expect(found.values).toMatchObject(values);
});

it.each([
  ["True", false, "why.nodeReady", "ok"],
  ["True", true, "why.nodeCordoned", "wait"],
  ["Unknown", false, "why.nodeNotReady", "bad"],
])("a node whose Ready is %s, cordoned %s", (status, unschedulable, key, tone) => {
  const conditions = [
    { type: "MemoryPressure", status: "False" },
    { type: "Ready", status },
  ];
  const object = { kind: "Node", metadata: { name: "n" }, spec: { unschedulable }, status: { conditions } };
  expect(diagnose(object)).toMatchObject({ key, tone });
});

it("other kinds are judged by their conditions, each by what is normal for it", () => {
  const deployment = (type: string, status: string): KubeObject => ({
    kind: "Deployment",
    metadata: { name: "web" },
    status: { conditions: [{ type, status, message: "because" }] },
  });
  expect(diagnose(deployment("Available", "True")).key).toBe("why.fine");
  expect(diagnose(deployment("Available", "False")).values).toEqual({
    type: "Available",
    status: "False",
    message: "because",
  });
  expect(diagnose(deployment("ReplicaFailure", "True")).key).toBe("why.condition");
  expect(diagnose({ kind: "ConfigMap", metadata: { name: "x" } }).key).toBe("why.fine");
});

it("an event's time is when it was last seen", () => {
  const metadata = { name: "e", creationTimestamp: "2024-01-01T00:00:00Z" };
  expect(eventTime({ metadata, lastTimestamp: "2024-01-02T00:00:00Z" })).toBe(Date.UTC(2024, 0, 2));
  expect(eventTime({ metadata, lastTimestamp: null, eventTime: "2024-01-03T00:00:00Z" })).toBe(
    Date.UTC(2024, 0, 3),
  );
  expect(eventTime({ metadata })).toBe(Date.UTC(2024, 0, 1));
});

it("events stand newest first, by revision within one second", () => {
  const event = (name: string, lastTimestamp: string, resourceVersion: string) => ({
    metadata: { name, resourceVersion },
    lastTimestamp,
  });
  const [noon, later] = ["2024-01-01T12:00:00Z", "2024-01-01T12:00:01Z"];
  const events = [event("pulling", noon, "9"), event("started", later, "8"), event("pulled", noon, "10")];
  expect(newestFirst(events).map((each) => each.metadata.name)).toEqual(["started", "pulled", "pulling"]);
});
