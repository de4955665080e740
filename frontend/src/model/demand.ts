/** What a pod's containers, or those of the pods that a workload makes, ask for and may take. */

import type { KubeContainer, KubeObject } from "./kube.ts";
import { parseBytes, parseMilli } from "./quantity.ts";

export interface Demand {
  readonly container: string;
  /** Thousandths of a core and bytes; 0 when nothing is asked for. */
  readonly requests: { readonly cpu: number; readonly memory: number };
  /** null: without a limit. */
  readonly limits: { readonly cpu: number | null; readonly memory: number | null };
}

export function hasContainers({ spec }: KubeObject): boolean {
  return (spec?.containers ?? spec?.template?.spec?.containers ?? []).length > 0;
}

/** Containers without a request ask for their limit, as the API server writes it down. */
export function demandsOf({ spec }: KubeObject): Demand[] {
  return (spec?.containers ?? spec?.template?.spec?.containers ?? []).map(demandOf);
}

function demandOf({ name, resources }: KubeContainer): Demand {
  const cpu = parseMilli(resources?.limits?.["cpu"]);
  const memory = parseBytes(resources?.limits?.["memory"]);
  return {
    container: name,
    requests: {
      cpu: parseMilli(resources?.requests?.["cpu"]) ?? cpu ?? 0,
      memory: parseBytes(resources?.requests?.["memory"]) ?? memory ?? 0,
    },
    limits: { cpu, memory },
  };
}
