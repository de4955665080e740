/** What the REST API sends and takes. */

import type { ManifestText } from "../model/documents.ts";
import type { Clock, Role } from "../model/wire.ts";

export interface Example {
  readonly slug: string;
  readonly title: string;
  readonly summary: string;
  readonly nodes: number;
  readonly pods: number;
  /** Three sentences that guide through the example. */
  readonly steps: readonly string[];
}

export interface Cluster {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** Slug of the example that it was made from. */
  readonly example: string | null;
  readonly created_at: string;
  readonly nodes: number;
  readonly kube_url: string;
  /** What it was forked from. */
  readonly origin: { readonly id: string; readonly rev: number } | null;
  readonly clock: Clock & { readonly sim_ms: number };
}

export interface NewCluster {
  readonly name?: string;
  readonly example?: string;
  readonly nodes?: number;
  readonly zones?: number;
  readonly cpu?: string;
  readonly memory?: string;
  readonly seed?: number;
  readonly latency?: "realistic" | "instant";
  readonly speed?: number;
}

export interface UploadRequest {
  readonly documents: readonly ManifestText[];
  readonly dryRun: boolean;
  /** Apply what is valid although something else is not. */
  readonly partial: boolean;
  readonly namespace: string;
  /** A name to ask by how far it is. */
  readonly job?: string;
}

export type UploadAction = "created" | "configured" | "unchanged" | "failed" | "not applied" | "valid";

export interface UploadResult {
  readonly file: string;
  /** 0-based number of the document in its file. */
  readonly index: number;
  /** 1-based; 0 or null when unknown. */
  readonly line: number | null;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly action: UploadAction;
  readonly message: string;
}

export interface UploadProblem {
  readonly file: string;
  readonly index: number;
  readonly line: number | null;
  readonly column: number | null;
  readonly field: string;
  readonly message: string;
}

export interface UploadAnswer {
  readonly applied: boolean;
  readonly results: readonly UploadResult[];
  readonly errors: readonly UploadProblem[];
}

export type ShareRole = "operate" | "view";
export type ShareExpiry = "1h" | "1d" | "7d" | "never";

export interface Share {
  readonly id: number | string;
  readonly role: ShareRole;
  readonly expires_at: string | null;
  /** Only in the answer to its creation: the server keeps no token that it could show again. */
  readonly url?: string;
  readonly token_hint: string;
}
