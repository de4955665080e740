/** The parts of Kubernetes objects that the page reads. Everything else passes through unread, into the YAML tab. */

export interface KubeCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

export interface KubeContainerState {
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly running?: { readonly startedAt?: string };
  readonly terminated?: { readonly exitCode?: number; readonly reason?: string };
}

export interface KubeContainerStatus {
  readonly name: string;
  readonly image?: string;
  readonly ready?: boolean;
  readonly restartCount?: number;
  readonly state?: KubeContainerState;
  readonly lastState?: KubeContainerState;
}

export interface KubeMetadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly managedFields?: unknown;
  readonly ownerReferences?: readonly {
    readonly kind: string;
    readonly name: string;
    readonly controller?: boolean;
  }[];
}

export interface KubeContainer {
  readonly name: string;
  readonly resources?: {
    readonly requests?: Readonly<Record<string, string | number>>;
    readonly limits?: Readonly<Record<string, string | number>>;
  };
}

export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind: string;
  readonly metadata: KubeMetadata;
  readonly spec?: {
    readonly nodeName?: string;
    readonly unschedulable?: boolean;
    readonly containers?: readonly KubeContainer[];
    readonly template?: { readonly spec?: { readonly containers?: readonly KubeContainer[] } };
    readonly initContainers?: readonly { readonly name: string }[];
  };
  readonly status?: {
    readonly phase?: string;
    readonly reason?: string;
    readonly message?: string;
    readonly conditions?: readonly KubeCondition[];
    readonly containerStatuses?: readonly KubeContainerStatus[];
    readonly initContainerStatuses?: readonly KubeContainerStatus[];
  };
}

export interface KubeEvent {
  readonly metadata: KubeMetadata;
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly count?: number;
  readonly firstTimestamp?: string | null;
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
  readonly source?: { readonly component?: string };
  readonly reportingComponent?: string;
}

/** Newest first. Times are whole seconds, so that within one the later revision is the newer. */
export function newestFirst(events: readonly KubeEvent[]): KubeEvent[] {
  const revision = (event: KubeEvent): number => Number(event.metadata.resourceVersion ?? 0);
  return events.toSorted((a, b) => eventTime(b) - eventTime(a) || revision(b) - revision(a));
}

/** When an event was last seen, in Unix milliseconds; 0 when it does not say. */
export function eventTime(event: KubeEvent): number {
  const text =
    event.lastTimestamp ?? event.eventTime ?? event.firstTimestamp ?? event.metadata.creationTimestamp;
  return text ? Date.parse(text) : 0;
}
