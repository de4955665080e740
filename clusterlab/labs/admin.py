"""The database's tables in Django's admin; tokens are hashes there, too."""

from django.contrib import admin

from clusterlab.labs.models import Cluster, KubeToken, ManifestUpload, Membership, ShareLink


@admin.register(Cluster)
class ClusterAdmin(admin.ModelAdmin):
    list_display = ("id", "name", "example", "nodes", "created_at", "deleted_at")
    search_fields = ("id", "name")


@admin.register(ShareLink)
class ShareLinkAdmin(admin.ModelAdmin):
    list_display = ("cluster", "role", "token_hint", "created_at", "expires_at", "revoked_at")
    readonly_fields = ("token_hash", "token_hint")


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):
    list_display = ("cluster", "role", "user", "share", "created_at")
    readonly_fields = ("visitor_hash",)


@admin.register(KubeToken)
class KubeTokenAdmin(admin.ModelAdmin):
    list_display = ("cluster", "role", "created_at", "revoked_at")
    readonly_fields = ("token_hash",)


@admin.register(ManifestUpload)
class ManifestUploadAdmin(admin.ModelAdmin):
    list_display = ("cluster", "applied", "created_at")
