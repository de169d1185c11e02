from django.db import migrations

# Unissued bulletins may change, but what is in review or approved keeps its text; only what is approved is issued.
UNISSUED = """
    IF OLD.state IN ('draft', 'review', 'approved') THEN
        IF TG_OP = 'UPDATE' AND OLD.state <> 'draft' AND NEW.state <> 'draft' AND NEW.text IS DISTINCT FROM OLD.text THEN
            RAISE EXCEPTION 'bulletin % is in review: its text stays', OLD.id USING ERRCODE = 'restrict_violation';
        END IF;
        IF TG_OP = 'UPDATE' AND NEW.state IN ('issued', 'withdrawn') AND OLD.state <> 'approved' THEN
            RAISE EXCEPTION 'bulletin % is not approved', OLD.id USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
"""
DRAFT_ONLY = """
    IF OLD.state = 'draft' THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
"""
BODY = """
CREATE OR REPLACE FUNCTION bulletins_issued_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    unwithdrawn bulletins_bulletin;
BEGIN
{unissued}
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
"""


class Migration(migrations.Migration):
    dependencies = [("bulletins", "0003_editing_and_review")]
    operations = [
        migrations.RunSQL(BODY.replace("{unissued}", UNISSUED), BODY.replace("{unissued}", DRAFT_ONLY))
    ]
