import { useQuery } from "@tanstack/react-query";
import { getKubeObject } from "../api/clusters.ts";
import { objectPath } from "../model/kinds.ts";

/** The names of a pod's containers, in their order, those that initialise it last; none while unknown. */
export function useContainers(clusterId: string, namespace: string, pod: string): readonly string[] {
  const path = objectPath({ kind: "pod", namespace, name: pod }) ?? "";
  const { data } = useQuery({
    queryKey: ["kube", clusterId, path, "containers"],
    queryFn: () => getKubeObject(clusterId, path),
    staleTime: 60_000,
    retry: false,
  });
  const of = (list?: readonly { readonly name: string }[]): string[] => (list ?? []).map((each) => each.name);
  return [...of(data?.spec?.containers), ...of(data?.spec?.initContainers)];
}
