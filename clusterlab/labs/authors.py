"""Who a write's author is: the log signs with a role and a membership's number, people have names."""

from __future__ import annotations

import re
from collections.abc import Iterable

from clusterlab.labs.access import Access
from clusterlab.labs.models import Membership
from simcore.explain.markers import Marker

_SIGNED = re.compile(r"(?:user:)?(?:owner|operate|view)-([0-9]{1,18})")


def actor_of(access: Access) -> str:
    """How a member's writes are signed in the log."""
    number = "" if access.membership is None else f"-{access.membership.pk}"
    return f"user:{access.role.value}{number}"


def names_of(cluster_id: str, authors: Iterable[str]) -> dict[str, str]:
    """Names by author, for those that are members with a name; all others are called as the log has it."""
    numbers = {author: int(found[1]) for author in authors if (found := _SIGNED.fullmatch(author))}
    if not numbers:
        return {}
    members = Membership.objects.filter(cluster_id=cluster_id, pk__in=set(numbers.values())).exclude(name="")
    names = dict(members.values_list("pk", "name"))
    return {author: names[number] for author, number in numbers.items() if number in names}


def signed(cluster_id: str, markers: list[Marker]) -> list[Marker]:
    """With people's names."""
    names = names_of(cluster_id, [marker.author for marker in markers])
    return [marker._replace(author=names.get(marker.author, marker.author)) for marker in markers]
