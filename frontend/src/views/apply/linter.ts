/** The page's side of the linter's worker: questions out, answers back. One worker serves every editor. */

import type { Answers, Job } from "./lint-jobs.ts";

type Settle = (answer: never) => void;

const waiting = new Map<number, Settle>();
let worker: Worker | null = null;
let nextId = 1;

/** Never rejects: a worker that died leaves its questions open, and the next one gets a new worker. */
export function ask<K extends Job["do"]>(job: Job & { readonly do: K }): Promise<Answers[K]> {
  worker ??= start();
  const id = nextId;
  nextId += 1;
  const target = worker;
  return new Promise((resolve) => {
    waiting.set(id, resolve as Settle);
    target.postMessage({ id, job });
  });
}

function start(): Worker {
  const made = new Worker(new URL("./lint-worker.ts", import.meta.url), { type: "module" });
  made.onmessage = ({ data: { id, answer } }: MessageEvent<{ id: number; answer: never }>) => {
    waiting.get(id)?.(answer);
    waiting.delete(id);
  };
  made.onerror = () => {
    made.terminate();
    waiting.clear();
    worker = null;
  };
  return made;
}
