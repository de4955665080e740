/** Services with the pods behind them. */

export interface NetPort {
  readonly name?: string;
  readonly port: number;
  readonly targetPort?: number | string;
  readonly nodePort?: number;
  readonly protocol?: string;
}

export interface NetEndpoint {
  /** "namespace/name", or null for an address that is no pod's. */
  readonly pod: string | null;
  readonly ip: string;
  readonly ready: boolean;
  readonly node: string;
}

export interface NetService {
  /** "namespace/name" */
  readonly key: string;
  readonly type: string;
  readonly clusterIP: string;
  readonly ports: readonly NetPort[];
  readonly slices: readonly string[];
  readonly endpoints: readonly NetEndpoint[];
}

export type ServiceHealth = "ok" | "degraded" | "empty";

export function healthOf({ endpoints }: NetService): ServiceHealth {
  if (!endpoints.some((each) => each.ready)) return "empty";
  return endpoints.every((each) => each.ready) ? "ok" : "degraded";
}

const URGENCY: Readonly<Record<ServiceHealth, number>> = { empty: 0, degraded: 1, ok: 2 };

/** Services that need a look first, then by name. */
export function arrangeServices(
  services: readonly NetService[],
  words: string,
  namespace: string,
): NetService[] {
  const wanted = words.toLowerCase().trim();
  return services
    .filter(
      (each) =>
        (namespace === "" || each.key.startsWith(`${namespace}/`)) && each.key.toLowerCase().includes(wanted),
    )
    .sort((a, b) => URGENCY[healthOf(a)] - URGENCY[healthOf(b)] || (a.key < b.key ? -1 : 1));
}

/** "80 → 8080/TCP", "5432:30432/TCP" as far as a port says. */
export function formatPort({ port, targetPort, nodePort, protocol = "TCP" }: NetPort): string {
  const outside = nodePort === undefined ? String(port) : `${String(port)}:${String(nodePort)}`;
  const inside = targetPort === undefined || targetPort === port ? "" : ` → ${String(targetPort)}`;
  return `${outside}${inside}/${protocol}`;
}
