# Who has a case open, and how far each person has read it.

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0022_cases_that_came_back'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CaseLook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('looked_at', models.DateTimeField()),
                ('seen_event', models.BigIntegerField()),
                ('since_at', models.DateTimeField(null=True)),
                ('since_event', models.BigIntegerField(null=True)),
                ('heard_at', models.DateTimeField()),
                ('case', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='looks', to='cases.case')),
                ('person', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('case', 'person'), name='one_look_a_person_and_case'),
                    models.CheckConstraint(condition=models.Q(models.Q(('since_at', None), ('since_event', None)), models.Q(('since_at__isnull', False), ('since_event__isnull', False)), _connector='OR'), name='look_since_whole'),
                ],
            },
        ),
    ]
