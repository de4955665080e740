import { useEffect, useRef, useState } from "react";
import { act } from "../../api/batch.ts";
import { previewDrain } from "../../api/nodes.ts";
import type { KubeAnswer } from "../../model/actions.ts";
import {
  type DrainPreview,
  drainRows,
  type DrainRow,
  isDrained,
  podKey,
  toEvict,
} from "../../model/drain.ts";
import { useConnection } from "../../ui/live.tsx";
import { useClusterEvery } from "../../ui/viewed.tsx";

/** Those that were refused are asked again after so long; kubectl waits as long. */
const ASK_AGAIN_MS = 5000;

export interface Drain {
  /** null until it has begun. */
  readonly rows: readonly DrainRow[] | null;
  readonly isRunning: boolean;
  readonly isDone: boolean;
  readonly error: Error | null;
  readonly start: () => void;
  /** Whoever is on the way goes on; nobody else is asked. The node stays cordoned. */
  readonly stop: () => void;
}

/** Cordons the node, then evicts its pods until none is left; it ends with the component that uses it. */
export function useDrain(clusterId: string, node: string): Drain {
  const connection = useConnection();
  const cluster = useClusterEvery(250);
  const [plan, setPlan] = useState<DrainPreview | null>(null);
  const [answers, setAnswers] = useState<ReadonlyMap<string, KubeAnswer>>(new Map());
  const [isRunning, setRunning] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  const known = useRef(answers);
  const rows = plan && drainRows(plan, answers, cluster, node);
  const isDone = rows !== null && isDrained(rows);

  useEffect(() => {
    if (!isRunning || isDone || plan === null) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    const round = async (): Promise<void> => {
      const targets = toEvict(drainRows(plan, known.current, connection.session.cluster, node));
      const outcomes = await act(clusterId, { verb: "evict" }, targets);
      const next = new Map(known.current);
      for (const { target, status, message } of outcomes) next.set(podKey(target), { status, message });
      known.current = next;
      setAnswers(next);
      if (!isOver) timer = setTimeout(run, ASK_AGAIN_MS);
    };
    const run = (): void => {
      round().catch((failure: unknown) => {
        setError(asError(failure));
        setRunning(false);
      });
    };
    run();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [isRunning, isDone, plan, clusterId, node, connection]);

  const begin = async (): Promise<void> => {
    const target = { kind: "node", namespace: "", name: node, isControlled: false };
    const [cordoned] = await act(clusterId, { verb: "cordon" }, [target]);
    if (cordoned?.isDone === false) throw new Error(cordoned.message);
    // Nobody can come any more: now it is known who has to go.
    setPlan(await previewDrain(clusterId, node));
    setRunning(true);
  };
  const start = (): void => {
    setError(null);
    begin().catch((failure: unknown) => {
      setError(asError(failure));
    });
  };
  const stop = (): void => {
    setRunning(false);
  };
  return { rows, isRunning: isRunning && !isDone, isDone, error, start, stop };
}

function asError(failure: unknown): Error {
  return failure instanceof Error ? failure : new Error(String(failure));
}
