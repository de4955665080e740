/** Who we are to the server: an animal's name, or an account. */

import { request } from "./http.ts";

export interface Me {
  readonly name: string;
  readonly account: { readonly username: string } | null;
  /** Clusters of this browser that an account could keep. */
  readonly claimable: readonly string[];
}

export function getMe(): Promise<Me> {
  return request("/api/me/");
}

/** An empty name is the animal's again. */
export function rename(name: string): Promise<Me> {
  return request("/api/me/", { method: "PATCH", body: { name } });
}

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export function enter(how: "login" | "register", credentials: Credentials): Promise<unknown> {
  return request(`/api/accounts/${how}/`, { method: "POST", body: credentials });
}

export function logOut(): Promise<unknown> {
  return request("/api/accounts/logout/", { method: "POST", body: {} });
}

export function claimClusters(): Promise<unknown> {
  return request("/api/accounts/claim/", { method: "POST", body: {} });
}
