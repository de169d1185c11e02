from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('analytics', '0003_exports'),
    ]

    operations = [
        migrations.CreateModel(
            name='PublishedFigure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.PositiveSmallIntegerField(unique=True)),
                ('measure', models.CharField(max_length=60)),
                ('filters', models.JSONField(default=list)),
                ('first', models.DateField()),
                ('last', models.DateField()),
                ('value', models.DecimalField(decimal_places=2, max_digits=14)),
                ('printed', models.CharField(max_length=60)),
                ('source', models.CharField(max_length=200)),
                ('is_derived', models.BooleanField(default=False)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('last__gte', models.F('first'))), name='published_days_in_order')],
            },
        ),
    ]
