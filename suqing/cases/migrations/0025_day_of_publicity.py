from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0024_natural_persons"),
    ]

    operations = [
        migrations.AddField(
            model_name="case",
            name="publicised_on",
            field=models.DateField(null=True),
        ),
    ]
