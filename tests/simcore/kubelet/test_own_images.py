"""What a cluster's users say of images and registries is what their pods do."""

from __future__ import annotations

from dataclasses import replace

from simcore.apimachinery.meta import Obj
from simcore.kubelet.world import IMAGES
from simcore.sim.latency import INSTANT, Range
from tests.simcore.kubelet.conftest import Site


def described(site: Site, **doc: object) -> None:
    site.world.put(IMAGES, {"missing": [], **doc}, actor="user:test")
    site.advance(0)


def phase(site: Site, name: str = "web") -> str:
    found: str = site.pod(name)["status"]["phase"]
    return found


def test_an_image_ends_as_it_is_described(site: Site) -> None:
    described(site, own={"batch": {"exits": 3, "after_s": 20, "log": ["begin"]}})
    site.run(image="team/batch:1", restartPolicy="Never")
    site.advance(19_999)
    assert phase(site) == "Running" and site.printed() == ["begin"]
    site.advance(1)
    assert phase(site) == "Failed"
    assert site.container()["state"]["terminated"]["exitCode"] == 3


def test_a_probe_follows_a_route(site: Site) -> None:
    described(
        site, own={"shop": {"listens": [80], "routes": {"/ok": [{"code": 200}, {"from_s": 30, "code": 500}]}}}
    )
    probe: Obj = {"httpGet": {"path": "/ok", "port": 80}, "periodSeconds": 10, "failureThreshold": 1}
    container = {"name": "main", "image": "shop", "livenessProbe": probe}
    site.run(containers=[container])
    site.advance(29_000)
    assert site.container()["restartCount"] == 0
    site.advance(2_000)
    assert site.container()["restartCount"] == 1


def test_a_running_container_keeps_what_its_image_was(site: Site) -> None:
    described(site, own={"shop": {"log": ["one"]}})
    site.run("old", image="shop")
    described(site, own={"shop": {"log": ["two"]}})
    site.run("new", image="shop")
    assert (site.printed("old"), site.printed("new")) == (["one"], ["two"])


def test_a_description_wins_over_the_catalogue_but_not_over_a_command(site: Site) -> None:
    described(site, own={"nginx": {"log": ["mine"]}})
    site.run("own", image="nginx")
    site.run("told", image="nginx", command=["sh", "-c", "echo told; sleep 60"])
    assert (site.printed("own"), site.printed("told")) == (["mine"], ["told"])


def test_load_that_grows_beyond_the_limit_is_the_end(site: Site) -> None:
    described(site, own={"leak": {"load": [{"memory": "10Mi"}, {"from_s": 40, "memory": "90Mi"}]}})
    site.run(image="leak", resources={"limits": {"memory": "64Mi"}})
    site.advance(39_999)
    assert site.container()["restartCount"] == 0
    site.advance(1)
    assert site.container()["lastState"]["terminated"]["reason"] == "OOMKilled"


def test_a_pull_takes_as_long_as_it_is_said() -> None:
    site = Site(latency=replace(INSTANT, image_pull=Range(500, 500)))
    described(site, own={"big": {"pull_s": 30, "size_mb": 900}})
    site.run(image="big")
    site.advance(29_999)
    assert phase(site) == "Pending"
    site.advance(1)
    assert phase(site) == "Running"
    assert site.events()[1][1].endswith("in 30s (30s including waiting). Image size: 900000000 bytes.")


def test_a_registry_that_fails_is_asked_again_until_it_answers(site: Site) -> None:
    described(site, failing=["docker.io"])
    site.run()
    waiting = site.container()["state"]["waiting"]
    assert waiting["reason"] == "ErrImagePull" and waiting["message"].endswith(
        "registry-1.docker.io: i/o timeout"
    )
    site.advance(1_000)
    assert site.container()["state"]["waiting"]["reason"] == "ImagePullBackOff"
    described(site)
    site.advance(9_000)
    assert phase(site) == "Running"


def test_what_is_there_needs_no_registry(site: Site) -> None:
    site.run("first")
    described(site, failing=["*"])
    site.run("second")
    assert phase(site, "second") == "Running"


def test_a_private_image_needs_a_pull_secret_that_is_there(site: Site) -> None:
    described(site, private=["registry.example/*"])
    image, secrets = "registry.example/shop:1", [{"name": "key"}]
    site.run("without", image=image)
    site.run("lost", image=image, imagePullSecrets=secrets)
    site.given("Secret", "key", type="Opaque")
    site.run("with", image=image, imagePullSecrets=secrets)
    assert [phase(site, name) for name in ("without", "lost", "with")] == ["Pending", "Pending", "Running"]
    assert site.events("lost")[0] == (
        "FailedToRetrieveImagePullSecret",
        "Unable to retrieve some image pull secrets (key); attempting to pull the image may not succeed.",
    )
    assert "pull access denied" in site.container("without")["state"]["waiting"]["message"]
