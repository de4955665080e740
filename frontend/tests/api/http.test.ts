import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createCluster, upload } from "../../src/api/clusters.ts";
import { ApiError, request } from "../../src/api/http.ts";

const calls: { path: string; options: RequestInit }[] = [];

function answer(status: number, body: string): void {
  vi.stubGlobal("fetch", (path: string, options: RequestInit) => {
    calls.push({ path, options });
    return Promise.resolve(new Response(status === 204 ? null : body, { status }));
  });
}

async function errorOf(promise: Promise<unknown>): Promise<ApiError> {
  const error: unknown = await promise.catch((reason: unknown) => reason);
  if (error instanceof ApiError) return error;
  throw new Error("no ApiError");
}

beforeEach(() => {
  calls.length = 0;
  vi.stubGlobal("document", { cookie: "a=b; csrftoken=secret; c=d", querySelector: () => null });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

it("an unsafe request carries the CSRF token, a safe one does not", async () => {
  answer(201, "{}");
  await createCluster({ example: "rolling-update" });
  await request("/api/clusters/");
  expect(calls.map(({ options }) => new Headers(options.headers).get("X-CSRFToken"))).toEqual([
    "secret",
    null,
  ]);
  expect(calls[0]?.options.body).toBe('{"example":"rolling-update"}');
});

it("our errors and Kubernetes' errors become one type", async () => {
  answer(404, '{"error":{"code":"not_found","message":"No such cluster.","details":{}}}');
  expect(await errorOf(request("/x"))).toMatchObject({
    status: 404,
    code: "not_found",
    message: "No such cluster.",
  });
  answer(403, '{"kind":"Status","reason":"Forbidden","message":"pods is forbidden"}');
  expect(await errorOf(request("/x"))).toMatchObject({
    status: 403,
    code: "Forbidden",
    message: "pods is forbidden",
  });
});

it("an error that is no JSON keeps its status", async () => {
  answer(502, "<html>");
  expect(await errorOf(request("/x"))).toMatchObject({ status: 502, code: "http" });
});

it("a server that can't be reached has status 0", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("failed")));
  expect(await errorOf(request("/x"))).toMatchObject({ status: 0, code: "unreachable" });
});

it("an upload that the server refuses is an answer", async () => {
  answer(422, '{"applied":false,"results":[],"errors":[{"line":7}]}');
  const found = await upload("c/1", { documents: [], dryRun: true, partial: false, namespace: "shop" });
  expect(found.errors).toHaveLength(1);
  expect(calls[0]?.path).toBe("/api/clusters/c%2F1/uploads/?namespace=shop&dry_run=true");
});

it("an empty answer is null", async () => {
  answer(204, "");
  expect(await request("/x", { method: "DELETE" })).toBeNull();
});
