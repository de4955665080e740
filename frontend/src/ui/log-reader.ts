/** Follows a container's lines: asks for what is new, again and again, and keeps what fits. */

import { useEffect, useState } from "react";
import { type LogQuery, readLogs } from "../api/analysis.ts";
import { appendLines, type LogLine } from "../model/logs.ts";

const FOLLOW_MS = 1000;
const AFTER_ERROR_MS = 4000;

export interface ReadLog {
  readonly lines: readonly LogLine[];
  readonly error: Error | null;
  readonly isPending: boolean;
}

const NOTHING: ReadLog = { lines: [], error: null, isPending: true };

/** `follow` false leaves it at the lines that are there. Mount it anew (key) for another container. */
export function useLog(clusterId: string, wanted: Omit<LogQuery, "from">, follow: boolean): ReadLog {
  const { namespace, pod, container, previous } = wanted;
  const [read, setRead] = useState(NOTHING);
  useEffect(() => {
    const ended = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async (from: number | null): Promise<void> => {
      let next = from;
      let isBroken = false;
      try {
        const query = { namespace, pod, container, previous, from };
        const answer = await readLogs(clusterId, query, ended.signal);
        next = answer.next;
        setRead((before) => ({
          lines: appendLines(from === null ? [] : before.lines, answer.lines),
          error: null,
          isPending: false,
        }));
      } catch (error) {
        if (ended.signal.aborted) return;
        isBroken = true;
        const reason = error instanceof Error ? error : new Error(String(error));
        setRead((before) => ({ ...before, error: reason, isPending: false }));
      }
      if (!ended.signal.aborted && follow) {
        timer = setTimeout(() => void ask(next), isBroken ? AFTER_ERROR_MS : FOLLOW_MS);
      }
    };
    void ask(null);
    return () => {
      ended.abort();
      clearTimeout(timer);
    };
  }, [clusterId, namespace, pod, container, previous, follow]);
  return read;
}
