import { describe, expect, it } from "vitest";
import { placeOf, queryOf, type Question, questionBehind, questionIn } from "../../src/model/may.ts";

const ASKED: Question = {
  who: "jane, dev",
  verb: "get",
  what: "deployments.apps",
  namespace: "shop",
  name: "web",
};

describe("a question of who may what", () => {
  it("stands in the address, and comes out of it as it was", () => {
    expect(placeOf(ASKED)).toEqual(["get", "deployments.apps", "shop", "web"]);
    expect(questionIn(ASKED.who, placeOf(ASKED))).toEqual(ASKED);
    const wide = { ...ASKED, namespace: "", name: "" };
    expect(placeOf(wide)).toEqual(["get", "deployments.apps", "_"]);
    expect(questionIn(ASKED.who, placeOf(wide))).toEqual(wide);
  });

  it("begins with the pods of the default namespace", () => {
    expect(questionIn("", [])).toEqual({
      who: "",
      verb: "get",
      what: "pods",
      namespace: "default",
      name: "",
    });
  });

  it("tells the server user and groups apart, and paths from resources", () => {
    expect(queryOf(ASKED)).toEqual({
      user: "jane",
      groups: "dev",
      verb: "get",
      resource: "deployments.apps",
      namespace: "shop",
      name: "web",
    });
    const path = { ...ASKED, who: "", what: "/metrics" };
    expect(queryOf(path)).toEqual({ user: "", groups: "", verb: "get", path: "/metrics" });
  });
});

describe("the question behind a request", () => {
  it.each([
    ["/api/v1/namespaces/shop/pods/web/log?tail=5", "pods/log", "shop", "web"],
    ["/apis/apps/v1/namespaces/shop/deployments", "deployments.apps", "shop", ""],
    ["/api/v1/nodes/node-1", "nodes", "", "node-1"],
    ["/api/v1/namespaces/shop", "namespaces", "", "shop"],
    ["/apis/rbac.authorization.k8s.io/v1/clusterroles", "clusterroles.rbac.authorization.k8s.io", "", ""],
    ["/version", "/version", "", ""],
    ["/apis/apps/v1", "/apis/apps/v1", "", ""],
  ])("to %s is read from its path", (path, what, namespace, name) => {
    expect(questionBehind({ user: "jane", verb: "get", path })).toEqual({
      who: "jane",
      verb: "get",
      what,
      namespace,
      name,
    });
  });

  it("calls members by the roles of their links", () => {
    expect(questionBehind({ user: "view-12", verb: "get", path: "/version" }).who).toBe("@view");
    expect(questionBehind({ user: "operate-3", verb: "get", path: "/version" }).who).toBe("@operate");
  });
});
