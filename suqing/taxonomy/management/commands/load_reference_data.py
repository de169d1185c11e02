"""Load divisions, class trees and topics that ship with the product."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from suqing.ledger.queries import centre_now
from suqing.taxonomy.actions import load_reference_data


class Command(BaseCommand):
    help = "Load divisions, class trees and topics; may be run again at any time."

    def handle(self, *_args: Any, **_options: Any) -> None:
        report = load_reference_data(by="system:reference-data", at=centre_now())
        if not report.changed_anything:
            self.stdout.write(_("The reference data are up to date."))
            return
        self.stdout.write(
            _("Loaded %(divisions)d divisions, %(nodes)d classes in %(trees)d trees, %(topics)d topics.")
            % {
                "divisions": report.divisions,
                "nodes": report.class_nodes,
                "trees": report.class_trees,
                "topics": report.topics,
            }
        )
