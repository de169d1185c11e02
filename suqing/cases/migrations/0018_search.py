"""Any two neighbouring characters find the cases that hold them: the words of a search first ask this index."""

from django.db import migrations

# upper, because Django's icontains compares in upper case.  The cost tells the planner that reading an index is cheaper
# than taking a text apart; kept low enough that a common word is still found by walking the newest cases.
FUNCTION = """
CREATE FUNCTION suqing_bigrams(said text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 400 AS $$
    SELECT coalesce(array_agg(DISTINCT one || following), '{}')
    FROM (
        SELECT one, lead(one) OVER (ORDER BY place) AS following
        FROM unnest(string_to_array(upper(said), NULL)) WITH ORDINALITY AS letters (one, place)
    ) AS pairs
    WHERE following IS NOT NULL
$$
"""
INDEX = "CREATE INDEX case_words ON cases_case USING gin (suqing_bigrams(match_text || ' ' || entity_name))"


class Migration(migrations.Migration):
    dependencies = [("cases", "0017_bulk_changes")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION suqing_bigrams(text)"),
        migrations.RunSQL(INDEX, "DROP INDEX case_words"),
    ]
