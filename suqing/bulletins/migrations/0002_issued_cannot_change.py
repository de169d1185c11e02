from django.db import migrations

# What was issued stays: the one change a row of an issued bulletin passes is its withdrawal, once; figures belong to
# a draft or do not change at all.
FORWARD = """
CREATE FUNCTION bulletins_issued_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    unwithdrawn bulletins_bulletin;
BEGIN
    IF OLD.state = 'draft' THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.state = 'issued' AND NEW.state = 'withdrawn' THEN
        unwithdrawn := NEW;
        unwithdrawn.state := OLD.state;
        unwithdrawn.withdrawn_at := OLD.withdrawn_at;
        unwithdrawn.withdrawn_by_id := OLD.withdrawn_by_id;
        unwithdrawn.withdrawn_reason := OLD.withdrawn_reason;
        IF unwithdrawn *= OLD THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'bulletin % is issued: % refused', OLD.id, TG_OP USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER bulletins_issued_stays BEFORE UPDATE OR DELETE ON bulletins_bulletin
    FOR EACH ROW EXECUTE FUNCTION bulletins_issued_stays();

CREATE FUNCTION bulletins_figures_stay() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    held bigint[] := ARRAY[]::bigint[];
BEGIN
    IF TG_OP <> 'INSERT' THEN held := held || OLD.bulletin_id; END IF;
    IF TG_OP <> 'DELETE' THEN held := held || NEW.bulletin_id; END IF;
    IF EXISTS (SELECT 1 FROM bulletins_bulletin WHERE id = ANY (held) AND state <> 'draft') THEN
        RAISE EXCEPTION 'the figures of an issued bulletin stay: % refused', TG_OP USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END
$$;
CREATE TRIGGER bulletins_figures_stay BEFORE INSERT OR UPDATE OR DELETE ON bulletins_bulletinfigure
    FOR EACH ROW EXECUTE FUNCTION bulletins_figures_stay();
"""
BACKWARD = """
DROP TRIGGER bulletins_figures_stay ON bulletins_bulletinfigure;
DROP FUNCTION bulletins_figures_stay();
DROP TRIGGER bulletins_issued_stays ON bulletins_bulletin;
DROP FUNCTION bulletins_issued_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("bulletins", "0001_series_bulletins_figures")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
