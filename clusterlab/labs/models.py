"""What the database keeps. The clusters' contents live in the store, not here."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone

from clusterlab.labs.tokens import new_id


class Role(models.TextChoices):
    """What a member may do; each includes those before it."""

    VIEW = "view"
    OPERATE = "operate"
    OWNER = "owner"

    def includes(self, other: Role) -> bool:
        order = list(Role)
        return order.index(self) >= order.index(other)


class Cluster(models.Model):
    """One simulated cluster; `settings` is what it was built with."""

    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    name = models.CharField(max_length=63)
    example = models.CharField(max_length=63, blank=True)
    nodes = models.PositiveIntegerField(default=0)
    settings = models.JSONField(default=dict)
    origin_id = models.CharField(max_length=16, blank=True)
    """The cluster that it was forked from, which may be gone, and at which revision."""
    origin_revision = models.PositiveBigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    archived_at = models.DateTimeField(null=True, blank=True)
    """Out of the way: not among its members' clusters unless they ask for it."""
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"{self.name} ({self.id})"


class ShareLink(models.Model):
    """A link that makes whoever opens it a member. The token itself is shown once and never kept."""

    cluster = models.ForeignKey(Cluster, models.CASCADE, related_name="shares")
    token_hash = models.CharField(max_length=64, unique=True)
    token_hint = models.CharField(max_length=8)
    role = models.CharField(max_length=8, choices=[(r.value, r.label) for r in (Role.VIEW, Role.OPERATE)])
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveBigIntegerField(null=True, blank=True)
    """Where in the past the link opens; None: now."""

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"{self.role} link {self.token_hint}... of {self.cluster_id}"

    def is_active(self, now: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


class Membership(models.Model):
    """A visitor's or user's role in one cluster. One that came by a link ends with the link."""

    cluster = models.ForeignKey(Cluster, models.CASCADE, related_name="memberships")
    visitor_hash = models.CharField(max_length=64, blank=True, db_index=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True)
    role = models.CharField(max_length=8, choices=Role.choices)
    share = models.ForeignKey(ShareLink, models.CASCADE, null=True, blank=True, related_name="memberships")
    name = models.CharField(max_length=150, blank=True)
    """What the member was last called: the log signs writes with the membership's number."""
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["cluster", "visitor_hash", "user", "share"], name="one_membership_a_way_in"
            ),
        )

    def __str__(self) -> str:
        return f"{self.role} of {self.cluster_id}"


class KubeToken(models.Model):
    """What a kubeconfig authenticates with; it ends with the membership that asked for it."""

    cluster = models.ForeignKey(Cluster, models.CASCADE, related_name="kube_tokens")
    membership = models.ForeignKey(Membership, models.CASCADE, null=True, blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    role = models.CharField(max_length=8, choices=Role.choices)
    created_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.role} token of {self.cluster_id}"


class ManifestUpload(models.Model):
    """One upload and what became of each of its objects."""

    cluster = models.ForeignKey(Cluster, models.CASCADE, related_name="uploads")
    membership = models.ForeignKey(Membership, models.SET_NULL, null=True, blank=True)
    files = models.JSONField(default=list)
    applied = models.BooleanField(default=False)
    results = models.JSONField(default=list)
    errors = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"upload of {len(self.files)} files to {self.cluster_id}"


class Checkpoint(models.Model):
    """A cluster's whole state at one revision, as a snapshot file's bytes."""

    cluster = models.ForeignKey(Cluster, models.CASCADE, related_name="checkpoints")
    revision = models.BigIntegerField()
    at_ms = models.BigIntegerField()
    data = models.BinaryField()

    class Meta:
        ordering = ("revision",)
        constraints = (
            models.UniqueConstraint(fields=["cluster", "revision"], name="one_checkpoint_a_revision"),
        )

    def __str__(self) -> str:
        return f"{self.cluster_id} at {self.revision}"


class LogSegment(models.Model):
    """A cluster's log from one revision to another, both inclusive; segments follow each other without a gap."""

    cluster = models.ForeignKey(Cluster, models.CASCADE, related_name="log_segments")
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    data = models.BinaryField()

    class Meta:
        ordering = ("first",)
        constraints = (models.UniqueConstraint(fields=["cluster", "first"], name="one_segment_a_beginning"),)

    def __str__(self) -> str:
        return f"{self.cluster_id} from {self.first} to {self.last}"
