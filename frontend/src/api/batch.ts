/** Writes of the Kubernetes API, many in one request. */

import {
  type Action,
  type KubeAnswer,
  type Outcome,
  outcomeOf,
  requestOf,
  type Target,
} from "../model/actions.ts";
import { clusterPath } from "./clusters.ts";
import { request } from "./http.ts";

/** As many as are sent at once: so few that progress shows. */
const AT_ONCE = 50;

/** Does `action` to every target, one after the other. What is refused stops nothing. Raises ApiError. */
export async function act(
  id: string,
  action: Action,
  targets: readonly Target[],
  onProgress: (outcomes: readonly Outcome[]) => void = () => undefined,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (let from = 0; from < targets.length; from += AT_ONCE) {
    const some = targets.slice(from, from + AT_ONCE);
    const body = { requests: some.map((target) => requestOf(action, target)) };
    const path = clusterPath(id, "batch/");
    const { answers } = await request<{ answers: readonly KubeAnswer[] }>(path, { method: "POST", body });
    some.forEach((target, index) => {
      const answer = answers[index];
      if (answer !== undefined) outcomes.push(outcomeOf(action.verb, target, answer));
    });
    onProgress(outcomes);
  }
  return outcomes;
}
