"""Any two neighbouring characters find the cases that hold them: the words of a search first ask this index."""

from django.db import migrations

# upper, because Django's icontains compares in upper case.  The cost tells the planner that reading an index is cheaper
# than taking a text apart; kept low enough that a common word is still found by walking the newest cases.
FUNCTION = """
CREATE FUNCTION suqing_bigrams(said text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 400 AS $$
DECLARE
    pairs text[] := '{}';
    before text;
    one text;
BEGIN
    FOREACH one IN ARRAY string_to_array(upper(said), NULL) LOOP
        IF before IS NOT NULL THEN
            pairs := pairs || (before || one);
        END IF;
        before := one;
    END LOOP;
    RETURN pairs;
END
$$
"""
INDEX = "CREATE INDEX case_words ON cases_case USING gin (suqing_bigrams(match_text || ' ' || entity_name))"


class Migration(migrations.Migration):
    dependencies = [("cases", "0017_bulk_changes")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION suqing_bigrams(text)"),
        migrations.RunSQL(INDEX, "DROP INDEX case_words"),
    ]
