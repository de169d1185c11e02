"""Numbers under real transactions: no gap, no double, whatever happens at once."""

import threading
from datetime import date, timedelta

import pytest
from django.db import close_old_connections, connection, transaction

from suqing.analytics.actions.snapshots import snapshot
from suqing.analytics.periods import Period
from suqing.analytics.queries import figure
from suqing.bulletins.actions import draft_daily, issue
from suqing.bulletins.models import Bulletin
from suqing.ledger.queries import sealed_position
from tests.analytics.days import MONDAY, load, mask_report, moment, take
from tests.bulletins.steps import approved
from tests.cast import Cast, the_cast

pytestmark = pytest.mark.django_db(transaction=True)
MORNING = moment(MONDAY + timedelta(days=1), "08:30")


@pytest.fixture
def centre() -> Cast:
    return load(the_cast())


def ready(cast: Cast, day: date) -> Bulletin:
    return approved(draft_daily(day=day, by=cast.editor, at=MORNING), cast, MORNING)


def run_all(*works: object) -> None:
    def run(work: object) -> None:
        try:
            work()  # type: ignore[operator]
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)


def test_bulletins_issued_at_once_get_numbers_without_gap_or_double(centre: Cast) -> None:
    drafts = [ready(centre, MONDAY - timedelta(days=back)) for back in range(6)]
    run_all(*(lambda one=one: issue(bulletin=one, by=centre.editor, at=MORNING) for one in drafts))
    assert sorted(Bulletin.objects.values_list("issue_no", flat=True)) == [1, 2, 3, 4, 5, 6]
    assert sorted(Bulletin.objects.values_list("total_no", flat=True)) == [1, 2, 3, 4, 5, 6]


def test_a_number_whose_issue_is_rolled_back_goes_to_the_next(centre: Cast) -> None:
    first, second = (ready(centre, MONDAY - timedelta(days=n)) for n in (0, 1))
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        assert issue(bulletin=first, by=centre.editor, at=MORNING).issue_no == 1
        raise ZeroDivisionError
    assert issue(bulletin=second, by=centre.editor, at=MORNING).issue_no == 1
    assert issue(bulletin=first, by=centre.editor, at=MORNING).issue_no == 2


def test_one_bulletin_issued_twice_at_once_is_issued_once(centre: Cast) -> None:
    bulletin = ready(centre, MONDAY)
    failures: list[Exception] = []

    def try_issue() -> None:
        try:
            issue(bulletin=bulletin, by=centre.editor, at=MORNING)
        except Exception as error:
            failures.append(error)

    run_all(try_issue, try_issue, try_issue)
    assert len(failures) == 2
    assert Bulletin.objects.get().issue_no == 1


def test_a_snapshot_does_not_see_what_is_registered_while_it_is_counted(centre: Cast) -> None:
    day = Period.of_day(MONDAY)
    take(centre, moment(MONDAY), mask_report())
    with snapshot(at=MORNING) as taken:
        before = figure("price_reports_registered", period=day).value
        run_all(lambda: take(centre, moment(MONDAY, "11:00"), mask_report()))
        assert figure("price_reports_registered", period=day).value == before == 1
        assert (taken.position, taken.unsealed) == (sealed_position(), 0)
    assert figure("price_reports_registered", period=day).value == 2


def test_a_snapshot_inside_another_transaction_is_refused(centre: Cast) -> None:
    with pytest.raises(RuntimeError), transaction.atomic(), snapshot(at=MORNING):
        pass


def test_two_first_drafts_at_once_leave_one_bulletin(centre: Cast) -> None:
    failures: list[Exception] = []

    def draft() -> None:
        try:
            draft_daily(day=date(2020, 1, 26), by=centre.editor, at=MORNING)
        except Exception as error:
            failures.append(error)

    run_all(draft, draft)
    assert failures == []
    assert Bulletin.objects.count() == 1
