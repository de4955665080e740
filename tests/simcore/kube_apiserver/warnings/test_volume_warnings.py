"""Volumes of drivers that are gone, claims of half a byte, files in each other's way."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.warnings.volumes import of_claim, of_overlaps, of_persistent_volume, of_volumes

OLD_CLASS = "volume.beta.kubernetes.io/storage-class"
OLD_CLASS_TOLD = (
    f'metadata.annotations[{OLD_CLASS}]: deprecated since v1.8; use "storageClassName" attribute instead'
)
RECYCLE_TOLD = (
    "spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. "
    "Instead, the recommended approach is to use dynamic provisioning."
)


def items(*paths: str) -> list[Obj]:
    return [{"key": f"k{i}", "path": path} for i, path in enumerate(paths)]


@pytest.mark.parametrize(
    ("driver", "told"),
    [
        ("photonPersistentDisk", "photonPersistentDisk: deprecated in v1.11, non-functional in v1.16+"),
        ("gitRepo", "gitRepo: deprecated in v1.11"),
        ("scaleIO", "scaleIO: deprecated in v1.16, non-functional in v1.22+"),
        ("flocker", "flocker: deprecated in v1.22, non-functional in v1.25+"),
        ("storageos", "storageOS: deprecated in v1.22, non-functional in v1.25+"),
        ("quobyte", "quobyte: deprecated in v1.22, non-functional in v1.25+"),
        ("glusterfs", "glusterfs: deprecated in v1.25, non-functional in v1.26+"),
        ("cephfs", "cephfs: deprecated in v1.28, non-functional in v1.31+"),
        ("rbd", "rbd: deprecated in v1.28, non-functional in v1.31+"),
    ],
)
def test_a_volume_of_a_driver_that_is_gone(driver: str, told: str):
    volumes = [{"name": "ok", "emptyDir": {}}, {"name": "v", driver: {}}]
    assert of_volumes("spec.volumes", volumes) == [f"spec.volumes[1].{told}"]


def test_half_a_byte_cannot_be_claimed_for_a_pod():
    claim = {"spec": {"resources": {"requests": {"storage": "1500m"}}}}
    volumes = [{"name": "v", "ephemeral": {"volumeClaimTemplate": claim}}]
    where = "spec.volumes[0].ephemeral.volumeClaimTemplate.spec.resources.requests[storage]"
    assert of_volumes("spec.volumes", volumes) == [
        f'{where}: fractional byte value "1500m" is invalid, must be an integer'
    ]


@pytest.mark.parametrize(
    ("spec", "annotations", "told"),
    [
        pytest.param({}, {}, [], id="nothing"),
        pytest.param({}, {OLD_CLASS: "fast"}, [OLD_CLASS_TOLD], id="class by annotation"),
        pytest.param(
            {"resources": {"requests": {"storage": "1"}, "limits": {"storage": "2500m"}}},
            {},
            ['spec.resources.limits[storage]: fractional byte value "2500m" is invalid, must be an integer'],
            id="fractional limit",
        ),
        pytest.param({"resources": {"requests": {"storage": "1.5Gi"}}}, {}, [], id="a whole number of bytes"),
    ],
)
def test_a_claim(spec: Obj, annotations: Obj, told: list[str]):
    assert of_claim({"metadata": {"name": "c", "annotations": annotations}, "spec": spec}) == told


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        pytest.param({"hostPath": {"path": "/x"}}, [], id="sound"),
        pytest.param({"persistentVolumeReclaimPolicy": "Recycle"}, [RECYCLE_TOLD], id="recycled"),
        pytest.param(
            {"rbd": {}, "cephfs": {}},
            [
                "spec.cephfs: deprecated in v1.28, non-functional in v1.31+",
                "spec.rbd: deprecated in v1.28, non-functional in v1.31+",
            ],
            id="drivers that are gone",
        ),
        pytest.param(
            {
                "nodeAffinity": {
                    "required": {
                        "nodeSelectorTerms": [
                            {"matchExpressions": [{"key": "beta.kubernetes.io/instance-type"}]}
                        ]
                    }
                }
            },
            [
                "spec.nodeAffinity.required.nodeSelectorTerms[0].matchExpressions[0].key: "
                "beta.kubernetes.io/instance-type is "
                'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead'
            ],
            id="old labels",
        ),
    ],
)
def test_a_persistent_volume(spec: Obj, told: list[str]):
    assert of_persistent_volume({"metadata": {"name": "v"}, "spec": spec}) == told


def test_a_persistent_volumes_class_by_annotation():
    volume = {"metadata": {"name": "v", "annotations": {OLD_CLASS: "x"}}, "spec": {}}
    assert of_persistent_volume(volume) == [OLD_CLASS_TOLD]


@pytest.mark.parametrize(
    ("paths", "clashes"),
    [
        pytest.param(("a", "b/c", "b/d"), [], id="apart"),
        pytest.param(("a", "a"), ['"a" with "a"'], id="twice"),
        pytest.param(("a/", "a"), ['"a" with "a"'], id="a slash at the end does not matter"),
        pytest.param(("a", "a/b"), ['"a/b" with "a"'], id="a file as a folder"),
        pytest.param(("a/b", "a"), ['"a" with "a/b"'], id="a folder as a file"),
        pytest.param(("", "a"), [], id="an empty path is none"),
    ],
)
@pytest.mark.parametrize(
    ("volume", "label"),
    [
        ({"configMap": {"name": "m"}}, 'ConfigMap "m"'),
        ({"secret": {"secretName": "s"}}, 'Secret "s"'),
        ({"downwardAPI": {}}, "DownwardAPI"),
    ],
    ids=["config map", "secret", "downward"],
)
def test_files_of_one_source(volume: Any, label: str, paths: tuple[str, ...], clashes: list[str]):
    filled = {field: {**source, "items": items(*paths)} for field, source in volume.items()}
    assert of_overlaps([{"name": "v", **filled}]) == [
        f'volume "v" ({label}): overlapping paths: {clash}' for clash in clashes
    ]


def test_files_of_the_sources_of_one_projection():
    sources = [
        {"configMap": {"name": "m", "items": items("a", "b")}},
        {"secret": {"name": "s", "items": items("b")}},
        {"serviceAccountToken": {"path": "token"}},
        {"clusterTrustBundle": {"name": "t", "path": "token"}},
        {"downwardAPI": {"items": items("token/x")}},
        {"configMap": {"name": "all"}},
        {},
    ]
    told = of_overlaps([{"name": "v", "projected": {"sources": sources}}, {"name": "w", "emptyDir": {}}])
    assert told == [
        'volume "v" (Projected Secret "s"): overlapping paths: "b" with "b"',
        'volume "v" (Projected ClusterTrustBundle "t"): overlapping paths: "token" with "token"',
        'volume "v" (Projected DownwardAPI): overlapping paths: "token/x" with "token"',
        'volume "v" (Projected) has no sources provided',
    ]


def test_a_trust_bundle_of_a_signer_is_named_by_it():
    bundles = [{"clusterTrustBundle": {"signerName": "x.io/y", "path": "p"}} for _ in range(2)]
    (told,) = of_overlaps([{"name": "v", "projected": {"sources": bundles}}])
    assert told == 'volume "v" (Projected ClusterTrustBundle "x.io/y"): overlapping paths: "p" with "p"'
