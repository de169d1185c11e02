"""Triggers that note which rows changed, for the mirror: once a statement, however many rows it changed."""

from django.db import migrations

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


def _touch(name, source, key, where=""):
    return f"""CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO analytics_touched (source, row_id, is_held)
            SELECT DISTINCT '{source}', new_rows.{key}, false FROM new_rows {where};
            RETURN NULL;
        END $$"""


def _trigger(name, function, table, operation, rows):
    return f"""CREATE TRIGGER {name} AFTER {operation} ON {table} REFERENCING {rows}
        FOR EACH STATEMENT EXECUTE FUNCTION {function}()"""


def _sql():
    statements = []
    for table, source, key in WATCHED:
        function = f"analytics_touch_{table}"
        statements.append(_touch(function, source, key))
        # What a case says is mirrored when it is new or when it changed, not with every step of its handling.
        first = "analytics_touch_new_case" if table == "cases_case" else function
        if table == "cases_case":
            statements.append(_touch(first, "new_cases", key))
        statements.append(_trigger(f"{function}_insert", first, table, "INSERT", "NEW TABLE AS new_rows"))
        statements.append(_trigger(f"{function}_update", function, table, "UPDATE", "NEW TABLE AS new_rows"))
        statements.append(_trigger(f"{function}_delete", first, table, "DELETE", "OLD TABLE AS new_rows"))
    said = "JOIN old_rows USING (id) WHERE old_rows.match_text <> new_rows.match_text OR old_rows.received_at <> new_rows.received_at"
    statements.append(_touch("analytics_touch_text", "texts", "id", said))
    both = "OLD TABLE AS old_rows NEW TABLE AS new_rows"
    statements.append(_trigger("analytics_touch_text_update", "analytics_touch_text", "cases_case", "UPDATE", both))
    return statements


def _reverse():
    names = [f"analytics_touch_{table}" for table, _source, _key in WATCHED]
    return [f"DROP FUNCTION {name}() CASCADE" for name in (*names, "analytics_touch_new_case", "analytics_touch_text")]


class Migration(migrations.Migration):
    dependencies = [
        ("analytics", "0005_mirror"),
        ("cases", "0024_natural_persons"),
        ("telephony", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(_sql(), _reverse()),
        migrations.RunSQL("CREATE SEQUENCE analytics_mirror_round", "DROP SEQUENCE analytics_mirror_round"),
    ]
