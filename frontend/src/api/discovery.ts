/** What a cluster's API server serves, by its aggregated discovery. */

import type { ServedKind } from "../model/lint/served.ts";
import { request } from "./http.ts";

interface Discovery {
  readonly items?: readonly {
    readonly metadata?: { readonly name?: string };
    readonly versions?: readonly {
      readonly version: string;
      readonly resources?: readonly {
        readonly resource: string;
        readonly scope: string;
        readonly responseKind: { readonly group: string; readonly version: string; readonly kind: string };
      }[];
    }[];
  }[];
}

const ACCEPT = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

/** Every kind, custom ones included. */
export async function listServedKinds(clusterId: string): Promise<ServedKind[]> {
  const root = `/k8s/clusters/${encodeURIComponent(clusterId)}`;
  const answers = await Promise.all(
    [`${root}/api`, `${root}/apis`].map((path) => request<Discovery>(path, { accept: ACCEPT })),
  );
  return answers.flatMap(kindsIn);
}

function kindsIn({ items = [] }: Discovery): ServedKind[] {
  return items.flatMap(({ metadata, versions = [] }) =>
    versions.flatMap(({ version, resources = [] }) =>
      resources.map(({ resource, scope, responseKind }) => ({
        apiVersion: metadata?.name ? `${metadata.name}/${version}` : version,
        kind: responseKind.kind,
        resource,
        namespaced: scope === "Namespaced",
      })),
    ),
  );
}
