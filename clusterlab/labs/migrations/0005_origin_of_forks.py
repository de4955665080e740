from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("labs", "0004_member_names"),
    ]

    operations = [
        migrations.AddField(
            model_name="cluster",
            name="origin_id",
            field=models.CharField(blank=True, max_length=16),
        ),
        migrations.AddField(
            model_name="cluster",
            name="origin_revision",
            field=models.PositiveBigIntegerField(blank=True, null=True),
        ),
    ]
