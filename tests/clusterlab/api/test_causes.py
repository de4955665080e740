"""Traces and reasons over the REST API."""

from __future__ import annotations

import pytest

from simcore.apimachinery.kinds import DEPLOYMENT
from simcore.apimachinery.meta import Key
from tests.clusterlab.conftest import Browser, Own

pytestmark = pytest.mark.django_db


def test_a_trace_has_lanes_causes_and_a_critical_path(browser: Browser) -> None:
    own = Own(browser, example="rolling-update")
    made = own.get("object/?path=deployments.apps/default/web")["created_rev"]
    told = own.get(f"trace/?rev={made}")
    assert told["root"] == made
    assert told["critical"][0] == made
    assert told["steps"][0]["cause"] is None
    assert {"kubectl", "deployment-controller", "replicaset-controller", "scheduler", "kubelet"} <= {
        step["lane"] for step in told["steps"]
    }
    pods = next(step for step in told["steps"] if step["summary"] == "Pod created")
    assert (pods["count"], pods["kind"], pods["verb"]) == (12, "Pod", "created")
    assert pods["key"].startswith("pods/default/web-")


def test_a_trace_of_a_revision_that_was_never_written_is_refused(own: Own) -> None:
    assert own.get("trace/?rev=99999", status=400)["error"]["code"] == "not_written"
    assert own.get("trace/", status=400)["error"]["code"] == "invalid"


def test_why_answers_with_a_sentence_and_its_proofs(browser: Browser) -> None:
    own = Own(browser, example="rolling-update")
    told = own.get("why/?path=deployments.apps/default/web")
    assert (told["state"], told["sentence"]) == ("ok", "All 12 replicas are available.")
    assert all(proof["rev"] > 0 for proof in told["proofs"])
    assert told["exists"]["sentence"] == "user:kubernetes-admin created it."
    assert told["here"] is None


def test_why_can_be_asked_of_the_past(browser: Browser) -> None:
    own = Own(browser, example="rolling-update")
    made = own.get("object/?path=deployments.apps/default/web")["created_rev"]
    assert own.get(f"why/?path=deployments.apps/default/web&rev={made}")["state"] == "wait"


def test_why_of_something_that_is_not_there_is_not_found(own: Own) -> None:
    answer = own.get("why/?path=pods/default/nobody", status=404)
    assert answer["error"]["code"] == "object_not_found"


def test_the_answer_is_as_new_as_the_question(browser: Browser) -> None:
    own = Own(browser, example="rolling-update")
    own.get("why/?path=deployments.apps/default/web")
    own.user.delete(DEPLOYMENT, Key("default", "web"))
    own.get("why/?path=deployments.apps/default/web", status=404)
