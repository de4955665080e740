/** Who may do what: a question, the server's answer, and both in the address. */

export interface Question {
  /** A name, and behind commas the groups that come with it; "" is oneself. */
  readonly who: string;
  readonly verb: string;
  /** "deployments.apps", "pods/log", or a path as "/metrics". */
  readonly what: string;
  readonly namespace: string;
  readonly name: string;
}

export interface NearMiss {
  /** What would have to be different: verb, resource, name, namespace, subject … */
  readonly differs: string;
  readonly binding: { readonly name: string; readonly namespace?: string };
  readonly text: string;
}

export interface Answer {
  readonly allowed: boolean;
  readonly user: string;
  readonly groups: readonly string[];
  readonly sentence: string;
  readonly authorizers: readonly {
    readonly name: string;
    readonly verdict: "allow" | "deny" | "no opinion";
    readonly reason: string;
  }[];
  readonly nearMisses: readonly NearMiss[];
}

export const VERBS = [
  "get",
  "list",
  "watch",
  "create",
  "update",
  "patch",
  "delete",
  "deletecollection",
] as const;

/** The segments after "may/": verb, resource, namespace, name. */
export function placeOf({ verb, what, namespace, name }: Question): string[] {
  const parts = [verb || "get", what || "_", namespace || "_", name];
  return name === "" ? parts.slice(0, 3) : parts;
}

export function questionIn(
  who: string,
  [verb = "get", what = "pods", namespace = "default", name = ""]: readonly string[],
): Question {
  const said = (text: string): string => (text === "_" ? "" : text);
  return { who, verb, what: said(what), namespace: said(namespace), name: said(name) };
}

/** As the server takes it. */
export function queryOf({ who, verb, what, namespace, name }: Question): Record<string, string> {
  const [user = "", ...groups] = who.split(",").map((part) => part.trim());
  const asker = { user, groups: groups.filter(Boolean).join(","), verb };
  return what.startsWith("/") ? { ...asker, path: what } : { ...asker, resource: what, namespace, name };
}

/** The question behind a request to the API server. Members of the cluster are called by their links' roles. */
export function questionBehind({ user, verb, path }: { user: string; verb: string; path: string }): Question {
  const who = /^(view|operate)-\d+$/.test(user) ? `@${user.split("-", 1)[0] ?? ""}` : user;
  const plain = path.split("?", 1)[0] ?? "";
  const [root = "", ...rest] = plain.split("/").filter(Boolean);
  const group = root === "apis" ? (rest[0] ?? "") : "";
  const parts = rest.slice(root === "apis" ? 2 : 1);
  if ((root !== "api" && root !== "apis") || parts.length === 0) {
    return { who, verb, what: plain, namespace: "", name: "" };
  }
  const isInside = parts[0] === "namespaces" && parts.length > 2;
  const [resource = "", name = "", subresource = ""] = isInside ? parts.slice(2) : parts;
  const whole = group === "" ? resource : `${resource}.${group}`;
  const what = subresource === "" ? whole : `${whole}/${subresource}`;
  return { who, verb: verb.toLowerCase(), what, namespace: isInside ? (parts[1] ?? "") : "", name };
}
