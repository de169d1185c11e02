"""One row a statement for what it changed, instead of one a changed row: an import of a million is noted in some thousands."""

import django.contrib.postgres.fields
from django.db import migrations, models

# table, what it is in the mirror, the column with the key of the row that changes there
WATCHED = (
    ("cases_case", "cases", "id"),
    ("cases_topicmembership", "cases", "case_id"),
    ("cases_groupmember", "cases", "case_id"),
    ("cases_caseresult", "cases", "case_id"),
    ("cases_clock", "clocks", "id"),
    ("cases_submission", "contacts", "id"),
    ("telephony_call", "calls", "id"),
)
MOST = 5000  # keys in one row
TEXT_CHANGED = (
    "JOIN old_rows USING (id) WHERE old_rows.match_text <> new_rows.match_text"
    " OR old_rows.received_at <> new_rows.received_at"
)


def _touch(name, source, key, where=""):
    # A statement may change a case by several rows of another table: each case is noted once.
    distinct = "" if key == "id" else "DISTINCT"
    return f"""CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO analytics_touched (source, row_ids, is_held)
            SELECT '{source}', array_agg(key), false
            FROM (SELECT key, (row_number() OVER () - 1) / {MOST} AS part
                  FROM (SELECT {distinct} new_rows.{key} AS key FROM new_rows {where}) AS keys) AS parts
            GROUP BY part;
            RETURN NULL;
        END $$"""


def _functions():
    found = [_touch(f"analytics_touch_{table}", source, key) for table, source, key in WATCHED]
    found.append(_touch("analytics_touch_new_case", "new_cases", "id"))
    found.append(_touch("analytics_touch_text", "texts", "id", TEXT_CHANGED))
    return found


class Migration(migrations.Migration):
    dependencies = [("analytics", "0006_touched_by_triggers")]

    operations = [
        migrations.RemoveIndex("touched", "touched_waiting"),
        migrations.AddField(
            "touched",
            "row_ids",
            django.contrib.postgres.fields.ArrayField(models.BigIntegerField(), default=list),
            preserve_default=False,
        ),
        migrations.RunSQL("UPDATE analytics_touched SET row_ids = ARRAY[row_id]", migrations.RunSQL.noop),
        migrations.RemoveField("touched", "row_id"),
        migrations.RunSQL(_functions(), migrations.RunSQL.noop),
    ]
