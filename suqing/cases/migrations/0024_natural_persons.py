from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0023_looks"),
    ]

    operations = [
        migrations.AddField("marketentity", "person_ref", models.UUIDField(null=True, unique=True)),
        migrations.AddField("marketentity", "name_cipher", models.BinaryField(null=True)),
        migrations.AddField(
            "marketentity",
            "name_hash",
            models.CharField(max_length=64, blank=True, default=""),
            preserve_default=False,
        ),
        migrations.AddField("marketentity", "address_cipher", models.BinaryField(null=True)),
        migrations.AddConstraint(
            "marketentity",
            models.CheckConstraint(
                condition=models.Q(person_ref=None, name_cipher=None, address_cipher=None, name_hash="")
                | (models.Q(person_ref__isnull=False, uscc="") & ~models.Q(name_hash="")),
                name="entity_person_whole_or_not_at_all",
            ),
        ),
        migrations.AddIndex(
            "marketentity",
            models.Index(fields=["name_hash"], name="entity_by_name_hash", condition=~models.Q(name_hash="")),
        ),
    ]
