"""Images are pulled when the policy asks for it, and backed off from when they aren't there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simcore.kubelet.world import IMAGES
from simcore.sim.latency import INSTANT, LatencyProfile, Range
from tests.simcore.kubelet.conftest import Site

NOT_FOUND = (
    'rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/nginx:404": failed to '
    'resolve reference "docker.io/library/nginx:404": docker.io/library/nginx:404: not found'
)


def pulling_takes(ms: int) -> LatencyProfile:
    return replace(INSTANT, image_pull=Range(ms, ms))


def waiting(site: Site, name: str = "web") -> dict[str, str]:
    found: dict[str, str] = site.container(name)["state"]["waiting"]
    return found


def test_the_first_pod_pulls_and_the_next_finds_the_image_there(site: Site) -> None:
    site.run("first")
    site.run("second")
    assert site.events("first") == [
        ("Pulling", 'Pulling image "nginx:1.27"'),
        (
            "Pulled",
            'Successfully pulled image "nginx:1.27" in 0s (0s including waiting). Image size: 72000000 bytes.',
        ),
        ("Created", "Container created"),
        ("Started", "Container started"),
    ]
    assert site.events("second")[0] == (
        "Pulled",
        'Container image "nginx:1.27" already present on machine and can be accessed by the pod',
    )


def test_always_pulls_what_is_there_already(site: Site) -> None:
    site.run("first")
    site.run("second", imagePullPolicy="Always")
    assert [reason for reason, _ in site.events("second")] == ["Pulling", "Pulled", "Created", "Started"]


def test_never_waits_for_an_image_that_is_not_there(site: Site) -> None:
    site.run(imagePullPolicy="Never")
    text = 'Container image "nginx:1.27" is not present with pull policy of Never'
    assert waiting(site) == {"reason": "ErrImageNeverPull", "message": text}
    assert site.events() == [("ErrImageNeverPull", text), ("Failed", "Error: ErrImageNeverPull")]


def test_never_is_content_with_an_image_that_is_there(site: Site) -> None:
    site.run("first")
    site.run("second", imagePullPolicy="Never")
    assert "running" in site.container("second")["state"]


def test_a_missing_tag_is_an_error_first_and_a_back_off_after_a_second(site: Site) -> None:
    site.run(image="nginx:404")
    assert waiting(site) == {"reason": "ErrImagePull", "message": NOT_FOUND}
    site.advance(1000)
    assert waiting(site) == {
        "reason": "ImagePullBackOff",
        "message": f'Back-off pulling image "nginx:404": ErrImagePull: {NOT_FOUND}',
    }
    assert site.events() == [
        ("Pulling", 'Pulling image "nginx:404"'),
        ("Failed", f'Failed to pull image "nginx:404": {NOT_FOUND}'),
        ("Failed", "Error: ErrImagePull"),
        ("BackOff", 'Back-off pulling image "nginx:404"'),
        ("Failed", "Error: ImagePullBackOff"),
    ]
    assert site.pod()["status"]["phase"] == "Pending"
    assert site.container()["imageID"] == ""


def test_pulls_are_tried_again_after_10_20_40_80_160_300_seconds(site: Site) -> None:
    site.run(image="nginx:404")
    tries = []
    for second in range(1, 912):
        before = waiting(site)["reason"]
        site.advance(1000)
        if before == "ImagePullBackOff" and waiting(site)["reason"] == "ErrImagePull":
            tries.append(second)
    assert tries == [10, 30, 70, 150, 310, 610, 910]


def test_a_pull_succeeds_once_the_registry_has_the_image(site: Site) -> None:
    site.run(image="nginx:404")
    site.advance(5000)
    site.world.put(IMAGES, {"missing": []}, actor="user:test", cause=0)
    site.advance(4000)
    assert waiting(site)["reason"] == "ImagePullBackOff"
    site.advance(1000)
    assert "running" in site.container()["state"]
    assert site.container()["restartCount"] == 0


def test_an_image_nobody_knows_runs(site: Site) -> None:
    site.run(image="registry.example.org/team/shop:v3")
    assert "running" in site.container()["state"]
    assert site.container()["image"] == "registry.example.org/team/shop:v3"
    assert site.container()["imageID"].startswith("registry.example.org/team/shop@sha256:")


def test_a_missing_repository_is_denied(site: Site) -> None:
    site.run(image="missing")
    assert (
        "pull access denied, repository does not exist or may require authorization"
        in waiting(site)["message"]
    )


def test_a_name_that_is_none_is_an_invalid_image_name(site: Site) -> None:
    site.run(image="Nginx:1")
    assert waiting(site) == {
        "reason": "InvalidImageName",
        "message": 'Failed to apply default image tag "Nginx:1": couldn\'t parse image name "Nginx:1": '
        "invalid reference format: repository name (library/Nginx) must be lowercase",
    }
    assert [reason for reason, _ in site.events()] == ["InspectFailed", "Failed"]


class TestWithLatency:
    """Pulls that take time, one after the other."""

    @pytest.fixture
    def site(self) -> Site:
        return Site(latency=pulling_takes(1000))

    def test_a_pull_takes_the_time_that_the_size_of_the_image_asks_for(self, site: Site) -> None:
        site.run()
        site.advance(1027)
        assert waiting(site) == {"reason": "ContainerCreating"}
        site.advance(1)
        assert "running" in site.container()["state"]
        pulled = next(message for reason, message in site.events() if reason == "Pulled")
        assert pulled.startswith(
            'Successfully pulled image "nginx:1.27" in 1.028s (1.028s including waiting).'
        )

    def test_a_second_pull_waits_for_the_first(self, site: Site) -> None:
        site.run("first")
        site.run("second", image="httpd:2.4")
        site.advance(5000)
        pulled = next(message for reason, message in site.events("second") if reason == "Pulled")
        assert pulled.startswith('Successfully pulled image "httpd:2.4" in 842ms (1.87s including waiting).')

    def test_a_failing_pull_takes_time_too(self, site: Site) -> None:
        site.run(image="nginx:404")
        site.advance(249)
        assert waiting(site) == {"reason": "ContainerCreating"}
        site.advance(1)
        assert waiting(site)["reason"] == "ErrImagePull"
