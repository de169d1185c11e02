import django.contrib.postgres.fields
import django.db.models.deletion
import suqing.cases.notices
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('cases', '0011_entry_standards'),
    ]

    operations = [
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('matter', models.CharField(max_length=32)),
                ('told', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), size=None)),
                ('way', models.CharField(blank=True, max_length=12)),
                ('given_on', models.DateField()),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notices', to='cases.case')),
            ],
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(fields=['case', 'given_on'], name='notice_of_case'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(('matter__in', list(suqing.cases.notices.Matter))), name='notice_matter_known'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(('way__in', ['', *suqing.cases.notices.Way])), name='notice_way_known'),
        ),
    ]
