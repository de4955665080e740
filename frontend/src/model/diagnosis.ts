/** One sentence that says what is wrong with an object, and why: a message key for the catalogs, with its values. */

import type { KubeCondition, KubeContainerStatus, KubeObject } from "./kube.ts";
import type { Tone } from "./status.ts";

export type DiagnosisKey =
  | "why.running"
  | "why.notReady"
  | "why.unscheduled"
  | "why.notScheduledYet"
  | "why.crashLoop"
  | "why.imagePull"
  | "why.configError"
  | "why.starting"
  | "why.terminating"
  | "why.succeeded"
  | "why.failed"
  | "why.nodeLost"
  | "why.nodeReady"
  | "why.nodeCordoned"
  | "why.nodeNotReady"
  | "why.condition"
  | "why.fine";

export interface Diagnosis {
  readonly tone: Tone;
  readonly key: DiagnosisKey;
  readonly values: Readonly<Record<string, string | number>>;
}

const IMAGE_REASONS = new Set(["ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull"]);

export function diagnose(object: KubeObject): Diagnosis {
  switch (object.kind) {
    case "Pod":
      return diagnosePod(object);
    case "Node":
      return diagnoseNode(object);
    default:
      return diagnoseByConditions(object);
  }
}

function diagnosePod(pod: KubeObject): Diagnosis {
  const node = pod.spec?.nodeName ?? "";
  const phase = pod.status?.phase ?? "Pending";
  if (pod.metadata.deletionTimestamp !== undefined) {
    const seconds = pod.metadata.deletionGracePeriodSeconds ?? 30;
    return { tone: "progress", key: "why.terminating", values: { seconds } };
  }
  if (pod.status?.reason === "NodeLost") return { tone: "neutral", key: "why.nodeLost", values: { node } };
  if (phase === "Succeeded") return { tone: "neutral", key: "why.succeeded", values: {} };
  const blocked = containers(pod)
    .map(diagnoseContainer)
    .find((each) => each !== null);
  if (blocked) return blocked;
  if (phase === "Failed") {
    const reason = pod.status?.message ?? pod.status?.reason ?? "Error";
    return { tone: "bad", key: "why.failed", values: { reason } };
  }
  if (node === "") return diagnoseUnscheduled(pod);
  const waiting = containers(pod).filter((each) => each.ready !== true);
  if (phase === "Running" && waiting.length === 0)
    return { tone: "ok", key: "why.running", values: { node } };
  if (phase === "Running") {
    return {
      tone: "wait",
      key: "why.notReady",
      values: { containers: waiting.map((each) => each.name).join(", ") },
    };
  }
  return { tone: "progress", key: "why.starting", values: { node } };
}

function diagnoseUnscheduled(pod: KubeObject): Diagnosis {
  const scheduled = condition(pod, "PodScheduled");
  if (scheduled?.message === undefined) return { tone: "wait", key: "why.notScheduledYet", values: {} };
  return { tone: "wait", key: "why.unscheduled", values: { message: scheduled.message } };
}

function diagnoseContainer(status: KubeContainerStatus): Diagnosis | null {
  const waiting = status.state?.waiting;
  if (waiting?.reason === undefined) return null;
  const container = status.name;
  if (waiting.reason === "CrashLoopBackOff") {
    const last = status.lastState?.terminated;
    const values = {
      container,
      code: last?.exitCode ?? "?",
      reason: last?.reason ?? "Error",
      restarts: status.restartCount ?? 0,
      delay: /back-off (\S+) restarting/.exec(waiting.message ?? "")?.[1] ?? "?",
    };
    return { tone: "bad", key: "why.crashLoop", values };
  }
  if (IMAGE_REASONS.has(waiting.reason)) {
    const values = {
      container,
      image: status.image ?? "",
      reason: waiting.reason,
      message: waiting.message ?? "",
    };
    return { tone: "bad", key: "why.imagePull", values };
  }
  if (/Error$/.test(waiting.reason)) {
    return {
      tone: "bad",
      key: "why.configError",
      values: { container, message: waiting.message ?? waiting.reason },
    };
  }
  return null;
}

function diagnoseNode(node: KubeObject): Diagnosis {
  const ready = condition(node, "Ready");
  if (ready?.status !== "True") {
    return {
      tone: "bad",
      key: "why.nodeNotReady",
      values: { message: ready?.message ?? ready?.reason ?? "" },
    };
  }
  if (node.spec?.unschedulable === true) return { tone: "wait", key: "why.nodeCordoned", values: {} };
  return { tone: "ok", key: "why.nodeReady", values: {} };
}

/** Conditions whose normal value is False, unlike Ready, Available, Progressing and their like. */
const BAD_WHEN_TRUE = /Failure|Pressure|Unavailable|Failed/;

function diagnoseByConditions(object: KubeObject): Diagnosis {
  const wrong = (object.status?.conditions ?? []).find((each) => !isGood(each));
  if (wrong === undefined) return { tone: "ok", key: "why.fine", values: {} };
  const message = wrong.message ?? wrong.reason ?? "";
  return { tone: "wait", key: "why.condition", values: { type: wrong.type, status: wrong.status, message } };
}

export function isGood(each: KubeCondition): boolean {
  return BAD_WHEN_TRUE.test(each.type) ? each.status !== "True" : each.status === "True";
}

function condition(object: KubeObject, type: string): KubeCondition | undefined {
  return object.status?.conditions?.find((each) => each.type === type);
}

function containers(pod: KubeObject): readonly KubeContainerStatus[] {
  return [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
}
