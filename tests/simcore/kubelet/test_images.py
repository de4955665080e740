"""Image references and what registries say."""

from __future__ import annotations

import pytest

from simcore.kubelet.images import InvalidImageName, Registries, digest, parse, pull_error, registries_of
from simcore.sim.rng import Rng

DIGEST = "sha256:" + "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("text", "full", "name"),
    [
        ("nginx", "docker.io/library/nginx:latest", "nginx"),
        ("nginx:1.27", "docker.io/library/nginx:1.27", "nginx"),
        ("team/shop:v1", "docker.io/team/shop:v1", "shop"),
        ("docker.io/nginx", "docker.io/library/nginx:latest", "nginx"),
        (
            "registry.k8s.io/e2e-test-images/agnhost:2.53",
            "registry.k8s.io/e2e-test-images/agnhost:2.53",
            "agnhost",
        ),
        ("localhost/app", "localhost/app:latest", "app"),
        ("example.org:5000/app:2", "example.org:5000/app:2", "app"),
        (f"nginx@{DIGEST}", f"docker.io/library/nginx@{DIGEST}", "nginx"),
        (f"nginx:1.27@{DIGEST}", f"docker.io/library/nginx@{DIGEST}", "nginx"),
        ("a_b/c-d__e.f", "docker.io/a_b/c-d__e.f:latest", "c-d__e.f"),
    ],
)
def test_a_reference_in_full(text: str, full: str, name: str) -> None:
    assert (str(parse(text)), parse(text).name) == (full, name)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Nginx", "repository name (library/Nginx) must be lowercase"),
        ("team/Shop:v1", "repository name (team/Shop) must be lowercase"),
        ("nginx:", ""),
        ("nginx:bad tag", ""),
        ("http://example.org/app", ""),
        ("-nginx", ""),
        ("nginx@sha256:12", ""),
    ],
)
def test_what_is_no_reference(text: str, fault: str) -> None:
    with pytest.raises(InvalidImageName) as refused:
        parse(text)
    reason = f"invalid reference format: {fault}" if fault else "invalid reference format"
    assert str(refused.value) == (
        f'Failed to apply default image tag "{text}": couldn\'t parse image name "{text}": {reason}'
    )


@pytest.mark.parametrize(
    ("image", "pattern", "missing"),
    [
        ("nginx:404", "404", True),
        ("nginx:1.404", "404", False),
        ("nginx:v404", "v4*", True),
        ("missing", "missing", True),
        ("team/missing:1", "missing", True),
        ("missing-link", "missing", False),
        ("nginx:1", "nginx:*", True),
        ("nginx:1", "docker.io/library/*", True),
        ("example.org/nginx:1", "docker.io/*", False),
    ],
)
def test_patterns_name_a_tag_a_repository_or_a_whole_reference(
    image: str, pattern: str, missing: bool
) -> None:
    assert (pull_error(parse(image), Registries((pattern,))) is not None) is missing


def test_an_image_has_the_same_digest_everywhere() -> None:
    one, two = digest(parse("nginx:1.27"), Rng(1)), digest(parse("docker.io/library/nginx:1.27"), Rng(1))
    assert one == two and len(one) == 71
    assert digest(parse("nginx:1.28"), Rng(1)) != one
    assert digest(parse(f"nginx@{DIGEST}"), Rng(1)) == DIGEST


@pytest.mark.parametrize(
    ("image", "registries", "secret", "said"),
    [
        ("nginx:1", Registries(failing=("docker.io",)), False,
         'failed to do request: Head "https://registry-1.docker.io/v2/library/nginx/manifests/1": dial tcp: lookup '
         "registry-1.docker.io: i/o timeout"),
        ("r.example/a/b:2", Registries(failing=("r.example/*",)), False,
         'Head "https://r.example/v2/a/b/manifests/2": dial tcp: lookup r.example: i/o timeout'),
        ("r.example/a/b:2", Registries(failing=("docker.io",)), False, None),
        ("r.example/a/b:2", Registries(private=("r.example",)), False, "authorization failed"),
        ("r.example/a/b:2", Registries(private=("r.example",)), True, None),
        ("r.example/b:404", Registries(private=("r.example",)), True, "not found"),
    ],
    ids=["down", "a pattern of hosts", "another one is down", "private", "with a secret", "not there"],
)  # fmt: skip
def test_registries_can_fail_or_ask_for_a_secret(
    image: str, registries: Registries, secret: bool, said: str | None
) -> None:
    found = pull_error(parse(image), registries, has_secret=secret)
    assert found is None if said is None else (found or "").endswith(said)


def test_a_record_that_says_nothing_leaves_things_as_usual() -> None:
    assert registries_of({}) == Registries()


def test_descriptions_that_cannot_be_understood_are_left_out() -> None:
    own = {"good": {"exits": 1}, "bad": {"exits": "x"}}
    assert registries_of({"own": own}).own == {"good": {"exits": 1}}
