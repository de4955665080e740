"""A folder of manifests through real kubectl, from apply to delete; each answer is a real cluster's."""

from __future__ import annotations

import re
import signal
from pathlib import Path

import pytest

from tests.kit.kubectl import Kubectl

SHOP = {
    "1-namespace.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n",
    "2-config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: shop}\ndata: {a: b}\n",
    "3-web.yaml": """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: nginx, image: "nginx:1.25", ports: [{containerPort: 80}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80}]}
""",
}
HASH, SUFFIX = "[a-z0-9]{6,10}", "[a-z0-9]{5}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("shop")
    for name, text in SHOP.items():
        (made / name).write_text(text)
    return made


@pytest.fixture(scope="module")
def shop(k: Kubectl, folder: Path) -> Kubectl:
    k(f"apply -f {folder}")
    k("rollout status -n shop deploy/web --timeout=60s")
    return k


def deployment(name: str, image: str, *, cpu: str = "10m") -> str:
    return f"""
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}}}
spec:
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec: {{containers: [{{name: c, image: "{image}", resources: {{requests: {{cpu: "{cpu}"}}}}}}]}}
"""


def test_nodes_are_ready(k: Kubectl):
    rows = [line.split() for line in k("get nodes --no-headers").splitlines()]
    assert [(row[0], row[1]) for row in rows] == [(f"node-{n}", "Ready") for n in (1, 2, 3)]


def test_a_folder_is_applied_object_by_object(k: Kubectl, folder: Path):
    k(f"delete -f {folder} --ignore-not-found")
    assert k(f"apply -f {folder}") == (
        "namespace/shop created\nconfigmap/settings created\ndeployment.apps/web created\nservice/web created\n"
    )
    assert k(f"apply -f {folder}") == (
        "namespace/shop unchanged\nconfigmap/settings unchanged\n"
        "deployment.apps/web unchanged\nservice/web unchanged\n"
    )


def test_pods_come_up_under_watch(shop: Kubectl):
    watch = shop.start("get pods -n shop -l app=watched -w --no-headers")
    shop("create deploy watched -n shop --image=nginx:1.25")
    shop("rollout status -n shop deploy/watched --timeout=60s")
    shop("delete deploy -n shop watched")
    shop.until("get pods -n shop -l app=watched", "No resources found")
    watch.send_signal(signal.SIGINT)
    seen = watch.communicate(timeout=10)[0]
    assert re.search(rf"watched-{HASH}-{SUFFIX} +1/1 +Running +0 ", seen)
    assert re.search(rf"watched-{HASH}-{SUFFIX} +[01]/1 +Terminating ", seen)


def test_a_new_image_rolls_out(shop: Kubectl):
    assert shop("set image -n shop deploy/web nginx=nginx:1.26") == "deployment.apps/web image updated\n"
    said = shop("rollout status -n shop deploy/web --timeout=60s")
    assert said.splitlines()[-1] == 'deployment "web" successfully rolled out'
    images = shop("get pods -n shop -l app=web -o jsonpath={.items[*].spec.containers[*].image}")
    assert set(images.split()) == {"nginx:1.26"}
    assert "nginx:1.26" in shop("get rs -n shop -o wide")


def test_scaling_makes_and_removes_pods(shop: Kubectl):
    assert shop("scale -n shop deploy/web --replicas=5") == "deployment.apps/web scaled\n"
    shop("rollout status -n shop deploy/web --timeout=60s")
    assert len(shop.json("get pods -n shop -l app=web")["items"]) == 5
    shop("scale -n shop deploy/web --replicas=3")
    shop.until("get deploy -n shop web --no-headers", "3/3")


def test_describe_and_events_tell_a_pods_story(shop: Kubectl):
    name = shop("get pods -n shop -l app=web -o jsonpath={.items[0].metadata.name}")
    story = shop(f"describe pod -n shop {name}")
    assert re.search(r"^Status: +Running$", story, re.MULTILINE)
    assert re.search(r"^Controlled By: +ReplicaSet/web-", story, re.MULTILINE)
    assert re.search(
        rf"Normal +Scheduled .*default-scheduler +Successfully assigned shop/{name} to node-\d", story
    )
    assert re.search(r"Normal +Started ", story)
    reasons = shop("get events -n shop -o jsonpath={.items[*].reason}").split()
    assert {"ScalingReplicaSet", "SuccessfulCreate", "Scheduled", "Started", "Killing"} <= set(reasons)


def test_an_image_that_is_missing_backs_off(k: Kubectl):
    k("apply -f -", stdin=deployment("broken", "nginx:404"))
    k.until("get pods -l app=broken", "ErrImagePull")
    k.until("get pods -l app=broken", "ImagePullBackOff", timeout_s=30)
    assert 'Failed to pull image "nginx:404"' in k("describe pod -l app=broken")


def test_a_pod_that_fits_nowhere_stays_pending_and_says_why(k: Kubectl):
    k("apply -f -", stdin=deployment("huge", "nginx:1.25", cpu="100"))
    k.until("get pods -l app=huge -o jsonpath={.items[*].status.conditions[*].reason}", "Unschedulable")
    assert re.search(r"0/1 +Pending +0 ", k("get pods -l app=huge --no-headers"))
    message = (
        "0/3 nodes are available: 3 Insufficient cpu. no new claims to deallocate, preemption: "
        "0/3 nodes are available: 3 Preemption is not helpful for scheduling."
    )
    assert message in k("get pods -l app=huge -o jsonpath={.items[*].status.conditions[*].message}")
    assert message in k("describe pod -l app=huge")


def test_everything_goes_as_it_came(k: Kubectl, folder: Path):
    k(f"apply -f {folder}")
    gone = k(f"delete -f {folder}")
    assert set(gone.splitlines()) == {
        'namespace "shop" deleted',
        'configmap "settings" deleted',
        'deployment.apps "web" deleted',
        'service "web" deleted',
    }
    refused = k.run("get ns shop")
    assert refused.stderr == 'Error from server (NotFound): namespaces "shop" not found\n'


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        (
            "apiVersion: v1\nkind: Podd\nmetadata: {name: x}\n",
            'no matches for kind "Podd" in version "v1"',
        ),
        (
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: nowhere}\n",
            'Error from server (NotFound): error when creating "STDIN": namespaces "nowhere" not found',
        ),
        (
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: Bad_Name}\n",
            'The ConfigMap "Bad_Name" is invalid: metadata.name: Invalid value: "Bad_Name": a lowercase RFC 1123',
        ),
        (
            "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {contaners: []}\n",
            'strict decoding error: unknown field "spec.contaners"',
        ),
    ],
    ids=["unknown kind", "no such namespace", "bad name", "unknown field"],
)
def test_bad_manifests_are_refused_in_kubernetes_words(k: Kubectl, manifest: str, message: str):
    done = k.run("create -f -", stdin=manifest)
    assert done.returncode == 1
    assert message in done.stderr
