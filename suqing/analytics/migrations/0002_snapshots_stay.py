from django.db import migrations

# What a published figure refers to does not move.
FORWARD = """
CREATE FUNCTION analytics_snapshots_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'snapshots stay as they were taken: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER analytics_snapshots_stay BEFORE UPDATE OR DELETE ON analytics_snapshot
    FOR EACH ROW EXECUTE FUNCTION analytics_snapshots_stay();
"""
BACKWARD = """
DROP TRIGGER analytics_snapshots_stay ON analytics_snapshot;
DROP FUNCTION analytics_snapshots_stay();
"""


class Migration(migrations.Migration):
    dependencies = [("analytics", "0001_snapshot")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
