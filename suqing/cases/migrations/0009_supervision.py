import django.contrib.postgres.fields
import django.db.models.deletion
import suqing.cases.oversight
import suqing.cases.vocabulary
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('cases', '0008_mediation'),
        ('taxonomy', '0001_divisions_classes_topics'),
    ]

    operations = [
        migrations.CreateModel(
            name='SupervisionOrder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=30, unique=True)),
                ('year', models.PositiveSmallIntegerField()),
                ('serial', models.PositiveIntegerField()),
                ('title', models.CharField(max_length=120)),
                ('text', models.TextField()),
                ('trigger', models.CharField(max_length=24)),
                ('filter', models.JSONField(null=True)),
                ('is_frozen', models.BooleanField(default=False)),
                ('due_on', models.DateField()),
                ('issued_at', models.DateTimeField()),
                ('state', models.CharField(default=suqing.cases.oversight.OrderState['OPEN'], max_length=12)),
                ('closed_at', models.DateTimeField(null=True)),
                ('closing_note', models.TextField(blank=True)),
                ('revision', models.PositiveIntegerField(default=1)),
                ('is_synthetic', models.BooleanField(default=False)),
                ('closed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('issued_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('issuing_unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.unit')),
            ],
        ),
        migrations.CreateModel(
            name='SupervisedUnit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(max_length=10)),
                ('state', models.CharField(default=suqing.cases.oversight.ReplyState['OWED'], max_length=10)),
                ('revision', models.PositiveIntegerField(default=1)),
                ('warned', models.PositiveSmallIntegerField(default=0)),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='supervision_orders', to='accounts.unit')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='units', to='cases.supervisionorder')),
            ],
        ),
        migrations.CreateModel(
            name='SupervisedCase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='supervised_by', to='cases.case')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='cases', to='cases.supervisionorder')),
            ],
        ),
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.PositiveSmallIntegerField(default=1)),
                ('note', models.CharField(blank=True, max_length=500)),
                ('at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(null=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('answer', models.CharField(blank=True, max_length=500)),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reminders', to='cases.case')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.unit')),
            ],
            options={
                'indexes': [models.Index(fields=['case', '-at'], name='reminder_of_case'), models.Index(condition=models.Q(('answered_at', None)), fields=['sent_at'], name='reminder_unanswered')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('answered_at', None), ('answered_by', None)), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False)), _connector='OR'), name='reminder_answered_has_by_and_at')],
            },
        ),
        migrations.CreateModel(
            name='Escalation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_at', models.DateTimeField(null=True)),
                ('rung', models.PositiveSmallIntegerField()),
                ('told', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, size=None)),
                ('at', models.DateTimeField()),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='escalations', to='cases.case')),
                ('clock', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='rungs', to='cases.clock')),
                ('reminder', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='rungs', to='cases.reminder')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('reminder', 'rung'), name='escalation_of_reminder_once'), models.UniqueConstraint(fields=('clock', 'due_at', 'rung'), name='escalation_of_clock_once'), models.CheckConstraint(condition=models.Q(models.Q(('clock', None), ('due_at', None), ('reminder__isnull', False)), models.Q(('clock__isnull', False), ('due_at__isnull', False), ('reminder', None)), _connector='OR'), name='escalation_of_one_thing')],
            },
        ),
        migrations.CreateModel(
            name='ReturnVisit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('round', models.PositiveSmallIntegerField()),
                ('grade', models.CharField(blank=True, max_length=20)),
                ('is_reached', models.BooleanField(default=True)),
                ('note', models.CharField(blank=True, max_length=500)),
                ('at', models.DateTimeField()),
                ('redo_until', models.DateField(null=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='visits', to='cases.case')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('grade__in', ['', suqing.cases.vocabulary.VisitGrade['VERY_SATISFIED'], suqing.cases.vocabulary.VisitGrade['SATISFIED'], suqing.cases.vocabulary.VisitGrade['FAIR'], suqing.cases.vocabulary.VisitGrade['DISSATISFIED']])), name='visit_grade_known'), models.CheckConstraint(condition=models.Q(models.Q(('is_reached', True), models.Q(('grade', ''), _negated=True)), models.Q(('grade', ''), ('is_reached', False)), _connector='OR'), name='visit_reached_has_a_grade'), models.UniqueConstraint(fields=('case', 'round'), name='visit_round_once')],
            },
        ),
        migrations.CreateModel(
            name='SupervisedReply',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('round', models.PositiveSmallIntegerField()),
                ('text', models.TextField()),
                ('at', models.DateTimeField()),
                ('is_accepted', models.BooleanField(null=True)),
                ('review_note', models.TextField(blank=True)),
                ('reviewed_at', models.DateTimeField(null=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reviewed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('bound', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='replies', to='cases.supervisedunit')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('bound', 'round'), name='reply_round_once'), models.UniqueConstraint(condition=models.Q(('is_accepted', None)), fields=('bound',), name='reply_waits_once_at_a_time'), models.CheckConstraint(condition=models.Q(models.Q(('is_accepted', None), ('reviewed_at', None), ('reviewed_by', None)), models.Q(('is_accepted__isnull', False), ('reviewed_at__isnull', False), ('reviewed_by__isnull', False)), _connector='OR'), name='reply_reviewed_has_by_and_at')],
            },
        ),
        migrations.AddIndex(
            model_name='supervisionorder',
            index=models.Index(fields=['-issued_at', '-id'], name='order_newest_first'),
        ),
        migrations.AddIndex(
            model_name='supervisionorder',
            index=models.Index(condition=models.Q(('state', 'open')), fields=['due_on'], name='order_due'),
        ),
        migrations.AddConstraint(
            model_name='supervisionorder',
            constraint=models.UniqueConstraint(fields=('issuing_unit', 'year', 'serial'), name='order_number_once'),
        ),
        migrations.AddConstraint(
            model_name='supervisionorder',
            constraint=models.CheckConstraint(condition=models.Q(('trigger__in', [suqing.cases.oversight.Trigger['HOT_TOPIC'], suqing.cases.oversight.Trigger['LEADER'], suqing.cases.oversight.Trigger['MEDIA'], suqing.cases.oversight.Trigger['OVERDUE'], suqing.cases.oversight.Trigger['REPEATED'], suqing.cases.oversight.Trigger['MULTI_DEPARTMENT'], suqing.cases.oversight.Trigger['OTHER']])), name='order_trigger_known'),
        ),
        migrations.AddConstraint(
            model_name='supervisionorder',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at', None), ('state', suqing.cases.oversight.OrderState['OPEN'])), models.Q(('closed_at__isnull', False), ('state__in', [suqing.cases.oversight.OrderState['CLOSED'], suqing.cases.oversight.OrderState['WITHDRAWN']])), _connector='OR'), name='order_ended_has_a_moment'),
        ),
        migrations.AddConstraint(
            model_name='supervisedunit',
            constraint=models.UniqueConstraint(fields=('order', 'unit'), name='order_binds_a_unit_once'),
        ),
        migrations.AddConstraint(
            model_name='supervisedunit',
            constraint=models.UniqueConstraint(condition=models.Q(('role', 'lead')), fields=('order',), name='order_has_one_lead'),
        ),
        migrations.AddConstraint(
            model_name='supervisedunit',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', [suqing.cases.oversight.Part['LEAD'], suqing.cases.oversight.Part['ASSISTANT']])), name='order_part_known'),
        ),
        migrations.AddConstraint(
            model_name='supervisedunit',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', [suqing.cases.oversight.ReplyState['OWED'], suqing.cases.oversight.ReplyState['WAITING'], suqing.cases.oversight.ReplyState['SENT_BACK'], suqing.cases.oversight.ReplyState['ACCEPTED']])), name='order_reply_state_known'),
        ),
        migrations.AddConstraint(
            model_name='supervisedcase',
            constraint=models.UniqueConstraint(fields=('order', 'case'), name='order_names_a_case_once'),
        ),
    ]
