from django.db import migrations

# An UPDATE passes only if it gives an unsealed event its position and hash and changes no other byte.
FORWARD = """
CREATE FUNCTION ledger_event_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    unsealed ledger_event;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.position IS NOT NULL OR NEW.chain_hash IS NOT NULL THEN
            RAISE EXCEPTION 'only the sealer gives an event its position' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.position IS NULL AND OLD.chain_hash IS NULL
            AND NEW.position IS NOT NULL AND NEW.chain_hash IS NOT NULL THEN
        unsealed := NEW;
        unsealed.position := NULL;
        unsealed.chain_hash := NULL;
        IF unsealed *= OLD THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'events are append-only: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER ledger_event_rows BEFORE INSERT OR UPDATE OR DELETE ON ledger_event
    FOR EACH ROW EXECUTE FUNCTION ledger_event_append_only();
CREATE TRIGGER ledger_event_truncate BEFORE TRUNCATE ON ledger_event
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_event_append_only();
"""
BACKWARD = """
DROP TRIGGER ledger_event_truncate ON ledger_event;
DROP TRIGGER ledger_event_rows ON ledger_event;
DROP FUNCTION ledger_event_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
