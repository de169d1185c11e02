"""A case is noted too when somebody decides on a flag of the radar: a fact of the case tells it."""

from django.db import migrations

WATCHED = ("cases_sensitiveflag",)
MOST = 5000  # keys in one row


def _touch(table):
    return f"""CREATE FUNCTION analytics_touch_case_by_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO analytics_touched (source, row_ids, is_held)
            SELECT 'cases', array_agg(key), false
            FROM (SELECT key, (row_number() OVER () - 1) / {MOST} AS part
                  FROM (SELECT DISTINCT case_id AS key FROM changed_rows) AS keys) AS parts
            GROUP BY part;
            RETURN NULL;
        END $$"""


def _trigger(table, operation, rows):
    function = f"analytics_touch_case_by_{table}"
    return f"""CREATE TRIGGER {function}_{operation.lower()} AFTER {operation} ON {table}
        REFERENCING {rows} TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION {function}()"""


def _sql():
    statements = []
    for table in WATCHED:
        statements.append(_touch(table))
        statements += [
            _trigger(table, *of) for of in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD"))
        ]
    return statements


class Migration(migrations.Migration):
    dependencies = [("analytics", "0011_topic_samples"), ("cases", "0027_sensitive_flags")]

    operations = [
        migrations.RunSQL(
            _sql(), [f"DROP FUNCTION analytics_touch_case_by_{table}() CASCADE" for table in WATCHED]
        ),
    ]
